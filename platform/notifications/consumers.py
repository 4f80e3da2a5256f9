"""The inbox on the live socket."""

from collections.abc import Mapping
from typing import Any

from collab.realtime import doors, topics
from collab.realtime.doors import Door, Rate
from collab.realtime.topics import Caller, Topic
from people.models import Person

from . import selectors, services
from .protocol import ReadInbox


@topics.register
class InboxTopic(Topic):
    """Its own person's alone."""

    kind = "inbox"

    def may_follow(self, key: str, caller: Caller) -> bool:
        return key == str(caller.person_id) and Person.objects.filter(pk=caller.person_id, is_active=True).exists()

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        return selectors.picture(caller.person_id)


@doors.register
class InboxDoor(Door):
    words = (ReadInbox,)
    rates = {ReadInbox: Rate(burst=20, per_second=2)}

    def on_inbox_read(self, word: ReadInbox) -> Mapping[str, Any]:
        return {"unread": services.mark_read(person=self.person, up_to=word.up_to, ids=word.ids)}
