"""What supervisors ask."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from collab import __version__


@pytest.mark.django_db
def test_all_is_well(client: Client) -> None:
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "valkey": "ok", "version": __version__}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_without_its_database_the_house_says_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/sante/")
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"


@pytest.mark.django_db
def test_without_valkey_the_house_still_serves(client: Client, settings: pytest.FixtureRequest) -> None:
    from collab.realtime import valkey

    settings.VALKEY_URL = "unix:///nowhere/valkey.sock"  # type: ignore[attr-defined]
    valkey.from_threads.cache_clear()
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json()["valkey"] == "away"
