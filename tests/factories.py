"""Factories of the nouns that every app needs. An app's own nouns have theirs in its test folder."""

import factory

from people.models import Commune, Person


class CommuneFactory(factory.django.DjangoModelFactory[Commune]):
    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "69266"
    name = "Villeurbanne"
    search_name = "villeurbanne"
    department = "69"
    postcode = "69100"
    latitude = 45.7667
    longitude = 4.8803
    population = 163684


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    name = factory.Sequence(lambda n: f"Personne {n}")
    commune = factory.SubFactory(CommuneFactory)
