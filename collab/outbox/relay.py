"""From the outbox to Celery. A message that is lost on the way costs time, not work: the sweep sends another."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

from collab.realtime.valkey import Rest

log = structlog.get_logger(__name__)

_rest = Rest()


def send(job_id: int) -> None:
    if _rest.is_on:
        return
    try:
        current_app.send_task("outbox.carry_out", (job_id,), retry=False)
    except OperationalError as error:
        log.warning("Celery's broker is away", error=type(error).__name__, job=job_id)
        _rest.begin()
