"""What browsers follow and say in rooms and assemblies. Prose: docs/protocol/rooms.md."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from collab.realtime import doors, topics
from collab.realtime.doors import Door, Rate
from collab.realtime.errors import NotFound
from collab.realtime.topics import Caller, Topic
from people.models import Person

from . import pictures, protocol, selectors, services


def _person(caller: Caller) -> Person:
    person = Person.objects.filter(pk=caller.person_id, is_active=True).first()
    if person is None:
        raise NotFound()
    return person


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise NotFound() from None


@topics.register
class RoomTopic(Topic):
    kind = "room"
    keeps_presence = True

    def may_follow(self, key: str, caller: Caller) -> bool:
        try:
            selectors.room_for(_person(caller), _uuid(key))
        except NotFound:
            return False
        return True

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        return pictures.room_picture(selectors.room_for(_person(caller), _uuid(key)))

    def names(self, key: str, person_ids: Iterable[str]) -> Mapping[str, str]:
        people = Person.objects.filter(pk__in=list(person_ids)).only("pk", "name")
        return {str(person.pk): person.display_name for person in people}


@topics.register
class AssemblyTopic(Topic):
    kind = "assembly"

    def may_follow(self, key: str, caller: Caller) -> bool:
        try:
            selectors.assembly_for(_person(caller), _uuid(key))
        except NotFound:
            return False
        return True

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        return pictures.assembly_picture(selectors.assembly_for(_person(caller), _uuid(key)))


@doors.register
class RoomDoor(Door):
    words = (protocol.OpenRoom, protocol.CloseRoom)

    def on_room_open(self, word: protocol.OpenRoom) -> None:
        services.open_room(room_id=word.room, by=self.person)

    def on_room_close(self, word: protocol.CloseRoom) -> None:
        services.close_room(room_id=word.room, by=self.person)


@doors.register
class ChatDoor(Door):
    words = (protocol.PostMessage, protocol.RemoveMessage)
    # A burst is what waited while the connection was away.
    rates = {protocol.PostMessage: Rate(burst=15, per_second=1)}

    def on_chat_post(self, word: protocol.PostMessage) -> Mapping[str, Any]:
        message = services.post_message(room_id=word.room, by=self.person, message_id=word.message, text=word.text)
        return {"number": message.number}

    def on_chat_remove(self, word: protocol.RemoveMessage) -> None:
        services.remove_message(room_id=word.room, by=self.person, message_id=word.message)


@doors.register
class HandDoor(Door):
    words = (protocol.RaiseHand, protocol.LowerHand, protocol.GiveFloor, protocol.EndFloor)
    rates = {protocol.RaiseHand: Rate(burst=10, per_second=0.5)}

    def on_hand_raise(self, word: protocol.RaiseHand) -> Mapping[str, Any]:
        return {"order": services.raise_hand(room_id=word.room, by=self.person).number}

    def on_hand_lower(self, word: protocol.LowerHand) -> None:
        services.lower_hand(room_id=word.room, by=self.person, person_id=word.person)

    def on_floor_give(self, word: protocol.GiveFloor) -> None:
        services.give_floor(room_id=word.room, by=self.person, person_id=word.person)

    def on_floor_end(self, word: protocol.EndFloor) -> None:
        services.end_floor(room_id=word.room, by=self.person)


@doors.register
class AssemblyDoor(Door):
    words = (protocol.OpenAssembly, protocol.RenameAssembly, protocol.CloseAssembly)

    def on_assembly_open(self, word: protocol.OpenAssembly) -> None:
        services.open_assembly(assembly_id=word.assembly, by=self.person)

    def on_assembly_rename(self, word: protocol.RenameAssembly) -> None:
        services.rename_assembly(assembly_id=word.assembly, by=self.person, title=word.title)

    def on_assembly_close(self, word: protocol.CloseAssembly) -> None:
        services.close_assembly(assembly_id=word.assembly, by=self.person)


@doors.register
class AgendaDoor(Door):
    words = (protocol.AddItem, protocol.RemoveItem, protocol.NextItem)

    def on_agenda_add(self, word: protocol.AddItem) -> Mapping[str, Any]:
        item = services.add_item(assembly_id=word.assembly, by=self.person, title=word.title, minutes=word.minutes)
        return {"item": item.pk}

    def on_agenda_remove(self, word: protocol.RemoveItem) -> None:
        services.remove_item(assembly_id=word.assembly, by=self.person, item_id=word.item)

    def on_agenda_next(self, word: protocol.NextItem) -> None:
        services.next_item(assembly_id=word.assembly, by=self.person, after=word.after)


@doors.register
class PollDoor(Door):
    words = (protocol.CreatePoll, protocol.DropPoll, protocol.OpenPoll, protocol.ClosePoll)

    def on_poll_create(self, word: protocol.CreatePoll) -> Mapping[str, Any]:
        poll = services.create_poll(assembly_id=word.assembly, by=self.person, question=word.question)
        return {"poll": poll.pk}

    def on_poll_drop(self, word: protocol.DropPoll) -> None:
        services.drop_poll(poll_id=word.poll, by=self.person)

    def on_poll_open(self, word: protocol.OpenPoll) -> None:
        services.open_poll(poll_id=word.poll, by=self.person)

    def on_poll_close(self, word: protocol.ClosePoll) -> None:
        services.close_poll(poll_id=word.poll, by=self.person)
