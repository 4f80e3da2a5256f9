"""The live socket in real browsers: one for all tabs, it comes back by itself, and it ends with its session."""

import os

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from playwright.sync_api import Page, expect

from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.factories import PersonFactory


def ring(person: Person, document: str) -> None:
    with transaction.atomic():
        facts = {"who": "Inès", "document": document}
        notify(kind=Kind.MENTIONED, to=[person.pk], key=document, url="/groupes/", facts=facts)


def bell(page: Page, unread: int) -> None:
    expect(page.locator(".bell-count")).to_have_text([str(unread)], timeout=15_000)


def test_tabs_share_one_socket_and_outlive_each_other(house: House) -> None:
    alice = PersonFactory()
    first = house.visit(alice)
    opened: list[str] = []
    tabs = [first]
    for _ in range(2):
        tab = first.context.new_page()
        tab.on("websocket", lambda socket: opened.append(socket.url))
        tab.goto("/groupes/")
        tabs.append(tab)
    ring(alice, "Un")
    for tab in tabs:
        bell(tab, 1)
    assert opened == [], "these tabs have no socket of their own"
    first.close()
    ring(alice, "Deux")
    for tab in tabs[1:]:
        bell(tab, 2)


def test_a_browser_that_cannot_share_has_a_socket_a_tab(house: House) -> None:
    alice = PersonFactory()
    first = house.visit(alice)
    first.context.add_init_script("delete window.SharedWorker")
    page = first.context.new_page()
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        page.goto("/groupes/")
    ring(alice, "Un")
    for tab in (first, page):
        bell(tab, 1)


def test_two_people_in_one_browser_never_share(house: House) -> None:
    """One signs out, another signs in: the old tab does not become hers."""
    alice, bob = PersonFactory(), PersonFactory()
    old = house.visit(alice)
    ring(alice, "Un")
    bell(old, 1)
    context = old.context
    visitor = house.visit(bob)
    cookies = visitor.context.cookies()
    Session.objects.filter(expire_date__isnull=False).exclude(
        session_key__in=[cookie["value"] for cookie in cookies]
    ).first().delete()  # type: ignore[union-attr]
    context.add_cookies(cookies)
    expect(old.locator("collab-connection")).to_contain_text("Vous êtes déconnecté·e.", timeout=20_000)
    new = context.new_page()
    new.goto("/groupes/")
    ring(bob, "Secret")
    bell(new, 1)
    bell(old, 1)
    expect(old.get_by_text("Secret")).to_have_count(0)


# Everything `<collab-connection>` says, in its order.
LISTEN = """() => {
  window.said = [];
  const element = document.querySelector("collab-connection");
  new MutationObserver(() => {
    const words = element.textContent.trim();
    if (words && words !== window.said.at(-1)) window.said.push(words);
  }).observe(element, { childList: true, subtree: true, characterData: true });
}"""


@pytest.mark.faults
def test_a_killed_process_is_said_politely_and_nothing_is_lost(house: House, axe: Axe) -> None:
    alice = PersonFactory()
    laptop, phone = house.visit(alice), house.visit(alice, width=390)
    ring(alice, "Un")
    for page in (laptop, phone):
        bell(page, 1)
        expect(page.locator("collab-connection")).to_be_hidden()
        page.evaluate(LISTEN)
    house.kill_web()
    ring(alice, "Deux")  # while nobody serves
    expect(phone.locator("collab-connection")).to_contain_text("Reconnexion…", timeout=10_000)
    if shots := os.environ.get("COLLAB_SHOTS"):
        laptop.screenshot(path=f"{shots}/reconnecting-1280.png")
        phone.screenshot(path=f"{shots}/reconnecting-390.png")
    axe(phone)
    for page in (laptop, phone):
        bell(page, 2)
        page.wait_for_function("window.said.at(-1) === 'Reconnecté'", timeout=20_000)
        assert page.evaluate("window.said") == ["Reconnexion…", "Reconnecté"]
        expect(page.locator("collab-connection")).to_be_hidden(timeout=10_000)
