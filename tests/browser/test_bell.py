"""The bell in real browsers: it rings by itself, every tab agrees, and the keyboard is enough."""

from django.db import transaction
from playwright.sync_api import Page, expect

from notifications.models import Notification
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person
from tests.browser.conftest import Axe
from tests.browser.house import House
from tests.factories import PersonFactory

SENTENCE = "Inès vous mentionne dans « {} »"


def ring(person: Person, document: str) -> None:
    facts = {"who": "Inès", "document": document}
    with transaction.atomic():
        notify(kind=Kind.MENTIONED, to=[person.pk], key=document, url="/groupes/", facts=facts)


def bell(page: Page, unread: int, *, seconds: float = 5) -> None:
    """Wait until the bell says so many."""
    count = page.locator(".bell-count")
    expect(count).to_have_text([str(unread)] if unread else [], timeout=seconds * 1000)


def test_it_rings_in_every_tab_and_what_is_read_in_one_is_read_in_all(house: House, axe: Axe) -> None:
    alice, bob = PersonFactory(), PersonFactory()
    laptop, phone = house.visit(alice), house.visit(alice, "/groupes/", width=390)
    neighbour = house.visit(bob)
    bell(laptop, 0)
    ring(alice, "Le tract")
    ring(alice, "La motion")
    for page in (laptop, phone):
        bell(page, 2)
    expect(laptop.locator("collab-bell [role=status]")).not_to_be_empty()
    bell(neighbour, 0)

    laptop.get_by_role("button", name="Notifications, 2 non lues").click()
    panel = laptop.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    axe(laptop)
    panel.get_by_role("button", name="Marquer comme lue").first.click()
    for page in (laptop, phone):
        bell(page, 1)
    panel.get_by_role("button", name="Tout marquer lu").click()
    for page in (laptop, phone):
        bell(page, 0)
    assert not Notification.objects.filter(person=alice, read_at=None).exists()


def test_the_keyboard_opens_reads_and_closes_it(house: House) -> None:
    alice = PersonFactory()
    ring(alice, "Le tract")
    page = house.visit(alice)
    bell(page, 1)
    button = page.locator(".bell-button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Notifications")).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=SENTENCE.format("Le tract"))
    while not link.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/groupes/")
    bell(page, 0)


def test_a_click_beside_it_closes_it_and_a_phone_gets_the_whole_screen(house: House, axe: Axe) -> None:
    alice = PersonFactory()
    ring(alice, "Le tract")
    wide, phone = house.visit(alice), house.visit(alice, width=390, height=844)
    for page in (wide, phone):
        bell(page, 1)
        page.locator(".bell-button").click()
    box = phone.get_by_role("dialog", name="Notifications").bounding_box()
    assert box is not None and (box["width"], box["height"]) == (390, 844)
    axe(phone)
    phone.get_by_role("button", name="Fermer").click()
    expect(phone.locator(".bell-button")).to_be_focused()
    wide.mouse.click(20, 600)
    expect(wide.get_by_role("dialog", name="Notifications")).to_be_hidden()


def test_what_came_while_the_network_was_away_is_there_afterwards(house: House) -> None:
    alice = PersonFactory()
    page = house.visit(alice)
    bell(page, 0)
    ring(alice, "Avant")
    bell(page, 1)
    house.kill_web()
    ring(alice, "Pendant")
    bell(page, 2, seconds=30)  # the process has to start again


def test_without_script_it_is_a_link_to_the_page(house: House, axe: Axe) -> None:
    alice = PersonFactory()
    ring(alice, "Le tract")
    page = house.visit(alice, java_script_enabled=False)
    page.get_by_role("link", name="Notifications").first.click()
    page.get_by_role("link", name=SENTENCE.format("Le tract")).click()
    page.wait_for_url("**/groupes/")
    page.goto("/notifications/")
    expect(page.get_by_text("0 non lue")).to_be_visible()
