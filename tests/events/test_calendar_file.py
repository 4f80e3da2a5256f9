"""The calendar file of an event, read back the way calendars do (RFC 5545)."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from events.calendar_file import calendar_file
from events.models import Event
from people.models import Commune
from tests.factories import EventFactory

URL = "https://collab.exemple.fr/evenements/1/"


def unfolded(body: bytes) -> dict[str, str]:
    """Unfold, split, unescape."""
    text = body.decode()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    values = dict(line.split(":", 1) for line in lines)
    return {
        name: re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)
        for name, value in values.items()
    }


def an_event(**more: object) -> Event:
    facts = {
        "title": "Tractage",
        "starts_at": datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 24, 19, 30, tzinfo=UTC),
        "place": "Place du marché",
        "commune": Commune(name="Villeurbanne", department="69"),
        "latitude": 45.7667,
        "longitude": 4.8803,
    }
    return Event(**{**facts, **more})


def test_a_calendar_reads_the_event() -> None:
    event = an_event(description="Venez à l’heure.")
    read = unfolded(calendar_file(event, host="collab.exemple.fr", url=URL))
    assert read["DTSTART"] == "20261124T173000Z" and read["DTEND"] == "20261124T193000Z"
    assert read["SUMMARY"] == "Tractage" and read["LOCATION"] == "Place du marché, Villeurbanne (69)"
    assert read["UID"] == f"{event.pk}@collab.exemple.fr"
    assert read["DESCRIPTION"] == f"Venez à l’heure.\n\n{URL}" and read["URL"] == URL
    assert read["GEO"] == "45.766700;4.880300"


@pytest.mark.parametrize(
    "title",
    [
        "À 18 h ; « pains, roses » \\ et la suite",
        "é" * 120,
        "🌹" * 60,
        "x" * 75,
        "BEGIN:VEVENT\r\nEND:VCALENDAR",
        "tab\tet\u2028ligne",
    ],
)
def test_odd_titles_come_back_whole_and_lines_stay_short(title: str) -> None:
    body = calendar_file(an_event(title=title, description=title * 30), host="h", url=URL)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    for line in body.split(b"\r\n"):
        line.decode()  # no character was cut
    read = unfolded(body)
    assert read["SUMMARY"] == "\n".join(title.replace("\r\n", "\n").splitlines())
    assert body.count(b"BEGIN:VEVENT\r\n") == 1


@pytest.mark.django_db
def test_it_is_downloaded_by_anybody() -> None:
    event = EventFactory()
    response = Client().get(reverse("events:calendar", args=[event.pk]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"].endswith('.ics"')
    assert unfolded(response.content)["URL"] == f"http://testserver{reverse('events:detail', args=[event.pk])}"
