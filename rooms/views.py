"""Pages of rooms, assemblies and votes."""

import csv
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from collab.realtime.errors import BadWord, NotFound
from documents.models import Right
from documents.render import page_html
from documents.selectors import right_of as right_in_document
from events.models import Event
from people.models import Person

from . import pictures, selectors, services
from .forms import AssemblyForm, RoomForm
from .models import Assembly, Choice, Poll, Room
from .selectors import RoomRight


def _person(request: HttpRequest) -> Person:
    """Behind `login_required`."""
    return cast(Person, request.user)


@login_required
@require_GET
def rooms(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    shelves = selectors.shelves_for(person)
    return render(
        request,
        "rooms/list.html",
        {"shelves": shelves, "leads": selectors.groups_led_by(person).exists()},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    groups = selectors.groups_led_by(person)
    if not groups.exists():
        raise NotFound()
    initial = {"room": uuid4(), "group": request.GET.get("groupe") or groups.values_list("pk", flat=True).first()}
    form = RoomForm(person, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        room = services.create_room(title=facts["title"], group=facts["group"], by=person, room_id=facts["room"])
        return redirect("rooms:detail", room.pk)
    return render(request, "rooms/create.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def of_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """To the event's room; to the event, for who has not said yet that they come."""
    person = _person(request)
    event = Event.objects.select_related("group").filter(pk=event_id).first()
    if event is None:
        raise NotFound()
    room = Room.objects.filter(event=event).first()
    if selectors.right_in(person, room or Room(event=event, group=event.group)) is None:
        notices.info(request, _("Dites que vous venez, et la salle vous est ouverte."))
        return redirect("events:detail", event.pk)
    if room is None:
        room = services.room_of_event(event=event, by=event.created_by or person)
    return redirect("rooms:detail", room.pk)


@login_required
@require_GET
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    person = _person(request)
    room = selectors.room_for(person, room_id)
    right = selectors.right_in(person, room)
    picture = pictures.room_picture(room)
    assembly = Assembly.objects.filter(room=room).first()
    is_host = right == RoomRight.HOST
    notes_right = right_in_document(person, room.notes_document)
    context = {
        "room": room,
        "is_host": is_host,
        "now": timezone.now().isoformat(),
        "back": reverse("events:detail", args=[room.event_id]) if room.event_id else reverse("rooms:list"),
        "notes": page_html(room.notes_document),
        "notes_right": "editor" if notes_right == Right.EDITOR else "reader",
        "open_polls": assembly.polls.filter(state=Poll.State.OPEN) if assembly else [],
        "picture": picture,
        "assembly": assembly,
        "facts": _json({
            "room": picture,
            "assembly": pictures.assembly_picture(assembly) if assembly else None,
            "ballots": selectors.ballots_of(person, assembly) if assembly else {},
            "member": room.group_id is not None and selectors.members_of(room.group_id).filter(pk=person.pk).exists(),
        }),
    }  # fmt: skip
    return render(request, "rooms/room.html", context)


@login_required
@require_GET
def messages(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Earlier messages than number `before`, as JSON."""
    room = selectors.room_for(_person(request), room_id)
    try:
        before = int(request.GET.get("before", ""))
    except ValueError:
        raise BadWord(why="before is a number") from None
    if not 0 < before < 2**31:
        raise BadWord(why="before is out of range")
    lines, earlier = pictures.lines(room, before)
    return JsonResponse({"lines": _json(lines), "earlier": earlier})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assembly(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Prepare the room's assembly. Once there, it is led from the room."""
    person = _person(request)
    room = selectors.room_for(person, room_id, at_least=RoomRight.HOST)
    if Assembly.objects.filter(room=room).exists():
        return redirect(f"{room.path}#assemblee")
    form = AssemblyForm(
        request.POST if request.method == "POST" else None, initial={"assembly": uuid4(), "title": room.title}
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        services.prepare_assembly(
            room_id=room.pk, by=person, title=facts["title"], items=facts["agenda"], assembly_id=facts["assembly"]
        )
        return redirect(f"{room.path}#assemblee")
    return render(request, "rooms/assembly.html", {"form": form, "room": room}, status=422 if form.errors else 200)


@login_required
@require_GET
def poll(request: HttpRequest, poll_id: UUID) -> HttpResponse:
    """The vote and, kept, its result. Also where one votes without a script."""
    person = _person(request)
    poll = selectors.poll_for(person, poll_id)
    right = selectors.right_in(person, poll.assembly.room)
    tally = pictures.tally(poll)
    context = {
        "poll": poll,
        "picture": _json(pictures.poll_picture(poll, tally)),
        "bars": pictures.bars(poll, tally),
        "cast_count": tally.yes + tally.no + tally.abstain,
        "ballot": selectors.ballot_of(person, poll),
        "on_the_roll": poll.electors.filter(person=person).exists(),
        "may_enter": right is not None,
        "is_host": right == RoomRight.HOST,
        "choices": Choice.choices,
        "by_choice": selectors.names_by_choice(poll) if poll.state == Poll.State.CLOSED else [],
        "write_id": uuid4(),
    }
    return render(request, "rooms/poll.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: HttpRequest, poll_id: UUID) -> HttpResponse:
    """POST `choice` and `write`, a UUID that the page made: cast. GET: what I chose, and whether I am on the roll."""
    person = _person(request)
    if request.method == "POST":
        write_id = _uuid(request.POST.get("write", ""))
        cast = services.cast(poll_id=poll_id, by=person, choice=request.POST.get("choice", ""), write_id=write_id)
        if "application/json" not in request.headers.get("Accept", ""):
            notices.success(request, _("Votre vote est enregistré."))
            return redirect("rooms:poll", poll_id)
        return JsonResponse(_json(cast))
    poll = selectors.poll_for(person, poll_id)
    return JsonResponse({
        "choice": selectors.ballot_of(person, poll),
        "on_the_roll": poll.electors.filter(person=person).exists(),
    })  # fmt: skip


@login_required
@require_GET
def roll_csv(request: HttpRequest, poll_id: UUID) -> HttpResponse:
    """The vote by name, for hosts, once it is closed."""
    person = _person(request)
    poll = selectors.poll_for(person, poll_id)
    if selectors.right_in(person, poll.assembly.room) != RoomRight.HOST or poll.state != Poll.State.CLOSED:
        raise NotFound()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="vote-{poll.pk}.csv"'
    response.write("\ufeff")  # spreadsheets take it for Latin-1 otherwise
    writer = csv.writer(response)
    writer.writerow([_("Nom"), _("Vote")])
    labels = dict(Choice.choices)
    for name, choice in selectors.roll_of(poll):
        writer.writerow([_not_a_formula(name), labels[choice] if choice else _("n’a pas voté")])
    return response


def _not_a_formula(text: str) -> str:
    """A name that begins like a formula must not become one in a spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadWord(why="write is a UUID") from None


def _json(value: object) -> Any:
    return msgspec.to_builtins(value)
