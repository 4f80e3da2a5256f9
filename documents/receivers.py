"""What happens below, and what documents do then. Inside the transaction that made the change."""

from django.dispatch import receiver

from groups.signals import role_changed
from people.models import Person

from . import services


@receiver(role_changed)
def look_at_rights_again(sender: object, person: Person, **_: object) -> None:
    services.look_at_rights_again(person=person)
