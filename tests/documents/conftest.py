import pytest

from documents.models import Document
from people.models import Person
from tests.documents.factories import document_of
from tests.factories import PersonFactory
from tests.realtime.servers import Server, Servers, servers

__all__ = ["servers"]


@pytest.fixture
def server(servers: Servers) -> Server:
    return servers.start()


@pytest.fixture
def people(transactional_db: None) -> list[Person]:
    """The owner, an editor, a reader, and somebody who has no right."""
    return [PersonFactory(name=name) for name in ("Inès", "Noé", "Rosa", "Max")]


@pytest.fixture
def document(people: list[Person]) -> Document:
    owner, editor, reader, _ = people
    return document_of(owner, editors=[editor], readers=[reader])
