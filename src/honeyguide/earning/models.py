"""What earns points beside a sale: claims for activities, projects, held deals, and tables that were brought in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from honeyguide.earning import limits
from honeyguide.earning.words import activity_title
from honeyguide.files.models import StoredFile
from honeyguide.partners import deciding
from honeyguide.partners.models import Partner


class ClaimState(models.TextChoices):
    """States of a claim. From waiting to one of the others, where it ends."""

    WAITING = "waiting", pgettext_lazy("claim of points", "Waiting for a decision")
    APPROVED = "approved", pgettext_lazy("claim of points", "Approved")
    REFUSED = "refused", pgettext_lazy("claim of points", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim of points", "Taken back")


class Claim(deciding.Case):
    """One activity for which points are asked, from handing in to its decision (T4.1)."""

    uid = models.CharField(max_length=32, unique=True)
    """Also the award's id, once there is one."""
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="claims", verbose_name=_("partner"))
    activity = models.CharField(_("activity"), max_length=64)
    """A name of the rulebook's `earning.activities`."""
    kind = models.CharField(_("kind"), max_length=16)
    """Of the activity when it was claimed, as in the event `points.granted`."""
    link = models.URLField(_("link"), max_length=limits.LINK_MAX_CHARS, blank=True)
    text = models.TextField(_("text"), max_length=limits.TEXT_MAX_CHARS, blank=True)
    form_token = models.CharField(max_length=deciding.TOKEN_MAX_CHARS)
    state = models.CharField(_("state"), max_length=12, choices=ClaimState, default=ClaimState.WAITING)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("handed in"))
    points = models.PositiveIntegerField(_("points"), null=True)
    """What was granted."""

    class Meta:
        ordering: ClassVar = ["-submitted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="one_points_claim_a_form"),
            models.CheckConstraint(condition=~Q(state="approved") | Q(points__gt=0), name="approved_claim_has_points"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at"], name="points_claim_queue"),
            models.Index(fields=["partner", "activity", "-submitted_at"], name="points_claim_partner"),
        ]

    def __str__(self) -> str:
        return activity_title(self.activity)


class ProjectState(models.TextChoices):
    """States of a project: reported, then with its client, then confirmed; or ended on the way."""

    WAITING = "waiting", pgettext_lazy("project", "Report is being checked")
    ACCEPTED = "accepted", pgettext_lazy("project", "Waiting for the client's word")
    DISPUTED = "disputed", pgettext_lazy("project", "Not confirmed by the client")
    CONFIRMED = "confirmed", pgettext_lazy("project", "Confirmed by the client")
    REFUSED = "refused", pgettext_lazy("project", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("project", "Taken back")


class Project(deciding.Case):
    """An implementation project: the partner's report, the team's check, the client's word that it is live (G1.3)."""

    uid = models.CharField(max_length=32, unique=True)
    """Also the project's id in the history."""
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="projects", verbose_name=_("partner"))
    title = models.CharField(_("project"), max_length=limits.TITLE_MAX_CHARS)
    client = models.CharField(_("client"), max_length=limits.CLIENT_MAX_CHARS)
    launched_on = models.DateField(_("launched"))
    modules = models.JSONField(_("modules"))
    """Grades, each module one: a list of simple, standard, complex."""
    integration = models.BooleanField(_("with API integration or custom work"), default=False)
    report = models.TextField(_("report"), max_length=limits.TEXT_MAX_CHARS)
    checklist = models.JSONField(_("checklist"))
    """The lines that were ticked, as they read then: a list of {name, text, text_ru}."""
    contact_name = models.CharField(_("contact person"), max_length=limits.NAME_MAX_CHARS)
    contact_email = models.EmailField(_("e-mail"))
    contact_language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    form_token = models.CharField(max_length=deciding.TOKEN_MAX_CHARS)
    state = models.CharField(_("state"), max_length=12, choices=ProjectState, default=ProjectState.WAITING)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("reported"))
    decided_at = models.DateTimeField(_("checked"), null=True)
    round = models.PositiveIntegerField(default=0)
    """Of the client's link: a new one ends those before it."""
    link_sent_at = models.DateTimeField(_("link sent"), null=True)
    link_expires_at = models.DateTimeField(_("link good until"), null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(_("mailed"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer_name = models.CharField(_("answered by"), max_length=limits.NAME_MAX_CHARS, blank=True)
    client_words = models.TextField(_("in the client's words"), max_length=limits.TEXT_MAX_CHARS, blank=True)

    class Meta:
        ordering: ClassVar = ["-submitted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="one_project_a_form"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(link_expires_at__isnull=False), name="accepted_project_has_link"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at"], name="project_queue"),
            models.Index(fields=["partner", "-submitted_at"], name="project_partner"),
            models.Index(fields=["mail_due_at"], name="project_mail", condition=Q(state="accepted", mailed_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_with_client(self) -> bool:
        """Whether the client can be asked: its word is missing, or it was no."""
        return self.state in {ProjectState.ACCEPTED, ProjectState.DISPUTED}


class Attachment(models.Model):
    """A file of a claim or of a project's report."""

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="earned_by")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="attachments")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="attachments")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False, project__isnull=True) | Q(claim__isnull=True, project__isnull=False),
                name="attachment_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)


