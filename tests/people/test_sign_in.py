"""Signing up, in and out with codes by mail."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from people.models import Person
from people.tasks import forget_unverified
from tests.people.conftest import last_code, member

pytestmark = pytest.mark.django_db

SIGN_UP, SIGN_IN = "/compte/inscription/", "/compte/connexion/"
CODE_OF_SIGN_UP, CODE_OF_SIGN_IN = "/compte/adresses/code/", "/compte/connexion/code/"


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_somebody_new_gives_an_address_a_code_and_a_name(client: Client) -> None:
    assert client.post(SIGN_UP, {"email": "nour@exemple.fr"}).headers["Location"] == CODE_OF_SIGN_UP
    assert not is_signed_in(client)
    answer = client.post(CODE_OF_SIGN_UP, {"code": last_code()})
    assert answer.headers["Location"] == "/compte/bienvenue/?next=%2F"
    assert is_signed_in(client)
    answer = client.post("/compte/bienvenue/", {"name": "Nour", "commune": "", "language": "fr", "next": "/"})
    assert answer.headers["Location"] == "/"
    nour = Person.objects.get(email="nour@exemple.fr")
    assert nour.name == "Nour"
    assert not nour.has_usable_password()
    assert EmailAddress.objects.get(user=nour).verified


def test_after_the_welcome_one_goes_where_one_was_going(client: Client) -> None:
    client.post(SIGN_UP, {"email": "nour@exemple.fr", "next": "/groupes/"})
    answer = client.post(CODE_OF_SIGN_UP, {"code": last_code(), "next": "/groupes/"})
    assert answer.headers["Location"] == "/compte/bienvenue/?next=%2Fgroupes%2F"


def test_a_member_signs_in_with_a_code(client: Client, ines: Person) -> None:
    assert client.post(SIGN_IN, {"email": ines.email}).headers["Location"] == CODE_OF_SIGN_IN
    code = last_code()
    assert client.post(CODE_OF_SIGN_IN, {"code": code.lower().replace("-", " ")}).headers["Location"] == "/"
    assert is_signed_in(client)


def test_the_next_page_is_one_of_ours(client: Client, ines: Person) -> None:
    client.post(SIGN_IN, {"email": ines.email, "next": "https://ailleurs.exemple/"})
    answer = client.post(CODE_OF_SIGN_IN, {"code": last_code(), "next": "https://ailleurs.exemple/"})
    assert answer.headers["Location"] == "/"


def test_a_wrong_code_may_be_corrected_twice_and_no_more(client: Client, ines: Person) -> None:
    client.post(SIGN_IN, {"email": ines.email})
    code = last_code()
    for _ in range(2):
        answer = client.post(CODE_OF_SIGN_IN, {"code": "AAA-AAA"})
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in answer.content.decode()
    assert client.post(CODE_OF_SIGN_IN, {"code": "AAA-AAA"}).headers["Location"] == SIGN_IN
    client.post(CODE_OF_SIGN_IN, {"code": code})
    assert not is_signed_in(client)


def test_a_code_is_good_for_a_quarter_of_an_hour(client: Client, ines: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    client.post(SIGN_IN, {"email": ines.email})
    code, now = last_code(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + timedelta(minutes=15, seconds=1).total_seconds())
    assert client.post(CODE_OF_SIGN_IN, {"code": code}).headers["Location"].startswith(SIGN_IN)
    assert not is_signed_in(client)


def test_a_code_is_of_no_use_in_another_browser(client: Client, ines: Person) -> None:
    client.post(SIGN_IN, {"email": ines.email})
    thief = Client()
    assert thief.post(CODE_OF_SIGN_IN, {"code": last_code()}).headers["Location"].startswith(SIGN_IN)
    assert not is_signed_in(thief)


def test_a_code_can_be_sent_again_and_replaces_the_first(client: Client, ines: Person) -> None:
    client.post(SIGN_IN, {"email": ines.email})
    first = last_code()
    assert client.post(CODE_OF_SIGN_IN, {"action": "resend"}).status_code == 302
    second = last_code()
    assert client.post(CODE_OF_SIGN_IN, {"code": first}).status_code == 200
    assert client.post(CODE_OF_SIGN_IN, {"code": second}).status_code == 302
    assert is_signed_in(client)


def test_a_mistyped_address_can_be_given_again(client: Client) -> None:
    client.post(SIGN_UP, {"email": "nuor@exemple.fr"})
    assert client.post("/compte/deconnexion/", {"next": SIGN_UP}).headers["Location"] == SIGN_UP
    client.post(SIGN_UP, {"email": "nour@exemple.fr"})
    client.post(CODE_OF_SIGN_UP, {"code": last_code()})
    assert Person.objects.get(email="nour@exemple.fr").emailaddress_set.get().verified


def test_a_closed_account_gets_no_code(client: Client, ines: Person) -> None:
    Person.objects.filter(pk=ines.pk).update(is_active=False)
    client.post(SIGN_IN, {"email": ines.email})
    assert "code" not in mail.outbox[-1].subject.lower()


def test_signing_out_takes_a_post(signed_in: Client) -> None:
    assert signed_in.get("/compte/deconnexion/").status_code == 200
    assert is_signed_in(signed_in)
    assert signed_in.post("/compte/deconnexion/").headers["Location"] == "/"
    assert not is_signed_in(signed_in)


def plain(page: bytes, address: str) -> str:
    """The page without what differs each time, and without the address."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page.decode())
    return text.replace(address, "…")


