"""What apps above show on a group's page: its events, documents, rooms.

An app registers a function at start; it gives the HTML of its part, or nothing.

    @panels.register(order=10)
    def next_events(request: HttpRequest, group: Group, role: Role | None) -> str: …
"""

from collections.abc import Callable

from django.http import HttpRequest

from .models import Group, Role

Panel = Callable[[HttpRequest, Group, Role | None], str]

_panels: list[tuple[int, Panel]] = []


def register(*, order: int) -> Callable[[Panel], Panel]:
    """Decorator. Lower orders come first."""

    def add(panel: Panel) -> Panel:
        _panels.append((order, panel))
        _panels.sort(key=lambda entry: entry[0])
        return panel

    return add


def render(request: HttpRequest, group: Group, role: Role | None) -> list[str]:
    return [html for _, panel in _panels if (html := panel(request, group, role))]