class DealState(models.TextChoices):
    """States of a held deal."""

    WAITING = "waiting", pgettext_lazy("held deal", "Waiting for a decision")
    ACCEPTED = "accepted", pgettext_lazy("held deal", "Points given")
    REFUSED = "refused", pgettext_lazy("held deal", "No points")
    GONE = "gone", pgettext_lazy("held deal", "Nothing left to decide")


class HeldDeal(deciding.Case):
    """A place in the queue for a sale that the rulebook holds (G1.4). Whether it is held is the history's to say."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="held_deals", verbose_name=_("partner"))
    sale = models.CharField(_("sale"), max_length=200, unique=True)
    client = models.CharField(_("client"), max_length=200)
    points = models.PositiveIntegerField(_("points"))
    """That it would bring, as they were when it was last looked at."""
    found_at = models.DateTimeField(_("waiting since"))
    state = models.CharField(_("state"), max_length=12, choices=DealState, default=DealState.WAITING)

    class Meta:
        ordering: ClassVar = ["-found_at"]
        indexes: ClassVar = [models.Index(fields=["state", "found_at"], name="held_deal_queue")]

    def __str__(self) -> str:
        return self.client


class TableKind(models.TextChoices):
    """What the rows of a table are."""

    DEALS = "deals", _("Deals")
    PROJECTS = "projects", _("Projects")


class TableState(models.TextChoices):
    """States of a table: chosen, read by a mapping, recorded, perhaps taken back; and what is being done with it."""

    MAPPING = "mapping", pgettext_lazy("table", "Columns to be named")
    CHECKING = "checking", pgettext_lazy("table", "Being looked at")
    CHECKED = "checked", pgettext_lazy("table", "Looked at, not recorded")
    RECORDING = "recording", pgettext_lazy("table", "Being recorded")
    DONE = "done", pgettext_lazy("table", "Recorded")
    PLANNING = "planning", pgettext_lazy("table", "Recorded, its undo is worked out")
    UNDOING = "undoing", pgettext_lazy("table", "Being taken back")
    UNDONE = "undone", pgettext_lazy("table", "Taken back")
    DISCARDED = "discarded", pgettext_lazy("table", "Put away")


WAITING_TABLES = (TableState.MAPPING, TableState.CHECKING, TableState.CHECKED, TableState.RECORDING)
"""On the way into the history: of one table, one at a time."""
RECORDED_TABLES = (TableState.DONE, TableState.PLANNING, TableState.UNDOING)
"""In the history, and not taken back."""
TABLES_UNDER_WAY = (TableState.CHECKING, TableState.RECORDING, TableState.PLANNING, TableState.UNDOING)
"""Somebody is at work on them, or is to begin."""


class TableImport(models.Model):
    """A table of deals or projects brought in by the team (G1.5). Its events have ids that begin with its own."""

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("table"), max_length=200)
    kind = models.CharField(_("rows are"), max_length=12, choices=TableKind)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    kept_as = models.CharField(max_length=200)
    header = models.JSONField()
    sample = models.JSONField(default=list)
    """The first rows under the header, each as long as it."""
    mapping = models.JSONField(default=dict)
    """As mapping.Mapping: columns by field, forms of days and numbers, meanings of words."""
    rows_count = models.PositiveIntegerField(_("rows"))
    state = models.CharField(_("state"), max_length=12, choices=TableState, default=TableState.MAPPING)
    preview = models.JSONField(default=dict)
    """Counts and effects, as they were shown last or as they came about."""
    problems = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("chosen"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("recorded"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("taken back"), null=True)
    undo_reason = models.TextField(max_length=deciding.REASON_MAX_CHARS, blank=True)
    undo_preview = models.JSONField(default=dict)
    """What taking it back would do, as it was worked out last; or what it has done."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    asked = models.JSONField(default=dict)
    """What was asked for last, for whoever carries it out: working.Asked."""
    step = models.PositiveSmallIntegerField(default=0)
    """Of what is under way; 0: nobody has begun yet."""
    begun_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was begun."""
    failure = models.TextField(blank=True)
    """Why what was asked for last came to nothing."""

    class Meta:
        ordering: ClassVar = ["-uploaded_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256", "kind"], condition=Q(state__in=WAITING_TABLES), name="one_waiting_table_of_a_content"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-uploaded_at"], name="table_import_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is at work on it, or is to begin."""
        return self.state in TABLES_UNDER_WAY

    @property
    def is_recorded(self) -> bool:
        """Whether the history has it, and it is not taken back."""
        return self.state in RECORDED_TABLES

    @property
    def is_large(self) -> bool:
        """Whether work on it is for the worker."""
        return self.rows_count > limits.TABLE_AT_ONCE_ROWS
