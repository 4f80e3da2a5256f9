"""What people do with documents. What the sync socket stores is in `log.py`."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from collab.realtime import hub
from collab.realtime.errors import DomainError, Forbidden, NotFound
from groups import selectors as groups
from groups.models import Group, Role
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person

from . import content, selectors
from .models import Document, Grant, Mention, Right, Update
from .protocol import DocumentRenamed, RightsChanged

LONGEST_TITLE = 120
LONGEST_TEXT = 1_000_000


class DocumentError(DomainError):
    """What goes wrong with documents."""


class NoTitle(DocumentError):
    code = "no_title"
    status = 422
    sentence = _("Donnez un titre au document.")


class TextTooLong(DocumentError):
    code = "text_too_long"
    status = 422
    sentence = _("Ce texte est trop long.")


class NotAReader(DocumentError):
    code = "not_a_reader"
    sentence = _("Cette personne ne peut pas lire le document.")


def create_document(
    *,
    title: str,
    by: Person,
    group: Group | None = None,
    text: str | None = None,
    write_id: UUID | None = None,
) -> Document:
    """A new document of `by`. With `text`, lines become paragraphs, and "# " lines headings.

    The same `write_id` of the same person again is the same document.
    """
    title = _title(title)
    if text and len(text) > LONGEST_TEXT:
        raise TextTooLong()
    if group is not None:
        role = groups.role_of(by, group)
        if role is None or role < Role.MEMBER:
            raise Forbidden()
    first = content.from_text(text) if text and text.strip() else None
    with transaction.atomic():
        document, new = Document.objects.get_or_create(
            pk=write_id or uuid4(),
            defaults={"title": title, "owner": by, "group": group, "last_seq": 1 if first else 0},
        )
        if not new:
            if document.owner_id != by.pk:
                raise NotFound()
            return document
        if first:
            Update.objects.create(document=document, seq=1, data=first, author=by)
    return document


@transaction.atomic
def rename(*, document_id: UUID, by: Person, title: str) -> Document:
    title = _title(title)
    document = _locked(document_id, by, at_least=Right.EDITOR)
    if title == document.title:
        return document
    document.title = title
    document.save(update_fields=["title"])
    hub.publish(document.topic, DocumentRenamed(title=title))
    return document


@transaction.atomic
def grant(*, document_id: UUID, person_id: UUID, right: Right, by: Person | None = None) -> Grant:
    """Give one person a right by name. With `by`, only as its owner and only to people of the owner's groups."""
    document = _locked(document_id, by)
    if by is not None:
        _refuse_unless_owner(document, by)
        known = Grant.objects.filter(document=document, person=person_id).exists()
        if not known and not selectors.possible_guests(by, document).filter(pk=person_id).exists():
            raise NotFound()
    given, new = Grant.objects.get_or_create(document=document, person_id=person_id, defaults={"right": right})
    if new or given.right != right:
        given.right = right
        given.save(update_fields=["right"])
        _tell_rights_changed(document, person_id)
    return given


@transaction.atomic
def withdraw(*, document_id: UUID, person_id: UUID, by: Person | None = None) -> None:
    """Take a right given by name away; their sockets close or turn read-only at once."""
    document = _locked(document_id, by)
    if by is not None:
        _refuse_unless_owner(document, by)
    gone, _ = Grant.objects.filter(document=document, person=person_id).delete()
    if gone:
        _tell_rights_changed(document, person_id)


def _tell_rights_changed(document: Document, person_id: UUID) -> None:
    hub.publish(document.topic, RightsChanged())
    hub.revoke(person_id=person_id, topic=document.topic)


@transaction.atomic
def look_at_rights_again(*, person: Person) -> None:
    """Something below changed what the person may do: their sockets close, turn read-only, or may write, at once."""
    hub.revoke(person_id=person.pk)


@transaction.atomic
def mention(*, document_id: UUID, node_id: UUID, person_id: UUID, by: Person) -> bool:
    """Tell a person that they are named in the document, once a mention node; whether it was this call that did."""
    document = _locked(document_id, by, at_least=Right.EDITOR)
    person = selectors.readers_of(document).filter(pk=person_id).first()
    if person is None:
        raise NotAReader()
    _mention, new = Mention.objects.get_or_create(
        document=document, node=node_id, defaults={"person": person, "by": by}
    )
    if new:
        _notify(document, node_id, person, by)
    return new


def _notify(document: Document, node_id: UUID, person: Person, by: Person) -> None:
    notify(
        kind=Kind.MENTIONED,
        to=[person.pk],
        key=f"mention:{node_id}",
        url=f"/documents/{document.pk}/",
        facts={"who": by.display_name, "document": document.title},
        by=by.pk,
    )


def _title(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())[:LONGEST_TITLE]
    if not title:
        raise NoTitle()
    return title


def _locked(document_id: UUID, by: Person | None, at_least: Right = Right.READER) -> Document:
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    if document is None:
        raise NotFound()
    if by is not None:
        right = selectors.right_of(by, document)
        if right is None:
            raise NotFound()
        if right < at_least:
            raise Forbidden()
    return document


def _refuse_unless_owner(document: Document, by: Person) -> None:
    if document.owner_id != by.pk:
        raise Forbidden()
