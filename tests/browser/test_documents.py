"""Documents in real Chromium browsers: written together, saved when it says so, and for those who may."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from documents import services
from documents.content import load
from documents.models import Document, Right
from documents.render import html_of
from documents.sync.log import load_document
from groups.models import Group, Role
from notifications.models import Notification
from people.models import Person
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.factories import GroupFactory, MembershipFactory, PersonFactory

# A killed web process starts again, and a page waits a moment longer each time it did not find it.
BACK_AGAIN_MS = 30_000
SEED = (Path(__file__).parents[1] / "documents/data/seed.txt").read_text()


@pytest.fixture
def group(transactional_db: None) -> Group:
    return GroupFactory(name="Villeurbanne centre")


def member(group: Group, name: str, role: Role = Role.MEMBER) -> Person:
    return MembershipFactory(group=group, person=PersonFactory(name=name), role=role).person


@pytest.fixture
def ines(group: Group) -> Person:
    return member(group, "Inès Moreau")


@pytest.fixture
def noe(group: Group) -> Person:
    return member(group, "Noé Garnier")


@pytest.fixture
def document(ines: Person, group: Group) -> Document:
    return services.create_document(title="Compte-rendu", by=ines, group=group, text="Première ligne.\nSeconde ligne.")


def opened(house: House, person: Person, document: Document, **options: object) -> Page:
    page = house.visit(person, f"/documents/{document.pk}/", **options)  # type: ignore[arg-type]
    page.locator("collab-editor[ready]").wait_for()
    return page


def text_of(page: Page) -> str:
    """What is written, without others' names."""
    return str(
        page.locator(".editor-text").evaluate(
            "text => { const copy = text.cloneNode(true);"
            " copy.querySelectorAll('.caret').forEach(caret => caret.remove()); return copy.innerText; }"
        )
    )


def write(page: Page, text: str, *, line: int = 0) -> None:
    page.locator(".editor-text > *").nth(line).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def saved(page: Page) -> None:
    state = page.locator(".editor-state")
    expect(state).to_contain_text("Enregistré", timeout=BACK_AGAIN_MS)
    expect(state).to_have_attribute("data-state", "saved")


def stored(document: Document) -> str:
    """What the log holds, as HTML."""
    return html_of(load(load_document(document.pk).parts))


# --- together ---


def test_two_people_write_together_and_see_each_others_cursors(
    house: House, document: Document, ines: Person, noe: Person
) -> None:
    hers, his = opened(house, ines, document), opened(house, noe, document)
    write(hers, " Bonjour de Lyon !", line=0)
    write(his, " Bonjour de Villeurbanne !", line=1)
    for page in (hers, his):
        expect(page.locator(".editor-text")).to_contain_text("Première ligne. Bonjour de Lyon !")
        expect(page.locator(".editor-text")).to_contain_text("Seconde ligne. Bonjour de Villeurbanne !")
    expect(hers.locator(".caret-name")).to_have_text(["Noé Garnier"])
    expect(his.locator(".caret-name")).to_have_text(["Inès Moreau"])
    expect(hers.get_by_role("button", name="Aller au curseur de Noé Garnier")).to_be_visible()
    his.close()
    expect(hers.locator(".caret-name")).to_have_count(0)
    saved(hers)
    hers.reload()
    expect(hers.locator(".editor-text")).to_contain_text("Bonjour de Villeurbanne !")


def test_the_state_says_sending_until_the_server_has_committed(house: House, document: Document, ines: Person) -> None:
    page = opened(house, ines, document)
    saved(page)
    page.evaluate(
        """() => {
          window.said = [];
          const state = document.querySelector(".editor-state");
          new MutationObserver(() => window.said.push(state.innerText.trim()))
            .observe(state, {subtree: true, childList: true, characterData: true});
        }"""
    )
    write(page, " Et la suite.")
    saved(page)
    said = page.evaluate("window.said")
    assert "Envoi…" in said
    assert said[-1] == "Enregistré"
    assert "Et la suite." in stored(document)


def test_a_text_of_several_pages_arrives_whole(house: House, ines: Person, noe: Person, group: Group) -> None:
    document = services.create_document(title="Bilan", by=ines, group=group)
    hers, his = opened(house, ines, document), opened(house, noe, document)
    hers.locator(".editor-text").click()
    lines = [line.strip() for line in SEED.splitlines() if line.strip()]
    for line in lines:
        hers.keyboard.insert_text(line)
        hers.keyboard.press("Enter")
    saved(hers)
    expect(his.locator(".editor-text > p")).to_have_count(len(lines) + 1)
    assert his.locator(".editor-text > p").all_inner_texts()[:-1] == lines


