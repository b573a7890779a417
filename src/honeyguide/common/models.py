"""What the house itself keeps: runs of the jobs that come back every day."""

from typing import ClassVar

from django.db import models


class JobRun(models.Model):
    """One run of a daily job, claimed by one worker: the row is unique, so that of several workers one runs it."""

    job = models.CharField(max_length=40)
    day = models.DateField()
    """The program day for which it runs."""
    attempts = models.PositiveSmallIntegerField(default=1)
    worker = models.CharField(max_length=80)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    """What it did, in figures."""
    error = models.CharField(max_length=500, blank=True)
    """Why the latest attempt failed."""

    class Meta:
        ordering: ClassVar = ["-day", "job"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "day"], name="one_run_of_a_job_a_day")]

    def __str__(self) -> str:
        return f"{self.job} {self.day}"
