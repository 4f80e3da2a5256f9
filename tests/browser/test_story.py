"""The whole way through the interface alone: three sign up, meet, write and vote; a bell rings; nothing is lost."""

import re
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.models import Document
from rooms.models import Ballot, Poll
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.browser.media import in_call, receives, sees, session_of
from tests.factories import CommuneFactory

SEED = Path(__file__).parents[1] / "documents/data/seed.txt"
BELL_MS = 1000
QUESTION = "Adoptons-nous ce compte rendu ?"


def sign_up(house: House, address: str, name: str, **options: object) -> Page:
    page = house.visitor("/", **options)  # type: ignore[arg-type]
    page.get_by_label("Votre adresse électronique").fill(address)
    page.get_by_role("button", name="Rejoindre").click()
    page.get_by_label("Code à six lettres").fill(house.code_for(address))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom affiché").fill(name)
    page.get_by_role("combobox", name="Commune").fill("Villeurbanne")
    page.get_by_role("button", name="C’est parti").click()
    expect(page.locator("collab-bell")).to_be_visible()
    return page


def create_group(page: Page, name: str) -> str:
    page.goto("/groupes/")
    page.get_by_role("link", name="Créer un groupe").first.click()
    page.get_by_label("Nom du groupe").fill(name)
    page.get_by_role("combobox", name="Commune").fill("Villeurbanne")
    page.get_by_role("button", name="Créer le groupe").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return page.url


def announce_event(page: Page, title: str) -> str:
    page.goto("/evenements/")
    page.get_by_role("link", name="Créer un événement").first.click()
    start = timezone.localtime() + timedelta(hours=1)
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Début").fill(start.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Fin").fill((start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Lieu").fill("Maison du peuple")
    page.get_by_role("combobox", name="Commune").fill("Villeurbanne")
    page.get_by_role("button", name="Annoncer l’événement").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page.url


def join_group(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Rejoindre le groupe").click()
    expect(page.get_by_text("Vous êtes membre", exact=True)).to_be_visible()


def enter_room(page: Page, event_url: str) -> None:
    page.goto(event_url)
    page.get_by_role("main").get_by_role("link", name=re.compile("salle", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Rejoindre").click()
    in_call(page)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


# The moments of a click and of a bell, on the one clock of this machine.
NOTE_CLICKS = "addEventListener('click', () => { window.clicked = Date.now() }, true)"
NOTE_BELL = """
() => {
  const bell = document.querySelector("collab-bell");
  const shown = () => bell.querySelector(".bell-count")?.textContent ?? "";
  const before = shown();
  new MutationObserver((_, watch) => {
    if (shown() === before) return;
    window.rang = Date.now();
    watch.disconnect();
  }).observe(bell, {subtree: true, childList: true, characterData: true});
}
"""


def prepare_vote(page: Page, title: str) -> None:
    room = page.url.split("#")[0]
    page.goto(f"{room}assemblee/")
    page.get_by_label("Titre de l’assemblée").fill(title)
    page.get_by_label("Ordre du jour").fill("Accueil (5 min)\nCompte rendu (10 min)")
    page.get_by_role("button", name="Préparer l’assemblée").click()
    page.get_by_role("button", name="Rejoindre").click()
    in_call(page)
    tab(page, "Assemblée")
    page.get_by_role("button", name="Ouvrir l’assemblée").click()
    page.get_by_role("dialog").get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_text("Assemblée ouverte")).to_be_visible()
    page.get_by_text("Préparer un vote").click()
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_role("button", name="Ajouter le vote").click()
    expect(page.get_by_role("button", name="Ouvrir le vote")).to_be_visible()


def test_the_whole_story(house: House, axe: Axe) -> None:
    CommuneFactory()
    ines = sign_up(house, "ines@exemple.fr", "Inès Garnier")
    group = create_group(ines, "Villeurbanne populaire")
    event = announce_event(ines, "Assemblée de printemps")
    karim = sign_up(house, "karim@exemple.fr", "Karim Benali", width=390, height=844)
    lea = sign_up(house, "lea@exemple.fr", "Léa Bonnet")
    for page in (karim, lea):
        join_group(page, group)

    # They meet: each decodes the other's moving picture and sound.
    enter_room(ines, event)
    enter_room(karim, event)
    for page, other in ((ines, karim), (karim, ines)):
        sees(page, session_of(other))
        receives(page, pictures=1)

    # A hand is raised and seen.
    karim.get_by_role("button", name="Lever la main").click()
    expect(ines.get_by_text("Demande la parole")).to_be_visible()

    # They write in one document: a real text of several pages.
    for page in (ines, karim):
        tab(page, "Notes")
    paragraphs = [line for line in SEED.read_text().splitlines() if line.strip()][:40]
    editor = ines.locator("collab-editor .ProseMirror")
    editor.click()
    for paragraph in paragraphs:
        ines.keyboard.insert_text(paragraph)
        ines.keyboard.press("Enter")
    last = karim.locator("collab-editor .ProseMirror")
    expect(last).to_contain_text(paragraphs[-1])
    expect(ines.locator("collab-editor .editor-state")).to_have_attribute("data-state", "saved")

    # An assembly opens, then a vote; somebody who is elsewhere on the site hears of it within a second.
    prepare_vote(ines, "Assemblée de printemps")
    lea.goto("/documents/")
    expect(lea.locator(".bell-count")).to_be_visible()
    lea.evaluate(NOTE_BELL)
    ines.evaluate(NOTE_CLICKS)
    ines.get_by_role("button", name="Ouvrir le vote").click()
    lea.wait_for_function("() => window.rang")
    assert lea.evaluate("window.rang") - ines.evaluate("window.clicked") < BELL_MS

    # Two vote; the tally is drawn live.
    ines.get_by_role("button", name="Pour", exact=True).click()
    expect(ines.get_by_text("Votre vote est compté")).to_be_visible()

    # Every web process dies. Nobody clicks, everybody is back, and what was saved is there.
    house.kill_web()
    karim.get_by_role("button", name="Contre", exact=True).click()
    expect(karim.get_by_text("Votre vote est compté")).to_be_visible(timeout=30_000)
    tab(karim, "Assemblée")
    for page in (ines, karim):
        expect(page.locator("room-vote .tally-no .tally-count")).to_have_text("1")
        in_call(page)
        receives(page, pictures=1)
    tab(karim, "Notes")
    karim.locator("collab-editor .ProseMirror").click()
    karim.keyboard.press("Control+End")
    karim.keyboard.type("Relu après la coupure.")
    tab(ines, "Notes")
    expect(ines.locator("collab-editor .ProseMirror")).to_contain_text("Relu après la coupure.", timeout=30_000)
    for paragraph in paragraphs:
        assert paragraph in ines.locator("collab-editor .ProseMirror").inner_text()

    # The vote is closed and kept.
    tab(ines, "Assemblée")
    ines.get_by_role("button", name="Clore le vote").first.click()
    ines.get_by_role("dialog").get_by_role("button", name="Clore le vote").click()
    expect(ines.get_by_role("link", name="Résultat complet")).to_be_visible()
    poll = Poll.objects.get()
    assert poll.state == Poll.State.CLOSED
    assert sorted(Ballot.objects.values_list("choice", flat=True)) == ["no", "yes"]
    assert Document.objects.get().last_seq > 0
    for page in (ines, karim, lea):
        axe(page)
