"""Every form of both sites, sent twice as it stood on its page: done once, answered clearly both times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from honeyguide.access.table import ADMIN, MAIN, PAGES
from honeyguide.accounts.models import ApiKey, User
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.standing.models import HistoryUpload
from tests.live.access.objects import ARGUMENTS, Objects, make_objects
from tests.live.conftest import TODAY, World
from tests.live.safety.sending import Form, form_to, forms_in, send

SignIn = Callable[[User], Client]


@dataclass
class Sent:
    """A form: the page on which it stands (its own address unless another is named), and what is typed into it."""

    typed: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    previewed: bool = False
    """Whether a page with what will follow stands between the form and its deed."""


def _line(_objects: Objects) -> SimpleUploadedFile:
    text = f'{{"id":"x1","at":"{TODAY}T08:00:00Z","type":"course.completed","partner":"nectar","course":"sales"}}\n'
    return SimpleUploadedFile("more.jsonl", text.encode())


def _second_table(_objects: Objects) -> SimpleUploadedFile:
    return SimpleUploadedFile("more.csv", f"Partner,Client,Date,Amount\nnectar,Pollen,{TODAY},75\n".encode())


REASON = {"reason": "As we agreed by telephone."}
FORMS: dict[str, Sent] = {
    "portal:company_edit": Sent({"phone": "+44 20 7946 0958"}),
    "portal:change_withdraw": Sent(page="portal:company"),
    "portal:team_add": Sent({"email": "ellen@example.com", "name": "Ellen"}, page="portal:team"),
    "portal:team_remove": Sent(page="portal:team"),
    "portal:team_main": Sent(page="portal:team"),
    "portal:evidence_withdraw": Sent(page="portal:evidence"),
    "portal:nfr_withdraw": Sent(page="portal:nfr"),
    "confirm_project": Sent({"answer": "confirm", "name": "Hanna"}),
    "portal:points_earn_apply": Sent({"link": "https://nectar.example/story", "text": "Orders in a day."}),
    "portal:points_earn_claim_withdraw": Sent(page="portal:points_earn_claims"),
    "portal:business_review_answer": Sent({"answer": "yes"}, page="portal:business_reviews"),
    "portal:api_keys": Sent({"name": "Shop", "scopes": ["standing:read"]}),
    "portal:api_key_revoke": Sent(page="portal:api_keys"),
    "portal:notices_seen": Sent(page="portal:notices"),
    "portal:notice_settings": Sent({"digest": "daily"}),
    "portal:stop_mail": Sent(),
    "console:api_keys": Sent({"name": "Shop", "scopes": ["standing:read"]}),
    "console:api_key_revoke": Sent(page="console:api_keys"),
    "console:partner_add": Sent({"name": "Wax SA", "country": "FR", "email": "w@wax.example", "contact": "W"}),
    "console:partner_edit": Sent({"name": "Nectar Limited"}),
    "console:partner_manager": Sent(page="console:partner"),
    "console:partner_invite": Sent({"email": "ellen@example.com", "name": "Ellen"}, page="console:partner_people"),
    "console:invitation_revoke": Sent(page="console:partner_people"),
    "console:partner_unlink": Sent(page="console:partner_people"),
    "console:partner_main_user": Sent(page="console:partner_people"),
    "console:conduct_measure": Sent({"measure": "block_access", **REASON}, previewed=True),
    "console:conduct_points": Sent({"points": "5", **REASON}, previewed=True),
    "console:conduct_suspend": Sent({"clause": "T13", **REASON}, previewed=True),
    "console:conduct_terminate": Sent({"confirmed_name": "Nectar Ltd", **REASON}, previewed=True),
    "console:conduct_adjust": Sent({"percent": "30", "restores": "A plan.", **REASON}, previewed=True),
    "console:business_review_plan": Sent({"day": "2026-12-03", "time": "10:00", "place": "Hall", "agenda": "Figures"}),
    "console:business_review_change": Sent({"time": "15:00"}),
    "console:business_review_cancel": Sent({"reason": "Nobody can come."}),
    "console:changes": Sent({"action": "approve"}),
    "console:evidence": Sent({"action": "approve"}),
    "console:nfr": Sent({"action": "grant"}),
    "portal:points_exchange_new": Sent(),
    "portal:points_quote": Sent(),
    "portal:points_exchange_withdraw": Sent(page="portal:points_exchange"),
    "portal:points_plan_drop": Sent(page="portal:points_plan_kept"),
    "portal:points_campaign_new": Sent({"name": "Fair", "channel": "event", "ends_on": "2026-12-24"}),
    "portal:points_campaign": Sent({"leads_count": "7"}),
    "console:points_exchanges": Sent({"action": "approve"}),
    "console:points_prices_draft": Sent({"note": "Dearer courses"}),
    "console:points_prices_publish": Sent(page="console:points_prices"),
    "console:points_prices_discard": Sent(page="console:points_prices"),
    "console:points_stock": Sent({"left": "5"}, page="console:points_prices"),
    "console:points_matrix": Sent({"cell:course:promotion": "on"}),
    "console:points_promotions": Sent({"name": "A", "name_ru": "А", "ends_on": "2026-12-24", "sale_percent": "5"}),
    "console:points_promotion_end": Sent(page="console:points_promotions"),
    "console:points_claims": Sent({"action": "approve", "points": "400"}),
    "console:partner_issue": Sent({"points": "5", **REASON}, previewed=True),
    "console:points_tables": Sent({"kind": "deals", "file": _second_table}),
    "console:points_table_confirm": Sent(page="console:points_table"),
    "console:points_table_discard": Sent(page="console:points_table"),
    "console:courses": Sent({"partner": "comb", "course": "sales"}),
    "console:rulebook_draft_new": Sent({"note": "More room."}, page="console:rulebook_drafts"),
    "console:rulebook_draft_withdraw": Sent({"reason": "Not now."}, page="console:rulebook_draft"),
    "console:history_upload": Sent({"file": _line}, page="console:history"),
    "console:history_discard": Sent(page="console:history_import"),
    "console:view_as": Sent(page="console:partner"),
    "console:points_bonus_cancel": Sent(REASON, page="console:points_bonus"),
}
ELSEWHERE = {
    "console:rulebook_draft_edit": "tests/live/studio/test_pages.py",
    "console:rulebook_draft_file": "tests/live/studio/test_pages.py",
    "console:rulebook_draft_compare": "tests/live/studio/test_drafts.py",
    "console:rulebook_draft_propose": "tests/live/studio/test_drafts.py",
    "console:rulebook_draft_publish": "tests/live/studio/test_drafts.py",
    "console:rulebook_draft_send_back": "tests/live/studio/test_drafts.py",
    "console:rulebook_simulate": "tests/live/studio/test_simulation.py",
    "console:rulebook_revoke": "tests/live/studio/test_pages.py",
    "console:rulebook_revocation": "tests/live/studio/test_drafts.py",
    "profile": "the same row twice is the same row",
    "set_language": "the same",
    "set_theme": "the same",
    "join": "tests/live/portal/test_join.py",
    "portal:evidence_new": "tests/live/requirements/test_evidence.py",
    "portal:nfr_claim": "tests/live/requirements/test_nfr.py",
    "portal:points_plan_keep": "tests/live/rewards/test_pages.py",
    "console:points_prices_upload": "shows, and changes nothing",
    "portal:points_earn_project_new": "tests/live/earning/test_pages.py",
    "portal:points_earn_project_ask": "sent again on request, each time: tests/live/earning/test_projects.py",
    "portal:points_earn_project_withdraw": "tests/live/earning/test_projects.py",
    "console:points_projects": "tests/live/earning/test_projects.py",
    "console:points_held": "tests/live/earning/test_held.py",
    "console:points_table": "shows, and changes nothing",
    "console:points_table_undo": "tests/live/earning/test_tables.py",
    "console:points_table_plan": "tests/live/earning/test_large_tables.py",
    "console:notice_new": "tests/live/console/test_notices.py",
    "console:notice_mail_again": "tests/live/notices/test_mail.py",
    "console:partner_accept": "tests/live/console/test_partners.py",
    "console:invitation_resend": "sent again on request, each time: tests/live/joining/test_invitations.py",
    "console:conduct_lift": "tests/live/conduct/test_measures.py",
    "console:conduct_reinstate": "tests/live/conduct/test_measures.py",
    "console:conduct_restore": "tests/live/conduct/test_measures.py",
    "console:conduct_exclude": "tests/live/conduct/test_measures.py",
    "console:restatements": "tests/live/conduct/test_restatements.py",
    "console:business_review_record": "tests/live/reviews/test_business_reviews.py",
    "console:courses_preview": "shows, and changes nothing",
    "console:courses_import": "tests/live/requirements/test_courses.py",
    "console:history_export": "changes nothing",
    "console:history_confirm": "tests/live/console/test_history_pages.py",
    "console:points_award": "tests/live/bonuses/test_award.py",
    "console:view_as_stop": "tests/live/console/test_view_as.py",
}
"""Forms that need more than one page, and where they are sent twice."""
MADE = (Event, Notice, Partner, ApiKey, User, HistoryUpload)


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MADE}


def address(name: str, objects: Objects) -> str:
    return reverse(name, kwargs=ARGUMENTS[name](objects) if name in ARGUMENTS else None)


def sent_twice(client: Client, name: str, sent: Sent, objects: Objects) -> str:
    """What is wrong with the form; "" where nothing is."""
    form: Form = form_to(client, address(sent.page or name, objects), address(name, objects))
    if sent.previewed:
        shown = send(client, form, **sent.typed, step="preview")
        form = next(one for one in forms_in(shown, form.action) if "previewed" in one.values)
        form.values["step"] = "confirm"
    before, answers, after = counted(), [], []
    for _time in range(2):
        typed = {key: value(objects) if callable(value) else value for key, value in sent.typed.items()}
        answers.append(send(client, form, **typed))
        after.append(counted())
    first, second = answers
    if first.status_code >= 400:
        return f"first {first.status_code}: {first.content.decode()[-1500:]}"
    if name not in SILENT and after[0] == before:
        return "the first did nothing"
    if after[1] != after[0]:
        return f"done twice: {after[0]} and then {after[1]}"
    if second.status_code not in {200, 302, 404, 409, 410, 422}:
        return f"second {second.status_code}"
    if second.status_code >= 400 and not any(words in second.content for words in WORDS):
        return f"second {second.status_code} without words"
    return ""


SILENT = {"portal:business_review_answer", "portal:notices_seen", "portal:notice_settings", "portal:stop_mail",
          "console:history_discard", "console:points_tables", "console:points_table_discard",
          "portal:points_exchange_new", "console:points_prices_draft", "console:points_prices_discard",
          "console:partner_manager"}  # fmt: skip
"""What a person sets for themselves is no event."""
WORDS = (b'role="alert"', b"error-box", b"field-error", b"There is no such page", b"Answered already")


def test_every_form_is_sent_here_or_in_a_test_of_its_own() -> None:
    act = {name for name, page in PAGES.items() if page.act}
    assert act - set(FORMS) - set(ELSEWHERE) == set()
    assert (set(FORMS) | set(ELSEWHERE)) - act == set()


def test_a_form_that_is_sent_twice_does_its_work_once(world: World, sign_in: SignIn) -> None:
    objects = make_objects(world)
    clients = {MAIN: sign_in(world.alice), ADMIN: sign_in(world.staff["admin"])}
    wrong = {}
    for name, sent in FORMS.items():
        client = clients[ADMIN if name.startswith("console:") else MAIN]
        with transaction.atomic():
            try:
                problem = sent_twice(client, name, sent, objects)
            except AssertionError as missing:
                problem = str(missing)
            transaction.set_rollback(True)
        if problem:
            wrong[name] = problem
    assert wrong == {}, "\n\n".join(f"{name}: {problem}" for name, problem in wrong.items())
