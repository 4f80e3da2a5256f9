"""What Celery calls."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import services

UNVERIFIED_DAYS = 7


@shared_task(name="people.forget_unverified")
def forget_unverified() -> None:
    services.forget_unverified(before=timezone.now() - timedelta(days=UNVERIFIED_DAYS))
