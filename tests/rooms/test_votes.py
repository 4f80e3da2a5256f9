"""Votes by name: the frozen roll, one ballot an elector, the tally that is told."""

import hashlib
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from pytest_django import DjangoAssertNumQueries

from groups.models import Membership, Role
from notifications.models import Notification
from people.models import Person
from rooms import services, tasks
from rooms.errors import (
    AssemblyNotOpen,
    NobodyToVote,
    NoSuchChoice,
    NotOnTheRoll,
    VoteHasBegun,
    VoteIsClosed,
    VoteNotOpen,
    WriteReused,
)
from rooms.models import Ballot, Elector, Poll, Room
from tests.factories import PersonFactory
from tests.realtime.servers import Server
from tests.rooms.announced import announced, refused, rolled_back
from tests.rooms.conftest import Circle, join


def prepare(circle: Circle, question: str = "Adoptons-nous la motion ?") -> Poll:
    assembly = services.prepare_assembly(room_id=circle.room.pk, by=circle.animator, title="Assemblée")
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    return services.create_poll(assembly_id=assembly.pk, by=circle.animator, question=question)


@pytest.fixture
def draft(circle: Circle) -> Poll:
    return prepare(circle)


@pytest.fixture
def poll(circle: Circle, draft: Poll) -> Poll:
    return services.open_poll(poll_id=draft.pk, by=circle.animator)


def vote(poll: Poll, by: Person, choice: str = "yes", write_id: uuid.UUID | None = None) -> str:
    return services.cast(poll_id=poll.pk, by=by, choice=choice, write_id=write_id or uuid.uuid4()).choice


def test_opening_freezes_the_roll_with_a_hash_anybody_can_check(circle: Circle, draft: Poll) -> None:
    with announced(draft.assembly.topic) as heard:
        poll = services.open_poll(poll_id=draft.pk, by=circle.animator)
    members = {circle.animator, circle.manager, circle.member, circle.other_member}
    assert {elector.person for elector in poll.electors.all()} == members
    lines = "".join(f"{one}\n" for one in sorted(str(person.pk) for person in members))
    assert poll.roll_hash == hashlib.sha256(lines.encode()).hexdigest()
    assert heard.types == ["poll.opened"]
    assert (heard.words[0][1]["roll"], heard.words[0][1]["roll_hash"]) == (4, poll.roll_hash)


def test_opening_rings_every_electors_bell_once(circle: Circle, draft: Poll) -> None:
    services.open_poll(poll_id=draft.pk, by=circle.animator)
    services.open_poll(poll_id=draft.pk, by=circle.manager)
    told = Notification.objects.filter(kind="vote_opened")
    assert {one.person for one in told} == {circle.manager, circle.member, circle.other_member}
    assert {(one.key, one.url) for one in told} == {(f"poll:{draft.pk}", f"/salles/votes/{draft.pk}/")}
    assert told[0].facts["question"] == "Adoptons-nous la motion ?"


def test_a_rolled_back_opening_leaves_a_draft_and_tells_nobody(circle: Circle, draft: Poll) -> None:
    with announced(draft.assembly.topic) as heard, rolled_back():
        services.open_poll(poll_id=draft.pk, by=circle.animator)
    draft.refresh_from_db()
    assert draft.state == "draft" and heard.words == []
    assert not Elector.objects.exists() and not Notification.objects.filter(kind="vote_opened").exists()


def test_a_vote_opens_only_in_an_open_assembly_with_people(circle: Circle) -> None:
    assembly = services.prepare_assembly(room_id=circle.room.pk, by=circle.animator, title="Assemblée")
    poll = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="Pour ?")
    with pytest.raises(AssemblyNotOpen):
        services.open_poll(poll_id=poll.pk, by=circle.animator)
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    Room.objects.filter(pk=circle.room.pk).update(group=None)
    with pytest.raises(NobodyToVote):
        services.open_poll(poll_id=poll.pk, by=circle.animator)


def test_what_was_opened_is_not_dropped(circle: Circle, poll: Poll) -> None:
    with pytest.raises(VoteHasBegun):
        services.drop_poll(poll_id=poll.pk, by=circle.animator)
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    with pytest.raises(VoteHasBegun):
        services.drop_poll(poll_id=poll.pk, by=circle.animator)
    with pytest.raises(VoteIsClosed):
        services.open_poll(poll_id=poll.pk, by=circle.animator)


def test_an_elector_votes_and_may_change_until_closing(circle: Circle, poll: Poll) -> None:
    assert vote(poll, circle.member, "yes") == "yes"
    assert vote(poll, circle.member, "no") == "no"
    ballot = Ballot.objects.get()
    assert (ballot.elector.person, ballot.choice) == (circle.member, "no")
    closed = services.close_poll(poll_id=poll.pk, by=circle.animator)
    with pytest.raises(VoteIsClosed):
        vote(poll, circle.member, "yes")
    assert Ballot.objects.get().choice == "no"
    assert (closed.told_yes, closed.told_no, closed.told_abstain) == (0, 1, 0)


