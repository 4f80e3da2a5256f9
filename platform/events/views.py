"""Pages of events."""

from datetime import date
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import selectors as groups
from groups.forms import USUAL_RADIUS, NearForm
from groups.models import Group, Role
from people.models import Commune
from people.signed_in import person_of

from . import selectors, services, words
from .calendar_file import calendar_file
from .forms import EventForm
from .models import Event

A_PAGE = 30
NAMES = 60


@require_GET
def list_events(request: HttpRequest) -> HttpResponse:
    """What comes: everywhere, near a place, in one's groups, or what one said to come to."""
    form = NearForm.asked(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    place, km = wanted.get("place"), wanted.get("km") or USUAL_RADIUS
    tab = request.GET.get("voir", "") if request.user.is_authenticated else ""
    home = request.user.commune if request.user.is_authenticated else None
    events = _chosen(request, tab, home)
    if place is not None:
        events = selectors.events_near(events, place, km)
    page = Paginator(events, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    facts = {
        "form": form,
        "tab": tab,
        "home": home,
        "place": place,
        "page": page,
        "months": _by_month(page),
        "points": [_point(event) for event in page],
        "may_create": request.user.is_authenticated and groups.groups_of(person_of(request), Role.MANAGER).exists(),
        "query": query.urlencode(),
    }
    return render(request, "events/list.html", facts)


def _chosen(request: HttpRequest, tab: str, home: Commune | None) -> QuerySet[Event]:
    events = selectors.upcoming(request.user)
    if tab == "groupes":
        return events.filter(group__in=groups.groups_of(person_of(request)).values("pk"))
    if tab == "miens":
        return selectors.upcoming_for(person_of(request))
    if tab == "pres":
        return selectors.events_near(events, home, selectors.NEAR_KM) if home else events.none()
    return events


def _by_month(page: Page[Event]) -> list[tuple[date, list[Event]]]:
    def month(event: Event) -> date:
        return timezone.localdate(max(event.starts_at, timezone.now())).replace(day=1)

    return [(first, list(events)) for first, events in groupby(page, month)]


def _point(event: Event) -> dict[str, object]:
    return {
        "latitude": event.latitude,
        "longitude": event.longitude,
        "kind": "event",
        "title": event.title,
        "text": f"{words.when(event)} · {event.commune}",
        "url": reverse("events:detail", args=[event.pk]),
    }


@require_GET
def detail(request: HttpRequest, event_id: UUID) -> HttpResponse:
    event = selectors.event_for(request.user, event_id)
    role = groups.role_of(request.user, event.group)
    coming = selectors.who_comes(event)
    is_member = role is not None and role >= Role.MEMBER
    i_come = selectors.comes(request.user, event)
    facts = {
        "event": event,
        "when": words.when(event),
        "i_come": i_come,
        "is_on": event.starts_at <= timezone.now() < event.ends_at,
        "is_manager": role is not None and role >= Role.MANAGER,
        "is_member": is_member,
        "may_enter_room": is_member or i_come,
        "coming_count": coming.count(),
        # Being there says what one thinks: names are for the members of the group.
        "names": coming[:NAMES] if is_member else [],
        "points": [_point(event)],
    }
    return render(request, "events/detail.html", facts)


@require_GET
def calendar(request: HttpRequest, event_id: UUID) -> HttpResponse:
    event = selectors.event_for(request.user, event_id)
    url = request.build_absolute_uri(reverse("events:detail", args=[event.pk]))
    body = calendar_file(event, host=request.get_host(), url=url)
    headers = {"Content-Disposition": f'attachment; filename="evenement-{event.starts_at:%Y-%m-%d}.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    managed = groups.groups_of(person, Role.MANAGER)
    first = _asked_for(request, managed) or managed.first()
    if first is None:
        return render(request, "events/no_group.html")
    form = EventForm.to_create(person, first, request.POST or None)
    if request.method == "POST" and form.is_valid():
        group = form.cleaned_data["group"]
        event = services.create_event(group_id=group.pk, by=person, write_id=form.write, **form.facts())
        messages.success(request, _("L’événement est annoncé."))
        return redirect("events:detail", event.pk)
    return render(request, "events/form.html", {"form": form, "is_one_group": managed.count() == 1})


def _asked_for(request: HttpRequest, managed: QuerySet[Group]) -> Group | None:
    """`?groupe=<id>`, when it is one of theirs."""
    try:
        return managed.filter(pk=UUID(request.GET.get("groupe", ""))).first()
    except ValueError:
        return None


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, event_id: UUID) -> HttpResponse:
    person = person_of(request)
    event = selectors.event_for(person, event_id, Role.MANAGER)
    form = EventForm.to_change(event, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.update_event(event_id=event.pk, by=person, **form.facts())
        messages.success(request, _("C’est enregistré."))
        return redirect("events:detail", event.pk)
    return render(request, "events/form.html", {"form": form, "event": event})


@require_POST
def come(request: HttpRequest, event_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("events:detail", args=[event_id]))
    services.come(event_id=event_id, by=person_of(request))
    messages.success(request, _("C’est noté : vous y allez."))
    return redirect("events:detail", event_id)


@require_POST
def uncome(request: HttpRequest, event_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("events:detail", args=[event_id]))
    services.uncome(event_id=event_id, by=person_of(request))
    messages.success(request, _("C’est noté : vous n’y allez plus."))
    return redirect("events:detail", event_id)
