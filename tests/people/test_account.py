"""Name, commune, language: the welcome, the profile, and the devices one is signed in on."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from collab.realtime.errors import NotFound
from people import services
from people.avatars import hue, initials
from people.devices import device_name
from people.models import Commune, Person
from tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db

PROFILE, DEVICES = "/compte/profil/", "/compte/appareils/"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile/15E148 Safari/604.1"
)


def saved(**facts: str) -> dict[str, str]:
    return {"name": "Inès", "commune": "", "commune_code": "", "language": "fr", **facts}


@pytest.mark.parametrize("path", [PROFILE, DEVICES, "/compte/bienvenue/", "/compte/adresses/"])
def test_pages_of_an_account_ask_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/compte/connexion/?next={path}"


@pytest.mark.parametrize("path", [PROFILE, "/compte/bienvenue/"])
def test_a_person_says_who_she_is(signed_in: Client, ines: Person, path: str) -> None:
    commune = CommuneFactory.create()
    answer = signed_in.post(path, saved(commune="Villeurbanne (69)", commune_code=commune.code))
    assert answer.status_code == 302
    ines.refresh_from_db()
    assert (ines.name, ines.commune, ines.language) == ("Inès", commune, "fr")


def test_a_name_is_needed_and_ends_somewhere(signed_in: Client, ines: Person) -> None:
    for name in ("", "   ", "x" * 61):
        answer = signed_in.post(PROFILE, saved(name=name))
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
    ines.refresh_from_db()
    assert ines.name == "Inès Moreau"


def test_a_commune_can_be_forgotten(signed_in: Client, ines: Person) -> None:
    assert ines.commune is not None
    signed_in.post(PROFILE, saved())
    ines.refresh_from_db()
    assert ines.commune is None


def test_words_alone_are_enough_for_a_commune(signed_in: Client, ines: Person) -> None:
    CommuneFactory.create()
    signed_in.post(PROFILE, saved(commune="villeurbanne"))
    ines.refresh_from_db()
    assert str(ines.commune) == "Villeurbanne (69)"


def test_a_commune_that_may_be_several_is_asked_again(signed_in: Client, ines: Person) -> None:
    for code, department in (("93066", "93"), ("97411", "974")):
        CommuneFactory.create(code=code, name="Saint-Denis", search_name="saint denis", department=department)
    page = signed_in.post(PROFILE, saved(commune="Saint-Denis")).content.decode()
    assert "Saint-Denis (93), Saint-Denis (974)" in page
    signed_in.post(PROFILE, saved(commune="Saint-Denis (974)"))
    ines.refresh_from_db()
    assert ines.commune_id == "97411"


def test_an_unknown_commune_is_refused(signed_in: Client) -> None:
    page = signed_in.post(PROFILE, saved(commune="Trifouillis")).content.decode()
    assert "code postal" in page


def test_a_stale_code_does_not_win_over_the_words(signed_in: Client, ines: Person) -> None:
    CommuneFactory.create()
    CommuneFactory.create(code="38185", name="Grenoble", search_name="grenoble", department="38")
    signed_in.post(PROFILE, saved(commune="Grenoble", commune_code="69266"))
    ines.refresh_from_db()
    assert ines.commune_id == "38185"


def test_the_language_acts_at_once_and_after_signing_out(signed_in: Client) -> None:
    answer = signed_in.post(PROFILE, saved(language="en"), follow=True)
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert "Saved." in page
    signed_in.post("/compte/deconnexion/")
    assert '<html lang="en"' in signed_in.get("/compte/connexion/").content.decode()


def test_a_visitor_chooses_a_language(client: Client) -> None:
    answer = client.post("/compte/langue/", {"language": "en", "next": "/compte/inscription/"})
    assert answer.headers["Location"] == "/compte/inscription/"
    assert '<html lang="en"' in client.get("/").content.decode()


def test_a_persons_language_goes_before_the_browsers(signed_in: Client) -> None:
    assert '<html lang="fr"' in signed_in.get("/", headers={"Accept-Language": "en"}).content.decode()


def test_a_visitors_browser_is_asked(client: Client) -> None:
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.parametrize("language", ["", "de", "fr'--"])
def test_only_our_languages_can_be_chosen(signed_in: Client, ines: Person, language: str) -> None:
    assert signed_in.post("/compte/langue/", {"language": language}).status_code == 400
    ines.refresh_from_db()
    assert ines.language == "fr"


@pytest.mark.parametrize("path", ["/compte/langue/", "/compte/bienvenue/"])
def test_one_is_never_sent_to_another_site(signed_in: Client, path: str) -> None:
    facts = saved() | {"next": "//ailleurs.exemple/"}
    assert signed_in.post(path, facts).headers["Location"] == "/"


def test_a_get_changes_no_language(client: Client) -> None:
    assert client.get("/compte/langue/?language=en").status_code == 405


def test_describing_a_person_refuses_what_the_model_forbids(ines: Person) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        services.describe_person(person_id=ines.pk, name="Inès", commune=None, language="de")


# --- devices ---


def test_each_sign_in_is_a_device_with_a_name(sign_in: Callable[..., Client], ines: Person) -> None:
    phone = sign_in(ines.email, user_agent=FIREFOX)
    sign_in(ines.email, user_agent=EDGE)
    page = phone.get(DEVICES).content.decode()
    assert page.count("Firefox sur Android") == 1
    assert "Edge sur Windows" in page
    assert page.count("cet appareil") == 1


def test_a_device_is_signed_out_from_another(sign_in: Callable[..., Client], ines: Person) -> None:
    phone, desktop = sign_in(ines.email, user_agent=FIREFOX), sign_in(ines.email, user_agent=EDGE)
    lost = UserSession.objects.get(session_key=phone.session.session_key)
    assert desktop.post(f"{DEVICES}{lost.pk}/deconnecter/").headers["Location"] == DEVICES
    assert phone.get(DEVICES).headers["Location"].startswith("/compte/connexion/")
    assert desktop.get(DEVICES).status_code == 200
    assert not Session.objects.filter(session_key=lost.session_key).exists()


def test_nobody_signs_out_anothers_device(sign_in: Callable[..., Client], ines: Person, bakary: Person) -> None:
    sign_in(ines.email)
    hers = UserSession.objects.get(user=ines)
    other = sign_in(bakary.email)
    assert other.post(f"{DEVICES}{hers.pk}/deconnecter/").status_code == 404
    assert other.post(f"{DEVICES}99999/deconnecter/").status_code == 404
    assert UserSession.objects.filter(pk=hers.pk).exists()
    with pytest.raises(NotFound):
        services.end_session(by=bakary, session_id=hers.pk)


def test_all_other_devices_are_signed_out_at_once(sign_in: Callable[..., Client], ines: Person, bakary: Person) -> None:
    others = [sign_in(ines.email) for _ in range(2)]
    bystander = sign_in(bakary.email)
    here = sign_in(ines.email)
    assert "2 appareils" in here.post(f"{DEVICES}autres/deconnecter/", follow=True).content.decode()
    assert all(other.get(DEVICES).status_code == 302 for other in others)
    assert here.get(DEVICES).status_code == 200
    assert bystander.get(DEVICES).status_code == 200


@pytest.mark.parametrize("path", [f"{DEVICES}1/deconnecter/", f"{DEVICES}autres/deconnecter/"])
def test_signing_devices_out_takes_a_post(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code == 405


@pytest.mark.parametrize(
    ("says", "name"),
    [
        (FIREFOX, "Firefox sur Android"),
        (EDGE, "Edge sur Windows"),
        (SAFARI, "Safari sur iPhone"),
        ("curl/8.5", "Appareil inconnu"),
        ("", "Appareil inconnu"),
        ("<script>Firefox</script>", "Firefox"),
    ],
)
def test_a_device_has_a_readable_name(says: str, name: str) -> None:
    assert device_name(says) == name


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Inès Moreau", "IM"), ("Inès de la Motte", "IM"), ("nour", "N"), ("«", "?"), ("", "?"), ("🌹 Rosa L.", "RL")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_keeps_her_hue(ines: Person) -> None:
    assert hue(ines.pk) == hue(Person.objects.get(pk=ines.pk).pk)
    assert 0 <= hue(ines.pk) < 12


def test_nobody_has_a_name_by_chance(db: None) -> None:
    person = Person(email="secrete@exemple.fr")
    assert "secrete" not in str(person)
    assert Commune(name="Le Havre", department="76").__str__() == "Le Havre (76)"
