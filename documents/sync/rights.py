"""What sockets may do, read from SQL for many at once. Plain synchronous Django, called through the bridge."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from people.models import Person

from .. import selectors
from ..models import Right


@dataclass(frozen=True, slots=True)
class Claimant:
    person_id: UUID
    session_key: str
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    is_signed_in: bool
    right: Right | None
    name: str


NOBODY = Standing(is_signed_in=False, right=None, name="")


def standings(claimants: Iterable[Claimant]) -> dict[Claimant, Standing]:
    """A fixed number of queries, however many sockets there are."""
    asked = set(claimants)
    people = Person.objects.filter(is_active=True).in_bulk({claimant.person_id for claimant in asked})
    signed_in = _signed_in({claimant.session_key for claimant in asked}, people)
    rights = selectors.rights_of({(claimant.person_id, claimant.document_id) for claimant in asked})
    found = {}
    for claimant in asked:
        person = people.get(claimant.person_id)
        if person is None or signed_in.get(claimant.session_key) != person.pk:
            found[claimant] = NOBODY
        else:
            right = rights.get((claimant.person_id, claimant.document_id))
            found[claimant] = Standing(is_signed_in=True, right=right, name=person.display_name)
    return found


def _signed_in(keys: Iterable[str], people: dict[UUID, Person]) -> dict[str, UUID]:
    """Whose each session is; a session is over when it was ended, ran out, or its person's password changed."""
    holders = {}
    for session in Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()):
        facts = session.get_decoded()
        person = next((one for pk, one in people.items() if str(pk) == facts.get(SESSION_KEY)), None)
        if person is not None and facts.get(HASH_SESSION_KEY) == person.get_session_auth_hash():
            holders[session.session_key] = person.pk
    return holders
