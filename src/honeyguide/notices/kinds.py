"""Kinds of notices: what each is called, where it belongs, and by which clause it is sent.

To add one: a line in KINDS, and the templates `notices/<name>.subject.txt` (one line) and `notices/<name>.body.txt`
(paragraphs; the greeting, the link and the signature are put around it). Both are rendered once in each language, so
words stand in {% translate %} and {% blocktranslate %}. They have what `send` is given as `context`, and `partner`,
`deadline`, `language`.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What a notice is about, for the filter of the list."""

    STATUS = "status", _("Status and discount")
    REQUIREMENTS = "requirements", _("Requirements and evidence")
    ACCOUNT = "account", _("Company and people")
    DOCUMENTS = "documents", _("Agreements and documents")
    CONDUCT = "conduct", _("Rules and measures")
    POINTS = "points", _("Points and bonuses")
    NEWS = "news", _("News of the program")


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind. `optional`: its mail may be switched off by the reader; the notice itself is always in the list."""

    name: str
    category: Category
    title: Promise
    clause: str = ""
    optional: bool = False

    @property
    def subject_template(self) -> str:
        """The template of the line that the list shows."""
        return f"notices/{self.name}.subject.txt"

    @property
    def body_template(self) -> str:
        """The template of the text."""
        return f"notices/{self.name}.body.txt"


_ALL = (
    NoticeKind("status_accepted", Category.STATUS, _("Accepted into the program"), "T1.3"),
    NoticeKind("status_upgraded", Category.STATUS, _("Status reached"), "T3"),
    NoticeKind("status_regained", Category.STATUS, _("Status regained"), "T3.5"),
    NoticeKind("status_confirmed", Category.STATUS, _("Status confirmed"), "T3.4a"),
    NoticeKind("status_downgraded", Category.STATUS, _("Status lowered"), "T3.4a"),
    NoticeKind("status_cancelled", Category.STATUS, _("Status cancelled"), "T3.1.1a"),
    NoticeKind("status_suspended", Category.STATUS, _("Status suspended"), "T3.4b"),
    NoticeKind("status_reinstated", Category.STATUS, _("Status reinstated"), "T3.4b"),
    NoticeKind("status_terminated", Category.STATUS, _("Participation ended"), "T1.5"),
    NoticeKind("status_measure", Category.CONDUCT, _("Status changed by a measure"), "T14"),
    NoticeKind("discount_changed", Category.STATUS, _("Discount changed"), "T3.2"),
    NoticeKind("partner_accepted", Category.ACCOUNT, _("Application accepted"), "T1.3"),
    NoticeKind("member_linked", Category.ACCOUNT, _("Employee linked"), "T7.2"),
    NoticeKind("profile_change_approved", Category.ACCOUNT, _("Change approved"), "T7.2"),
    NoticeKind("profile_change_declined", Category.ACCOUNT, _("Change declined"), "T7.2"),
    NoticeKind("measure_applied", Category.CONDUCT, _("Measure taken"), "T14"),
    NoticeKind("measure_lifted", Category.CONDUCT, _("Measure lifted"), "T14"),
    NoticeKind("points_cancelled", Category.CONDUCT, _("Points cancelled"), "T14"),
    NoticeKind("suspended", Category.CONDUCT, _("Participation suspended"), "T3.4b"),
    NoticeKind("reinstated", Category.CONDUCT, _("Participation reinstated"), "T3.4b"),
    NoticeKind("terminated", Category.CONDUCT, _("Agreement ended"), "T1.5"),
    NoticeKind("discount_adjusted", Category.CONDUCT, _("Discount reduced"), "T3.6"),
    NoticeKind("discount_restored", Category.CONDUCT, _("Discount restored"), "T3.6"),
    NoticeKind("sale_excluded", Category.CONDUCT, _("Sale taken out of the targets"), "T3.2"),
    NoticeKind("restatement_applied", Category.CONDUCT, _("Earlier decision corrected"), "T3.4a"),
    NoticeKind("business_review_scheduled", Category.STATUS, _("Business review scheduled"), "T3.1.3b"),
    NoticeKind("business_review_changed", Category.STATUS, _("Business review moved"), "T3.1.3b"),
    NoticeKind("business_review_cancelled", Category.STATUS, _("Business review cancelled"), "T3.1.3b"),
    NoticeKind("evidence_approved", Category.REQUIREMENTS, _("Evidence approved"), "T3.1"),
    NoticeKind("evidence_declined", Category.REQUIREMENTS, _("Evidence declined"), "T3.1"),
    NoticeKind("evidence_withdrawn", Category.REQUIREMENTS, _("Approval of evidence withdrawn"), "T3.1"),
    NoticeKind("nfr_granted", Category.REQUIREMENTS, _("Licence not for resale granted"), "T8"),
    NoticeKind("nfr_declined", Category.REQUIREMENTS, _("Licence not for resale declined"), "T8"),
    NoticeKind("nfr_ending", Category.REQUIREMENTS, _("Licence not for resale ends soon"), "T8"),
    NoticeKind("nfr_extended", Category.REQUIREMENTS, _("Licence not for resale extended"), "T8"),
    NoticeKind("nfr_ended", Category.REQUIREMENTS, _("Licence not for resale over"), "T8"),
    NoticeKind("bonus_kickstart", Category.POINTS, _("Kickstart bonus given"), "T9a"),
    NoticeKind("bonus_award", Category.POINTS, _("Award bonus given"), "T10"),
    NoticeKind("bonus_cancelled", Category.POINTS, _("Bonus cancelled"), "T9b"),
    NoticeKind("bonus_expiring", Category.POINTS, _("Bonus expires soon"), "T9a"),
    NoticeKind("points_expiring", Category.POINTS, _("Points expire soon"), "G4.5"),
    NoticeKind("claim_approved", Category.POINTS, _("Points for an activity"), "T4.1"),
    NoticeKind("claim_refused", Category.POINTS, _("No points for an activity"), "T4.1"),
    NoticeKind("project_accepted", Category.POINTS, _("Project report accepted"), "G1.3"),
    NoticeKind("project_refused", Category.POINTS, _("Project refused"), "G1.3"),
    NoticeKind("project_confirmed", Category.POINTS, _("Project confirmed by the client"), "G1.3"),
    NoticeKind("project_disputed", Category.POINTS, _("Project not confirmed by the client"), "G1.3"),
    NoticeKind("deal_accepted", Category.POINTS, _("Points for a repeat deal"), "G1.4"),
    NoticeKind("deal_refused", Category.POINTS, _("No points for a repeat deal"), "G1.4"),
    NoticeKind("points_issue", Category.POINTS, _("Points issued"), "T4.1"),
    NoticeKind("points_cancel", Category.POINTS, _("Award cancelled"), "T4.2"),
    NoticeKind("points_correct", Category.POINTS, _("Award corrected"), "T4.2"),
    NoticeKind("reward_prices", Category.POINTS, _("New prices in points"), "G2.3"),
    NoticeKind("exchange_approved", Category.POINTS, _("Exchange approved"), "G2.4"),
    NoticeKind("exchange_refused", Category.POINTS, _("Exchange refused"), "G2.4"),
    NoticeKind("exchange_fulfilled", Category.POINTS, _("Exchange handed over"), "G2.1"),
    NoticeKind("exchange_cancelled", Category.POINTS, _("Exchange cancelled"), "G2.7"),
    NoticeKind("rules_announced", Category.NEWS, _("New version of the rules"), "T2.1.2"),
    NoticeKind("rules_revoked", Category.NEWS, _("New version of the rules revoked"), "T2.1.2"),
    NoticeKind("announcement", Category.NEWS, _("Announcement"), optional=True),
    NoticeKind("letter", Category.DOCUMENTS, _("Letter of the program"), "T1.7.1"),
)
KINDS: dict[str, NoticeKind] = {kind.name: kind for kind in _ALL}
"""By name. Each room adds its own lines above."""
WRITTEN_KINDS = ("announcement", "letter")
"""Those whose words the operator writes."""


def kind_named(name: str) -> NoticeKind:
    """The kind with this name."""
    if name not in KINDS:
        raise AssertionError(f"{name}: add it to notices.kinds, with its templates")
    return KINDS[name]
