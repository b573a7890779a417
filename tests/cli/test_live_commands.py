"""The commands of the live system as somebody meets them who starts them: processes, ports, signals."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from honeyguide.cli.main import MOUNTS, app
from honeyguide.demo.logins import LOGINS, PASSWORD

COMMAND = [sys.executable, "-m", "honeyguide.cli"]
STARTED_WITHIN_S = 240
STOPPED_WITHIN_S = 30


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("HONEYGUIDE_", "DJANGO_", "DATABASE_"))
    }  # fmt: skip
    return kept | {"HONEYGUIDE_DATA_DIR": str(data), "COLUMNS": "120"} | more


def honeyguide(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=STARTED_WITHIN_S,
        encoding="utf-8", env=environment(data, **more),
    )  # fmt: skip


@pytest.fixture
def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@pytest.mark.parametrize("name", sorted(MOUNTS))
def test_each_command_says_what_it_does(name: str) -> None:
    answer = CliRunner(env={"COLUMNS": "120"}).invoke(app, [name, "--help"], prog_name="honeyguide")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert f"Usage: honeyguide {name} " in answer.stdout


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in (("serve", "--port", port), ("demo", "--port", port, "--data", str(tmp_path))):
            answer = honeyguide(tmp_path, *command)
            assert answer.returncode == 2
            assert answer.stderr.startswith(f"127.0.0.1:{port} cannot be listened on (Address already in use): stop")
            assert "Traceback" not in answer.stderr
    assert not (tmp_path / "honeyguide.sqlite3").exists()


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HONEYGUIDE_PUBLIC_URL", "partners", "HONEYGUIDE_PUBLIC_URL = 'partners': expected an address"),
        ("HONEYGUIDE_DEBUG", "maybe", "HONEYGUIDE_DEBUG = 'maybe': expected 1 or 0"),
        ("HONEYGUIDE_PUBLIC_URL", "https://partners.example", "HONEYGUIDE_SECRET_KEY is missing"),
        ("HONEYGUIDE_LOG_LEVEL", "LOUD", "HONEYGUIDE_LOG_LEVEL = 'LOUD': expected one of debug, info, warning, error"),
        ("HONEYGUIDE_LOG_FORMAT", "xml", "HONEYGUIDE_LOG_FORMAT = 'xml': expected one of json, console"),
        ("HONEYGUIDE_SMTP_TLS", "maybe", "HONEYGUIDE_SMTP_TLS = 'maybe': expected one of 1, 0, implicit"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is no address of a database: expected postgresql://"),
        ("DATABASE_URL", "postgresql://h:a-secret@host:notaport/x", "DATABASE_URL is no address of a database"),
        ("DATABASE_URL", "mysql://h:a-secret@host/x", "DATABASE_URL: django.db.backends.mysql is not supported"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, variable: str, value: str, told: str) -> None:
    answer = honeyguide(tmp_path, "check", **{variable: value})
    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "a-secret" not in answer.stderr


@pytest.mark.parametrize(
    ("tls", "expected"), [("", "True False 587"), ("yes", "True False 587"), ("0", "False False 587"),
                          ("implicit", "False True 465")],
)  # fmt: skip
def test_mail_goes_by_starttls_implicit_tls_or_neither(tmp_path: Path, tls: str, expected: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from honeyguide.config.settings import MAILERS; found = MAILERS['default']['OPTIONS'];"
         "print(found['use_tls'], found['use_ssl'], found['port'])"],
        capture_output=True, encoding="utf-8", check=True,
        env=environment(tmp_path, HONEYGUIDE_SMTP_HOST="mail.example", HONEYGUIDE_SMTP_TLS=tls),
    )  # fmt: skip
    assert told.stdout.strip() == expected


def test_a_database_that_does_not_answer_is_said_in_words(tmp_path: Path, free_port: int) -> None:
    nowhere = f"postgresql://u:a-secret@127.0.0.1:{free_port}/none"
    answer = honeyguide(tmp_path, "check", DATABASE_URL=nowhere)
    assert answer.returncode == 1
    assert "bad   database   does not answer" in answer.stdout
    assert "a-secret" not in answer.stdout + answer.stderr


class Running:
    """The demonstration, started."""

    def __init__(self, data: Path, port: int, **more: str) -> None:
        self.port, self.log = port, data.parent / f"log-{time.monotonic_ns()}"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "demo", "--port", str(port), "--data", str(data), "--partners", "12"],
                stdout=log, stderr=subprocess.STDOUT, env=environment(data, **more),
            )  # fmt: skip

    def wait_until_shown(self) -> str:
        until = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            if "Ctrl-C" in self.log.read_text("utf-8"):
                return self.log.read_text("utf-8")
            time.sleep(0.2)
        raise AssertionError(self.log.read_text("utf-8"))

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def get(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.browser.open(f"http://127.0.0.1:{self.port}{path}", data, timeout=60) as answer:
            return answer.status, answer.url, answer.read().decode()

    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def test_the_demonstration_runs_shows_its_logins_and_ends_with_its_children(tmp_path: Path, free_port: int) -> None:
    running = Running(tmp_path / "demo", free_port)
    try:
        shown = running.wait_until_shown()
        assert "Filled with" in shown
        for login in LOGINS:
            assert login.email in shown
        assert PASSWORD in shown
        assert f"http://localhost:{free_port}" in shown
        assert running.get("/health/ready")[0] == 200
        page = running.get("/account/login/")[2]
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        sent = {"csrfmiddlewaretoken": found[1], "login": "anna@nectar.example", "password": PASSWORD}
        status, address, home = running.get("/account/login/", sent)
        assert (status, urllib.parse.urlsplit(address).path) == (200, "/partner/")
        assert "Nectar Ltd" in home
        family = running.family()
        assert len(family) >= 3  # the server, its process, the worker
    finally:
        running.process.send_signal(signal.SIGINT)
        status = running.process.wait(STOPPED_WITHIN_S)
    assert status == 0
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert "Traceback" not in running.log.read_text("utf-8")


@pytest.mark.slow
def test_a_second_start_finds_the_data_and_a_child_that_dies_ends_it(tmp_path: Path, free_port: int) -> None:
    data = tmp_path / "demo"
    filled = honeyguide(data, "demo-data", "--partners", "3")
    assert filled.returncode == 0, filled.stderr
    again = honeyguide(data, "demo-data", "--partners", "3")
    assert (again.returncode, "has data already" in again.stderr) == (1, True)
    running = Running(data, free_port)
    assert "Filled with" not in running.wait_until_shown()
    family = running.family()
    worker = next(process for process in family if "worker" in process.cmdline())
    worker.kill()
    assert running.process.wait(STOPPED_WITHIN_S) != 0
    assert "ended by itself" in running.log.read_text("utf-8")
    assert not psutil.wait_procs(family, timeout=5)[1]
