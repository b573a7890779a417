"""`honeyguide check`: whether an installation is sound, one line for each thing that is looked at."""

import smtplib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import typer
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from honeyguide.cli.errors import Failed
from honeyguide.common import clock
from honeyguide.common.jobs import last_run
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.history.guards import missing
from honeyguide.program.rulebook import Rulebook, RulebookError
from honeyguide.rulebooks.queries import all_versions

app = typer.Typer(add_completion=False)

MAIL_WITHIN_S = 10
DATABASE_WITHIN_S = 3
"""A page waits longer for one of the pool's connections; here nobody else uses them."""
NIGHTLY_JOB = "standing"
GUARDED_TABLE = "history_event"


class Verdict(StrEnum):
    """How a thing was found."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its verdict, and a line that says what is so or what to do."""

    verdict: Verdict
    about: str
    text: str


@app.command()
def check() -> None:
    """Check settings, database, files, rulebook and mail, one line each. Exit status 1 if something is wrong."""
    if pool := connection.settings_dict["OPTIONS"].get("pool"):
        pool["timeout"] = DATABASE_WITHIN_S
    findings = [finding for look in CHECKS for finding in look()]
    for finding in findings:
        typer.echo(f"{finding.verdict:4}  {finding.about:9}  {finding.text}")
    bad = sum(finding.verdict == Verdict.BAD for finding in findings)
    if bad:
        raise Failed(f"{bad} of {len(findings)} need attention.", status=1)


def check_settings() -> list[Finding]:
    """Django's own checks, those for servers included unless the site is this machine's alone."""
    messages = checks.run_checks(include_deployment_checks=not settings.IS_LOCAL)
    found = [
        Finding(Verdict.BAD if message.level >= checks.ERROR else Verdict.NOTE, "settings", _line(message))
        for message in messages
        if not message.is_silenced()
    ]
    return found or [Finding(Verdict.OK, "settings", f"for {settings.PUBLIC_URL}")]


def _line(message: checks.CheckMessage) -> str:
    return f"{message.id}: {message.msg}" + (f" {message.hint}" if message.hint else "")


def check_database() -> list[Finding]:
    """Whether it answers, has this version's tables, and holds the guards of the history."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            return [Finding(Verdict.BAD, "database", f"{waiting} migrations are waiting: run `honeyguide migrate`")]
        unguarded = missing(connection, GUARDED_TABLE)
    except DatabaseError as error:
        return [Finding(Verdict.BAD, "database", f"does not answer: {str(error).strip()}")]
    if unguarded:
        names = ", ".join(unguarded)
        return [Finding(Verdict.BAD, "database", f"triggers are missing: {names}; restore from a whole backup")]
    return [Finding(Verdict.OK, "database", f"{connection.vendor}, tables of this version, history append-only")]


def check_data_dir() -> list[Finding]:
    """Whether files that people hand in can be kept."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        return [Finding(Verdict.BAD, "files", f"{settings.DATA_DIR} cannot be written: {error.strerror}")]
    return [Finding(Verdict.OK, "files", f"{settings.DATA_DIR} can be written")]


def check_rulebook() -> list[Finding]:
    """Whether the rulebook in force can be used, and every version that was published after the file."""
    try:
        first_rulebook()
        today = clock.program_day(clock.read())
        return [_rulebook_finding(all_versions().on(today))]
    except RulebookError as error:
        return [Finding(Verdict.BAD, "rulebook", line) for line in str(error).splitlines()]
    except OSError as error:
        return [Finding(Verdict.BAD, "rulebook", f"{settings.RULEBOOK_PATH}: {error.strerror}")]
    except DatabaseError:
        return [_rulebook_finding(first_rulebook())]  # why it does not answer is told already


def _rulebook_finding(rulebook: Rulebook) -> Finding:
    return Finding(Verdict.OK, "rulebook", f"{rulebook.name} {rulebook.version}, days in {rulebook.time_zone}")


def check_mail() -> list[Finding]:
    """Whether the mail server can be reached and lets this installation in; no mail is sent."""
    mailer: dict[str, Any] = settings.MAILERS["default"]
    options: dict[str, Any] = mailer.get("OPTIONS", {})
    if "host" not in options:
        verdict = Verdict.OK if settings.IS_LOCAL else Verdict.NOTE
        return [Finding(verdict, "mail", "no HONEYGUIDE_SMTP_HOST: mails are put into files")]
    where = f"{options['host']}:{options['port']}"
    try:
        with smtplib.SMTP(options["host"], options["port"], timeout=MAIL_WITHIN_S) as server:
            if options["use_tls"]:
                server.starttls()
            if options["username"]:
                server.login(options["username"], options["password"])
    except (OSError, smtplib.SMTPException) as error:
        return [Finding(Verdict.BAD, "mail", f"{where} cannot be used: {type(error).__name__}")]
    return [Finding(Verdict.OK, "mail", f"{where} can be used")]


def check_nightly() -> list[Finding]:
    """Whether the worker has done the nightly run lately."""
    try:
        run = last_run(NIGHTLY_JOB)
    except DatabaseError:
        return []  # told already
    if run is None:
        return [Finding(Verdict.NOTE, "nightly", "has not run yet: start `honeyguide worker`")]
    days = (clock.program_day(clock.read()) - run.day).days
    if days > 1:
        return [Finding(Verdict.BAD, "nightly", f"ran last for {run.day}: see whether `honeyguide worker` runs")]
    return [Finding(Verdict.OK, "nightly", f"ran for {run.day}")]


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    check_settings,
    check_database,
    check_data_dir,
    check_rulebook,
    check_mail,
    check_nightly,
)
