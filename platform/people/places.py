"""Communes by their names, and what is near a place."""

import re
import unicodedata
from math import asin, cos, radians, sin, sqrt
from typing import TypeVar, cast

from django.db.models import Case, Expression, F, FloatField, IntegerField, Model, Q, QuerySet, Value, When
from django.db.models.functions import ASin, Cos, Least, Radians, Sin, Sqrt

from .models import Commune, Postcode

EARTH_KM = 6371.0088
KM_A_DEGREE = 111.0  # a little less than any degree of latitude, so that the box is never too small
SHORTEST_SEARCH = 2
# No commune and department is longer; and the pattern below takes time that grows with the square of the text.
LONGEST_SEARCH = 80

Located = TypeVar("Located", bound=Model)


def searchable(text: str) -> str:
    """Lower case, no accents, words apart: "L’Haÿ-les-Roses" is "l hay les roses", "St Denis" is "saint denis"."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    words = re.sub(r"[^a-z0-9]+", " ", "".join(sign for sign in plain if not unicodedata.combining(sign))).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def search_communes(text: str, limit: int = 8) -> list[Commune]:
    """Communes by name or postcode, or both ("Saint-Denis 93"): exact names first, then the largest."""
    text = text[:LONGEST_SEARCH]
    name, number = _name_and_number(text)
    found = _search(name, number, limit)
    # "Paris 20" is the start of "Paris 20e", not the department 20.
    return found or (_search(searchable(text), "", limit) if name and number else [])


def _search(name: str, number: str, limit: int) -> list[Commune]:
    if len(name) < SHORTEST_SEARCH and len(number) < SHORTEST_SEARCH:
        return []
    found = Commune.objects.all()
    if number:
        by_postcode = Postcode.objects.filter(code__startswith=number).values("commune")
        found = found.filter(Q(pk__in=by_postcode) | Q(department=number))
    if name:
        found = found.filter(Q(search_name__startswith=name) | Q(search_name__contains=f" {name}"))
    closeness = Case(
        When(search_name=name, then=0),
        When(search_name__startswith=name, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return list(found.order_by(closeness, "-population", "code")[:limit])


def commune_named(text: str) -> Commune | list[Commune]:
    """The one commune that the words mean, or those they might mean: what a form without script has to go by."""
    found = search_communes(text, limit=6)
    name, _ = _name_and_number(text)
    exact = [commune for commune in found if commune.search_name == name]
    if len(exact) == 1:
        return exact[0]
    return found[0] if len(found) == 1 else exact or found


def near(queryset: QuerySet[Located], latitude: float, longitude: float, kilometres: float) -> QuerySet[Located]:
    """Rows with a latitude and a longitude within the distance, the nearest first; each has its `distance` in km."""
    degrees = kilometres / KM_A_DEGREE
    box = Q(latitude__range=(latitude - degrees, latitude + degrees))
    east_west = degrees / max(cos(radians(min(abs(latitude) + degrees, 89.0))), 0.01)
    # A box over the date line would miss the islands on its other side; latitude alone then does.
    if abs(longitude) + east_west <= 180:
        box &= Q(longitude__range=(longitude - east_west, longitude + east_west))
    measured = queryset.filter(box).annotate(distance=_haversine(latitude, longitude))
    return cast("QuerySet[Located]", measured.filter(distance__lte=kilometres).order_by("distance", "pk"))


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great circle; the same formula as `near`."""
    north, east = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    chord = sin(north) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


def _haversine(latitude: float, longitude: float) -> Expression:
    north = Sin(Radians(F("latitude") - Value(latitude)) / Value(2.0))
    east = Sin(Radians(F("longitude") - Value(longitude)) / Value(2.0))
    chord = north * north + Value(cos(radians(latitude))) * Cos(Radians(F("latitude"))) * east * east
    return Value(2 * EARTH_KM) * ASin(Sqrt(Least(Value(1.0), chord, output_field=FloatField())))


def _name_and_number(text: str) -> tuple[str, str]:
    """ "Saint-Denis (93)" is ("saint denis", "93"); "69100" is ("", "69100"); "Paris 20e" has no number."""
    text = text[:LONGEST_SEARCH].strip()
    match = re.fullmatch(r"(.*?)[\s(]*\b(\d{2,5}|2[abAB])\)?\s*", text)
    return (searchable(match[1]), match[2].upper()) if match else (searchable(text), "")
