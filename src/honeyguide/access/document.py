"""The table of access as a page of the documentation: docs/access.md."""

import re
from collections.abc import Sequence

from honeyguide.access.addresses import Address, addresses
from honeyguide.access.table import (
    ADMIN,
    ANYONE,
    COMPLIANCE,
    EMPLOYEE,
    FINANCE,
    MAIN,
    MANAGER,
    MEMBERS,
    PAGES,
    SIGNED_IN,
    SUPPORT,
    TEAM,
)

HEAD = """# Who may open what

Each address is closed unless this table opens it. The table is `honeyguide.access.table`; a request is matched with it
before its view runs, and the tests walk through it: every address as every kind of visitor. This page is written from
it by `scripts/write_access_page.py`.

- **Look**: GET and HEAD. **Act**: all else; – takes nothing.
- **Always**: open to companies without the dashboard too: applicants, suspended, blocked and former partners.
- Who is not named gets: signed out, the login; on the other side of the house, 404; on their own side, 403 with the
  reason. An object of another company is 404 to everybody outside.
- The team looks at a partner's pages only as the partner sees them (support, partner managers, administrators): then
  nothing can be changed, and both ends are recorded.
- `/account/` (signing in, passkeys), `/data/` (raw data, administrators) and `/api/` (keys) have gates of their own.
"""
_TYPED = re.compile(r"<\w+:(\w+)>")
_SECTIONS = (
    ("The partner's site", "portal:"),
    ("The operator's site", "console:"),
    ("Everybody's", ""),
)
_WORDS = {
    "anonymous": "signed out",
    "unlinked": "logins without a company",
    MAIN: "main user",
    EMPLOYEE: "employees",
    MANAGER: "partner managers",
    COMPLIANCE: "compliance",
    FINANCE: "finance",
    SUPPORT: "support",
    ADMIN: "administrators",
}


def document() -> str:
    """The page: Markdown, a table for each site."""
    left = [address for address in addresses() if address.name in PAGES]
    parts = [HEAD]
    for title, prefix in _SECTIONS:
        chosen = [address for address in left if address.name.startswith(prefix)]
        left = [address for address in left if address not in chosen]
        parts.append(f"\n## {title}\n\n{_table(chosen)}")
    return "".join(parts)


def _table(chosen: Sequence[Address]) -> str:
    lines = ["| address | look | act | always |", "| --- | --- | --- | --- |"]
    for address in sorted(chosen, key=lambda address: address.path):
        page = PAGES[address.name]
        always = "yes" if page.limited else ""
        path = _TYPED.sub(r"<\1>", address.path)
        lines.append(f"| `{path}` | {_who(page.look)} | {_who(page.act)} | {always} |")
    return "\n".join(lines) + "\n"


def _who(kinds: frozenset[str]) -> str:
    if not kinds:
        return "–"
    groups = {ANYONE: "anyone", SIGNED_IN: "anyone signed in", MEMBERS: "main user, employees", TEAM: "the whole team"}
    return groups.get(kinds) or ", ".join(word for kind, word in _WORDS.items() if kind in kinds)
