"""What the tests of people share: mails, codes, and browsers that count for nothing in each other's limits."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from people.models import Person
from tests.factories import PersonFactory

CODE = re.compile(r"^[A-Z]{3}-[A-Z]{3}$", re.MULTILINE)


@pytest.fixture(autouse=True)
def forgotten_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ines(db: None) -> Person:
    return member("ines@exemple.fr", name="Inès Moreau")


@pytest.fixture
def bakary(db: None) -> Person:
    return member("bakary@exemple.fr", name="Bakary Diallo")


@pytest.fixture
def signed_in(client: Client, ines: Person) -> Client:
    client.force_login(ines)
    return client


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """A new browser, signed in the way people do: with a mailed code."""

    def go(address: str, **headers: str) -> Client:
        client = Client(headers=headers)
        client.post("/compte/connexion/", {"email": address})
        client.post("/compte/connexion/code/", {"code": last_code()})
        return client

    return go


def member(address: str, **facts: object) -> Person:
    person = PersonFactory.create(email=address, **facts)
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    return person


def last_code() -> str:
    found = CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]
