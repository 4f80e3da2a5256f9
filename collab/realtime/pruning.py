"""What the floor forgets: announcements no browser resumes from any more, and writes no browser repeats."""

from datetime import timedelta

from django.utils import timezone

from .models import Announcement, ClientWrite

# A browser that was away longer gets a fresh picture, which costs little and shows the same.
KEEP_ANNOUNCEMENTS = timedelta(hours=24)
# The outbox of a page lives as long as the page; a phone may keep one asleep for days.
KEEP_WRITES = timedelta(days=14)
# Small transactions: on SQLite nobody else writes meanwhile.
AT_ONCE = 500


def prune() -> int:
    """One bounded batch; returns how many rows went. Call until it returns 0."""
    now = timezone.now()
    old = Announcement.objects.filter(created__lt=now - KEEP_ANNOUNCEMENTS).order_by("created")
    gone, _ = Announcement.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
    writes = ClientWrite.objects.filter(created__lt=now - KEEP_WRITES).order_by("created")
    forgotten, _ = ClientWrite.objects.filter(pk__in=list(writes.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return gone + forgotten
