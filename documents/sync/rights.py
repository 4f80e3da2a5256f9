"""What sockets may do, read from SQL for many at once. Plain synchronous Django, called through the bridge."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from collab.realtime.sessions import still_signed_in
from collab.realtime.topics import Caller
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
    asked = {claimant: Caller(claimant.person_id, claimant.session_key) for claimant in claimants}
    signed_in = still_signed_in(asked.values())
    people = Person.objects.in_bulk({caller.person_id for caller in signed_in})
    rights = selectors.rights_of((claimant.person_id, claimant.document_id) for claimant in asked)
    found = {}
    for claimant, caller in asked.items():
        person = people.get(claimant.person_id)
        if person is None or caller not in signed_in:
            found[claimant] = NOBODY
        else:
            right = rights.get((claimant.person_id, claimant.document_id))
            found[claimant] = Standing(is_signed_in=True, right=right, name=person.display_name)
    return found
