"""Who may open which address and do what there: one table, walked through by the tests and shown in docs/access.md.

An address that is not in the table is closed to everybody, and a test fails. What an address shows of one object (a
partner, a case) is checked once more by the loader that fetches it.
"""

from dataclasses import dataclass

MAIN, EMPLOYEE = "main", "employee"
MANAGER, COMPLIANCE, FINANCE, SUPPORT, ADMIN = "manager", "compliance", "finance", "support", "admin"

ANYONE = frozenset({"anonymous", "unlinked", MAIN, EMPLOYEE, MANAGER, COMPLIANCE, FINANCE, SUPPORT, ADMIN})
KINDS = ANYONE
SIGNED_IN = ANYONE - {"anonymous"}
MEMBERS = frozenset({MAIN, EMPLOYEE})
MAIN_USER = frozenset({MAIN})
TEAM = frozenset({MANAGER, COMPLIANCE, FINANCE, SUPPORT, ADMIN})
MANAGERS = frozenset({MANAGER, ADMIN})
DECIDERS = frozenset({MANAGER, COMPLIANCE, ADMIN})
COMPLIANCE_TEAM = frozenset({COMPLIANCE, ADMIN})
SUPPORTERS = frozenset({SUPPORT, MANAGER, ADMIN})
ADMINS = frozenset({ADMIN})
EXPORTERS = frozenset({MANAGER, FINANCE, ADMIN})


@dataclass(frozen=True, slots=True)
class Page:
    """An address: who may look (GET, HEAD) and who may act (POST and the rest; empty: it takes none).

    `limited`: open to partners without the dashboard too (applicants, terminated, blocked: T7.1, T1.5, T14).
    """

    look: frozenset[str]
    act: frozenset[str] = frozenset()
    limited: bool = False


