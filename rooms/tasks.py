"""What happens later."""

from celery import shared_task

from . import services


@shared_task(name="rooms.tell_stale_tallies")
def tell_stale_tallies() -> None:
    services.tell_stale_tallies()
