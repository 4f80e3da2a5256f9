"""What happens later."""

from celery import shared_task

from . import services


@shared_task
def tell_stale_tallies() -> None:
    services.tell_stale_tallies()
