"""What surrounds every page: the shell, the icons, and the pages of errors."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from collab.realtime.errors import Forbidden
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

ROOT = Path(settings.ROOT)


def refuse(error: Exception) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("", include("collab.server.urls")),
    path("casse/400", refuse(SuspiciousOperation())),
    path("casse/403", refuse(PermissionDenied())),
    path("casse/domaine", refuse(Forbidden())),
    path("casse/500", refuse(RuntimeError())),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("400", 400, "Demande incomprise"),
        ("403", 403, "Ce n’est pas pour vous"),
        ("404", 404, "Introuvable"),
        ("500", 500, "Quelque chose a cassé"),
        ("domaine", 403, "Vous n’en avez pas le droit."),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_error_has_a_page_with_a_way_out(address: str, status: int, says: str, signed_in: bool) -> None:
    client = Client(raise_request_exception=False)
    if signed_in:
        client.force_login(PersonFactory.create())
    answer = client.get(f"/casse/{address}")
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{says}</h1>" in page
    assert 'href="/"' in page


def test_a_form_that_waited_too_long_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/compte/connexion/", {"email": "ines@exemple.fr"})
    assert answer.status_code == 403
    assert "La page a trop attendu" in answer.content.decode()


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("address", ["/", "/groupes/", "/evenements/"])
def test_every_page_has_its_landmarks_and_no_inline_code(client: Client, address: str, signed_in: bool) -> None:
    if signed_in:
        client.force_login(PersonFactory.create())
    page = client.get(address).content.decode()
    for landmark in ("<header", "<main", "<footer", "<nav"):
        assert landmark in page
    assert page.count("<h1") == 1
    assert re.search(r'<html lang="fr"', page)
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style", page)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in re.findall(r"<script[^>]*>", page))


def test_the_navigation_says_where_one_is(client: Client) -> None:
    page = client.get("/groupes/").content.decode()
    assert page.count('href="/groupes/" aria-current="true"') == 2  # the top bar and the phone's


def test_every_link_of_the_shell_leads_somewhere(client: Client) -> None:
    client.force_login(PersonFactory.create())
    page = client.get("/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)"', page))
    assert len(links) > 8
    for link in links - {link for link in links if link.startswith("/static/")}:
        assert client.get(link).status_code in {200, 302}, link


# --- icons ---

LISTED = frozenset(json.loads((ROOT / "collab/frontend/icons.json").read_text()))
IN_TEMPLATES = re.compile(r"""\{% icon ["']([a-z0-9-]+)["']""")
IN_SCRIPTS = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")


def sources(ending: str) -> Iterator[str]:
    for folder in ("collab", "rooms", "documents", "video", "platform"):
        for file in (ROOT / folder).rglob(f"*{ending}"):
            if not {"dist", "node_modules"} & set(file.parts):
                yield file.read_text()


def test_every_icon_in_use_is_in_the_sprite() -> None:
    used = {name for text in sources(".html") for name in IN_TEMPLATES.findall(text)}
    used |= {name for text in sources(".ts") for name in IN_SCRIPTS.findall(text)}
    assert used
    assert used <= LISTED


def render(source: str) -> str:
    return Template(source).render(Context())


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    silent = render('{% load icons %}{% icon "hand" %}')
    assert 'aria-hidden="true"' in silent
    assert re.search(r'href="/static/assets/icons-[^"]+\.svg#hand"', silent)
    labelled = Template('{% load icons %}{% icon "hand" label %}').render(Context({"label": "Main <levée>"}))
    assert 'role="img" aria-label="Main &lt;levée&gt;"' in labelled


def test_an_unknown_icon_is_noticed_at_once() -> None:
    with pytest.raises(TemplateSyntaxError):
        render('{% load icons %}{% icon "licorne" %}')


def test_a_moment_is_readable_before_scripts_arrive() -> None:
    then = timezone.make_aware(timezone.datetime(2026, 11, 24, 18, 5))
    told = Template("{% load moments %}{% moment then %}").render(Context({"then": then}))
    assert told == '<relative-time datetime="2026-11-24T18:05:00+01:00">24 novembre 2026 18:05</relative-time>'


# --- colours ---


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> dict[str, dict[str, str]]:
    css = (ROOT / "collab/frontend/style/tokens.css").read_text()
    light_css, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in (light_css, rest)]
    return {"light": found[0], "dark": {**found[0], **found[1]}}


SURFACES = ("surface", "surface-raised", "surface-sunken")
PAIRS = [
    *[(text, surface, 4.5) for text in ("text", "text-soft", "accent", "accent-strong") for surface in SURFACES],
    *[(text, surface, 4.5) for text in ("danger", "success", "warning") for surface in SURFACES[:2]],
    *[(text, f"{text}-soft", 4.5) for text in ("danger", "success", "warning")],
    *[("text", f"{kind}-soft", 4.5) for kind in ("accent", "danger", "success", "warning")],
    ("accent-strong", "accent-soft", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("on-highlight", "highlight", 4.5),
    *[("line-strong", surface, 3.0) for surface in SURFACES],
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_readable(theme: str, front: str, back: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[front], colours[back]) >= least


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_white_is_readable_on_the_band(theme: str) -> None:
    assert contrast("#ffffff", themes()[theme]["band"]) >= 7


def test_what_a_signed_in_person_sees_is_kept_nowhere(client: Client) -> None:
    assert "Cache-Control" not in client.get("/groupes/").headers
    client.force_login(PersonFactory())
    assert client.get("/groupes/").headers["Cache-Control"] == "private, no-store"
    assert client.get("/compte/communes/?q=bron").headers["Cache-Control"].startswith("public")
