"""An event as an iCalendar file (RFC 5545), for the calendars of phones."""

from datetime import UTC, datetime

from django.utils import timezone

from .models import Event

# Octets a line, without its end; longer ones go on after a space.
LINE_OCTETS = 75


def calendar_file(event: Event, *, host: str, url: str) -> bytes:
    """`host` makes the event's name unique in the world; `url` is its page."""
    place = ", ".join(part for part in (event.place, str(event.commune)) if part)
    description = f"{event.description}\n\n{url}".strip()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//collab//events//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event.pk}@{host}",
        f"DTSTAMP:{_moment(timezone.now())}",
        f"DTSTART:{_moment(event.starts_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(place)}",
        f"GEO:{event.latitude:.6f};{event.longitude:.6f}",
        f"DESCRIPTION:{_text(description)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Escaped; control characters have no place in a calendar."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable() or sign.isspace())
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return "\\n".join(text.splitlines())


def _folded(line: str) -> bytes:
    """Lines of at most 75 octets, never cut inside a character."""
    octets, pieces = line.encode(), []
    room = LINE_OCTETS
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(octets[:cut])
        octets, room = octets[cut:], LINE_OCTETS - 1
    return b"\r\n ".join([*pieces, octets]) + b"\r\n"
