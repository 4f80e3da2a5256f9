"""Sessions end and accounts close in many places; wherever it happens, the sockets concerned hear of it."""

from typing import Any

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from . import hub


@receiver(post_delete, sender=Session)
def session_ended(instance: Session, **_: Any) -> None:
    person_id = instance.get_decoded().get(SESSION_KEY)
    if person_id is not None:
        hub.revoke(person_id=person_id)


@receiver(post_save, sender=get_user_model())
def account_changed(instance: Any, created: bool, **_: Any) -> None:
    if not created and not instance.is_active:
        hub.revoke(person_id=instance.pk)


@receiver(post_delete, sender=get_user_model())
def account_deleted(instance: Any, **_: Any) -> None:
    hub.revoke(person_id=instance.pk)
