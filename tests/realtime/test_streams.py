"""Streams at their door: nothing lost, nothing twice, whatever dies between."""

import threading
import uuid
from typing import Any

import pytest
from django.db import transaction

from collab.realtime import hub, pruning, streams
from collab.realtime.models import Announcement, ClientWrite, Stream
from people.models import Person
from tests.realtime.browsers import Browser
from tests.realtime.servers import Server, Servers
from tests.realtime.words import Renamed, draw, rename

CIRCLE = "circle:lyon"


def names(browser: Browser) -> dict[str, str]:
    """The circle as a page draws it: the last picture and what followed, each number once and without holes."""
    picture: dict[str, Any] = {}
    seq = -1
    for frame in browser.heard:
        if frame.get("topic") != CIRCLE:
            continue
        if frame["type"] == "topic.picture":
            picture, seq = {"names": dict(frame["data"]["data"]["names"])}, frame["seq"]
        elif frame["seq"] is not None and frame["type"] != "topic.resumed":
            assert frame["seq"] == seq + 1, f"{frame['seq']} after {seq}"
            draw(picture, frame["type"], frame["data"])
            seq = frame["seq"]
    return dict(picture["names"])


def fresh() -> dict[str, str]:
    return {str(person.pk): person.name for person in Person.objects.filter(groups__name="lyon")}


def wait_for_name(browser: Browser, name: str) -> dict[str, Any]:
    return browser.wait_for(lambda frame: frame["type"] == "circle.renamed" and frame["data"]["name"] == name)


