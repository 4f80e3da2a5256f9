"""Calls in real Chromium browsers with fake cameras and microphones: seen and heard, and back after every fault."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from groups.services import create_group, join
from people.models import Person
from rooms.models import Room
from rooms.services import create_room
from tests.browser.house import House
from tests.browser.media import HEARD_AND_SEEN, LISTENING, in_call, receives, sees, session_of
from tests.factories import CommuneFactory, PersonFactory


@pytest.fixture
def people(transactional_db: None) -> list[Person]:
    return [PersonFactory(name=name) for name in ("Ada Diallo", "Bao Nguyen", "Chloé Martin")]


@pytest.fixture
def room(people: list[Person]) -> Room:
    """A room of a group: the first animates it and moderates its calls, the others are members."""
    chair, *members = people
    group = create_group(name="Lyon 3", description="", commune=CommuneFactory(), by=chair)
    for person in members:
        join(group_id=group.pk, by=person)
    return create_room(title="Réunion du mardi", group=group, by=chair)


Enter = Callable[..., Page]


@pytest.fixture
def enter(house: House, room: Room) -> Enter:
    def visit_and_join(person: Person, **options: object) -> Page:
        page = house.visit(person, f"/appels/{room.pk}/", **options)  # type: ignore[arg-type]
        page.get_by_role("button", name="Rejoindre").click()
        in_call(page)
        return page

    return visit_and_join


def tile(session: str) -> str:
    return f'.call-tile[data-session="{session}"][data-kind="camera"]'


def test_three_people_hear_and_see_each_other_and_one_leaves(enter: Enter, people: list[Person]) -> None:
    pages = [enter(person) for person in people]
    sessions = [session_of(page) for page in pages]
    for page, own in zip(pages, sessions, strict=True):
        for other in sessions:
            if other != own:
                sees(page, other)
        receives(page, pictures=2)
    ada, bao, chloe = pages
    # The fake microphone beeps once a second.
    ada.wait_for_selector(f"{tile(sessions[1])}[data-speaking]")
    bao.get_by_role("button", name="Quitter l’appel").click()
    expect(bao.locator("collab-call")).to_have_attribute("data-state", "preview")
    for page in (ada, chloe):
        expect(page.locator(tile(sessions[1]))).to_have_count(0)
        receives(page, pictures=1)


def test_muting_and_the_camera_show_everywhere(enter: Enter, people: list[Person]) -> None:
    ada, bao = enter(people[0]), enter(people[1])
    bao_session = session_of(bao)
    sees(ada, bao_session)
    ada.evaluate("addEventListener('emptied', () => { window.startedAnew = true }, true)")
    bao.keyboard.press("m")
    expect(ada.locator(tile(bao_session)).get_by_role("img", name="Micro coupé")).to_be_visible()
    expect(bao.get_by_role("button", name="Activer le micro")).to_be_visible()
    assert not ada.evaluate("window.startedAnew"), "pictures and sounds went on while the page changed"
    bao.get_by_role("button", name="Éteindre la caméra").click()
    expect(ada.locator(tile(bao_session)).locator("video")).to_have_count(0)
    bao.get_by_role("button", name="Allumer la caméra").click()
    bao.get_by_role("button", name="Activer le micro").click()
    sees(ada, bao_session)
    expect(ada.locator(tile(bao_session)).get_by_role("img", name="Micro coupé")).to_have_count(0)


def test_a_moderator_mutes_and_sends_out(enter: Enter, people: list[Person]) -> None:
    ada, bao = enter(people[0]), enter(people[1])
    ada.get_by_role("button", name="Personnes dans l’appel (2)").click()
    row = ada.locator(f'.call-people li[data-session="{session_of(bao)}"]')
    row.get_by_role("button", name="Couper le micro").click()
    expect(bao.get_by_role("button", name="Activer le micro")).to_be_visible()
    expect(bao.get_by_text("Ada Diallo a coupé votre micro").first).to_be_visible()
    row.get_by_role("button", name="Faire sortir").click()
    ada.get_by_role("button", name="Faire sortir", exact=True).click()
    expect(bao.locator("collab-call")).to_have_attribute("data-state", "ended", timeout=2_000)
    bao.get_by_role("button", name="Rejoindre").click()
    expect(bao.get_by_text("Vous pourrez revenir dans quelques minutes")).to_be_visible()


def test_a_muted_page_is_not_heard_whatever_it_sends(enter: Enter, people: list[Person]) -> None:
    ada, bao = enter(people[0]), enter(people[1])
    receives(ada, pictures=1)
    ada.get_by_role("button", name="Personnes dans l’appel (2)").click()
    row = ada.locator(f'.call-people li[data-session="{session_of(bao)}"]')
    row.get_by_role("button", name="Couper le micro").click()
    expect(bao.get_by_role("button", name="Activer le micro")).to_be_visible()
    bao.evaluate("document.querySelector('collab-call').own.tracks.mic.enabled = true")
    # The fake microphone beeps once a second: two seconds and a half without any energy are silence.
    ada.wait_for_function(
        f"""async () => {{
          const before = await ({HEARD_AND_SEEN})();
          await new Promise((resolve) => setTimeout(resolve, 2500));
          const after = await ({HEARD_AND_SEEN})();
          return after.frames > before.frames && after.energy - before.energy < 1e-6;
        }}""",
        timeout=30_000,
    )
    bao.get_by_role("button", name="Activer le micro").click()
    receives(ada, pictures=1)


def test_who_has_no_device_joins_listening(house: House, enter: Enter, people: list[Person], room: Room) -> None:
    ada = enter(people[0])
    bao = house.visit(people[1])
    bao.context.clear_permissions()
    bao.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    bao.goto(f"/appels/{room.pk}/")
    bao.get_by_role("button", name="Rejoindre").click()
    in_call(bao)
    sees(bao, session_of(ada))
    expect(ada.locator(tile(session_of(bao))).get_by_role("img", name="Micro coupé")).to_be_visible()


def test_media_go_on_while_the_web_process_is_killed(house: House, enter: Enter, people: list[Person]) -> None:
    pages = [enter(person) for person in people[:2]]
    sessions = [session_of(page) for page in pages]
    receives(pages[0], pictures=1)
    marks = [
        page.evaluate("document.querySelector('collab-call').media.connection('listen').mark = 'same'")
        for page in pages
    ]
    assert marks == ["same", "same"]
    house.kill_web()
    receives(pages[0], pictures=1)
    pages[1].get_by_role("button", name="Couper le micro").click()
    muted = pages[0].locator(tile(sessions[1])).get_by_role("img", name="Micro coupé")
    expect(muted).to_be_visible(timeout=30_000)
    for page, session in zip(pages, sessions, strict=True):
        in_call(page)
        assert session_of(page) == session
        assert page.evaluate(f"{LISTENING}.mark") == "same"


def test_everybody_is_back_after_the_media_worker_is_killed(house: House, enter: Enter, people: list[Person]) -> None:
    pages = [enter(person) for person in people[:2]]
    sessions = [session_of(page) for page in pages]
    receives(pages[0], pictures=1)
    for page in pages:
        page.evaluate(f"{LISTENING}.mark = 'old'")
    house.kill(house.media)
    for page, other in zip(pages, reversed(sessions), strict=True):
        page.wait_for_function(
            f"() => {{ const one = {LISTENING};"
            " return one && one.mark !== 'old' && one.connectionState === 'connected' }",
            timeout=30_000,
        )
        in_call(page)
        sees(page, other)
        receives(page, pictures=1)


def test_a_closed_page_leaves_at_once(enter: Enter, people: list[Person]) -> None:
    ada, bao = enter(people[0]), enter(people[1])
    session = session_of(bao)
    expect(ada.locator(tile(session))).to_be_visible()
    bao.close(run_before_unload=True)
    expect(ada.locator(tile(session))).to_have_count(0, timeout=3_000)


def test_a_screen_is_shown_large(enter: Enter, people: list[Person]) -> None:
    ada, bao = enter(people[0]), enter(people[1])
    bao.evaluate(
        """() => { navigator.mediaDevices.getDisplayMedia = async () => {
          const canvas = document.createElement("canvas");
          canvas.width = 1280; canvas.height = 720;
          const brush = canvas.getContext("2d");
          setInterval(() => { brush.fillStyle = "#c08040"; brush.fillRect(0, 0, 1280, 720); }, 100);
          return canvas.captureStream(10);
        } }"""
    )
    bao.get_by_role("button", name="Partager l’écran").click()
    screen = ada.locator(f'.call-main [data-session="{session_of(bao)}"][data-kind="screen"]')
    expect(screen).to_be_visible()
    ada.wait_for_function(
        "() => { const video = document.querySelector('.call-main video');"
        " return video && video.videoWidth > 0 && video.currentTime > 0 }"
    )
    bao.get_by_role("button", name="Arrêter le partage d’écran").click()
    expect(screen).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_call_is_accessible_and_fits(
    house: House, enter: Enter, people: list[Person], room: Room, axe: Callable[[Page], None], width: int
) -> None:
    ada = house.visit(people[0], f"/appels/{room.pk}/", width=width)
    expect(ada.get_by_role("button", name="Rejoindre")).to_be_visible()
    axe(ada)
    ada.get_by_role("button", name="Rejoindre").click()
    in_call(ada)
    bao = enter(people[1])
    sees(ada, session_of(bao))
    axe(ada)
    ada.get_by_label("Plus de réglages").click()
    axe(ada)
    ada.keyboard.press("Escape")
    ada.get_by_role("button", name="Personnes dans l’appel").click()
    axe(ada)
    assert ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = ada.evaluate(
        "[...document.querySelectorAll('.call-controls button, .call-controls summary')]"
        ".map(one => one.getBoundingClientRect()).filter(box => Math.min(box.width, box.height) < 44).length"
    )
    assert small == 0
