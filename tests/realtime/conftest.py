import pytest
from django.contrib.auth.models import Group

from people.models import Person
from tests.factories import PersonFactory
from tests.realtime import words  # noqa: F401  registers the circle
from tests.realtime.servers import Server, Servers, servers

__all__ = ["servers"]


@pytest.fixture
def server(servers: Servers) -> Server:
    return servers.start()


@pytest.fixture
def circle(transactional_db: None) -> list[Person]:
    """Three members of the circle `lyon`, and a fourth person who is not in it."""
    group = Group.objects.create(name="lyon")
    people = [PersonFactory() for _ in range(4)]
    for person in people[:3]:
        person.groups.add(group)
    return people