def test_old_picture_and_announcement_are_a_fresh_picture(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        browser.follow(CIRCLE)
        for person, name in [(bob, "Bob"), (alice, "Alix"), (bob, "Bobby")]:
            rename(circle="lyon", by=person, name=name)
        wait_for_name(browser, "Bobby")
        assert names(browser) == fresh()


def test_a_rolled_back_change_announces_nothing(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as speaker, server.browser(bob) as hearer:
        hearer.follow(CIRCLE)
        assert speaker.ask("circle.rename", {"circle": "lyon", "name": "x", "then_fail": True})["type"] == "error"
        assert speaker.ask("circle.rename", {"circle": "lyon", "name": "y"})["type"] == "done"
        assert hearer.wait("circle.renamed")["data"]["name"] == "y"
        assert hearer.types(CIRCLE).count("circle.renamed") == 1


def test_who_was_away_gets_what_was_missed_and_no_picture(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as before:
        picture = before.follow(CIRCLE)
    for number in range(3):
        rename(circle="lyon", by=bob, name=f"Bob {number}")
    with server.browser(alice) as after:
        resumed = after.follow(CIRCLE, epoch=picture["data"]["epoch"], seq=picture["seq"])
        assert resumed["type"] == "topic.resumed" and resumed["seq"] == picture["seq"] + 3
        assert [f["data"]["name"] for f in after.heard if f["type"] == "circle.renamed"] == ["Bob 0", "Bob 1", "Bob 2"]


@pytest.mark.parametrize("why", ["epoch", "future", "too many", "pruned"])
def test_who_cannot_resume_gets_a_picture(
    server: Server, circle: list[Person], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, *_ = circle
    for number in range(3):
        rename(circle="lyon", by=bob, name=f"Bob {number}")
    stream = Stream.objects.get(topic=CIRCLE)
    epoch, seq = str(stream.epoch), 0
    if why == "epoch":
        epoch = str(uuid.uuid4())
    elif why == "future":
        seq = 99
    elif why == "pruned":
        Announcement.objects.filter(seq=1).delete()
    else:
        with transaction.atomic():
            for _ in range(streams.RESUME_LIMIT):
                hub.publish(CIRCLE, Renamed(person_id=str(bob.pk), name="again"))
    with server.browser(alice) as browser:
        begin = browser.follow(CIRCLE, epoch=epoch, seq=seq)
        assert begin["type"] == "topic.picture"
        assert begin["data"]["data"]["names"] == fresh()


def test_a_second_subscription_starts_over_and_loses_nothing(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        browser.follow(CIRCLE)
        rename(circle="lyon", by=bob, name="Bob")
        wait_for_name(browser, "Bob")
        browser.follow(CIRCLE)
        rename(circle="lyon", by=bob, name="Bobby")
        wait_for_name(browser, "Bobby")
        assert names(browser) == fresh()


def test_a_repeated_word_is_carried_out_once_by_whatever_socket(servers: Servers, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    one, other = servers.start(), servers.start()
    with one.browser(alice) as first, other.browser(alice) as again, one.browser(bob) as stranger:
        write_id = str(uuid.uuid4())
        answer = first.ask("circle.rename", {"circle": "lyon", "name": "Alix"}, write_id=write_id)
        repeat = again.ask("circle.rename", {"circle": "lyon", "name": "Alix"}, write_id=write_id)
        assert answer == repeat
        assert Announcement.objects.count() == 1
        stolen = stranger.ask("circle.rename", {"circle": "lyon", "name": "Bob"}, write_id=write_id)
        assert stolen["code"] == "bad_word"


def test_the_same_word_twice_at_once_is_one_word(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    with server.browser(alice) as one, server.browser(alice) as other:
        write_id = str(uuid.uuid4())
        for browser in (one, other):
            browser.say("circle.rename", {"circle": "lyon", "name": "Alix"}, write_id=write_id)
        answers = [browser.wait_for(lambda frame: frame.get("id") == write_id) for browser in (one, other)]
        assert answers[0] == answers[1] and answers[0]["type"] == "done"
        assert Announcement.objects.count() == 1


def test_a_refused_word_may_succeed_later(server: Server, circle: list[Person]) -> None:
    *_, stranger = circle
    with server.browser(stranger) as browser:
        write_id = str(uuid.uuid4())
        refused = browser.ask("circle.rename", {"circle": "lyon", "name": "x"}, write_id=write_id)
        assert refused["code"] == "not_found"
        stranger.groups.add(*circle[0].groups.all())
        done = browser.ask("circle.rename", {"circle": "lyon", "name": "x"}, write_id=write_id)
        assert done["type"] == "done"


def test_two_processes_share_a_topic_under_many_writers(servers: Servers, circle: list[Person]) -> None:
    """Everybody hears everything, in one order, while people write on both sides."""
    alice, bob, *_ = circle
    one, other = servers.start(), servers.start()
    with one.browser(alice) as here, other.browser(bob) as there:
        here.follow(CIRCLE)

        def speak(browser: Browser, who: str) -> None:
            for number in range(20):
                browser.say("circle.rename", {"circle": "lyon", "name": f"{who} {number}"})

        writers = [threading.Thread(target=speak, args=(browser, who)) for browser, who in [(here, "a"), (there, "b")]]
        for writer in writers:
            writer.start()
        there.follow(CIRCLE)  # in the middle of it
        for writer in writers:
            writer.join()
        for browser in (here, there):
            while last_heard(browser) < 40:
                browser.next()
            assert names(browser) == fresh()


def last_heard(browser: Browser) -> int:
    """The number of the last picture or announcement; the picture may hold everything already."""
    return max(
        (frame["seq"] for frame in browser.heard if frame.get("topic") == CIRCLE and frame.get("seq")), default=0
    )


def test_a_killed_process_loses_no_answered_word(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    answered = []
    with server.browser(alice) as browser:
        for number in range(10):
            answer = browser.ask("circle.rename", {"circle": "lyon", "name": f"Alix {number}"})
            assert answer["type"] == "done"
            answered.append(answer["id"])
        server.kill()
    assert Announcement.objects.count() == len(answered)
    assert ClientWrite.objects.filter(pk__in=answered).count() == len(answered)
    server.start()
    with server.browser(alice) as browser:
        assert browser.ask("circle.rename", {"circle": "lyon", "name": "x"}, write_id=answered[3])["type"] == "done"
    assert Announcement.objects.count() == len(answered)


@pytest.mark.django_db(transaction=True)
def test_old_announcements_and_writes_are_forgotten_in_small_batches(
    circle: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    alice, *_ = circle
    for number in range(5):
        rename(circle="lyon", by=alice, name=f"{number}")
        ClientWrite.objects.create(id=uuid.uuid4(), person=alice, type="circle.rename")
    from django.utils import timezone

    now = timezone.now()
    Announcement.objects.filter(seq__lte=3).update(created=now - pruning.KEEP_ANNOUNCEMENTS * 1.1)
    old = list(ClientWrite.objects.values_list("pk", flat=True)[:1])
    ClientWrite.objects.filter(pk__in=old).update(created=now - pruning.KEEP_WRITES * 1.1)
    assert [pruning.prune(), pruning.prune(), pruning.prune()] == [3, 1, 0]
    assert list(Announcement.objects.order_by("seq").values_list("seq", flat=True)) == [4, 5]
    assert ClientWrite.objects.count() == 4
    assert Stream.objects.get(topic=CIRCLE).last_seq == 5, "the numbering goes on"
