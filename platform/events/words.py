"""When an event is, in words."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from .models import Event


def when(event: Event) -> str:
    """ "mardi 24 novembre 2026, de 18:30 à 20:30", or both days where it ends on another."""
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    if start.date() == end.date():
        return _("%(day)s, de %(start)s à %(end)s") % {"day": _day(start), "start": _time(start), "end": _time(end)}
    return _("du %(first)s, %(start)s, au %(last)s, %(end)s") % {
        "first": _day(start),
        "start": _time(start),
        "last": _day(end),
        "end": _time(end),
    }


def _day(moment: datetime) -> str:
    return formats.date_format(moment, "l j F Y")


def _time(moment: datetime) -> str:
    return formats.date_format(moment, "H:i")
