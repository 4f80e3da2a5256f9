"""Factories of the nouns that every app needs. An app's own nouns have theirs in its test folder."""

from datetime import timedelta

import factory
from django.utils import timezone

from events.models import Event
from groups.models import Group, Membership, Role
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


class GroupFactory(factory.django.DjangoModelFactory[Group]):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Groupe {n}")
    commune = factory.SubFactory(CommuneFactory)
    latitude = factory.SelfAttribute("commune.latitude")
    longitude = factory.SelfAttribute("commune.longitude")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """`MembershipFactory(group=group, role=Role.MANAGER).person`"""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
    role = Role.MEMBER


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """Tomorrow, for two hours."""

    class Meta:
        model = Event

    group = factory.SubFactory(GroupFactory)
    title = factory.Sequence(lambda n: f"Événement {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))
    place = "Maison du peuple"
    commune = factory.SubFactory(CommuneFactory)
    latitude = factory.SelfAttribute("commune.latitude")
    longitude = factory.SelfAttribute("commune.longitude")
