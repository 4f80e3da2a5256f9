"""A room in real browsers: who is there, chat, hands, an assembly and its vote."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rooms import services
from rooms.models import Assembly, Poll
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.rooms.conftest import Circle, make_circle

LOOKS = os.environ.get("COLLAB_LOOKS")


@pytest.fixture
def circle(house: House) -> Circle:
    return make_circle()


def look(page: Page, name: str) -> None:
    """A picture for human eyes, where they ask for it."""
    if LOOKS:
        page.screenshot(path=Path(LOOKS) / f"{name}.png")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def prepare(circle: Circle) -> Assembly:
    items = [("Accueil et tour de table", 10), ("Bilan de la caravane", 20), ("Motion sur les transports", 15)]
    return services.prepare_assembly(
        room_id=circle.room.pk, by=circle.animator, title="Assemblée de rentrée", items=items
    )


def test_what_one_says_the_other_reads(house: House, circle: Circle, axe: Axe) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    chloe = house.visit(circle.member, circle.room.path, width=390, height=844)
    for page in (ines, chloe):
        expect(page.get_by_text("2 personnes ici").first).to_be_visible()
    field = chloe.get_by_label("Votre message")
    field.fill("Le tract est là : https://exemple.fr/tract.pdf")
    chloe.get_by_role("button", name="Envoyer").click()
    expect(ines.get_by_role("link", name="https://exemple.fr/tract.pdf")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    ines.get_by_label("Votre message").fill("Merci !")
    ines.keyboard.press("Enter")
    expect(chloe.get_by_text("Merci !")).to_be_visible()
    look(ines, "room-1280")
    look(chloe, "room-390")
    for page in (ines, chloe):
        axe(page)


def test_an_unread_message_marks_the_tab(house: House, circle: Circle) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    tab(ines, "Parole")
    chloe = house.visit(circle.member, circle.room.path)
    chloe.get_by_label("Votre message").fill("Coucou")
    chloe.keyboard.press("Enter")
    mark = ines.locator("#tab-chat [data-mark]")
    expect(mark).to_contain_text("1")
    tab(ines, "Chat")
    expect(ines.get_by_text("Nouveaux messages")).to_be_visible()
    expect(mark).to_be_empty()


def test_a_message_is_removed_and_leaves_its_trace(house: House, circle: Circle) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    chloe = house.visit(circle.member, circle.room.path)
    chloe.get_by_label("Votre message").fill("Trop vite")
    chloe.keyboard.press("Enter")
    ines.get_by_text("Trop vite").hover()
    ines.get_by_role("button", name="Retirer ce message").click()
    ines.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    for page in (ines, chloe):
        expect(page.get_by_text("Message retiré")).to_be_visible()
        expect(page.get_by_text("Trop vite")).to_have_count(0)


def test_what_is_written_without_a_network_leaves_when_it_is_back(house: House, circle: Circle) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    chloe = house.visit(circle.member, circle.room.path)
    expect(chloe.get_by_text("2 personnes ici").first).to_be_visible()
    house.kill_web()
    chloe.get_by_label("Votre message").fill("Écrit pendant la coupure")
    chloe.keyboard.press("Enter")
    expect(chloe.get_by_text("Écrit pendant la coupure")).to_be_visible()
    expect(ines.get_by_text("Écrit pendant la coupure")).to_be_visible(timeout=30_000)
    expect(chloe.locator(".chat-line.waiting")).to_have_count(0)


def test_a_hand_is_raised_seen_and_given_the_floor(house: House, circle: Circle, axe: Axe) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    chloe = house.visit(circle.member, circle.room.path, width=390, height=844)
    paul = house.visit(circle.participant, circle.room.path)
    chloe.get_by_role("button", name="Lever la main").click()
    expect(ines.get_by_text("Demande la parole")).to_be_visible()
    paul.get_by_role("button", name="Lever la main").click()
    expect(paul.get_by_role("button", name="Baisser la main 2e place")).to_be_visible()
    tab(ines, "Parole")
    expect(ines.locator(".hands li")).to_contain_text(["Chloé Durand", "Paul Martin"])
    look(ines, "hands-1280")
    ines.get_by_role("button", name="Parole à Chloé Durand").first.click()
    expect(chloe.locator("room-floor").get_by_text("Vous", exact=True)).to_be_visible()
    expect(paul.locator("room-floor").get_by_text("Chloé Durand")).to_be_visible()
    expect(paul.get_by_role("button", name="Baisser la main")).to_contain_text("vous êtes seul·e")
    tab(chloe, "Parole")
    look(chloe, "hands-390")
    for page in (ines, chloe):
        axe(page)
    chloe.get_by_role("button", name="J’ai fini").last.click()
    expect(ines.locator("room-floor").get_by_text("Demande la parole")).to_be_visible()


def test_an_assembly_is_prepared_opened_led_and_voted(house: House, circle: Circle, axe: Axe) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    ines.get_by_label("Animer la salle").click()
    ines.get_by_role("link", name="Préparer une assemblée").click()
    ines.get_by_label("Titre de l’assemblée").fill("Assemblée de rentrée")
    ines.get_by_label("Ordre du jour").fill("Accueil (10 min)\nBilan de la caravane – 20 min\nMotion")
    axe(ines)
    look(ines, "prepare-1280")
    ines.get_by_role("button", name="Préparer l’assemblée").click()
    expect(ines.get_by_text("En préparation")).to_be_visible()

    chloe = house.visit(circle.member, circle.room.path, width=390, height=844)
    ines.get_by_role("button", name="Ouvrir l’assemblée").click()
    ines.get_by_role("dialog").get_by_role("button", name="Ouvrir").click()
    tab(chloe, "Assemblée")
    expect(chloe.get_by_text("Assemblée ouverte")).to_be_visible()
    ines.get_by_text("Changer le titre").click()
    ines.get_by_label("Titre", exact=True).fill("Assemblée d’automne")
    ines.get_by_role("button", name="Enregistrer").click()
    expect(chloe.get_by_role("heading", name="Assemblée d’automne")).to_be_visible()
    ines.get_by_role("button", name="Commencer l’ordre du jour").click()
    expect(chloe.locator(".agenda-item.running")).to_contain_text("Accueil")

    ines.get_by_text("Préparer un vote").click()
    ines.get_by_label("Question").fill("Adoptons-nous la motion sur les transports ?")
    ines.get_by_role("button", name="Ajouter le vote").click()
    ines.get_by_role("button", name="Ouvrir le vote").click()

    ballot = chloe.get_by_role("group", name="Votre vote")
    ballot.get_by_role("button", name="Pour").click()
    expect(chloe.get_by_text("Votre vote est compté")).to_be_visible()
    counted = ines.locator("room-vote .tally")
    expect(counted).to_contain_text("1 vote sur 4")
    ines.get_by_role("group", name="Votre vote").get_by_role("button", name="Contre").click()
    expect(counted).to_contain_text("2 votes sur 4")
    ballot.get_by_role("button", name="Abstention").click()
    expect(counted.locator(".tally-abstain .tally-count")).to_have_text("1")
    expect(counted.locator(".tally-yes .tally-count")).to_have_text("0")
    look(ines, "vote-1280")
    look(chloe, "vote-390")
    for page in (ines, chloe):
        axe(page)

    ines.locator("room-vote").get_by_role("button", name="Clore le vote").click()
    ines.get_by_role("dialog").get_by_role("button", name="Clore le vote").click()
    expect(chloe.get_by_role("group", name="Votre vote")).to_have_count(0)
    look(chloe, "assembly-390")
    look(ines, "assembly-1280")
    chloe.get_by_role("link", name="Résultat complet").click()
    expect(chloe.get_by_role("heading", name="Qui a voté quoi")).to_be_visible()
    expect(chloe.locator(".vote-names .no li")).to_have_text("Inès Belkacem")
    axe(chloe)
    look(chloe, "result-390")
    ines.goto(f"/salles/votes/{Poll.objects.get().pk}/")
    look(ines, "result-1280")
    axe(ines)


def test_the_lists_of_rooms(house: House, circle: Circle, axe: Axe) -> None:
    services.create_room(title="Coordination du lundi", group=circle.group, by=circle.animator)
    assembly = prepare(circle)
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    ines = house.visit(circle.animator, "/salles/")
    expect(ines.get_by_role("heading", name="En assemblée maintenant")).to_be_visible()
    axe(ines)
    look(ines, "list-1280")
    ines.set_viewport_size({"width": 390, "height": 844})
    look(ines, "list-390")
    ines.get_by_role("link", name="Nouvelle salle").click()
    ines.get_by_label("Nom de la salle").fill("Équipe de tractage")
    axe(ines)
    ines.get_by_role("button", name="Créer la salle").click()
    expect(ines.get_by_role("heading", name="Équipe de tractage")).to_be_visible()


def test_all_of_it_by_keyboard(house: House, circle: Circle) -> None:
    page = house.visit(circle.member, circle.room.path)
    chat = page.get_by_role("tab", name="Chat")
    chat.focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Assemblée")).to_be_focused()
    expect(page.locator("#panel-assemblee")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(chat).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Présent·es")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Élargir le panneau")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".chat-lines")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Votre message")).to_be_focused()
    page.keyboard.type("au clavier")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-line:not(.waiting)").get_by_text("au clavier")).to_be_visible()
    page.get_by_role("button", name="Lever la main").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Baisser la main")).to_be_focused()
    expect(page.locator("[data-announcer]")).to_contain_text("Votre main est levée.")


def test_a_closed_room_is_read_and_not_written(house: House, circle: Circle, axe: Axe) -> None:
    ines = house.visit(circle.animator, circle.room.path)
    chloe = house.visit(circle.member, circle.room.path, width=390, height=844)
    for page in (ines, chloe):
        page.get_by_role("button", name="Rejoindre").click()
        expect(page.locator("collab-call")).to_have_attribute("data-state", "in")
    ines.get_by_label("Animer la salle").click()
    ines.get_by_role("button", name="Fermer la salle").click()
    ines.get_by_role("dialog").get_by_role("button", name="Fermer la salle").click()
    expect(chloe.get_by_label("Votre message")).to_have_count(0)
    expect(chloe.locator("collab-call")).to_have_count(0)
    axe(chloe)
    look(chloe, "closed-390")
    ines.get_by_label("Animer la salle").click()
    ines.get_by_role("button", name="Rouvrir la salle").click()
    expect(chloe.get_by_label("Votre message")).to_be_visible()


def test_who_is_removed_sees_the_room_close(house: House, circle: Circle) -> None:
    from groups import services as groups

    chloe = house.visit(circle.member, circle.room.path)
    expect(chloe.get_by_text("1 personne ici").first).to_be_visible()
    groups.remove_member(group_id=circle.group.pk, person_id=circle.member.pk, by=circle.animator)
    expect(chloe.get_by_role("dialog")).to_contain_text("Cette salle ne vous est plus ouverte", timeout=2_000)
    expect(chloe.locator("collab-call")).to_have_count(0)


def test_the_notes_are_written_together_beside_the_call(house: House, circle: Circle) -> None:
    ines = house.visit(circle.animator, f"{circle.room.path}#notes")
    paul = house.visit(circle.participant, f"{circle.room.path}#notes", width=390, height=844)
    ines.locator("collab-editor [contenteditable=true]").click()
    ines.keyboard.type("Décisions de ce soir")
    expect(paul.locator("collab-editor [contenteditable=true]")).to_contain_text("Décisions de ce soir")
    ines.get_by_role("button", name="Élargir le panneau").click()
    look(ines, "notes-1280")
    look(paul, "notes-390")
