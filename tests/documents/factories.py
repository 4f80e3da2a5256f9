"""Documents for tests."""

from documents.models import Document, Grant, Right
from people.models import Person


def document_of(owner: Person, *, editors: list[Person] | None = None, readers: list[Person] | None = None) -> Document:
    document = Document.objects.create(title="Compte rendu", owner=owner)
    for person in editors or []:
        Grant.objects.create(document=document, person=person, right=Right.EDITOR)
    for person in readers or []:
        Grant.objects.create(document=document, person=person, right=Right.READER)
    return document
