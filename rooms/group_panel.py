"""The group's own rooms, on its page; those of events are on the events' pages."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from groups import panels
from groups.models import Group, Role
from people.signed_in import person_of

from . import selectors
from .models import Room

SHOWN = 4


@panels.register(order=30)
def group_rooms(request: HttpRequest, group: Group, role: Role | None) -> str:
    """For members; without any room, only for who can make one."""
    if role is None or role < Role.MEMBER:
        return ""
    rooms = selectors.rooms_for(person_of(request)).filter(group=group, event=None, state=Room.State.OPEN)
    shown, may_create = list(rooms.order_by("-created")[:SHOWN]), role >= Role.MANAGER
    if not shown and not may_create:
        return ""
    facts = {"group": group, "rooms": shown, "may_create": may_create}
    return render_to_string("rooms/group_panel.html", facts, request)
