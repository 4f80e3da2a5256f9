"""What browsers follow of a document on the live socket. Its content is on the sync socket, see `sync/`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from collab.realtime import topics
from collab.realtime.errors import NotFound
from collab.realtime.topics import Caller, Topic
from people.models import Person

from . import selectors
from .models import Document


@topics.register
class DocumentTopic(Topic):
    kind = "document"

    def may_follow(self, key: str, caller: Caller) -> bool:
        person = Person.objects.filter(pk=caller.person_id, is_active=True).first()
        try:
            return person is not None and bool(selectors.document_for(person, UUID(key)))
        except (NotFound, ValueError):
            return False

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        """The title, and what the caller may do."""
        document = Document.objects.get(pk=key)
        right = selectors.rights_of([(caller.person_id, document.pk)]).get((caller.person_id, document.pk))
        return {"title": document.title, "right": right.name.lower() if right else None}

    def names(self, key: str, person_ids: Iterable[str]) -> Mapping[str, str]:
        people = Person.objects.filter(pk__in=list(person_ids))
        return {str(person.pk): person.display_name for person in people}
