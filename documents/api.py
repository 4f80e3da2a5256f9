"""A document's addresses for its page's script: JSON in, JSON out, errors as the middleware writes them."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeVar
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collab.realtime.errors import BadWord, Forbidden, SignedOut
from people.models import Person
from people.signed_in import person_of

from . import selectors, services
from .models import Document, Right

P = ParamSpec("P")
MOST_PEOPLE = 8
LONGEST_QUERY = 60
RIGHTS = {"reader": Right.READER, "editor": Right.EDITOR}
WORDS = {right: word for word, right in RIGHTS.items()}

View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: View[P]) -> View[P]:
    """A program gets an error it can read, not a login page."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            raise SignedOut()
        return view(request, *args, **kwargs)

    return inner


class Title(msgspec.Struct, forbid_unknown_fields=True):
    title: str


class Mentioned(msgspec.Struct, forbid_unknown_fields=True):
    node: UUID
    person: UUID


class Given(msgspec.Struct, forbid_unknown_fields=True):
    person: UUID
    right: Literal["reader", "editor"]


T = TypeVar("T")


def _read(request: HttpRequest, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadWord(why=str(error)) from None


@signed_in
@require_GET
def people(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Whom one can mention: others who may read it, told to those who may write."""
    person = person_of(request)
    document = selectors.document_for(person, document_id, Right.EDITOR)
    return _named(request, selectors.mentionable_in(document).exclude(pk=person.pk))


@signed_in
@require_GET
def guests(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Whom its owner can add by name."""
    document = selectors.document_for(person_of(request), document_id)
    return _named(request, selectors.possible_guests(_owner(request, document), document))


def _named(request: HttpRequest, found: QuerySet[Person]) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    if query:
        found = found.filter(name__icontains=query)
    return JsonResponse({"people": [_face(person) for person in found[:MOST_PEOPLE]]})


def _face(person: Person) -> dict[str, str]:
    return {"id": str(person.pk), "name": person.display_name}


@signed_in
@require_GET
def access(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Who can read what: the owner and the group for everybody, grants by name for the owner alone."""
    document = selectors.document_for(person_of(request), document_id)
    is_owner = document.owner_id == person_of(request).pk
    grants = document.grants.select_related("person").order_by("person__name", "pk") if is_owner else []
    return JsonResponse(
        {
            "owner": _face(document.owner) if document.owner else None,
            "group": {"id": str(document.group.pk), "name": document.group.name} if document.group else None,
            "is_owner": is_owner,
            "grants": [{**_face(one.person), "right": WORDS[Right(one.right)]} for one in grants],
        }
    )


@signed_in
@require_POST
def title(request: HttpRequest, document_id: UUID) -> HttpResponse:
    wanted = _read(request, Title)
    document = services.rename(document_id=document_id, by=person_of(request), title=wanted.title)
    return JsonResponse({"title": document.title})


@signed_in
@require_POST
def mentions(request: HttpRequest, document_id: UUID) -> HttpResponse:
    wanted = _read(request, Mentioned)
    told = services.mention(
        document_id=document_id, node_id=wanted.node, person_id=wanted.person, by=person_of(request)
    )
    return JsonResponse({"told": told})


@signed_in
@require_POST
def grants(request: HttpRequest, document_id: UUID) -> HttpResponse:
    wanted = _read(request, Given)
    services.grant(document_id=document_id, person_id=wanted.person, right=RIGHTS[wanted.right], by=person_of(request))
    return JsonResponse({})


@signed_in
@require_http_methods(["DELETE"])
def grant(request: HttpRequest, document_id: UUID, person_id: UUID) -> HttpResponse:
    services.withdraw(document_id=document_id, person_id=person_id, by=person_of(request))
    return JsonResponse({})


def _owner(request: HttpRequest, document: Document) -> Person:
    if document.owner_id != person_of(request).pk:
        raise Forbidden()
    return person_of(request)