def test_a_repeat_of_a_write_is_that_write_even_when_it_comes_late(circle: Circle, poll: Poll) -> None:
    first = uuid.uuid4()
    vote(poll, circle.member, "yes", first)
    vote(poll, circle.member, "yes", first)
    vote(poll, circle.member, "abstain")
    assert vote(poll, circle.member, "yes", first) == "abstain"
    assert Ballot.objects.get().choice == "abstain"
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    assert vote(poll, circle.member, "yes", first) == "abstain"


def test_a_writes_number_is_used_for_one_thing(circle: Circle, poll: Poll) -> None:
    first = uuid.uuid4()
    vote(poll, circle.member, "yes", first)
    for person, choice in [(circle.member, "no"), (circle.other_member, "yes")]:
        with pytest.raises(WriteReused):
            vote(poll, person, choice, first)
    assert Ballot.objects.get().choice == "yes"


@pytest.mark.parametrize("choice", ["", "maybe", "YES", "yes ", "oui", "1", "yes\x00"])
def test_there_are_three_choices(circle: Circle, poll: Poll, choice: str) -> None:
    with pytest.raises(NoSuchChoice):
        vote(poll, circle.member, choice)


def test_who_is_not_on_the_roll_does_not_vote(circle: Circle, draft: Poll) -> None:
    with pytest.raises(VoteNotOpen):
        vote(draft, circle.member)
    services.open_poll(poll_id=draft.pk, by=circle.animator)
    newcomer = join(circle.group, "Nour Haddad", Role.MEMBER)
    for person in (newcomer, circle.participant):
        with pytest.raises(NotOnTheRoll):
            vote(draft, person)
    for person in circle.outside:
        with refused("not_found"):
            vote(draft, person)
    with refused("not_found"):
        services.cast(poll_id=uuid.uuid4(), by=circle.member, choice="yes", write_id=uuid.uuid4())
    assert not Ballot.objects.exists()
    assert vote(draft, circle.member) == "yes"


def test_the_frozen_roll_outlives_a_membership_and_an_account(circle: Circle, poll: Poll) -> None:
    Membership.objects.filter(person=circle.member).delete()
    assert vote(poll, circle.member, "no") == "no"
    vote(poll, circle.other_member, "yes")
    circle.other_member.delete()
    closed = services.close_poll(poll_id=poll.pk, by=circle.animator)
    assert (closed.told_yes, closed.told_no) == (1, 1)
    assert set(poll.electors.values_list("name", flat=True)) >= {"Chloé Durand", "Jeanne Petit"}


def test_the_tally_is_told_when_it_changed_and_only_then(circle: Circle, poll: Poll) -> None:
    with announced(poll.assembly.topic) as heard:
        vote(poll, circle.member, "yes")
        vote(poll, circle.other_member, "abstain")
        services.tell_tally(poll_id=poll.pk)
        services.tell_tally(poll_id=poll.pk)
        vote(poll, circle.member, "yes")
        services.tell_tally(poll_id=poll.pk)
    told = {"poll": str(poll.pk), "tally": {"yes": 1, "no": 0, "abstain": 1}}
    assert heard.words == [("poll.tally", told)]


def test_a_sweep_tells_what_a_dead_process_did_not(circle: Circle, poll: Poll) -> None:
    assert services.tell_stale_tallies() == 0
    vote(poll, circle.member, "yes")
    with announced(poll.assembly.topic) as heard:
        tasks.tell_stale_tallies()
        assert services.tell_stale_tallies() == 0
    assert heard.types == ["poll.tally"]
    vote(poll, circle.other_member, "no")
    with announced(poll.assembly.topic) as heard:
        services.close_poll(poll_id=poll.pk, by=circle.animator)
        assert services.tell_stale_tallies() == 0
    assert heard.types == ["poll.closed"]
    assert heard.words[0][1]["tally"] == {"yes": 1, "no": 1, "abstain": 0}


# --- many at once, in threads of their own connections ---

ELECTORS = 200


def crowd(circle: Circle) -> list[Person]:
    people = PersonFactory.build_batch(ELECTORS - 4, commune=circle.animator.commune)
    for person in people:
        person.set_unusable_password()
    Person.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(group=circle.group, person=person) for person in people)
    return [circle.animator, circle.manager, circle.member, circle.other_member, *people]


