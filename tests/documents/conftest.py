from collections.abc import Iterator

import pytest
from django.conf import settings

from documents.models import Document
from people.models import Person
from tests.documents.factories import document_of
from tests.factories import PersonFactory
from tests.realtime.servers import Server, Servers, servers

__all__ = ["servers"]


@pytest.fixture(scope="module")
def server(django_db_setup: None, valkey_url: str) -> Iterator[Server]:
    """One process for a module's tests. Each test has documents and people of its own."""
    settings.VALKEY_URL = valkey_url
    family = Servers()
    yield family.start()
    family.stop()


@pytest.fixture
def people(transactional_db: None) -> list[Person]:
    """The owner, an editor, a reader, and somebody who has no right."""
    return [PersonFactory(name=name) for name in ("Inès", "Noé", "Rosa", "Max")]


@pytest.fixture
def document(people: list[Person]) -> Document:
    owner, editor, reader, _ = people
    return document_of(owner, editors=[editor], readers=[reader])
