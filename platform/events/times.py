"""When an event may be."""

from datetime import datetime, timedelta

from django.utils import timezone

from .errors import EndsBeforeItStarts, InThePast, TooFar, TooLong

LONGEST = timedelta(days=14)
FARTHEST = timedelta(days=730)
# Filling in the form takes a while, and "now" is a good time to meet.
GRACE = timedelta(hours=1)


def check_length(starts_at: datetime, ends_at: datetime) -> None:
    """Raise a BadTime unless it ends after it starts, and within LONGEST."""
    if ends_at <= starts_at:
        raise EndsBeforeItStarts()
    if ends_at - starts_at > LONGEST:
        raise TooLong(days=LONGEST.days)


def check_start(starts_at: datetime) -> None:
    """Raise a BadTime unless it starts from about now to FARTHEST."""
    now = timezone.now()
    if starts_at < now - GRACE:
        raise InThePast()
    if starts_at > now + FARTHEST:
        raise TooFar(days=FARTHEST.days)
