"""What Celery calls."""

from celery import shared_task

from . import pruning


@shared_task(name="realtime.prune")
def prune() -> None:
    while pruning.prune():
        pass
