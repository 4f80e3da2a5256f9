"""The demo: filled once, links that sign in, JSON for programs."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from documents.models import Document
from events.models import Event
from groups.models import Group
from notifications.models import Notification
from people.models import Person
from rooms.models import Assembly, Ballot, Poll


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def links(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    found: dict[str, object] = json.loads(demo("--json", "--port", "8123"))
    return found


def test_the_demo_is_a_lively_movement(links: dict[str, object]) -> None:
    assert Person.objects.count() == 40
    assert Group.objects.count() == 5
    assert Event.objects.count() == 12
    assert all(
        document.last_seq for document in Document.objects.filter(group__isnull=False, title__startswith="Tract")
    )
    assert Assembly.objects.get().state == Assembly.State.OPEN
    assert Poll.objects.get().state == Poll.State.OPEN
    assert Ballot.objects.count() == 9
    assert Notification.objects.filter(person__email="membre@demo.invalid").exists()


def test_each_link_signs_in_and_shows_its_page(links: dict[str, object]) -> None:
    people = links["people"]
    assert isinstance(people, dict)
    for role in ("organizer", "member", "newcomer"):
        by_link = Client()
        assert by_link.get(people[role]["login_url"].removeprefix("http://127.0.0.1:8123")).status_code == 302
        assert by_link.get("/compte/profil/").status_code == 200
        by_cookie = Client(headers={"cookie": people[role]["session_cookie"]})
        assert by_cookie.get("/compte/profil/").status_code == 200
    member = Client(headers={"cookie": people["member"]["session_cookie"]})
    for name in ("group_url", "event_url", "room_url", "document_url", "assembly_url"):
        address = str(links[name])
        assert address.startswith("http://127.0.0.1:8123/")
        assert member.get(address.removeprefix("http://127.0.0.1:8123").split("#")[0]).status_code == 200
    assert str(links["document_sync_url"]).startswith("ws://127.0.0.1:8123/documents/")


def test_filling_twice_makes_nothing_twice(links: dict[str, object]) -> None:
    counts = [model.objects.count() for model in (Person, Group, Event, Document, Ballot, Notification)]
    again = json.loads(demo("--json", "--port", "8123"))
    assert again["room_url"] == links["room_url"]
    assert counts == [model.objects.count() for model in (Person, Group, Event, Document, Ballot, Notification)]


def test_there_is_no_demo_in_production(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEV_TOOLS", False)
    with pytest.raises(CommandError):
        demo("--json")
    assert not Person.objects.exists()