def test_two_hundred_people_vote_at_once_each_twice_and_each_counts_once(living_circle: Circle) -> None:
    circle = living_circle
    people = crowd(circle)
    poll = services.open_poll(poll_id=prepare(circle).pk, by=circle.animator)
    choices = ["yes", "no", "abstain"]

    def cast(number: int) -> str:
        try:
            choice = choices[number % len(people) % 3]
            write_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{number % len(people)} {number % 2}")
            return vote(poll, people[number % len(people)], choice, write_id)
        finally:
            connections.close_all()

    with announced(poll.assembly.topic) as heard:
        begun = time.monotonic()
        with ThreadPoolExecutor(16) as threads:
            list(threads.map(cast, range(2 * ELECTORS)))
        wait_until_told(poll, ELECTORS)
        seconds = time.monotonic() - begun
    assert Ballot.objects.count() == ELECTORS
    assert Ballot.objects.values("elector").distinct().count() == ELECTORS
    closed = services.close_poll(poll_id=poll.pk, by=circle.animator)
    assert (closed.told_yes, closed.told_no, closed.told_abstain) == (67, 67, 66)
    sums = [sum(word[1]["tally"].values()) for word in heard.words]
    assert sums == sorted(sums) and sums[-1] == ELECTORS
    assert len(sums) <= 4 * seconds + 2, "at most four a second"


def test_a_vote_that_was_answered_is_in_the_result_however_it_raced_the_closing(living_circle: Circle) -> None:
    circle = living_circle
    people = crowd(circle)
    poll = services.open_poll(poll_id=prepare(circle).pk, by=circle.animator)
    begun = threading.Barrier(9)

    def cast_some(part: list[Person]) -> int:
        try:
            begun.wait()
            answered = 0
            for person in part:
                try:
                    vote(poll, person)
                except VoteIsClosed:
                    break
                answered += 1
            return answered
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        parts = [threads.submit(cast_some, people[start::8]) for start in range(8)]
        begun.wait()
        closed = services.close_poll(poll_id=poll.pk, by=circle.animator)
        answered = sum(part.result() for part in parts)
    assert Ballot.objects.count() == answered == closed.told_yes


def test_one_elector_on_sixteen_devices_has_one_ballot(living_circle: Circle) -> None:
    circle = living_circle
    poll = services.open_poll(poll_id=prepare(circle).pk, by=circle.animator)

    def cast(number: int) -> str:
        try:
            return vote(poll, circle.member, ["yes", "no"][number % 2])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(cast, range(64)))
    assert len(answers) == 64
    assert Ballot.objects.count() == 1


def wait_until_told(poll: Poll, count: int) -> None:
    """The telling is late by a quarter of a second at most; it is asked for, not slept for."""
    waiting = threading.Event()
    for _ in range(100):
        row = Poll.objects.get(pk=poll.pk)
        if row.told_yes + row.told_no + row.told_abstain == count:
            return
        waiting.wait(0.05)
    raise AssertionError("the last tally was not told")


def test_a_vote_opened_and_counted_is_seen_live_by_another(server: Server, living_circle: Circle) -> None:
    circle = living_circle
    poll = prepare(circle)
    with server.browser(circle.animator) as leads, server.browser(circle.member) as sees:
        sees.follow(poll.assembly.topic)
        assert leads.ask("poll.open", {"poll": str(poll.pk)})["type"] == "done"
        assert sees.wait("poll.opened", seconds=2)["data"]["roll"] == 4
        vote(poll, circle.other_member, "no")
        assert sees.wait("poll.tally", seconds=2)["data"]["tally"] == {"yes": 0, "no": 1, "abstain": 0}
        assert leads.ask("poll.close", {"poll": str(poll.pk)})["type"] == "done"
        assert sees.wait("poll.closed")["data"]["tally"]["no"] == 1


def test_a_bell_rings_elsewhere_within_a_second(server: Server, living_circle: Circle) -> None:
    circle = living_circle
    poll = prepare(circle)
    with server.browser(circle.member) as elsewhere, server.browser(circle.animator) as leads:
        elsewhere.follow(f"inbox:{circle.member.pk}")
        leads.ask("poll.open", {"poll": str(poll.pk)})
        rung = elsewhere.wait("notification.added", seconds=1)
        assert rung["data"]["notice"]["kind"] == "vote_opened"


def test_the_telling_happens_after_the_commit(living_circle: Circle) -> None:
    circle = living_circle
    poll = services.open_poll(poll_id=prepare(circle).pk, by=circle.animator)
    with rolled_back():
        vote(poll, circle.member)
    assert not Ballot.objects.exists()
    with transaction.atomic():
        vote(poll, circle.member)
    wait_until_told(poll, 1)


def test_opening_before_four_hundred_members_takes_as_many_queries_as_before_four(
    circle: Circle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """SQLite puts some hundred rows in one query."""
    members = PersonFactory.build_batch(400, commune=None)
    Person.objects.bulk_create(members)
    Membership.objects.bulk_create(Membership(group=circle.group, person=person) for person in members)
    poll = prepare(circle)
    with django_assert_max_num_queries(60):
        services.open_poll(poll_id=poll.pk, by=circle.animator)
    assert Elector.objects.count() == 404
    assert Notification.objects.filter(kind="vote_opened").count() == 403
