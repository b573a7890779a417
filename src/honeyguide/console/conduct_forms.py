"""Forms of decisions on conduct. What a value must be is the service's to say; here stand fields and words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.clock import program_day
from honeyguide.common.local import day_text, money_text
from honeyguide.common.words import PRODUCTS, words_of
from honeyguide.conduct import queries, rules
from honeyguide.conduct.services import Sheet, new_token
from honeyguide.partners.models import Partner
from honeyguide.program.history.events import MEASURES

DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SALES_SHOWN = 300


def clause_choices(clauses: dict[str, Any]) -> list[tuple[str, str]]:
    """Clauses with what they are about."""
    return [(clause, f"{clause} – {words}") for clause, words in clauses.items()]


class DecisionForm(forms.Form):
    """What every decision has: a reason, a note for the team, and what makes it be taken once (services.Sheet)."""

    of_service: ClassVar[tuple[str, ...]] = ("reason",)
    """Fields that the service and the plan take by their names."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The partner reads it."),
        max_length=rules.REASON_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the team"),
        help_text=gettext_lazy("The partner never sees it."),
        max_length=rules.REASON_MAX_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    token = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        partner: Partner,
        now: datetime,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        last = queries.last_conduct_event(partner.key)
        first = {"token": new_token(now), "seen": last.seq if last else 0}
        super().__init__(data, initial={**first, **(initial or {})})
        self.partner, self.now = partner, now
        self.order_fields([name for name in self.fields if name not in {"reason", "note"}] + ["reason", "note"])

    def given(self) -> dict[str, Any]:
        """The fields for the service."""
        return {name: self.cleaned_data[name] for name in self.of_service}

    def sheet(self) -> Sheet:
        """What goes with them."""
        data = self.cleaned_data
        return Sheet(token=data["token"], seen=data["seen"], note=data["note"], tell=data.get("tell", True))


