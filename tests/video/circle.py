"""Calls for tests: a person's right in a call is what a Django group called `<right>:<call id>` says.

Also loaded by the tests' web processes, so that the rule is the same there.
"""

from uuid import UUID

from django.contrib.auth.models import Group

from collab.realtime import hub
from people.models import Person
from video.access import CallRight, register


@register
def right_by_group(person: Person, call_id: UUID) -> CallRight | None:
    names = person.groups.filter(name__endswith=f":{call_id}").values_list("name", flat=True)
    rights = [CallRight[name.partition(":")[0].upper()] for name in names]
    return max(rights, default=None)


def allow(person: Person, call_id: UUID, right: CallRight | None) -> None:
    """Give the right, in place of any other; None takes it away. Open sockets are told."""
    person.groups.clear()
    if right is not None:
        group, _ = Group.objects.get_or_create(name=f"{right.name.lower()}:{call_id}")
        person.groups.add(group)
    hub.revoke(person_id=person.pk)


def draw(picture: dict[str, list[dict[str, object]]], type_: str, data: dict[str, object]) -> None:
    """What a page does with an announcement."""
    people = picture["participants"]
    if type_ == "call.left":
        picture["participants"] = [one for one in people if one["session"] != data["session"]]
        return
    participant = data["participant"]
    assert isinstance(participant, dict)
    for place, one in enumerate(people):
        if one["session"] == participant["session"]:
            people[place] = participant
            return
    assert type_ == "call.joined", "a change of somebody who is not here"
    people.append(participant)