def test_what_is_written_while_the_server_is_away_arrives_when_it_is_back(
    house: House, document: Document, ines: Person, noe: Person
) -> None:
    hers, his = opened(house, ines, document), opened(house, noe, document)
    write(hers, " Avant.")
    saved(hers)
    house.kill_web()
    hers.keyboard.type(" Pendant.")
    write(his, " Aussi pendant.", line=1)
    saved(hers)
    saved(his)
    for page in (hers, his):
        expect(page.locator(".editor-text")).to_contain_text("Première ligne. Avant. Pendant.")
        expect(page.locator(".editor-text")).to_contain_text("Seconde ligne. Aussi pendant.")
    assert "Avant. Pendant." in stored(document)
    assert "Aussi pendant." in stored(document)


def test_without_a_network_the_page_says_so_keeps_the_text_and_warns_before_it_closes(
    house: House, document: Document, ines: Person
) -> None:
    page = opened(house, ines, document)
    saved(page)
    page.context.set_offline(True)
    write(page, " Dans le train.")
    state = page.locator(".editor-state")
    expect(state).to_contain_text("Hors ligne")
    expect(page.locator(".editor-advice")).to_contain_text("Ne la fermez pas")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.context.set_offline(False)
    saved(page)
    assert "Dans le train." in stored(document)


def test_undo_takes_back_ones_own_words_only(house: House, document: Document, ines: Person, noe: Person) -> None:
    hers, his = opened(house, ines, document), opened(house, noe, document)
    write(hers, " Elle.", line=0)
    expect(his.locator(".editor-text")).to_contain_text("Elle.")
    write(his, " Lui.", line=1)
    expect(hers.locator(".editor-text")).to_contain_text("Lui.")
    hers.get_by_role("button", name="Défaire").click()
    expect(his.locator(".editor-text")).not_to_contain_text("Elle.")
    expect(hers.locator(".editor-text")).to_contain_text("Lui.")


def test_a_new_title_is_seen_by_all_at_once(house: House, document: Document, ines: Person, noe: Person) -> None:
    hers, his = opened(house, ines, document), opened(house, noe, document)
    title = hers.get_by_role("textbox", name="Titre du document")
    title.fill("Compte-rendu du 24")
    title.press("Enter")
    expect(his.get_by_role("textbox", name="Titre du document")).to_have_value("Compte-rendu du 24")
    expect(his).to_have_title(re.compile("Compte-rendu du 24"))


# --- rights ---


def test_a_reader_reads_live_and_cannot_write(house: House, document: Document, ines: Person, group: Group) -> None:
    rosa = member(group, "Rosa", Role.FOLLOWER)
    hers, theirs = opened(house, ines, document), opened(house, rosa, document)
    expect(theirs.locator(".editor-state")).to_contain_text("Lecture en direct")
    expect(theirs.get_by_role("toolbar")).to_have_count(0)
    expect(theirs.locator(".editor-text")).to_have_attribute("contenteditable", "false")
    write(hers, " En direct.")
    expect(theirs.locator(".editor-text")).to_contain_text("En direct.")
    expect(theirs.locator(".caret-name")).to_have_text(["Inès Moreau"])
    theirs.locator(".editor-text").focus()
    theirs.keyboard.type("non")
    theirs.keyboard.press("Control+b")
    assert "non" not in text_of(theirs)


def test_a_right_given_and_taken_acts_on_the_open_page(house: House, ines: Person, noe: Person) -> None:
    document = services.create_document(title="À moi", by=ines, text="Bonjour.")
    services.grant(document_id=document.pk, person_id=noe.pk, right=Right.READER, by=ines)
    his = opened(house, noe, document)
    expect(his.get_by_role("toolbar")).to_have_count(0)
    services.grant(document_id=document.pk, person_id=noe.pk, right=Right.EDITOR, by=ines)
    expect(his.get_by_role("toolbar", name="Mise en forme")).to_be_visible()
    write(his, " De Noé.")
    saved(his)
    assert "De Noé." in stored(document)
    services.withdraw(document_id=document.pk, person_id=noe.pk, by=ines)
    expect(his.locator(".editor-advice")).to_contain_text("Vous n’avez plus accès")
    expect(his.locator(".editor-text")).to_have_attribute("contenteditable", "false")


def test_the_owner_shares_from_the_page(house: House, ines: Person, noe: Person) -> None:
    document = services.create_document(title="À moi", by=ines, text="Bonjour.")
    page = opened(house, ines, document)
    page.get_by_role("button", name="Partager").click()
    page.get_by_label("Ajouter une personne").fill("noé")
    page.get_by_role("button", name="Noé Garnier peut écrire").click()
    right = page.get_by_label("Droit de Noé Garnier")
    expect(right).to_have_value("editor")
    write(opened(house, noe, document), " Merci.")
    expect(page.locator(".editor-text")).to_contain_text("Merci.")
    right.select_option("none")
    expect(right).to_have_count(0)
    assert not document.grants.exists()


# --- writing ---


