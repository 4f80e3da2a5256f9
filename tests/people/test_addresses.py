"""Several addresses for one account: add, verify, make primary, remove."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from people.models import Person
from tests.people.conftest import last_code

pytestmark = pytest.mark.django_db

PAGE, CODE_PAGE = "/compte/adresses/", "/compte/adresses/code/"


def add(client: Client, address: str) -> None:
    client.post(PAGE, {"action_add": "", "email": address})


def test_an_address_counts_once_its_code_is_given(signed_in: Client, ines: Person) -> None:
    add(signed_in, "ines@travail.exemple.fr")
    assert mail.outbox[-1].to == ["ines@travail.exemple.fr"]
    assert not EmailAddress.objects.filter(user=ines, email="ines@travail.exemple.fr", verified=True).exists()
    signed_in.post(CODE_PAGE, {"code": last_code()})
    assert EmailAddress.objects.filter(user=ines, email="ines@travail.exemple.fr", verified=True).exists()


def test_a_second_address_signs_in_too(signed_in: Client, ines: Person) -> None:
    EmailAddress.objects.create(user=ines, email="ines@travail.exemple.fr", verified=True)
    other = Client()
    other.post("/compte/connexion/", {"email": "ines@travail.exemple.fr"})
    other.post("/compte/connexion/code/", {"code": last_code()})
    assert other.session["_auth_user_id"] == str(ines.pk)


def test_the_primary_address_is_where_mails_go(signed_in: Client, ines: Person) -> None:
    EmailAddress.objects.create(user=ines, email="ines@travail.exemple.fr", verified=True)
    signed_in.post(PAGE, {"action_primary": "", "email": "ines@travail.exemple.fr"})
    ines.refresh_from_db()
    assert ines.email == "ines@travail.exemple.fr"


def test_an_unverified_address_cannot_become_primary(signed_in: Client, ines: Person) -> None:
    EmailAddress.objects.create(user=ines, email="ines@travail.exemple.fr", verified=False)
    signed_in.post(PAGE, {"action_primary": "", "email": "ines@travail.exemple.fr"})
    ines.refresh_from_db()
    assert ines.email == "ines@exemple.fr"


def test_an_address_can_be_removed_and_a_mail_says_so(signed_in: Client, ines: Person) -> None:
    EmailAddress.objects.create(user=ines, email="ines@travail.exemple.fr", verified=True)
    signed_in.post(PAGE, {"action_remove": "", "email": "ines@travail.exemple.fr"})
    assert not EmailAddress.objects.filter(email="ines@travail.exemple.fr").exists()
    assert mail.outbox[-1].to == ["ines@exemple.fr"]
    assert "ines@travail.exemple.fr" in mail.outbox[-1].body


def test_the_primary_address_stays(signed_in: Client, ines: Person) -> None:
    signed_in.post(PAGE, {"action_remove": "", "email": ines.email})
    assert EmailAddress.objects.filter(user=ines).count() == 1


@pytest.mark.parametrize("action", ["action_remove", "action_primary", "action_send"])
def test_nobody_touches_anothers_address(signed_in: Client, bakary: Person, action: str) -> None:
    signed_in.post(PAGE, {action: "", "email": bakary.email})
    address = EmailAddress.objects.get(email=bakary.email)
    assert (address.user, address.primary) == (bakary, True)
    assert mail.outbox == []


def test_nobody_learns_from_adding_that_an_address_is_taken(signed_in: Client, bakary: Person) -> None:
    taken = signed_in.post(PAGE, {"action_add": "", "email": bakary.email})
    free = signed_in.post(PAGE, {"action_add": "", "email": "libre@exemple.fr"})
    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])


def test_a_taken_address_never_becomes_ones_own(signed_in: Client, bakary: Person) -> None:
    add(signed_in, bakary.email)
    signed_in.post(CODE_PAGE, {"code": "AAA-AAA"})
    assert EmailAddress.objects.get(email=bakary.email).user == bakary


def test_there_are_at_most_five(signed_in: Client, ines: Person) -> None:
    for number in range(4):
        EmailAddress.objects.create(user=ines, email=f"ines{number}@exemple.fr", verified=True)
    add(signed_in, "sixieme@exemple.fr")
    assert mail.outbox == []
    assert 'name="action_add"' not in signed_in.get(PAGE).content.decode()


def test_the_page_is_ones_own(client: Client, ines: Person) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/compte/connexion/")
