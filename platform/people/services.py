"""What changes people and the places they live in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction

from . import selectors
from .communes import Town
from .models import Commune, Dataset, Person, Postcode

COMMUNES = "communes"
ROWS_AT_ONCE = 2000


@transaction.atomic
def describe_person(*, person_id: UUID, name: str, commune: Commune | None, language: str) -> Person:
    """The name that others see, where they live and the language they read."""
    person = Person.objects.select_for_update().get(pk=person_id)
    person.name = name.strip()
    person.commune = commune
    person.language = language
    person.full_clean(exclude=["password"])
    person.save(update_fields=["name", "commune", "language"])
    return person


@transaction.atomic
def choose_language(*, person_id: UUID, language: str) -> Person:
    person = Person.objects.select_for_update().get(pk=person_id)
    person.language = language
    person.full_clean(exclude=["password"])
    person.save(update_fields=["language"])
    return person


@transaction.atomic
def forget_unverified(*, before: datetime) -> int:
    """Accounts whose mailed code was never given: a mistyped address is nobody's, and is not kept."""
    never = Person.objects.filter(date_joined__lt=before, last_login=None, is_staff=False)
    _, deleted = (
        never.filter(emailaddress__verified=False)
        .exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user"))
        .delete()
    )
    return deleted.get(Person._meta.label, 0)


@transaction.atomic
def end_session(*, by: Person, session_id: int) -> None:
    """Sign one device out. Its live sockets close too: the row's deletion tells them."""
    selectors.session_for(by, session_id).end()


@transaction.atomic
def end_other_sessions(*, by: Person, but_key: str | None) -> int:
    """Sign every device out but this one; returns how many."""
    others = list(UserSession.objects.filter(user=by).exclude(session_key=but_key))
    for session in others:
        session.end()
    return len(others)


def communes_are_loaded(*, version: str) -> bool:
    return Dataset.objects.filter(name=COMMUNES, version=version).exists()


@transaction.atomic
def load_communes(*, towns: Sequence[Town], version: str) -> None:
    """Add what is new and correct what changed. A commune that is no more stays: groups and people are there."""
    Commune.objects.bulk_create(
        [_commune(town) for town in towns],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "department", "postcode", "latitude", "longitude", "population", "search_name"],
    )
    Postcode.objects.all().delete()
    Postcode.objects.bulk_create(
        [Postcode(code=code, commune_id=town.code) for town in towns for code in town.postcodes],
        batch_size=ROWS_AT_ONCE,
    )
    Dataset.objects.update_or_create(name=COMMUNES, defaults={"version": version})


def _commune(town: Town) -> Commune:
    assert town.position is not None
    latitude, longitude = town.position
    return Commune(
        code=town.code,
        name=town.name,
        department=town.department,
        postcode=town.postcodes[0] if town.postcodes else "",
        latitude=latitude,
        longitude=longitude,
        population=town.population,
        search_name=town.search_name,
    )