class MeasureForm(DecisionForm):
    """A measure (T14). Termination has a page of its own."""

    of_service = ("measure", "clause", "reason", "until", "users", "sites")

    measure = forms.ChoiceField(label=gettext_lazy("Measure"), widget=forms.RadioSelect)
    clause = forms.ChoiceField(label=gettext_lazy("Clause"))
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=DAY_INPUT,
        help_text=gettext_lazy("Empty: until it is lifted."),
    )  # fmt: skip
    users = forms.MultipleChoiceField(
        label=gettext_lazy("People named"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Recorded and told with the measure. It acts on the company as a whole."),
    )  # fmt: skip
    sites = forms.CharField(
        label=gettext_lazy("Sites named"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line; empty: all. It acts on the company as a whole."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            (name, _measure_words(name)) for name in MEASURES if name != "terminate"
        ]
        self.fields["clause"].choices = clause_choices(rules.CLAUSE_WORDS)  # type: ignore[attr-defined]
        self.fields["clause"].initial = "T13"
        latest = rules.last_blocked_day(program_day(self.now))
        self.fields["until"].help_text = _(
            "Empty: until it is lifted. Blocked access ends on %(day)s at the latest, after 12 months."
        ) % {"day": day_text(latest)}
        people = self.partner.members.select_related("user").order_by("user__name")
        self.fields["users"].choices = [  # type: ignore[attr-defined]
            (member.user.email, f"{member.user.name} ({member.user.email})") for member in people
        ]
        if not people:
            del self.fields["users"]

    def given(self) -> dict[str, Any]:
        """The fields for the service, sites one a line."""
        sites = [line.strip() for line in self.cleaned_data["sites"].splitlines() if line.strip()]
        data = {"users": [], **self.cleaned_data, "sites": sites}
        return {name: data[name] for name in self.of_service}


def _measure_words(name: str) -> SafeString:
    return format_html(
        '<span><span class="fw-medium">{}</span> <span class="text-secondary">{}</span></span>',
        rules.measure_title(name),
        rules.MEASURE_WORDS[name].effect,
    )


class LiftForm(DecisionForm):
    """The end of all measures of a kind."""

    of_service = ("measure", "reason")

    measure = forms.ChoiceField(label=gettext_lazy("Measure"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = queries.measures_in_force(program_day(self.now), partner=self.partner.key)
        kinds = list(dict.fromkeys(record.measure for record in in_force))
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            (kind, _kind_words(kind, sum(record.measure == kind for record in in_force))) for kind in kinds
        ]
        self.fields["measure"].help_text = _(
            "All measures of the kind end. What they took comes back; a status that was lost does not."
        )


def _kind_words(kind: str, count: int) -> str:
    return rules.measure_title(kind) if count == 1 else f"{rules.measure_title(kind)} × {count}"


class PointsForm(DecisionForm):
    """Points taken as a measure."""

    of_service = ("points", "clause", "reason")

    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=1)
    clause = forms.ChoiceField(label=gettext_lazy("Clause"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = clause_choices(rules.CLAUSE_WORDS)  # type: ignore[attr-defined]
        self.fields["clause"].initial = "T14"
        self.fields["points"].help_text = _("Taken from the active points that expire first.")


class SuspendForm(DecisionForm):
    """A suspension, with or without telling the partner (T3.4b)."""

    of_service = ("clause", "reason")

    clause = forms.ChoiceField(label=gettext_lazy("Clause"))
    tell = forms.BooleanField(
        label=gettext_lazy("Tell the partner"), required=False, initial=True,
        help_text=gettext_lazy("An inactive account may be suspended without notice (T3.4b)."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = clause_choices(rules.suspension_clauses())  # type: ignore[attr-defined]


class ReasonForm(DecisionForm):
    """A decision that needs nothing but its reason."""


class TerminateForm(DecisionForm):
    """The end of the agreement, or a termination as a measure; the name is typed to confirm."""

    GROUNDS = (
        ("agreement", gettext_lazy("The partner agreement has ended (T1.5)")),
        ("measure", gettext_lazy("A measure for a violation (T14)")),
    )

    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=GROUNDS, widget=forms.RadioSelect)
    clause = forms.ChoiceField(
        label=gettext_lazy("Clause that was violated"), required=False,
        help_text=gettext_lazy("For a measure."),
    )  # fmt: skip
    confirmed_name = forms.CharField(label=gettext_lazy("Company's name"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = clause_choices(rules.CLAUSE_WORDS)  # type: ignore[attr-defined]
        self.fields["clause"].initial = "T13"
        self.fields["ground"].initial = "agreement"
        self.fields["confirmed_name"].help_text = _("Type %(name)s to confirm.") % {"name": self.partner.name}
        self.fields["confirmed_name"].widget.attrs["autocomplete"] = "off"

    def given(self) -> dict[str, Any]:
        """The fields for terminate, or for a measure."""
        data = self.cleaned_data
        given = {"reason": data["reason"], "confirmed_name": data["confirmed_name"]}
        if data["ground"] == "measure":
            given |= {"measure": "terminate", "clause": data["clause"]}
        return given


class AdjustForm(DecisionForm):
    """A reduced discount (T3.6)."""

    of_service = ("percent", "restores", "reason")

    percent = forms.DecimalField(label=gettext_lazy("Reduced discount, percent"), min_value=0, max_value=100)
    restores = forms.CharField(
        label=gettext_lazy("What restores it"),
        help_text=gettext_lazy("The partner reads it."),
        max_length=rules.REASON_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["percent", "reason", "restores", "note"])


class ExcludeForm(DecisionForm):
    """A sale out of the targets (T3.2)."""

    of_service = ("sale", "ground", "reason")

    sale = forms.ChoiceField(label=gettext_lazy("Sale"))
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=list(rules.GROUND_WORDS.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = queries.countable_sales(self.partner.key)[:SALES_SHOWN]
        self.fields["sale"].choices = [(line.ident, _sale_words(line)) for line in lines]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("The partner reads it. An exclusion cannot be taken back.")


def _sale_words(line: queries.SaleLine) -> str:
    parts = (day_text(line.day), line.client, words_of(PRODUCTS, line.product), money_text(line.net), line.ident)
    return " · ".join(parts)
