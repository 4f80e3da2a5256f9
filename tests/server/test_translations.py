"""Every text has its English, and the command that keeps it so."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from collab.realtime.errors import NotFound
from collab.server import translations


def test_every_text_has_its_english() -> None:
    assert [f"{text.place}: {text.key[1]}" for text in translations.missing()] == []


def test_an_error_is_read_in_the_readers_language() -> None:
    with translation.override("en"):
        assert str(NotFound()) == "Not found, or not for you."
    with translation.override("fr"):
        assert str(NotFound()) == "Introuvable, ou pas pour vous."


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app with two texts in Python and three in a template."""
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "folders", lambda: [tmp_path / "cuisine"])
    folder = tmp_path / "cuisine"
    (folder / "templates").mkdir(parents=True)
    (folder / "plats.py").write_text('A = _("la soupe")\nB = ngettext("%(n)d plat", "%(n)d plats", n)\n')
    (folder / "templates" / "carte.html").write_text(
        """{% load i18n %}
          <p title="{% translate "le menu" %}">l'eau, "le vin"
       {% blocktranslate trimmed with nom=x %}
         Bonjour
         {{ nom }}
       {% endblocktranslate %}</p>
        {% translate "garde" context "le chien" %}"""
    )
    return folder


def test_texts_are_found_in_python_and_in_templates(app: Path) -> None:
    keys = {text.key for text in translations.texts(app)}
    assert keys == {
        (None, "la soupe"),
        (None, "%(n)d plat"),
        (None, "le menu"),
        (None, "Bonjour %(nom)s"),
        ("le chien", "garde"),
    }


def test_a_text_is_missing_until_it_is_translated_in_all_its_forms(app: Path) -> None:
    assert len(translations.missing()) == 5
    assert translations.update(app) == 5
    catalogue = translations.catalogue_of(app)
    written = catalogue.read_text().replace('msgid "la soupe"\nmsgstr ""', 'msgid "la soupe"\nmsgstr "soup"')
    written = written.replace('msgstr[0] ""', 'msgstr[0] "%(n)d dish"')
    catalogue.write_text(written)
    assert {text.key[1] for text in translations.missing()} == {"%(n)d plat", "le menu", "Bonjour %(nom)s", "garde"}


def test_what_is_no_longer_shown_leaves_and_what_is_translated_stays(app: Path) -> None:
    translations.update(app)
    catalogue = translations.catalogue_of(app)
    catalogue.write_text(
        catalogue.read_text().replace('msgid "la soupe"\nmsgstr ""', 'msgid "la soupe"\nmsgstr "soup"')
    )
    (app / "templates" / "carte.html").unlink()
    translations.update(app)
    assert "le menu" not in catalogue.read_text()
    assert 'msgstr "soup"' in catalogue.read_text()


def test_the_command_fails_and_names_what_is_missing(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match="5 texts"):
        call_command("translations", "--check")
    assert "cuisine/plats.py:1: la soupe" in capsys.readouterr().out
