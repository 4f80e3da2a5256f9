"""Pages of groups."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.models import Commune
from people.places import near
from people.signed_in import person_of

from . import panels, selectors, services
from .forms import USUAL_RADIUS, GroupForm, GroupSearchForm, RoleForm
from .models import Group, Role

A_PAGE = 24
MEMBERS_A_PAGE = 60
HEADS = 9


@require_GET
def list_groups(request: HttpRequest) -> HttpResponse:
    """All groups, or those that one looks for: by name, by place, one's own."""
    form = GroupSearchForm.asked(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    mine = "miens" in request.GET and request.user.is_authenticated
    found = _wanted(selectors.groups_to_show(), wanted)
    roles = selectors.roles_of(request.user)
    if mine:
        found = found.filter(pk__in=list(roles))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    for group in page:
        group.my_role = roles.get(group.pk)  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("page", None)
    facts = {
        "form": form,
        "page": page,
        "mine": mine,
        "place": wanted.get("place"),
        "is_search": bool(wanted.get("q") or wanted.get("place")),
        "points": [_point(group) for group in page],
        "query": query.urlencode(),
    }
    return render(request, "groups/list.html", facts)


def _wanted(groups: QuerySet[Group], wanted: dict[str, Any]) -> QuerySet[Group]:
    place: Commune | None = wanted.get("place")
    if wanted.get("q"):
        groups = groups.filter(name__icontains=wanted["q"])
    if place is not None:
        groups = near(groups, place.latitude, place.longitude, wanted.get("km") or USUAL_RADIUS)
    return groups


def _point(group: Group) -> dict[str, object]:
    return {
        "latitude": group.latitude,
        "longitude": group.longitude,
        "kind": "group",
        "title": group.name,
        "text": str(group.commune),
        "url": reverse("groups:detail", args=[group.pk]),
    }


@require_GET
def detail(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = selectors.group_for(request.user, group_id)
    role = selectors.role_of(request.user, group)
    members = selectors.memberships_in(group).filter(role__gte=Role.MEMBER)
    is_member = role is not None and role >= Role.MEMBER
    member_count, animator_count = members.count(), members.filter(role=Role.ANIMATOR).count()
    facts = {
        "group": group,
        "role": role,
        "is_member": is_member,
        "is_manager": role is not None and role >= Role.MANAGER,
        "is_last_animator": role == Role.ANIMATOR and animator_count == 1,
        "member_count": member_count,
        # Belonging to a group says what one thinks: names are for its members, and animators' for who is signed in.
        "heads": members.exclude(role=Role.ANIMATOR)[:HEADS] if is_member else [],
        "more_heads": member_count - animator_count - HEADS,
        "animators": members.filter(role=Role.ANIMATOR) if request.user.is_authenticated else [],
        "panels": panels.render(request, group, role),
        "points": [_point(group)],
    }
    return render(request, "groups/detail.html", facts)


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = GroupForm(request.POST or None, initial={"commune": person.commune})
    if request.method == "POST" and form.is_valid():
        group = services.create_group(by=person, write_id=form.write, **form.facts())
        messages.success(request, _("Le groupe est créé. Partagez sa page pour qu’on le rejoigne."))
        return redirect("groups:detail", group.pk)
    return render(request, "groups/form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    person = person_of(request)
    group = selectors.group_for(person, group_id, Role.MANAGER)
    form = GroupForm.of(group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.update_group(group_id=group.pk, by=person, **form.facts())
        messages.success(request, _("C’est enregistré."))
        return redirect("groups:detail", group.pk)
    return render(request, "groups/form.html", {"form": form, "group": group})


# --- come and go ---


def _to_sign_in(group_id: UUID) -> HttpResponse:
    """Back to the group's page afterwards: its buttons are there, and they need a POST."""
    return redirect_to_login(reverse("groups:detail", args=[group_id]))


@require_POST
def join(request: HttpRequest, group_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return _to_sign_in(group_id)
    services.join(group_id=group_id, by=person_of(request))
    messages.success(request, _("Bienvenue ! Vous êtes membre du groupe."))
    return redirect("groups:detail", group_id)


@require_POST
def follow(request: HttpRequest, group_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return _to_sign_in(group_id)
    services.follow(group_id=group_id, by=person_of(request))
    messages.success(request, _("Vous recevrez les nouvelles du groupe."))
    return redirect("groups:detail", group_id)


@require_POST
def leave(request: HttpRequest, group_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated:
        return _to_sign_in(group_id)
    services.leave(group_id=group_id, by=person_of(request))
    messages.success(request, _("Vous avez quitté le groupe."))
    return redirect("groups:detail", group_id)


# --- members: names for members, followers for the team ---


@login_required
@require_GET
def members(request: HttpRequest, group_id: UUID) -> HttpResponse:
    person = person_of(request)
    group = selectors.group_for(person, group_id, Role.MEMBER)
    role = selectors.role_of(person, group)
    assert role is not None
    is_manager = role >= Role.MANAGER
    rows = selectors.memberships_in(group)
    followers = rows.filter(role=Role.FOLLOWER).count()
    shown = rows if is_manager and "abonnes" in request.GET else rows.filter(role__gte=Role.MEMBER)
    if "abonnes" in request.GET:
        shown = shown.filter(role=Role.FOLLOWER)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    if text:
        shown = shown.filter(person__name__icontains=text)
    page = Paginator(shown, MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    facts = {
        "group": group,
        "role": role,
        "page": page,
        "lines": [{"membership": one, "choices": _choices(role, Role(one.role))} for one in page],
        "is_manager": is_manager,
        "is_animator": role == Role.ANIMATOR,
        "followers": "abonnes" in request.GET,
        "follower_count": followers,
        "member_count": rows.filter(role__gte=Role.MEMBER).count(),
        "text": text,
        "query": query.urlencode(),
    }
    return render(request, "groups/members.html", facts)


def _choices(mine: Role, theirs: Role) -> list[Role]:
    """What I may make of them; the services have the last word."""
    if mine == Role.ANIMATOR:
        return [role for role in Role if role != theirs]
    if mine == Role.MANAGER and theirs < Role.MANAGER:
        return [role for role in (Role.FOLLOWER, Role.MEMBER) if role != theirs]
    return []


@login_required
@require_POST
def set_role(request: HttpRequest, group_id: UUID, person_id: UUID) -> HttpResponse:
    person = person_of(request)
    selectors.group_for(person, group_id, Role.MANAGER)
    form = RoleForm(request.POST)
    if form.is_valid():
        changed = services.set_role(group_id=group_id, person_id=person_id, role=form.cleaned_data["role"], by=person)
        facts = {"name": changed.person.display_name, "role": changed.get_role_display()}
        messages.success(request, _("%(name)s : %(role)s. C’est enregistré.") % facts)
    return _back_to_members(request, group_id)


@login_required
@require_POST
def remove_member(request: HttpRequest, group_id: UUID, person_id: UUID) -> HttpResponse:
    person = person_of(request)
    selectors.group_for(person, group_id, Role.MANAGER)
    services.remove_member(group_id=group_id, person_id=person_id, by=person)
    messages.success(request, _("Cette personne n’est plus dans le groupe."))
    return _back_to_members(request, group_id)


def _back_to_members(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """To the list, unless one has just given up the right to see it."""
    group = selectors.group_for(request.user, group_id)
    role = selectors.role_of(request.user, group)
    return redirect("groups:members" if role is not None and role >= Role.MEMBER else "groups:detail", group_id)
