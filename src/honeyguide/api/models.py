"""What was asked before: so that a request that is sent twice is done once."""

from typing import ClassVar

from django.db import models

from honeyguide.accounts.models import ApiKey


class DoneRequest(models.Model):
    """A write that was done under an Idempotency-Key, with the answer that it got. Kept for KEPT_DAYS."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    operation = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    request_id = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    done_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["api_key", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
