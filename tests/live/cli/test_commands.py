"""Commands of the live system, run in this process on the tests' database."""

import socket
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from honeyguide.accounts.models import Role, User
from honeyguide.cli import check, main, serve
from honeyguide.cli.check import Finding, Verdict
from honeyguide.common.models import JobRun
from honeyguide.history import guards
from honeyguide.history.models import Event
from tests.live.conftest import NOW, TODAY

PASSWORD = "a long enough one"


def admin(*arguments: str) -> int:
    return main.run(["createadmin", "--email", "Ada@Vendor.example", "--name", "Ada Novak", *arguments])


@pytest.mark.django_db
def test_the_first_administrator_can_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HONEYGUIDE_ADMIN_PASSWORD", PASSWORD)
    assert admin() == 0
    assert capsys.readouterr().out == "ada@vendor.example may sign in as administrator.\n"
    user = User.objects.get(email="ada@vendor.example")
    assert (user.role, user.is_staff, user.is_superuser) == (Role.ADMIN, True, True)
    assert EmailAddress.objects.get(user=user).verified
    assert Client().login(username=user.email, email=user.email, password=PASSWORD)
    event = Event.objects.get(type="person.added")
    assert PASSWORD not in str(event.data)


@pytest.mark.django_db
def test_a_weak_password_a_bad_address_and_a_second_login_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HONEYGUIDE_ADMIN_PASSWORD", "short")
    assert admin() == 1
    assert "at least 10 characters" in capsys.readouterr().err
    monkeypatch.setenv("HONEYGUIDE_ADMIN_PASSWORD", PASSWORD)
    assert main.run(["createadmin", "--email", "nobody", "--name", "N"]) == 1
    assert User.objects.count() == 0
    assert admin() == 0
    assert admin() == 1
    assert "somebody's login already" in capsys.readouterr().err
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_migrate_says_that_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["migrate"]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


@pytest.mark.django_db
def test_check_has_a_line_for_each_thing(capsys: pytest.CaptureFixture[str]) -> None:
    JobRun.objects.create(job="standing", day=TODAY, worker="w", claimed_at=NOW, finished_at=NOW)
    assert main.run(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in lines} == {"settings", "database", "files", "rulebook", "mail", "nightly"}
    assert {line.split()[0] for line in lines} <= {"ok", "note"}


@pytest.mark.django_db
def test_check_fails_with_migrations_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    MigrationRecorder.Migration.objects.filter(app="history").delete()
    assert main.run(["check"]) == 1
    told = capsys.readouterr()
    assert "migrations are waiting: run `honeyguide migrate`" in told.out
    assert "need attention" in told.err


@pytest.mark.django_db
def test_check_sees_a_history_without_its_guards() -> None:
    guards.remove(connection, "history_event")
    found = check.check_database()
    assert [finding.verdict for finding in found] == [Verdict.BAD]
    assert "triggers are missing" in found[0].text


@pytest.mark.django_db
def test_check_sees_a_nightly_run_that_did_not_come() -> None:
    assert check.check_nightly()[0].verdict == Verdict.NOTE
    JobRun.objects.create(
        job="standing", day=TODAY.replace(day=TODAY.day - 3), worker="w", claimed_at=NOW, finished_at=NOW
    )
    assert check.check_nightly()[0].verdict == Verdict.BAD


def test_check_sees_what_cannot_be_used(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "file" / "inside"
    (tmp_path / "file").write_text("no folder")
    assert check.check_data_dir()[0].verdict == Verdict.BAD
    settings.RULEBOOK_PATH = str(tmp_path / "none.toml")
    assert [finding.verdict for finding in check.check_rulebook()] == [Verdict.BAD]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        options = {
            "host": "127.0.0.1",
            "port": closed.getsockname()[1],
            "use_tls": True,
            "username": "u",
            "password": "p",
        }
        settings.MAILERS = {"default": {"BACKEND": "x", "OPTIONS": options}}
        found = check.check_mail()
    assert found == [
        Finding(Verdict.BAD, "mail", f"127.0.0.1:{options['port']} cannot be used: ConnectionRefusedError")
    ]


@pytest.mark.django_db
def test_serve_warns_of_migrations_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "leave_connections", lambda: None)  # the test goes on with its own
    assert serve.warnings_before_serving(4) == []
    MigrationRecorder.Migration.objects.filter(app="history").delete()
    assert "run `honeyguide migrate`" in serve.warnings_before_serving(4)[0]
