"""Who is here: by person, on all processes, and gone when their process is."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group

from people.models import Person
from tests.factories import PersonFactory
from tests.realtime.browsers import Browser
from tests.realtime.servers import Server, Servers

CIRCLE = "circle:lyon"


def arrive(browser: Browser) -> dict[str, str]:
    """Follow the circle; who is there, by id."""
    browser.follow(CIRCLE)
    return present(browser.wait("presence.now", topic=CIRCLE)["data"])


def present(data: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["name"] for one in data.get("present_people", data.get("joined"))}


def watch(browser: Browser, here: dict[str, str], until: Iterable[Person], seconds: float = 10) -> None:
    """Apply what changes to `here`, until exactly these people are in it."""
    wanted = {str(person.pk) for person in until}
    while set(here) != wanted:
        data = browser.wait("presence.changed", topic=CIRCLE, seconds=seconds)["data"]
        here.update(present(data))
        for gone in data["left"]:
            del here[gone]
        assert data["present"] == len(here)


def test_who_comes_and_goes_is_told_by_name(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as stays:
        here = arrive(stays)
        assert here == {str(alice.pk): alice.name}
        with server.browser(bob) as comes:
            assert arrive(comes) == {str(alice.pk): alice.name, str(bob.pk): bob.name}
            watch(stays, here, [alice, bob])
            assert here[str(bob.pk)] == bob.name
        watch(stays, here, [alice])


def test_a_person_is_one_on_however_many_devices(server: Server, circle: list[Person]) -> None:
    alice, bob, claude, _ = circle
    with server.browser(alice) as watches:
        here = arrive(watches)
        with server.browser(bob) as laptop:
            arrive(laptop)
            with server.browser(bob) as phone:
                assert set(arrive(phone)) == {str(alice.pk), str(bob.pk)}
            with server.browser(claude) as other:
                arrive(other)
                watch(watches, here, [alice, bob, claude])
        watch(watches, here, [alice])
    joined = [one["id"] for f in watches.heard if f["type"] == "presence.changed" for one in f["data"]["joined"]]
    assert joined.count(str(bob.pk)) == 1


def test_a_page_that_is_reloaded_does_not_flicker(server: Server, circle: list[Person]) -> None:
    alice, bob, claude, _ = circle
    with server.browser(alice) as watches:
        here = arrive(watches)
        with server.browser(bob) as before:
            arrive(before)
            watch(watches, here, [alice, bob])
        with server.browser(bob) as after:
            arrive(after)
            with server.browser(claude) as other:
                arrive(other)
                watch(watches, here, [alice, bob, claude])
                assert not [f for f in watches.heard if f["type"] == "presence.changed" and f["data"]["left"]]


def test_two_processes_see_each_others_people(servers: Servers, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    one, other = servers.start(), servers.start()
    with one.browser(alice) as here_first:
        here = arrive(here_first)
        with other.browser(bob) as elsewhere:
            assert set(arrive(elsewhere)) == {str(alice.pk), str(bob.pk)}
            watch(here_first, here, [alice, bob])
        watch(here_first, here, [alice])


@pytest.mark.faults
def test_the_people_of_a_killed_process_leave_within_30_seconds(servers: Servers, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    one, other = servers.start(), servers.start()
    with one.browser(alice) as stays, other.browser(bob) as dies:
        here = arrive(stays)
        arrive(dies)
        watch(stays, here, [alice, bob])
        other.kill()
        killed = time.monotonic()
        watch(stays, here, [alice], seconds=30)
        assert time.monotonic() - killed < 30


def test_who_is_not_in_the_circle_learns_nothing_of_who_is(server: Server, circle: list[Person]) -> None:
    alice, *_, stranger = circle
    with server.browser(stranger) as peeps, server.browser(alice) as member:
        assert peeps.ask("topic.subscribe", {"topic": CIRCLE})["code"] == "not_found"
        assert set(arrive(member)) == {str(alice.pk)}
        peeps.fence()
        assert not [name for name in peeps.types() if name.startswith("presence.")]


def test_valkey_forgets_who_was_here(server: Server, circle: list[Person]) -> None:
    """Nothing stays behind: the set expires even if nobody comes again."""
    with server.browser(circle[0]) as browser:
        arrive(browser)
        with redis.Redis.from_url(settings.VALKEY_URL) as client:
            assert 0 < client.ttl(f"collab:presence:{CIRCLE}") <= 30  # type: ignore[operator]


def test_a_crowd_is_told_in_few_announcements(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    crowd = [PersonFactory() for _ in range(60)]
    Group.objects.get(name="lyon").user_set.add(*crowd)
    with server.browser(alice) as watches, ExitStack() as stack:
        here = arrive(watches)
        browsers = [stack.enter_context(server.browser(person)) for person in crowd]
        for browser in browsers:
            browser.say("topic.subscribe", {"topic": CIRCLE})
        watch(watches, here, [alice, *crowd])
        for browser in browsers:
            browser.wait("presence.now")
        told = watches.types(CIRCLE).count("presence.changed")
        assert told < len(crowd) / 4
