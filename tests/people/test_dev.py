"""What helps while developing is not there in production."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from people.dev import login_link
from people.models import Person

pytestmark = pytest.mark.django_db

OUTBOX = "/dev/courrier/"


def test_a_link_signs_in(client: Client, ines: Person) -> None:
    assert client.get(login_link(ines)).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ines.pk)


def test_a_forged_an_old_and_a_closed_accounts_link_are_nothing(
    client: Client, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = login_link(ines)
    assert client.get(link[:-4] + "xxx/").status_code == 404
    with monkeypatch.context() as patch:
        patch.setattr("people.dev.LINK_SECONDS", -1)
        assert client.get(link).status_code == 404
    Person.objects.filter(pk=ines.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    assert "_auth_user_id" not in client.session


def test_in_production_there_is_neither(client: Client, ines: Person, settings: Any) -> None:
    settings.DEV_TOOLS = False
    assert client.get(login_link(ines)).status_code == 404
    assert client.get(OUTBOX).status_code == 404
    assert OUTBOX not in client.get("/").content.decode()


def test_the_outbox_shows_the_code_in_big(client: Client, ines: Person, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert "Aucun courriel" in client.get(OUTBOX).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    client.post("/compte/connexion/", {"email": ines.email})
    first = max(tmp_path.glob("*.log"), key=os.path.getmtime)
    os.utime(first, (1, 1))
    mail.send_mail("Relevé d’identité ✓", "Où ça ?", None, ["zoé@exemple.fr"])
    page = client.get(OUTBOX).content.decode()
    assert page.count('class="mail-code"') == 1
    assert "Votre code de connexion" in page
    assert "Relevé d’identité ✓" in page
    assert page.index("Relevé") < page.index("Votre code")
