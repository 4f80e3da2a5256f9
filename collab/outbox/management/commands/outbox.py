"""`manage.py outbox`: jobs that were given up, and another try for them."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from collab.outbox import services
from collab.outbox.models import Job


class Command(BaseCommand):
    help = "List the jobs that were given up; --retry tries some, or all, again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--kind", help="only these")
        parser.add_argument(
            "--retry", nargs="*", type=int, metavar="NUMBER", help="without numbers: all that are listed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        failed = Job.objects.failed().order_by("finished")
        if options["kind"]:
            failed = failed.filter(kind=options["kind"])
        if options["retry"] is None:
            for job in failed:
                self.stdout.write(
                    f"{job.pk}  {job.kind}  {job.key}  {job.attempts} tries  {job.finished:%F %T}  {job.error}"
                )
            self.stdout.write(f"{len(failed)} given up, {Job.objects.waiting().count()} waiting")
            return
        numbers = options["retry"] or [job.pk for job in failed]
        self.stdout.write(f"{services.retry(job_ids=numbers)} will be tried again")
