"""Tell people, once each, inside the transaction that gives the reason."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from collab.realtime import hub
from people.models import Person

from . import selectors
from .models import Inbox, Notification
from .protocol import Kind, NotificationAdded, NotificationsRead, topic_of_inbox


def notify(
    *,
    kind: Kind,
    to: Iterable[UUID],
    key: str,
    url: str,
    facts: Mapping[str, str],
    by: UUID | None = None,
    rest: timedelta | None = None,
) -> int:
    """Put one notification into each inbox, except that of `by`; return how many were new.

    The same `key` for the same person again is the same notification. `url` is a path of this site; `facts` are what
    the sentence of `kind` names. With `rest`, who got one of this kind less than that ago is left in peace.

    Call inside a transaction, once, as the last thing that locks: inboxes are locked in one order, and a second call
    would start the order anew (two such transactions could wait for each other). The bell rings after COMMIT.
    The number of queries does not depend on the number of people (SQLite: one more each hundred or so).
    """
    assert connection.in_atomic_block, "notify inside the transaction that gives the reason"
    people = list(
        Person.objects.filter(pk__in=set(to) - {by}, is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    inboxes = _locked(people)
    told = Q(key=key)
    if rest is not None:
        told |= Q(kind=kind, created__gt=timezone.now() - rest)
    already = set(Notification.objects.filter(told, person__in=people).values_list("person_id", flat=True))
    new = [
        Notification(
            person_id=inbox.person_id,
            number=inbox.last_number + 1,
            kind=kind,
            key=key,
            url=url,
            facts=dict(facts),
            by_id=by,
        )
        for inbox in inboxes
        if inbox.person_id not in already
    ]
    if not new:
        return 0
    Inbox.objects.filter(pk__in=[one.person_id for one in new]).update(last_number=F("last_number") + 1)
    Notification.objects.bulk_create(new)
    hub.publish_each({topic_of_inbox(one.person_id): NotificationAdded(notice=selectors.notice(one)) for one in new})
    return len(new)


@transaction.atomic
def mark_read(*, person: Person, up_to: int | None = None, ids: Iterable[UUID] = ()) -> int:
    """Mark all up to a number, or some by id, as read, on every device; return how many are left unread."""
    _locked([person.pk])
    ids = list(ids)
    mine = Notification.objects.filter(person=person, read_at=None)
    seen = Q(pk__in=ids)
    if up_to is not None:
        seen |= Q(number__lte=up_to)
    changed = mine.filter(seen).update(read_at=timezone.now())
    unread = mine.count()
    if changed:
        hub.publish(topic_of_inbox(person.pk), NotificationsRead(up_to=up_to, ids=ids, unread=unread))
    return unread


def _locked(people: list[UUID]) -> list[Inbox]:
    """The inboxes of these people, made where they lack, locked in the people's order (so that nobody deadlocks)."""
    known = set(Inbox.objects.filter(pk__in=people).values_list("pk", flat=True))
    Inbox.objects.bulk_create(
        [Inbox(person_id=person_id) for person_id in people if person_id not in known], ignore_conflicts=True
    )
    return list(Inbox.objects.select_for_update().filter(pk__in=people).order_by("pk"))
