"""The outbox with real Celery workers, one of which is killed."""

import subprocess
import time
from collections.abc import Callable

import pytest
import redis
from django.db import transaction

from collab.outbox import services
from collab.outbox.models import Job, State
from collab.realtime.models import Announcement

Start = Callable[[], "subprocess.Popen[bytes]"]
PATIENCE_SECONDS = 120


def ask(kind: str, key: str) -> None:
    with transaction.atomic():
        services.enqueue(kind=kind, key=key, arguments={"key": key})


def wait_until_done(count: int) -> None:
    """A job has no word to wait for but its row."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Job.objects.filter(state=State.DONE).count() < count:
        assert time.monotonic() < deadline, list(Job.objects.values("kind", "key", "state", "attempts", "error"))
        time.sleep(0.1)


def open_gate(client: "redis.Redis", key: str) -> None:
    client.rpush(f"gate:{key}", "open")
    client.rpush(f"wake:{key}", "up")


def test_a_worker_does_what_was_asked_before_and_after_it_started(worker: Start) -> None:
    ask("test.note", "before")
    worker()
    wait_until_done(1)
    ask("test.note", "after")
    wait_until_done(2)
    assert Announcement.objects.count() == 2


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["test.gated", "test.external"])
def test_a_killed_workers_job_is_taken_over_and_done_once(worker: Start, valkey: str, kind: str) -> None:
    with redis.Redis.from_url(valkey, socket_timeout=None) as client:
        first = worker()
        ask(kind, "k")
        assert client.blpop(["at-gate:k"], timeout=PATIENCE_SECONDS)
        first.kill()
        first.wait(10)
        killed = time.monotonic()
        assert Announcement.objects.count() == 0
        for number in range(20):
            ask("test.note", f"other{number}")
        worker()
        assert client.blpop(["at-gate:k"], timeout=PATIENCE_SECONDS), "nobody took it over"
        assert time.monotonic() - killed < 30
        open_gate(client, "k")
        wait_until_done(21)
    assert Announcement.objects.filter(stream_id="circle:k").count() == 1
    assert Announcement.objects.count() == 21


@pytest.mark.faults
def test_what_the_broker_forgot_is_found_in_the_database(worker: Start, valkey: str) -> None:
    ask("test.note", "k")
    Job.objects.update(relayed=None)
    with redis.Redis.from_url(valkey, socket_timeout=None) as client:
        client.flushall()
    worker()
    wait_until_done(1)
