"""Pages of events."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from . import selectors
from .models import Event

A_PAGE = 24


def list_events(request: HttpRequest) -> HttpResponse:
    upcoming = Event.objects.filter(ends_at__gt=timezone.now()).select_related("group", "commune")
    page = Paginator(upcoming, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "events/list.html", {"page": page})


def detail(request: HttpRequest, event_id: UUID) -> HttpResponse:
    event = selectors.event_for(request.user, event_id)
    return render(request, "events/detail.html", {"event": event})