@pytest.mark.parametrize(("door", "code_page"), [(SIGN_IN, CODE_OF_SIGN_IN), (SIGN_UP, CODE_OF_SIGN_UP)])
def test_nobody_learns_who_has_an_account(door: str, code_page: str, ines: Person) -> None:
    told = []
    for address in (ines.email, "inconnue@exemple.fr"):
        client = Client()
        answer = client.post(door, {"email": address})
        page = client.get(code_page)
        wrong = client.post(code_page, {"code": "AAA-AAA"})
        told.append(
            (
                answer.status_code,
                answer.headers["Location"],
                plain(page.content, address),
                plain(wrong.content, address),
            )
        )
    assert told[0] == told[1]
    assert len(mail.outbox) == 2


def test_the_mail_alone_says_that_there_is_no_account(client: Client) -> None:
    client.post(SIGN_IN, {"email": "inconnue@exemple.fr"})
    assert "http://testserver/compte/inscription/" in mail.outbox[0].body


def test_the_mail_alone_says_that_there_is_one_already(client: Client, ines: Person) -> None:
    client.post(SIGN_UP, {"email": ines.email.upper()})
    assert "http://testserver/compte/connexion/" in mail.outbox[0].body
    assert Person.objects.count() == 1


def test_an_address_somebody_left_unverified_stays_its_owners(client: Client) -> None:
    client.post(SIGN_UP, {"email": "nour@exemple.fr"})
    owner = Client()
    owner.post(SIGN_IN, {"email": "nour@exemple.fr"})
    owner.post(CODE_OF_SIGN_IN, {"code": last_code()})
    assert is_signed_in(owner)
    assert not is_signed_in(client)


def test_who_never_gave_the_code_is_forgotten_after_a_week(ines: Person) -> None:
    for address in ("mistyped@exemple.fr", "yesterday@exemple.fr", "verified@exemple.fr"):
        Client().post(SIGN_UP, {"email": address})
    EmailAddress.objects.filter(email="verified@exemple.fr").update(verified=True)
    long_ago = timezone.now() - timedelta(days=8)
    Person.objects.exclude(email="yesterday@exemple.fr").update(date_joined=long_ago)
    EmailAddress.objects.create(user=ines, email="ines@ailleurs.exemple", verified=False)
    forget_unverified()
    left = set(Person.objects.values_list("email", flat=True))
    assert left == {"ines@exemple.fr", "yesterday@exemple.fr", "verified@exemple.fr"}


def test_mails_are_neutral_short_and_plain(client: Client, ines: Person) -> None:
    client.post(SIGN_IN, {"email": ines.email})
    message = mail.outbox[0]
    assert message.subject == "Votre code de connexion"
    assert message.alternatives == []  # type: ignore[attr-defined]
    assert len(message.body) < 500


def test_a_mail_speaks_its_readers_language(client: Client) -> None:
    member("jo@exemple.fr", name="Jo", language="en")
    client.post(SIGN_IN, {"email": "jo@exemple.fr"})
    assert mail.outbox[0].subject == "Your sign-in code"


def test_somebody_new_keeps_the_language_of_the_page(client: Client) -> None:
    client.post(SIGN_UP, {"email": "jo@exemple.fr"}, headers={"Accept-Language": "en"})
    assert Person.objects.get(email="jo@exemple.fr").language == "en"
    assert mail.outbox[0].subject == "Your verification code"


@pytest.mark.parametrize("path", ["password/change/", "password/set/", "password/reset/", "signup/", "login/"])
def test_there_is_no_page_about_passwords(signed_in: Client, path: str) -> None:
    assert signed_in.get(f"/compte/{path}").status_code == 404


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN])
def test_no_page_of_the_entrance_asks_for_a_password(client: Client, path: str) -> None:
    assert 'type="password"' not in client.get(path).content.decode()


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN])
def test_who_is_signed_in_is_sent_home_from_the_entrance(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).headers["Location"] == "/"


def test_a_closed_account_has_its_page(client: Client) -> None:
    assert client.get("/compte/inactif/").status_code == 200


def test_signing_in_keeps_a_session_for_a_month(sign_in: Callable[..., Client], ines: Person) -> None:
    client = sign_in(ines.email)
    assert client.session.get_expiry_date() > timezone.now() + timedelta(days=29)


@pytest.fixture(autouse=True)
def in_french() -> None:
    translation.activate("fr")
