"""The texts of the interface: French in the code, English in each app's `locale/en/LC_MESSAGES/django.po`.

Babel reads Python, Django's `templatize` turns templates into what Babel reads: no gettext program is needed.
"""

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

from .checks import OURS

# What each function's arguments are: (context,) message (, plural).
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
NOT_READ = {"migrations", "dist", "node_modules", "__pycache__"}
TEMPLATES = {".html", ".txt"}
# Without dates and names: two people who add texts must not collide in the head of the file.
HEADER = b"""msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@dataclass(frozen=True, slots=True)
class Text:
    message: str | tuple[str, ...]
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message if isinstance(self.message, str) else self.message[0]


def folders() -> list[Path]:
    """The folder of each app of ours."""
    return sorted(Path(config.path) for config in apps.get_app_configs() if config.label in OURS)


def catalogue_of(folder: Path) -> Path:
    return folder / "locale" / "en" / "LC_MESSAGES" / "django.po"


def texts(folder: Path) -> list[Text]:
    """Every text an app shows, in the order of its files."""
    return [text for path in _sources(folder) for text in _texts_of(path)]


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if NOT_READ & set(inside.parts):
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in inside.parts):
            yield path


def _texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text()
    if path.suffix in TEMPLATES:
        # Inside brackets, Python's tokenizer asks nothing of the indentation.
        source = f"({templatize(source, origin=str(path))})"
    for line, message, _, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield Text(message, context, f"{path.relative_to(settings.ROOT)}:{line}")


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="en", project="collab", header_comment="")
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def missing() -> list[Text]:
    """Texts of ours that no catalogue of ours has in English."""
    ours = folders()
    known = {key for folder in ours for key in _translated(read(catalogue_of(folder)))}
    found = {text.key: text for folder in ours for text in texts(folder) if text.key not in known}
    return list(found.values())


def _translated(catalogue: Catalog) -> Iterator[tuple[str | None, str]]:
    for message in catalogue:
        parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and all(parts) and not message.fuzzy:
            yield message.context, message.id if isinstance(message.id, str) else message.id[0]


def update(folder: Path) -> int:
    """Bring an app's catalogue up to date: new texts wait empty, those nobody shows any more leave."""
    path = catalogue_of(folder)
    shown = texts(folder)
    if not shown and not path.exists():
        return 0
    wanted = Catalog(locale="en")
    for text in shown:
        wanted.add(text.message, context=text.context, locations=[(text.place.rpartition(":")[0], 0)])
    catalogue = read(path)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER)
        write_po(file, catalogue, width=120, omit_header=True, include_lineno=False, sort_output=True)
    translated = set(_translated(catalogue))
    return sum(1 for text in shown if text.key not in translated)


def compile_all(catalogues: Iterable[Path] | None = None) -> int:
    """Write a `.mo` beside each `.po`, whole at once: another process may be reading it."""
    paths = list(catalogues) if catalogues is not None else [catalogue_of(folder) for folder in folders()]
    there = [path for path in paths if path.exists()]
    for path in there:
        half = path.with_suffix(f".{os.getpid()}.half")
        with half.open("wb") as file:
            write_mo(file, read(path))
        half.replace(path.with_suffix(".mo"))
    return len(there)
