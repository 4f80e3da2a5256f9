"""Durable work: asked for inside a transaction, carried out after it, exactly as often as promised by `jobs`."""

import random
import traceback
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from . import jobs, relay
from .models import Job, State

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 15 * 60
# A job Celery was told of this long ago, and nobody took, was lost on the way.
RELAY_AGAIN_SECONDS = 30
SWEEP_AT_ONCE = 500
KEEP_DONE = timedelta(days=30)


def enqueue(*, kind: str, key: str, arguments: Mapping[str, Any], due: datetime | None = None) -> bool:
    """Ask for a job, inside the transaction that gives the reason; False when that key was asked for before.

    `arguments` are JSON and become the handler's keyword arguments: ids, not contents.
    """
    assert connection.in_atomic_block, "ask for work inside the transaction that makes it necessary"
    now = timezone.now()
    at_once = due is None or due <= now
    wanted = {"arguments": dict(arguments), "due": due or now, "relayed": now if at_once else None}
    job, new = Job.objects.get_or_create(kind=kind, key=key, defaults=wanted)
    if new and at_once:
        transaction.on_commit(lambda: relay.send(job.pk))
    return new


def sweep() -> int:
    """Tell Celery of what is due and was not taken: delayed jobs, retries, and what a killed process dropped."""
    now = timezone.now()
    with transaction.atomic():
        lost = now - timedelta(seconds=RELAY_AGAIN_SECONDS)
        due = Job.objects.due().exclude(relayed__gt=lost).select_for_update(skip_locked=_can_skip())
        ids = list(due.order_by("due").values_list("pk", flat=True)[:SWEEP_AT_ONCE])
        Job.objects.filter(pk__in=ids).update(relayed=now)
    for job_id in ids:
        relay.send(job_id)
    return len(ids)


def carry_out(*, job_id: int) -> None:
    """Do one job if it is due and nobody has it. Called by a worker, as often as Celery likes."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        found = jobs.find(job.kind)
        with transaction.atomic() if found.in_transaction else nullcontext():
            if found.in_transaction and not _still_ours(job):
                return
            found.call(**job.arguments)
            _finish(job)
    except Exception as error:
        # Whatever a job raises, it is tried again and in the end shown as failed.
        log.exception("a job failed", kind=job.kind, job=job.pk, attempt=job.attempts)
        _give_back(job, error)


@transaction.atomic
def _claim(job_id: int) -> Job | None:
    """Take the job for as long as its kind may need; count the attempt before it can kill us."""
    job = Job.objects.due().filter(pk=job_id).select_for_update(skip_locked=_can_skip()).first()
    if job is None:
        return None
    if job.attempts >= MAX_ATTEMPTS:  # it took its worker with it each time
        _fail(job, job.error or "the worker died")
        return None
    try:
        seconds = jobs.find(job.kind).lease_seconds
    except jobs.UnknownKind:
        seconds = jobs.LEASE_SECONDS
    job.attempts += 1
    job.due = timezone.now() + timedelta(seconds=seconds)
    job.relayed = None
    job.save(update_fields=["attempts", "due", "relayed"])
    return job


def _still_ours(job: Job) -> bool:
    """Lock the row for the whole job: who comes after our lease skips it, or finds it done."""
    mine = Job.objects.waiting().filter(pk=job.pk, attempts=job.attempts)
    return mine.select_for_update(skip_locked=_can_skip()).first() is not None


def _finish(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=State.DONE, finished=timezone.now(), error="")


def _give_back(job: Job, error: Exception) -> None:
    told = _place(error)
    if job.attempts >= MAX_ATTEMPTS:
        _fail(job, told)
        return
    wait = min(FIRST_RETRY_SECONDS * 2 ** (job.attempts - 1), LONGEST_RETRY_SECONDS)
    due = timezone.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
    # Only while it is ours: after the lease another worker may have done it.
    Job.objects.waiting().filter(pk=job.pk, attempts=job.attempts).update(due=due, error=told)


def _fail(job: Job, told: str) -> None:
    Job.objects.waiting().filter(pk=job.pk).update(state=State.FAILED, finished=timezone.now(), error=told)
    log.error("a job was given up", kind=job.kind, job=job.pk, error=told)


def _place(error: Exception) -> str:
    """Type and place; never the message, which may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"[:200]


def retry(*, job_ids: Iterable[int]) -> int:
    """Try failed jobs again from the beginning, now."""
    now = timezone.now()
    failed = Job.objects.failed().filter(pk__in=list(job_ids))
    return failed.update(state=State.WAITING, attempts=0, due=now, relayed=None, finished=None)


def prune(*, at_once: int = 1000) -> int:
    """Forget jobs done long ago; their keys may then be used again."""
    old = Job.objects.filter(state=State.DONE, finished__lt=timezone.now() - KEEP_DONE)
    deleted, _ = Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:at_once])).delete()
    return deleted


def _can_skip() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)
