"""The event table: everything that happens, in the order in which it became known. Nothing in it ever changes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class AccountBeside(models.Func):
    """The text of an event's field `account`, however the database says that, always in the same words."""

    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """JSON_EXTRACT, for Django's own way there differs from process to process and so from the index."""
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$.account')", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The operator."""
        return self.as_sql(compiler, connection, template="(%(expressions)s ->> 'account')", **more)


class Event(models.Model):
    """One thing that happened. Append-only, held by triggers in the database (see guards.py).

    Events of the program (`is_program`) have the form of the history (docs/history.md) in `data`, whole; the others
    (a file viewed, a case decided, a mail sent) are the audit of this installation: the engine does not read them.
    """

    seq = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=200, unique=True)
    """The event's `id` where it came with one, else one of ours (evt_…)."""
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("known since"))
    type = models.CharField(_("what"), max_length=48)
    is_program = models.BooleanField()
    partner = models.CharField(_("partner"), max_length=64, blank=True)
    """The partner's key; empty for what concerns the whole program. No foreign key: history outlives rows."""
    client = models.CharField(_("client"), max_length=200, blank=True)
    ident = models.CharField(max_length=200, blank=True)
    """The id of the sale, award, project, exchange or lead that the event is about."""
    data = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    actor_partner = models.CharField(max_length=64, blank=True)
    via = models.CharField(max_length=8)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["seq"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "is_program", "seq"], name="event_partner"),
            models.Index(fields=["client", "type"], name="event_client"),  # whole: SQLite passes partial ones by
            models.Index(fields=["ident", "type"], name="event_ident"),
            models.Index(fields=["type", "seq"], name="event_type"),
            models.Index(Lower("client"), "type", name="event_client_lower"),
            models.Index(AccountBeside("data"), "type", name="event_account"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.partner} {self.at:%Y-%m-%d}"


class Ident(models.Model):
    """An id that the history has given away: sales, awards and projects share one namespace, exchanges have theirs."""

    namespace = models.CharField(max_length=10)
    ident = models.CharField(max_length=200)
    partner = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["namespace", "ident"], name="one_use_of_an_id")]

    def __str__(self) -> str:
        return f"{self.namespace} {self.ident}"
