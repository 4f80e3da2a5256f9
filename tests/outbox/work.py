"""Jobs for the tests. Each effect is one announcement on the topic `circle:<key>`; gates are lists in Valkey."""

from django.db import transaction

from collab.outbox.jobs import external_job, job
from collab.realtime import hub, valkey
from tests.realtime.words import Renamed


def effect(key: str) -> None:
    hub.publish(f"circle:{key}", Renamed(person_id=key, name="done"))


def wait_at_gate(key: str) -> None:
    """Say that we are here, and wait for a word from the test."""
    client = valkey.from_threads()
    client.rpush(f"at-gate:{key}", "here")
    while client.lpop(f"gate:{key}") is None:
        client.blpop([f"wake:{key}"], timeout=1)


@job("test.note")
def note(*, key: str) -> None:
    effect(key)


@job("test.gated")
def gated(*, key: str) -> None:
    effect(key)
    wait_at_gate(key)


@external_job("test.external", seconds=5)
def external(*, key: str) -> None:
    wait_at_gate(key)
    with transaction.atomic():
        effect(key)


@job("test.fail")
def fail(*, key: str) -> None:
    effect(key)
    raise RuntimeError("what somebody wrote")
