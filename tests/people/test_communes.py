"""Loading every French commune, from the real files."""

import io
import time

import pytest
from django.core.management import call_command

from groups.models import Group
from people import services
from people.communes import Town, data_version, read_towns
from people.models import Commune, Dataset, Postcode
from tests.factories import CommuneFactory

SLOWEST_SECONDS = 15  # of processor time; the aim is 10 on an idle machine


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return read_towns()


def test_all_of_france_is_there(towns: list[Town]) -> None:
    by_code = {town.code: town for town in towns}
    assert len(by_code) == len(towns) > 34_900
    assert (by_code["76351"].name, by_code["76351"].search_name) == ("Le Havre", "le havre")
    assert by_code["94038"].name == "L’Haÿ-les-Roses"
    assert by_code["31555"].postcodes == ["31000", "31100", "31200", "31300", "31400", "31500"]
    departments = {town.department for town in towns}
    assert departments >= {"01", "2A", "2B", "75", "95", "971", "972", "973", "974", "976"}


def test_the_three_cities_have_their_districts(towns: list[Town]) -> None:
    names = {town.name for town in towns}
    assert names >= {"Paris", "Paris 1er", "Paris 20e", "Lyon", "Lyon 7e", "Marseille", "Marseille 16e"}


def test_every_commune_is_somewhere(towns: list[Town]) -> None:
    for town in towns:
        assert town.position is not None
        latitude, longitude = town.position
        if len(town.department) == 2:
            assert 41 < latitude < 51.2, town
            assert -5.5 < longitude < 9.7, town
        else:
            assert -28 < latitude < 48, town


def test_nearly_every_commune_has_a_postcode(towns: list[Town]) -> None:
    assert sum(not town.postcodes for town in towns) < 20


@pytest.mark.django_db
def test_they_are_loaded_once_and_quickly() -> None:
    told, start = io.StringIO(), time.process_time()
    call_command("load_communes", stdout=told)
    assert time.process_time() - start < SLOWEST_SECONDS
    count = Commune.objects.count()
    assert str(count) in told.getvalue()
    assert Postcode.objects.filter(code="69100").get().commune.name == "Villeurbanne"
    again = io.StringIO()
    call_command("load_communes", stdout=again)
    assert "up to date" in again.getvalue()
    assert Commune.objects.count() == count


@pytest.mark.django_db
def test_a_new_version_corrects_and_keeps_what_is_in_use(towns: list[Town]) -> None:
    gone = CommuneFactory.create(code="99999", name="Engloutie")
    group = Group.objects.create(name="Naufragé·es", commune=gone, latitude=0, longitude=0)
    CommuneFactory.create(code="69266", name="Vieux nom", population=1)
    Dataset.objects.create(name=services.COMMUNES, version="1")
    few = [town for town in towns if town.department == "69"]
    services.load_communes(towns=few, version=data_version())
    assert Commune.objects.get(code="69266").name == "Villeurbanne"
    group.refresh_from_db()
    assert group.commune == gone
    assert services.communes_are_loaded(version=data_version())
    services.load_communes(towns=few, version=data_version())
    assert Postcode.objects.filter(commune="69266").count() == 1
