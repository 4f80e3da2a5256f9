"""The call alone on its page."""

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PersonFactory
from tests.video.circle import allow
from video.access import CallRight

pytestmark = pytest.mark.django_db


def page_of(call_id: UUID) -> str:
    return reverse("video:call", args=[call_id])


@pytest.mark.parametrize("right", list(CallRight))
def test_each_right_is_on_the_page(client: Client, right: CallRight) -> None:
    person, call_id = PersonFactory(), uuid4()
    allow(person, call_id, right)
    client.force_login(person)
    response = client.get(page_of(call_id))
    assert response.status_code == 200
    assert f'call="{call_id}"' in response.text and f'right="{right.name.lower()}"' in response.text


def test_a_stranger_finds_the_same_as_where_there_is_no_call(client: Client) -> None:
    person, call_id = PersonFactory(), uuid4()
    allow(person, call_id, CallRight.SPEAK)
    client.force_login(PersonFactory())
    assert client.get(page_of(call_id)).status_code == client.get(page_of(uuid4())).status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in(client: Client) -> None:
    response = client.get(page_of(uuid4()))
    assert response.status_code == 302 and "/compte/" in response["Location"]


def test_the_page_is_only_read(client: Client) -> None:
    person, call_id = PersonFactory(), uuid4()
    allow(person, call_id, CallRight.SPEAK)
    client.force_login(person)
    assert client.post(page_of(call_id)).status_code == 405
