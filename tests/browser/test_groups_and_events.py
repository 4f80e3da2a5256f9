"""A group and its event through the pages alone, as people use them: with a mouse, on a phone, and without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import Event
from groups.models import Group, Role
from groups.selectors import role_of
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.factories import CommuneFactory, EventFactory, MembershipFactory, PersonFactory


def fill_group(page: Page) -> None:
    page.goto("/groupes/nouveau/")
    page.get_by_label("Nom du groupe").fill("Villeurbanne debout")
    page.get_by_label("Commune", exact=True).fill("Villeurb")


@pytest.mark.parametrize("width", [1280, 390])
def test_create_a_group_and_an_event_then_somebody_joins_and_comes(house: House, axe: Axe, width: int) -> None:
    commune = CommuneFactory()
    alice, bob = PersonFactory(name="Alice", commune=None), PersonFactory(name="Bob", commune=None)
    hers, his = house.visit(alice, width=width), house.visit(bob, width=width)

    fill_group(hers)
    hers.get_by_role("option", name="Villeurbanne").click()
    axe(hers)
    hers.get_by_role("button", name="Créer le groupe").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Villeurbanne debout")
    group = Group.objects.get()
    assert group.commune == commune and role_of(alice, group) == Role.ANIMATOR

    his.goto("/groupes/")
    his.get_by_role("link", name="Villeurbanne debout").first.click()
    his.get_by_role("button", name="Rejoindre le groupe").click()
    expect(his.get_by_text("Vous êtes membre", exact=True)).to_be_visible()
    expect(hers.locator(".bell-count")).to_have_text("1")
    axe(his)

    hers.get_by_role("link", name="Créer un événement").click()
    hers.get_by_label("Titre").fill("Réunion du mardi")
    start = (timezone.localtime() + timedelta(days=2)).replace(hour=18, minute=30)
    hers.get_by_label("Début").fill(start.strftime("%Y-%m-%dT%H:%M"))
    expect(hers.get_by_label("Fin")).to_have_value(start.strftime("%Y-%m-%dT20:30"))
    axe(hers)
    hers.get_by_role("button", name="Annoncer l’événement").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Réunion du mardi")
    assert Event.objects.get().group == group

    his.locator(".bell-button").click()
    his.get_by_role("link", name="Nouvel événement de").click()
    his.get_by_role("button", name="J’y vais").click()
    expect(his.get_by_role("button", name="Je n’y vais plus")).to_be_visible()
    expect(his.get_by_role("link", name="Entrer dans la salle")).to_be_visible()
    axe(his)
    hers.reload()
    expect(hers.get_by_role("complementary").get_by_text("Bob")).to_be_visible()

    hers.goto(f"/groupes/{group.pk}/membres/")
    hers.get_by_label("Rôle de Bob").click()
    hers.get_by_role("button", name="Passer gestionnaire").click()
    expect(hers.locator(".member-list").get_by_text("gestionnaire", exact=True)).to_be_visible()
    axe(hers)
    assert role_of(bob, group) == Role.MANAGER

    his.goto(f"/groupes/{group.pk}/")
    his.get_by_role("button", name="Quitter le groupe").click()
    axe(his)
    his.get_by_role("dialog").get_by_role("button", name="Quitter").click()
    expect(his.get_by_role("button", name="Rejoindre le groupe")).to_be_visible()
    assert role_of(bob, group) is None


def test_it_all_works_without_script(house: House) -> None:
    CommuneFactory()
    alice = PersonFactory(commune=None)
    page = house.visit(alice, java_script_enabled=False)
    fill_group(page)
    page.get_by_role("button", name="Créer le groupe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Villeurbanne debout")
    group = Group.objects.get()
    newcomer = house.visit(PersonFactory(), f"/groupes/{group.pk}/", java_script_enabled=False)
    newcomer.get_by_role("button", name="Suivre").click()
    newcomer.get_by_role("button", name="Ne plus suivre").click()
    newcomer.get_by_role("button", name="Rejoindre le groupe").click()
    expect(newcomer.get_by_text("Vous êtes membre", exact=True)).to_be_visible()


def test_a_visitor_comes_back_to_the_page_after_signing_in(house: House, axe: Axe) -> None:
    event = EventFactory(title="Réunion du mardi")
    MembershipFactory(group=event.group, role=Role.ANIMATOR, person=PersonFactory(name="Nom Caché"))
    page = house.visitor(f"/evenements/{event.pk}/")
    axe(page)
    page.get_by_role("link", name="J’y vais").click()
    page.wait_for_url(f"**/compte/**next=/evenements/{event.pk}/")
    for path in ("/groupes/", f"/groupes/{event.group_id}/", "/evenements/"):
        page.goto(path)
        axe(page)
        expect(page.get_by_text("Nom Caché")).to_have_count(0)


def test_maps_show_what_the_lists_say(house: House) -> None:
    event = EventFactory(title="Réunion du mardi")
    page = house.visitor("/evenements/")
    page.locator(".map-marker").click()
    page.locator(".map-popup").get_by_role("link", name="Réunion du mardi").click()
    page.wait_for_url(f"**/evenements/{event.pk}/")
