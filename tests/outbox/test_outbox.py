"""The outbox at its service: asked once, done once, tried again, given up where people see it."""

import time
from datetime import timedelta

import pytest
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from collab.outbox import jobs, relay, services
from collab.outbox.models import Job, State
from collab.realtime.models import Announcement
from collab.realtime.valkey import REST_SECONDS, Rest


def ask(kind: str, key: str = "k", **options: object) -> Job:
    with transaction.atomic():
        services.enqueue(kind=kind, key=key, arguments={"key": key}, **options)  # type: ignore[arg-type]
    return Job.objects.get(kind=kind, key=key)


def effects(key: str = "k") -> int:
    return Announcement.objects.filter(stream_id=f"circle:{key}").count()


@pytest.fixture
def relayed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What Celery would be told."""
    told: list[int] = []
    monkeypatch.setattr(relay, "send", told.append)
    return told


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> object:
    """Turn the clock of the outbox forward."""
    passed = [timedelta()]
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + passed[0])

    def turn(**by: float) -> None:
        passed[0] += timedelta(**by)

    return turn


@pytest.mark.django_db(transaction=True)
def test_a_job_leaves_after_commit_and_is_done_once(relayed: list[int]) -> None:
    with transaction.atomic():
        assert services.enqueue(kind="test.note", key="k", arguments={"key": "k"})
        assert relayed == []
    job = Job.objects.get()
    assert relayed == [job.pk]
    services.carry_out(job_id=job.pk)
    services.carry_out(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, effects()) == (State.DONE, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_asks_for_nothing(relayed: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.enqueue(kind="test.note", key="k", arguments={"key": "k"})
        raise RuntimeError
    assert not Job.objects.exists() and relayed == []


@pytest.mark.django_db(transaction=True)
def test_the_same_key_again_is_the_same_job_even_when_it_is_done(relayed: list[int]) -> None:
    job = ask("test.note")
    services.carry_out(job_id=job.pk)
    with transaction.atomic():
        assert not services.enqueue(kind="test.note", key="k", arguments={"key": "k"})
        assert services.enqueue(kind="test.note", key="other", arguments={"key": "other"})
    assert len(relayed) == 2


def test_asking_outside_a_transaction_is_a_mistake(transactional_db: None) -> None:
    with pytest.raises(AssertionError):
        services.enqueue(kind="test.note", key="k", arguments={})


@pytest.mark.django_db(transaction=True)
def test_a_job_for_later_waits_for_its_time(relayed: list[int], later: "object") -> None:
    job = ask("test.note", due=timezone.now() + timedelta(hours=1))
    services.carry_out(job_id=job.pk)
    assert services.sweep() == 0 and relayed == [] and effects() == 0
    later(hours=1)  # type: ignore[operator]
    assert services.sweep() == 1 and relayed == [job.pk]
    services.carry_out(job_id=job.pk)
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_message_was_lost_is_sent_again_and_not_at_once(relayed: list[int], later: "object") -> None:
    job = ask("test.note")
    assert services.sweep() == 0, "it was only just sent"
    later(seconds=services.RELAY_AGAIN_SECONDS + 1)  # type: ignore[operator]
    assert services.sweep() == 1
    assert services.sweep() == 0
    assert relayed == [job.pk, job.pk]


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_no_half_work_is_retried_later_and_given_up_at_last(
    relayed: list[int], later: "object", capsys: pytest.CaptureFixture[str]
) -> None:
    job = ask("test.fail")
    waits = []
    for _ in range(services.MAX_ATTEMPTS):
        services.carry_out(job_id=job.pk)
        job.refresh_from_db()
        assert effects() == 0
        waits.append((job.due - timezone.now()).total_seconds())
        services.carry_out(job_id=job.pk)  # not due: nothing happens
        later(hours=1)  # type: ignore[operator]
    assert waits[:4] == sorted(waits[:4]) and waits[0] > 1
    assert (job.state, job.attempts) == (State.FAILED, services.MAX_ATTEMPTS)
    assert job.error.startswith("RuntimeError at work.py:") and "somebody wrote" not in job.error

    capsys.readouterr()
    call_command("outbox")
    told = capsys.readouterr().out
    assert "test.fail" in told and "RuntimeError" in told and "1 given up, 0 waiting" in told
    call_command("outbox", "--kind", "test.other", "--retry")
    job.refresh_from_db()
    assert job.state == State.FAILED
    call_command("outbox", "--retry", str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.WAITING, 0)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kills_its_worker_is_given_up_too(relayed: list[int], later: "object") -> None:
    job = ask("test.note")
    for _ in range(services.MAX_ATTEMPTS):
        assert services._claim(job.pk) is not None  # and then the worker dies
        assert services._claim(job.pk) is None, "somebody has it"
        later(seconds=jobs.LEASE_SECONDS + 1)  # type: ignore[operator]
    services.carry_out(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, effects()) == (State.FAILED, "the worker died", 0)


@pytest.mark.django_db(transaction=True)
def test_a_job_this_worker_does_not_know_waits_for_one_that_does(relayed: list[int]) -> None:
    job = ask("test.from_tomorrow")
    services.carry_out(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == State.WAITING and job.error.startswith("UnknownKind")


@pytest.mark.django_db(transaction=True)
def test_jobs_done_long_ago_are_forgotten_others_are_not(relayed: list[int], later: "object") -> None:
    for key in ("a", "b", "c"):
        services.carry_out(job_id=ask("test.note", key).pk)
    waiting = ask("test.note", "waits")
    assert services.prune() == 0
    later(days=31)  # type: ignore[operator]
    assert [services.prune(at_once=2), services.prune(at_once=2), services.prune(at_once=2)] == [2, 1, 0]
    assert list(Job.objects.all()) == [waiting]


def test_two_jobs_cannot_have_one_kind() -> None:
    with pytest.raises(AssertionError):
        jobs.job("test.note")(lambda: None)


@pytest.mark.django_db(transaction=True)
def test_without_its_broker_a_change_still_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Celery("away", broker="redis+socket:///nowhere/valkey.sock", set_as_current=False)
    away.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(relay, "_rest", Rest())
    monkeypatch.setattr(relay, "current_app", away)
    tries: list[float] = []
    send_task = away.send_task
    monkeypatch.setattr(away, "send_task", lambda *a, **k: (tries.append(time.monotonic()), send_task(*a, **k)))
    began = time.monotonic()
    job = ask("test.note")
    for number in range(50):
        ask("test.note", f"other{number}")
    assert 1 <= len(tries) <= 1 + (time.monotonic() - began) / REST_SECONDS, "each change asked the broker again"
    assert job.state == State.WAITING
    monkeypatch.undo()
    services.carry_out(job_id=job.pk)
    assert effects() == 1
