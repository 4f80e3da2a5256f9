"""The way in and the shell of every page, in a real browser."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from groups.models import Group
from people.models import Person, Postcode
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.factories import CommuneFactory, PersonFactory

PHONE, DESKTOP = 390, 1280


def member(address: str) -> Person:
    person: Person = PersonFactory.create(email=address, name="Inès Moreau")
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    Postcode.objects.get_or_create(code="69100", commune=person.commune)
    return person


def nothing_overflows(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def test_somebody_new_joins_on_a_phone(house: House, axe: Axe) -> None:
    Postcode.objects.create(code="69100", commune=CommuneFactory.create())
    page = house.visitor("/", width=PHONE, has_touch=True)
    page.get_by_label("Votre adresse électronique").fill("nour@exemple.fr")
    page.locator("form.hero-join button").click()
    axe(page)
    page.get_by_label("Code à six lettres").fill(house.code_for("nour@exemple.fr").lower())
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom affiché").fill("Nour")
    page.get_by_role("combobox", name=re.compile("Commune")).press_sequentially("villeur")
    page.get_by_role("option", name=re.compile("Villeurbanne")).click()
    expect(page.locator("input[name=commune]")).to_have_value("Villeurbanne (69)")
    axe(page)
    page.get_by_role("button", name="C’est parti").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Nour")
    nour = Person.objects.get(email="nour@exemple.fr")
    assert nour.commune_id == "69266"


def test_without_scripts_the_words_alone_will_do(house: House) -> None:
    ines = member("ines@exemple.fr")
    page = house.visit(ines, "/compte/profil/", java_script_enabled=False)
    page.locator("input[name=commune]").fill("69100")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("input[name=commune]")).to_have_value("Villeurbanne (69)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, DESKTOP])
def test_pages_are_accessible_and_fit(house: House, axe: Axe, width: int, scheme: Any) -> None:
    ines = member("ines@exemple.fr")
    assert ines.commune is not None
    Group.objects.create(name="Gratte-Ciel", commune=ines.commune, latitude=45.76, longitude=4.88)
    visitor = house.visitor("/", width=width, color_scheme=scheme)
    person = house.visit(ines, "/", width=width, color_scheme=scheme)
    paths = [(visitor, ("/", "/compte/inscription/", "/compte/connexion/", "/nulle-part/"))]
    paths.append((person, ("/", "/compte/profil/", "/compte/adresses/", "/compte/appareils/", "/compte/deconnexion/")))
    for page, pages in paths:
        for path in pages:
            page.goto(path)
            nothing_overflows(page)
            axe(page)


def test_the_map_shows_its_points_without_tiles(house: House, axe: Axe) -> None:
    commune = CommuneFactory.create()
    group = Group.objects.create(name="Gratte-Ciel", commune=commune, latitude=45.76, longitude=4.88)
    page = house.visitor("/")
    page.locator("collab-map").scroll_into_view_if_needed()
    marker = page.get_by_role("button", name="Gratte-Ciel")
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-popup a")).to_have_attribute("href", f"/groupes/{group.pk}/")
    expect(page.locator(".map-ground")).to_have_class(re.compile("no-tiles"))
    page.get_by_text("La carte en liste (1)").click()
    expect(page.locator(".map-list a")).to_have_text("Gratte-Ciel")
    axe(page)


def test_the_account_menu_works_with_the_keyboard(house: House) -> None:
    page = house.visit(member("ines@exemple.fr"), "/groupes/")
    menu = page.locator(".account-menu > summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Mon profil")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Mon profil")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_device_is_signed_out_only_after_a_yes(house: House) -> None:
    ines = member("ines@exemple.fr")
    phone = house.visit(ines, "/compte/appareils/", width=PHONE)
    page = house.visit(ines, "/compte/appareils/")
    others = page.get_by_role("button", name="Déconnecter tous les autres appareils")
    others.click()
    page.get_by_role("button", name="Annuler").click()
    expect(others).to_be_focused()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Mon compte")
    others.click()
    page.get_by_role("dialog").get_by_role("button", name="Déconnecter").click()
    expect(page.get_by_text("1 appareil déconnecté.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Connexion")


def test_the_language_changes_at_once(house: House) -> None:
    page = house.visitor("/compte/connexion/")
    page.locator("footer").get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
