"""The next events, on their group's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from groups import panels
from groups.models import Group, Role

from . import selectors

SHOWN = 5


@panels.register(order=10)
def next_events(request: HttpRequest, group: Group, role: Role | None) -> str:
    events = list(selectors.upcoming_of(group, request.user)[:SHOWN])
    facts = {"group": group, "events": events, "may_create": role is not None and role >= Role.MANAGER}
    return render_to_string("events/group_panel.html", facts, request)
