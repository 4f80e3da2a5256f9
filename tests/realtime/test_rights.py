"""Rights are live: what is taken away ends on the open socket, within two seconds."""

import time
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from collab.realtime import hub
from people.models import Person
from tests.realtime.browsers import Browser, session_for
from tests.realtime.servers import Server, Servers
from tests.realtime.words import dismiss, rename

CIRCLE = "circle:lyon"
PROMISED_SECONDS = 2


class Stopwatch:
    def __enter__(self) -> "Stopwatch":
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        assert time.monotonic() - self._began < PROMISED_SECONDS


def test_who_signs_out_is_closed_and_other_sessions_stay(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    phone, laptop = session_for(alice), session_for(alice)
    with Browser(server.host, phone) as one, Browser(server.host, phone) as tab, Browser(server.host, laptop) as other:
        for page in (one, tab, other):
            page.fence()
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = phone
        with Stopwatch():
            assert client.post(reverse("account_logout")).status_code == 302
            assert one.wait_closed() == 4401
            assert tab.wait_closed() == 4401
        other.fence()


def test_a_session_revoked_from_another_device_is_closed(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    lost, kept = session_for(alice), session_for(alice)
    row = UserSession.objects.create(user=alice, session_key=lost, ip="127.0.0.1", user_agent="lost phone")
    with Browser(server.host, lost) as one, Browser(server.host, kept) as other:
        one.fence()
        with Stopwatch():
            row.end()
            assert one.wait_closed() == 4401
        other.fence()


def test_an_account_that_is_closed_is_closed_everywhere(servers: Servers, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    here, there = servers.start(), servers.start()
    with here.browser(alice) as one, there.browser(alice) as other, here.browser(bob) as neighbour:
        for page in (one, other, neighbour):
            page.fence()
        with Stopwatch():
            alice.is_active = False
            alice.save()
            assert one.wait_closed() == 4401
            assert other.wait_closed() == 4401
        neighbour.fence()


def test_a_changed_seal_ends_the_session(server: Server, circle: list[Person]) -> None:
    alice, *_ = circle
    with server.browser(alice) as browser:
        browser.fence()
        alice.set_password("something new")
        alice.save()
        hub.revoke(person_id=alice.pk)
        assert browser.wait_closed(PROMISED_SECONDS) == 4401


def test_who_leaves_the_circle_hears_no_more_of_it(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as gone, server.browser(bob) as stays:
        gone.follow(CIRCLE)
        stays.follow(CIRCLE)
        with Stopwatch():
            dismiss(circle="lyon", person=alice)
            assert gone.wait("access.revoked")["topic"] == CIRCLE
        rename(circle="lyon", by=bob, name="Bob")
        stays.wait("circle.renamed")
        gone.fence()
        assert "circle.renamed" not in gone.types()
        assert gone.ask("topic.subscribe", {"topic": CIRCLE})["code"] == "not_found"
        assert gone.ask("circle.rename", {"circle": "lyon", "name": "x"})["code"] == "not_found"


@pytest.mark.faults
def test_a_lost_hint_costs_thirty_seconds_at_most(server: Server, circle: list[Person]) -> None:
    """Rows changed behind the signals' back: the sweep finds out."""
    alice, bob, claude, _ = circle
    with server.browser(alice) as dismissed, server.browser(bob) as revoked, server.browser(claude) as closed:
        dismissed.follow(CIRCLE)
        revoked.fence()
        closed.fence()
        began = time.monotonic()
        alice.groups.through.objects.all()._raw_delete("default")
        Session.objects.filter(session_key=revoked.session_key)._raw_delete("default")
        Person.objects.filter(pk=claude.pk).update(is_active=False)
        assert dismissed.wait("access.revoked", seconds=30)["topic"] == CIRCLE
        assert revoked.wait_closed(30) == 4401
        assert closed.wait_closed(30) == 4401
        assert time.monotonic() - began < 30


def test_an_expired_session_is_not_a_session(circle: list[Person]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from collab.realtime.sessions import still_signed_in
    from collab.realtime.topics import Caller

    alice, bob, *_ = circle
    fresh = Caller(alice.pk, session_for(alice))
    stale = Caller(alice.pk, session_for(alice))
    anothers = Caller(bob.pk, fresh.session_key)
    none = Caller(alice.pk, None)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    empty = store()
    empty.save()
    Session.objects.filter(session_key=stale.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    callers = [fresh, stale, anothers, none, Caller(alice.pk, empty.session_key), Caller(alice.pk, "x" * 32)]
    assert still_signed_in(callers) == {fresh}
