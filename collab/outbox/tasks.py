"""What Celery calls."""

from celery import shared_task

from . import services


@shared_task(name="outbox.carry_out")
def carry_out(job_id: int) -> None:
    services.carry_out(job_id=job_id)


@shared_task(name="outbox.sweep")
def sweep() -> None:
    services.sweep()


@shared_task(name="outbox.prune")
def prune() -> None:
    while services.prune():
        pass
