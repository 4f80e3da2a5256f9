"""Work that must not be lost: a row written with the change that asks for it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "waiting", _("en attente")
    DONE = "done", _("fait")
    FAILED = "failed", _("abandonné")


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> "JobQuerySet":
        return self.filter(state=State.WAITING)

    def due(self) -> "JobQuerySet":
        return self.waiting().filter(due__lte=timezone.now())

    def failed(self) -> "JobQuerySet":
        return self.filter(state=State.FAILED)


class Job(models.Model):
    """One piece of work, the same however often it is asked for under its kind and key.

    While a worker has it, `due` is when somebody else may take it over.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField(default=timezone.now)
    relayed = models.DateTimeField(null=True, help_text="when Celery was last told")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, help_text="the last failure: its type and its place")
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_job_a_key")]
        indexes = [
            models.Index(fields=["due"], condition=models.Q(state=State.WAITING), name="jobs_waiting"),
            models.Index(fields=["finished"], condition=models.Q(state=State.DONE), name="jobs_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