def test_all_of_it_by_keyboard(house: House, ines: Person, group: Group) -> None:
    document = services.create_document(title="Clavier", by=ines, group=group)
    page = opened(house, ines, document)
    expect(page.locator(".editor-text")).to_be_focused()  # a new document is ready to be written
    page.keyboard.type("# Ordre du jour\n")
    page.keyboard.type("/tabl")
    expect(page.get_by_role("option", name="Tableau")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.keyboard.type("Heure")
    page.keyboard.press("Tab")
    page.keyboard.type("Point")
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="Défaire")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Gras")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".editor-text")).to_be_focused()
    page.keyboard.type(" gras")
    page.keyboard.press("Control+k")
    page.get_by_label("Adresse").fill("exemple.fr")
    page.keyboard.press("Enter")
    expect(page.locator(".editor-text a")).to_have_attribute("href", "https://exemple.fr")
    saved(page)
    html = stored(document)
    assert "<h1>Ordre du jour</h1>" in html
    assert "<strong> gras</strong>" in html
    assert 'href="https://exemple.fr"' in html


def test_markdown_is_taken_as_one_types(house: House, ines: Person, group: Group) -> None:
    document = services.create_document(title="Markdown", by=ines, group=group)
    page = opened(house, ines, document)
    page.keyboard.type("## Deux\n- un\ndeux\n\n1. a\n\n[ ] à faire\n\n> dit\n\n\n**gras** fin")
    saved(page)
    html = stored(document)
    for part in ("<h2>Deux</h2>", "<ul><li><p>un</p></li><li><p>deux</p></li></ul>", '<ol start="1">'):
        assert part in html
    for part in ('data-type="taskItem"', "<blockquote><p>dit</p>", "<strong>gras</strong> fin"):
        assert part in html


PASTED = """
<html><head><style>p { color: red }</style></head><body>
<h2 class="MsoTitle" style="position:fixed">Titre</h2>
<p onclick="x()"><span style="font-weight:700">gras</span> <a href="javascript:alert(1)">piège</a>
<a href="https://exemple.fr">lien</a></p>
<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"><iframe src="https://exemple.fr"></iframe>
</body></html>
"""


def test_a_paste_from_elsewhere_keeps_its_sense_alone(house: House, ines: Person, group: Group) -> None:
    page = opened(house, ines, services.create_document(title="Collage", by=ines, group=group))
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector(".editor-text").dispatchEvent(paste);
        }""",
        PASTED,
    )
    saved(page)
    text = page.locator(".editor-text")
    expect(text.locator("h2")).to_have_text("Titre")
    expect(text.locator("strong")).to_have_text("gras")
    expect(text.locator("a")).to_have_text(["lien"])
    bad = "script, iframe, img:not(.ProseMirror-separator), [style*=fixed], [onclick], [href^=javascript]"
    expect(text.locator(bad)).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_a_mention_rings_the_persons_bell(house: House, document: Document, ines: Person, noe: Person) -> None:
    page = opened(house, ines, document)
    write(page, " @gar")
    expect(page.get_by_role("option", name="Noé Garnier")).to_be_visible()
    with page.expect_response(re.compile("/mentions/")) as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok
    expect(page.locator(".mention")).to_have_text("@Noé Garnier")
    told = Notification.objects.get(person=noe)
    assert told.url == f"/documents/{document.pk}/"
    assert told.by == ines


def test_a_page_without_script_shows_the_text(house: House, document: Document, noe: Person) -> None:
    page = house.visit(noe, f"/documents/{document.pk}/", java_script_enabled=False)
    expect(page.get_by_text("Seconde ligne.")).to_be_visible()


# --- the pages ---


def test_a_document_is_made_from_a_template_on_a_phone(house: House, ines: Person, group: Group) -> None:
    page = house.visit(ines, "/documents/", width=390)
    page.get_by_role("link", name="Nouveau document").first.click()
    page.get_by_label("Titre").fill("Réunion de rentrée")
    page.get_by_label("Groupe").select_option(label="Villeurbanne centre")
    page.get_by_role("radio", name="Compte-rendu").check()
    page.get_by_role("button", name="Créer et écrire").click()
    page.locator("collab-editor[ready]").wait_for()
    expect(page.locator(".editor-text h2").first).to_have_text("Réunion")
    page.goto("/documents/?q=rentrée")
    expect(page.get_by_role("link", name="Réunion de rentrée")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_a_serious_fault(
    house: House, axe: Axe, document: Document, ines: Person, noe: Person, width: int, scheme: str
) -> None:
    his = opened(house, noe, document)
    write(his, " De Noé.")
    page = opened(house, ines, document, width=width, color_scheme=scheme)
    write(page, " D’Inès.")
    expect(page.locator(".caret-name")).to_have_count(1)
    saved(page)
    axe(page)
    fits(page)
    page.keyboard.type(" /")
    expect(page.get_by_role("listbox")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Partager").click()
    expect(page.get_by_role("heading", name="Qui peut lire ?")).to_be_visible()
    axe(page)
    for path in ("/documents/", "/documents/?q=rien", "/documents/nouveau/"):
        page.goto(path)
        axe(page)
        fits(page)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
