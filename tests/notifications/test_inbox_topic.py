"""The inbox on the live socket, against a real server process: one device acts, the other sees, a third must not."""

from uuid import uuid4

from django.db import transaction

from notifications.protocol import MOST_IDS, Kind
from notifications.services import notify
from people.models import Person
from tests.factories import PersonFactory
from tests.notifications.inboxes import inbox_topic
from tests.realtime.servers import Servers, servers

__all__ = ["servers"]


def ring(*people: Person, key: str) -> None:
    with transaction.atomic():
        notify(kind=Kind.MENTIONED, to=[p.pk for p in people], key=key, url="/", facts={"who": "Inès", "document": key})


def test_every_device_gets_what_comes_and_what_was_read(servers: Servers) -> None:
    alice, bob = PersonFactory(), PersonFactory()
    ring(alice, key="a")
    one, other = servers.start(), servers.start()
    with one.browser(alice) as phone, other.browser(alice) as laptop, one.browser(bob) as neighbour:
        for device in (phone, laptop):
            data = device.follow(inbox_topic(alice))["data"]["data"]
            assert data["unread"] == 1 and [notice["facts"]["document"] for notice in data["latest"]] == ["a"]
        neighbour.follow(inbox_topic(bob))
        ring(alice, key="b")
        for device in (phone, laptop):
            assert device.wait("notification.added")["data"]["notice"]["number"] == 2
        assert phone.ask("inbox.read", {"up_to": 1})["data"] == {"unread": 1}
        assert laptop.wait("notification.read")["data"] == {"up_to": 1, "ids": [], "unread": 1}
        neighbour.fence()
        assert not {"notification.added", "notification.read"} & set(neighbour.types())


def test_nothing_is_lost_while_a_device_is_away(servers: Servers) -> None:
    alice = PersonFactory()
    server = servers.start()
    with server.browser(alice) as before:
        picture = before.follow(inbox_topic(alice))
    ring(alice, key="a")
    ring(alice, key="b")
    with server.browser(alice) as after:
        after.follow(inbox_topic(alice), epoch=picture["data"]["epoch"], seq=picture["seq"])
        assert after.types(inbox_topic(alice)) == ["notification.added", "notification.added", "topic.resumed"]


def test_an_inbox_is_its_own_persons_alone(servers: Servers) -> None:
    alice, bob = PersonFactory(), PersonFactory()
    ring(alice, key="a")
    with servers.start().browser(bob) as browser:
        refusals = [
            browser.ask("topic.subscribe", {"topic": topic})
            for topic in (inbox_topic(alice), f"inbox:{uuid4()}", "inbox:everybody", f"inbox:{str(bob.pk).upper()}")
        ]
        assert {answer["code"] for answer in refusals} == {"not_found"}
        theirs = str(alice.notifications.get().pk)
        assert browser.ask("inbox.read", {"ids": [theirs]})["type"] == "done"
    assert alice.notifications.get().read_at is None


def test_absurd_words_get_their_answer(servers: Servers) -> None:
    alice = PersonFactory()
    with servers.start().browser(alice) as browser:
        for absurd in (
            {"up_to": -1},
            {"up_to": "all"},
            {"up_to": 2**63},
            {"ids": ["seven"]},
            {"ids": [str(uuid4())] * (MOST_IDS + 1)},
            {"person": str(alice.pk)},
        ):
            assert browser.ask("inbox.read", absurd)["code"] == "bad_word"
        assert browser.ask("inbox.read", {})["data"] == {"unread": 0}
