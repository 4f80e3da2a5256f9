"""Finding communes by words, and what is near."""

import random
from collections.abc import Iterator

import pytest
from django.test import Client

from people.models import Commune, Postcode
from people.places import commune_named, distance_km, near, search_communes, searchable
from tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db

ROWS = [
    # code, name, department, postcodes, population
    ("93066", "Saint-Denis", "93", ["93200", "93210"], 112_000),
    ("97411", "Saint-Denis", "974", ["97400", "97417"], 153_000),
    ("94038", "L’Haÿ-les-Roses", "94", ["94240"], 31_000),
    ("76351", "Le Havre", "76", ["76600", "76610"], 166_000),
    ("51411", "Œuilly", "51", ["51480"], 600),
    ("75120", "Paris 20e", "75", ["75020"], 190_000),
    ("75056", "Paris", "75", ["75001"], 2_100_000),
    ("2A004", "Ajaccio", "2A", ["20000"], 71_000),
    ("69266", "Villeurbanne", "69", ["69100"], 163_000),
    ("69029", "Bron", "69", ["69500"], 43_000),
]


@pytest.fixture(autouse=True)
def communes(db: None) -> None:
    for code, name, department, postcodes, population in ROWS:
        commune = CommuneFactory.create(
            code=code, name=name, department=department, population=population, search_name=searchable(name)
        )
        Postcode.objects.bulk_create(Postcode(code=postcode, commune=commune) for postcode in postcodes)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("saint-denis", "Saint-Denis (974)"),
        ("SAINT DENIS", "Saint-Denis (974)"),
        ("st denis", "Saint-Denis (974)"),
        ("saint-denis 93", "Saint-Denis (93)"),
        ("Saint-Denis (93)", "Saint-Denis (93)"),
        ("93210", "Saint-Denis (93)"),
        ("l'hay", "L’Haÿ-les-Roses (94)"),
        ("L’Haÿ-les", "L’Haÿ-les-Roses (94)"),
        ("hay les roses", "L’Haÿ-les-Roses (94)"),
        ("havre", "Le Havre (76)"),
        ("oeuilly", "Œuilly (51)"),
        ("ŒUILLY", "Œuilly (51)"),
        ("paris", "Paris (75)"),
        ("paris 20", "Paris 20e (75)"),
        ("Paris 20e", "Paris 20e (75)"),
        ("2a", "Ajaccio (2A)"),
        ("69", "Villeurbanne (69)"),
        ("villeurbanne 69100", "Villeurbanne (69)"),
    ],
)
def test_a_commune_is_found_by(words: str, first: str) -> None:
    assert str(search_communes(words)[0]) == first


@pytest.mark.parametrize("words", ["", " ", "x", "é", "9", "zzzz", "'; DROP TABLE", "%", "_", "paris 69", "(", "٣٣"])
def test_nothing_is_found_by(words: str) -> None:
    assert search_communes(words) == []


def test_a_search_is_bounded_and_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(search_communes("saint", limit=1)) == 1


def test_words_that_mean_one_commune_are_that_commune() -> None:
    assert str(commune_named("havre")) == "Le Havre (76)"
    assert str(commune_named("paris")) == "Paris (75)"
    both = commune_named("Saint-Denis")
    assert isinstance(both, list)
    assert {commune.department for commune in both} == {"93", "974"}
    assert commune_named("Trifouillis") == []


def test_the_field_asks_for_suggestions(client: Client) -> None:
    answer = client.get("/compte/communes/", {"q": "Villeur"})
    expected = {"code": "69266", "label": "Villeurbanne (69)", "postcode": "69100"}
    assert answer.json() == {"communes": [expected]}
    assert "public" in answer.headers["Cache-Control"]


def test_suggestions_are_bounded_whatever_is_asked(client: Client) -> None:
    assert client.get("/compte/communes/").json() == {"communes": []}
    assert client.get("/compte/communes/", {"q": "a" * 5000}).json() == {"communes": []}
    assert client.post("/compte/communes/").status_code == 405


@pytest.fixture
def scattered() -> Iterator[None]:
    """Communes all over the place, the date line and the south included."""
    chance = random.Random(7)
    Commune.objects.all().delete()
    centres = [(45.76, 4.85), (-21.1, 55.5), (-13.3, -176.2), (-17.6, -149.4), (46.8, -56.2), (-22.3, 166.4)]
    Commune.objects.bulk_create(
        Commune(
            code=f"{number:05}", name=f"Lieu {number}", search_name=f"lieu {number}", department="00",
            latitude=centre[0] + chance.uniform(-2, 2), longitude=centre[1] + chance.uniform(-3, 3),
        )
        for number in range(600)
        for centre in [chance.choice(centres)]
    )  # fmt: skip
    yield


@pytest.mark.parametrize("kilometres", [1, 25, 120, 400])
@pytest.mark.parametrize(
    "place", [(45.76, 4.85), (-21.1, 55.5), (-13.3, -176.2), (-13.3, 179.5), (-17.6, -149.4), (46.8, -56.2), (0, 0)]
)
def test_near_is_what_a_naive_haversine_says(scattered: None, place: tuple[float, float], kilometres: float) -> None:
    expected = sorted(
        (distance_km(*place, commune.latitude, commune.longitude), commune.pk)
        for commune in Commune.objects.all()
        if distance_km(*place, commune.latitude, commune.longitude) <= kilometres
    )
    found = list(near(Commune.objects.all(), *place, kilometres))
    assert [commune.pk for commune in found] == [pk for _, pk in expected]
    for commune, (distance, _) in zip(found, expected, strict=True):
        assert commune.distance == pytest.approx(distance, abs=1e-6)  # type: ignore[attr-defined]


def test_a_distance_that_is_known() -> None:
    lyon, marseille = (45.767, 4.834), (43.2965, 5.3698)
    assert distance_km(*lyon, *marseille) == pytest.approx(278, abs=2)


def test_a_place_is_near_itself() -> None:
    commune = Commune.objects.get(code="69266")
    found = near(Commune.objects.filter(pk=commune.pk), commune.latitude, commune.longitude, 0.001)
    assert list(found) == [commune]


@pytest.mark.parametrize("sign", ["(", "1 ", "a 2"])
def test_a_text_that_no_place_has_costs_nothing(client: Client, sign: str) -> None:
    """A pattern that goes back over such a text takes hours."""
    page = client.get("/", {"place": sign * 20_000, "place_code": "69266"})
    assert page.status_code == 200


def test_a_code_that_no_database_takes_is_no_code(client: Client) -> None:
    assert client.get("/", {"place": "Bron", "place_code": "69\x00266"}).status_code == 200
