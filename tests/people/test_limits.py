"""Limits on sign-in count for the address; a whole room behind one network address is not locked out."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from collab.server.cache import ForgivingCache
from people.models import Person

pytestmark = pytest.mark.django_db

SIGN_UP, SIGN_IN = "/compte/inscription/", "/compte/connexion/"
CODES_FOR_ONE_ADDRESS = 6


def test_two_hundred_people_behind_one_address_sign_up_in_the_same_minute() -> None:
    for number in range(200):
        answer = Client().post(SIGN_UP, {"email": f"congres{number}@exemple.fr"})
        assert answer.status_code == 302, number
    assert len(mail.outbox) == 200


def test_two_hundred_people_behind_one_address_sign_in_in_the_same_minute() -> None:
    for number in range(200):
        answer = Client().post(SIGN_IN, {"email": f"congres{number}@exemple.fr"})
        assert answer.status_code == 302, number


@pytest.mark.parametrize("address", ["ines@exemple.fr", "inconnue@exemple.fr"])
def test_one_address_gets_six_codes_in_ten_minutes_wherever_they_are_asked_for(ines: Person, address: str) -> None:
    for number in range(CODES_FOR_ONE_ADDRESS):
        answer = Client(REMOTE_ADDR=f"192.0.2.{number}").post(SIGN_IN, {"email": address})
        assert answer.status_code == 302
    refused = Client(REMOTE_ADDR="198.51.100.1").post(SIGN_IN, {"email": address.upper()})
    assert refused.status_code == 200
    assert "errorlist" in refused.content.decode()
    assert len(mail.outbox) == CODES_FOR_ONE_ADDRESS


def test_another_address_is_not_held_up_by_it(ines: Person, bakary: Person) -> None:
    for _ in range(CODES_FOR_ONE_ADDRESS + 1):
        Client().post(SIGN_IN, {"email": ines.email})
    assert Client().post(SIGN_IN, {"email": bakary.email}).status_code == 302


def test_a_network_that_floods_gets_a_page_that_says_so(settings: Any) -> None:
    limits = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/m/ip"}
    settings.ACCOUNT_RATE_LIMITS = limits
    Client().post(SIGN_UP, {"email": "a@exemple.fr"})
    refused = Client().post(SIGN_UP, {"email": "b@exemple.fr"})
    assert refused.status_code == 429
    assert "Doucement" in refused.content.decode()


def test_counts_go_to_valkey(valkey: str) -> None:
    cache = ForgivingCache(valkey, {})
    assert cache.add("key", [1.0])
    assert not cache.add("key", [2.0])
    assert cache.get("key") == [1.0]
    assert cache.delete("key")


def test_without_valkey_nothing_is_counted_and_nobody_is_locked_out() -> None:
    cache = ForgivingCache("unix:///nowhere/valkey.sock", {})
    assert cache.add("key", 1)
    assert cache.get("key", []) == []
    cache.set("key", 1)
    assert not cache.delete("key")