PAGES: dict[str, Page] = {
    "home": Page(ANYONE, limited=True),
    "rules_of": Page(SIGNED_IN, limited=True),
    "alive": Page(ANYONE),
    "ready": Page(ANYONE),
    # A person's own settings.
    "profile": Page(SIGNED_IN, act=SIGNED_IN, limited=True),
    "set_language": Page(frozenset(), act=ANYONE, limited=True),
    "set_theme": Page(frozenset(), act=ANYONE, limited=True),
    "join": Page(ANYONE, ANYONE, limited=True),
    "confirm_project": Page(ANYONE, ANYONE, limited=True),
    # The partner's site.
    "portal:home": Page(MEMBERS, limited=True),
    "portal:rules": Page(MEMBERS, limited=True),
    "portal:rules_version": Page(MEMBERS, limited=True),
    "portal:status": Page(MEMBERS),
    "portal:status_rank": Page(MEMBERS),
    "portal:what_if": Page(MEMBERS),
    "portal:company": Page(MEMBERS),
    "portal:company_edit": Page(MEMBERS, MEMBERS),
    "portal:company_history": Page(MEMBERS),
    "portal:change_withdraw": Page(MEMBERS, MEMBERS),
    "portal:team": Page(MEMBERS),
    "portal:team_add": Page(MAIN_USER, MAIN_USER),
    "portal:team_remove": Page(MAIN_USER, MAIN_USER),
    "portal:team_main": Page(MAIN_USER, MAIN_USER),
    "portal:evidence": Page(MEMBERS),
    "portal:evidence_new": Page(MEMBERS, MEMBERS),
    "portal:evidence_withdraw": Page(MEMBERS, MEMBERS),
    "portal:evidence_file": Page(MEMBERS),
    "portal:nfr": Page(MEMBERS),
    "portal:nfr_claim": Page(MAIN_USER, MAIN_USER),
    "portal:nfr_withdraw": Page(MAIN_USER, MAIN_USER),
    "portal:business_reviews": Page(MEMBERS),
    "portal:business_review_answer": Page(MEMBERS, MEMBERS),
    "portal:business_review_file": Page(MEMBERS),
    "portal:api_keys": Page(MAIN_USER, MAIN_USER),
    "portal:api_key_revoke": Page(MAIN_USER, MAIN_USER),
    "portal:notices": Page(MEMBERS, limited=True),
    "portal:notices_seen": Page(MEMBERS, MEMBERS, limited=True),
    "portal:notice": Page(MEMBERS, limited=True),
    "portal:notice_file": Page(MEMBERS, limited=True),
    "portal:stop_mail": Page(ANYONE, ANYONE, limited=True),
    "portal:notice_settings": Page(MEMBERS, MEMBERS, limited=True),
    # The partner's points.
    "portal:points": Page(MEMBERS),
    "portal:points_history": Page(MEMBERS),
    "portal:points_calendar": Page(MEMBERS),
    "portal:points_statements": Page(MEMBERS),
    "portal:points_statement": Page(MEMBERS),
    "portal:points_statement_pdf": Page(MEMBERS),
    "portal:points_statement_csv": Page(MEMBERS),
    "portal:points_bonuses": Page(MEMBERS),
    "portal:points_earn": Page(MEMBERS),
    "portal:points_earn_apply": Page(MEMBERS, MEMBERS),
    "portal:points_earn_claims": Page(MEMBERS),
    "portal:points_earn_claim_withdraw": Page(MEMBERS, MEMBERS),
    "portal:points_earn_file": Page(MEMBERS),
    "portal:points_earn_projects": Page(MEMBERS),
    "portal:points_earn_project_new": Page(MEMBERS, MEMBERS),
    "portal:points_earn_project": Page(MEMBERS),
    "portal:points_earn_project_ask": Page(MEMBERS, MEMBERS),
    "portal:points_earn_project_withdraw": Page(MEMBERS, MEMBERS),
    "portal:points_calculator": Page(MEMBERS),
    "portal:points_catalogue": Page(MEMBERS),
    "portal:points_exchange_new": Page(MEMBERS, MEMBERS),
    "portal:points_quote": Page(MEMBERS, MAIN_USER),
    "portal:points_exchanges": Page(MEMBERS),
    "portal:points_exchange": Page(MEMBERS),
    "portal:points_exchange_withdraw": Page(MAIN_USER, MAIN_USER),
    "portal:points_plan": Page(MEMBERS),
    "portal:points_plan_keep": Page(MEMBERS, MEMBERS),
    "portal:points_plan_kept": Page(MEMBERS),
    "portal:points_plan_drop": Page(MEMBERS, MEMBERS),
    "portal:points_campaigns": Page(MEMBERS),
    "portal:points_campaign_new": Page(MEMBERS, MEMBERS),
    "portal:points_campaign": Page(MEMBERS, MEMBERS),
    # The operator's site.
    "console:home": Page(TEAM),
    "console:api_keys": Page(ADMINS, ADMINS),
    "console:api_key_revoke": Page(ADMINS, ADMINS),
    "console:notices": Page(TEAM),
    "console:notice": Page(TEAM),
    "console:notice_file": Page(TEAM),
    "console:notice_new": Page(DECIDERS, DECIDERS),
    "console:notice_mail_again": Page(DECIDERS, DECIDERS),
    "console:partner_notices": Page(TEAM),
    "console:partners": Page(TEAM),
    "console:partner_add": Page(MANAGERS, MANAGERS),
    "console:partner": Page(TEAM),
    "console:partner_history": Page(TEAM),
    "console:partner_people": Page(TEAM),
    "console:partner_company": Page(TEAM),
    "console:partner_edit": Page(MANAGERS, MANAGERS),
    "console:partner_accept": Page(MANAGERS, MANAGERS),
    "console:partner_manager": Page(MANAGERS, MANAGERS),
    "console:partner_invite": Page(MANAGERS, MANAGERS),
    "console:invitation_resend": Page(MANAGERS, MANAGERS),
    "console:invitation_revoke": Page(MANAGERS, MANAGERS),
    "console:partner_unlink": Page(MANAGERS, MANAGERS),
    "console:partner_main_user": Page(MANAGERS, MANAGERS),
    "console:partner_conduct": Page(TEAM),
    "console:conduct_measure": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_lift": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_points": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_suspend": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_reinstate": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_terminate": Page(COMPLIANCE_TEAM, COMPLIANCE_TEAM),
    "console:conduct_adjust": Page(MANAGERS, MANAGERS),
    "console:conduct_restore": Page(MANAGERS, MANAGERS),
    "console:conduct_exclude": Page(MANAGERS, MANAGERS),
    "console:measures": Page(TEAM),
    "console:adjustments": Page(TEAM),
    "console:restatements": Page(TEAM, COMPLIANCE_TEAM),
    "console:reviews": Page(TEAM),
    "console:reviews_calendar": Page(TEAM),
    "console:at_risk": Page(TEAM),
    "console:partner_reviews": Page(TEAM),
    "console:business_reviews": Page(TEAM),
    "console:business_review": Page(TEAM),
    "console:business_review_file": Page(TEAM),
    "console:business_review_plan": Page(MANAGERS, MANAGERS),
    "console:business_review_change": Page(MANAGERS, MANAGERS),
    "console:business_review_cancel": Page(MANAGERS, MANAGERS),
    "console:business_review_record": Page(MANAGERS, MANAGERS),
    "console:changes": Page(TEAM, DECIDERS),
    "console:evidence": Page(TEAM, DECIDERS),
    "console:evidence_file": Page(TEAM),
    "console:nfr": Page(TEAM, DECIDERS),
    "console:nfr_licences": Page(TEAM),
    "console:courses": Page(DECIDERS, DECIDERS),
    "console:courses_preview": Page(DECIDERS, DECIDERS),
    "console:courses_import": Page(DECIDERS, DECIDERS),
    "console:history": Page(EXPORTERS),
    "console:history_export": Page(EXPORTERS, EXPORTERS),
    "console:history_upload": Page(MANAGERS, MANAGERS),
    "console:history_import": Page(MANAGERS),
    "console:history_confirm": Page(MANAGERS, MANAGERS),
    "console:history_discard": Page(MANAGERS, MANAGERS),
    # All partners' points.
    "console:points": Page(TEAM),
    "console:points_export": Page(EXPORTERS),
    "console:points_bonuses": Page(TEAM),
    "console:points_award": Page(MANAGERS, MANAGERS),
    "console:points_bonus": Page(TEAM),
    "console:points_bonus_cancel": Page(MANAGERS, MANAGERS),
    "console:points_exchanges": Page(TEAM, MANAGERS),
    "console:points_prices": Page(TEAM),
    "console:points_prices_draft": Page(MANAGERS, MANAGERS),
    "console:points_prices_upload": Page(MANAGERS, MANAGERS),
    "console:points_prices_publish": Page(MANAGERS, MANAGERS),
    "console:points_prices_discard": Page(MANAGERS, MANAGERS),
    "console:points_prices_csv": Page(TEAM),
    "console:points_stock": Page(MANAGERS, MANAGERS),
    "console:points_matrix": Page(TEAM, MANAGERS),
    "console:points_promotions": Page(TEAM, MANAGERS),
    "console:points_promotion_end": Page(MANAGERS, MANAGERS),
    "console:points_campaigns": Page(TEAM),
    "console:points_claims": Page(TEAM, DECIDERS),
    "console:points_projects": Page(TEAM, DECIDERS),
    "console:points_held": Page(TEAM, DECIDERS),
    "console:points_file": Page(TEAM),
    "console:points_tables": Page(MANAGERS, MANAGERS),
    "console:points_table": Page(MANAGERS, MANAGERS),
    "console:points_table_confirm": Page(MANAGERS, MANAGERS),
    "console:points_table_discard": Page(MANAGERS, MANAGERS),
    "console:points_table_undo": Page(MANAGERS, MANAGERS),
    "console:partner_earned": Page(TEAM),
    "console:partner_movements": Page(TEAM),
    "console:partner_issue": Page(MANAGERS, MANAGERS),
    "console:rulebook": Page(TEAM),
    "console:rulebook_versions": Page(TEAM),
    "console:rulebook_version": Page(TEAM),
    "console:rulebook_file": Page(TEAM),
    "console:rulebook_drafts": Page(TEAM),
    "console:rulebook_draft": Page(TEAM),
    "console:rulebook_draft_download": Page(TEAM),
    "console:rulebook_simulation": Page(TEAM),
    "console:rulebook_simulation_moves": Page(TEAM),
    "console:rulebook_simulation_near": Page(TEAM),
    "console:rulebook_simulation_report": Page(TEAM),
    # A draft is written by its author, and published by another of these (studio.rules).
    "console:rulebook_draft_new": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_edit": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_file": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_compare": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_withdraw": Page(MANAGERS, MANAGERS),
    "console:rulebook_simulate": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_propose": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_publish": Page(MANAGERS, MANAGERS),
    "console:rulebook_draft_send_back": Page(MANAGERS, MANAGERS),
    "console:rulebook_revoke": Page(MANAGERS, MANAGERS),
    "console:rulebook_revocation": Page(MANAGERS, MANAGERS),
    "console:view_as": Page(SUPPORTERS, SUPPORTERS),
    "console:view_as_stop": Page(SUPPORTERS, SUPPORTERS),
}
"""By the name of the address (`app:name`)."""
