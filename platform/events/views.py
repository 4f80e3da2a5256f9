"""Pages of events."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import selectors


def detail(request: HttpRequest, event_id: UUID) -> HttpResponse:
    event = selectors.event_for(request.user, event_id)
    return render(request, "events/detail.html", {"event": event})
