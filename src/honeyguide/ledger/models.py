"""Accounts, transactions with their entries, lots, holds.

Transactions and cancellations are append-only, held by triggers. Columns that refer to rows of the hot tables have no
foreign key in the database: it would cost a look-up a row; `ledger.verify` checks them instead.
"""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

NEVER = date.max
"""`expires_on` of a lot that does not expire."""
NOT_CARRIED = date.min
"""`carried_to` of a unit that is new."""


class Kind(models.TextChoices):
    """What a transaction does."""

    AWARD = "award", _("awarded")
    SPEND = "spend", _("spent")
    CAPTURE = "capture", _("spent, as reserved")
    RESTORE = "restore", _("given back")
    CANCEL = "cancel", _("cancelled")
    EXPIRE = "expire", _("expired")
    REVERSE = "reverse", _("reversed")
    POST = "post", _("posted")


class Place(models.TextChoices):
    """Where units can be. `lots` and `debt` are the account's own; the others stand outside it."""

    ISSUED = "issued", _("issued")
    LOTS = "lots", _("in lots")
    SPENT = "spent", _("spent")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    DEBT = "debt", _("debt")


class Unit(models.Model):
    """What is counted, and how far the active amounts of its accounts have been carried (see ledger.ranking)."""

    name = models.CharField(max_length=40, primary_key=True)
    carried_to = models.DateField()
    """`Account.active` counts the lots that expire after this day."""

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """What one owner has of one unit. Whoever writes locks this row first."""

    id = models.BigAutoField(primary_key=True)
    unit = models.CharField(max_length=40)
    owner = models.CharField(max_length=64)
    """The key of whose it is; for points, the partner's."""
    balance = models.BigIntegerField(default=0)
    """In lots: held parts, and what has expired without that being posted, included."""
    held = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    active = models.BigIntegerField(default=0)
    """Awarded less cancelled, of the lots that expire after `Unit.carried_to`."""
    open_from = models.DateField(null=True)
    """Nothing is left in lots that expire before this day; None: nothing is left at all. Where searches begin."""
    latest_at = models.DateTimeField(null=True)
    """When the latest transaction became known: the next one cannot be known before it."""
    latest_day = models.DateField(null=True)
    """The latest day on which a transaction takes effect."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "owner"], name="ledger_one_account_an_owner"),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("balance")) & Q(debt__gte=0), name="ledger_account_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} of {self.owner}"


class Transaction(models.Model):
    """One thing done to one account, in the order of `id`. Append-only."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, models.PROTECT, db_constraint=False, db_index=False, related_name="transactions"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=220)
    """Unique in the account: whoever repeats a write gives it again."""
    body = models.CharField(max_length=32)
    """Hash of what was asked, so that another wish under the same key is told apart."""
    day = models.DateField()
    """The program day on which it takes effect."""
    recorded_at = models.DateTimeField()
    points = models.BigIntegerField()
    """What was asked: awarded, spent, cancelled, …; units of the account."""
    change = models.BigIntegerField()
    """Of what is in lots."""
    debt_change = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    debt_after = models.BigIntegerField()
    is_late = models.BooleanField()
    """It takes effect before a day on which an earlier transaction of the account does."""
    undoes = models.ForeignKey(
        "self", models.PROTECT, db_constraint=False, db_index=False, null=True, related_name="undone_by"
    )
    """The transaction that is reversed or, in part or whole, restored."""
    reference = models.CharField(max_length=200, blank=True)
    """What it is about: the id of a sale, award, project or exchange."""
    reason = models.CharField(max_length=500, blank=True)
    actor_name = models.CharField(max_length=200)
    moves = models.JSONField(default=list)
    """Its entries in their order, each as [lot, from, to, points]; read as rows of Entry. One row holds all, so that a
    transaction is there whole or not at all. That each is a move of something is held by the database."""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="ledger_one_use_of_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "is_late", "day", "id"], name="ledger_transaction_in_time"),
            models.Index(fields=["undoes"], name="ledger_transaction_undoes", condition=Q(undoes__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points} ({self.day})"

    @property
    def uid(self) -> str:
        """Its public name."""
        return f"ltx_{self.pk}"


class Lot(models.Model):
    """What one award brought, and what is left of it."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="lots")
    ident = models.CharField(max_length=200)
    """The id of the award, sale or project that it is for."""
    source = models.CharField(max_length=40)
    """What kind of thing it is for: `sale`, `project`, an activity."""
    allocated_on = models.DateField()
    expires_on = models.DateField()
    """The first day on which it is no longer valid."""
    sequence = models.BigIntegerField()
    """Order of allocation among lots of the same expiry: microseconds since 1970."""
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    """What of it was posted as expired."""
    cancelled = models.BigIntegerField(default=0)
    """How much of the award was cancelled, whatever lot gave it; `amount - cancelled` counts as active."""
    is_void = models.BooleanField(default=False)
    """Its award was reversed: another lot may be for the same thing."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "ident"], name="ledger_one_lot_an_award", condition=Q(is_void=False)
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0)
                & Q(held__lte=F("remaining"))
                & Q(expired__gte=0)
                & Q(remaining__lte=F("amount") - F("expired"))
                & Q(cancelled__gte=0)
                & Q(cancelled__lte=F("amount")),
                name="ledger_lot_amounts",
            ),
        ]
        indexes: ClassVar = [
            # No index has a column that changes with use: PostgreSQL then updates a lot in its page and no index.
            models.Index(fields=["account", "expires_on", "sequence", "id"], name="ledger_lot_in_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.ident}: {self.remaining} of {self.amount}"

    @property
    def free(self) -> int:
        """What can be spent of it while it is valid."""
        return self.remaining - self.held


class Entry(models.Model):
    """Some of a unit moves from one place to another: the two legs of it in one row. To read only.

    The database makes it from `Transaction.moves`: PostgreSQL as a view, SQLite as a table that a trigger fills.
    """

    pk = models.CompositePrimaryKey("transaction_id", "place")
    transaction = models.ForeignKey(Transaction, models.DO_NOTHING, db_constraint=False, related_name="entries")
    place = models.IntegerField()
    """Its place in the transaction, from 0."""
    lot = models.ForeignKey(Lot, models.DO_NOTHING, db_constraint=False, null=True, related_name="entries")
    """The lot that gives or takes; None where no lot is touched. Not indexed: search with the lot's account."""
    source = models.CharField(max_length=9, choices=Place.choices)
    target = models.CharField(max_length=9, choices=Place.choices)
    points = models.BigIntegerField()

    class Meta:
        managed = False
        ordering: ClassVar = ["transaction_id", "place"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.points} {self.source} → {self.target}"


class Cancellation(models.Model):
    """So much of an award no longer counts as active, from the transaction's day on. Append-only."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, models.PROTECT, db_constraint=False, related_name="cancellations")
    lot = models.ForeignKey(Lot, models.PROTECT, db_constraint=False, related_name="cancellations")
    points = models.BigIntegerField()
    """Negative where a cancellation is reversed."""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(points=0), name="ledger_cancellation_points")]

    def __str__(self) -> str:
        return f"{self.points} of {self.lot_id}"


class Hold(models.Model):
    """Parts of lots reserved until somebody decides: captured (spent) or released."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("reserved")
        CAPTURED = "captured", _("spent")
        RELEASED = "released", _("released")

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, related_name="holds")
    key = models.CharField(max_length=220)
    body = models.CharField(max_length=32)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    points = models.BigIntegerField()
    short = models.BigIntegerField(default=0)
    """What it had to give up to a clawback and could not reserve elsewhere."""
    placed_on = models.DateField()
    placed_at = models.DateTimeField()
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_key = models.CharField(max_length=220, blank=True)
    transaction = models.OneToOneField(Transaction, models.PROTECT, null=True, related_name="hold")
    """By which it was spent."""
    reference = models.CharField(max_length=200, blank=True)
    """What it is for: the id of an exchange."""
    actor_name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="ledger_one_hold_a_key"),
            models.CheckConstraint(
                condition=Q(points__gt=0) & Q(short__gte=0) & Q(short__lte=F("points")), name="ledger_hold_points"
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(decided_on__isnull=False, decided_at__isnull=False),
                name="ledger_hold_decided",
            ),
            models.CheckConstraint(
                condition=Q(transaction__isnull=True) ^ Q(status="captured"), name="ledger_hold_captured"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="ledger_hold_open", condition=Q(status="open")),
            models.Index(fields=["reference"], name="ledger_hold_reference", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.reference or self.uid}"


class HoldLot(models.Model):
    """What a hold reserves of a lot; while it is open."""

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="parts")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holds")
    points = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hold", "lot"], name="ledger_one_part_a_lot"),
            models.CheckConstraint(condition=Q(points__gte=0), name="ledger_hold_part"),
        ]

    def __str__(self) -> str:
        return f"{self.points} of {self.lot_id}"
