"""When an event is, in words."""

from datetime import datetime, time, timedelta

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from .models import Event

# What ends before this, the next morning, is one evening to everybody.
SMALL_HOURS = time(6)


def when(event: Event) -> str:
    """ "mardi 24 novembre 2026, de 18 h 30 à 20 h 30", or both days where it ends on another."""
    return _when(event, "l j F Y")


def when_this_year(event: Event) -> str:
    """The same without the year, beside a heading that says it."""
    return _when(event, "l j F")


def _when(event: Event, day: str) -> str:
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    if _is_one_day(start, end):
        facts = {"day": _day(start, day), "start": _time(start), "end": _time(end)}
        return _("%(day)s, de %(start)s à %(end)s") % facts
    return _("du %(first)s, %(start)s, au %(last)s, %(end)s") % {
        "first": _day(start, day),
        "start": _time(start),
        "last": _day(end, day),
        "end": _time(end),
    }


def _is_one_day(start: datetime, end: datetime) -> bool:
    return start.date() == end.date() or (end.time() < SMALL_HOURS and end.date() - start.date() == timedelta(days=1))


def _day(moment: datetime, form: str) -> str:
    words = formats.date_format(moment, form)
    if moment.day == 1 and (translation.get_language() or "").startswith("fr"):
        return words.replace(" 1 ", " 1er ", 1)
    return words


def _time(moment: datetime) -> str:
    if moment.minute == 0:
        return _("%(hour)s h") % {"hour": moment.hour}
    return _("%(hour)s h %(minute)s") % {"hour": moment.hour, "minute": f"{moment.minute:02}"}
