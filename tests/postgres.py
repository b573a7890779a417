"""A PostgreSQL server for the tests: started on a free port over an empty folder, gone when the run ends.

With HONEYGUIDE_TEST_DATABASE=postgresql the settings of the tests ask for one; the processes of pytest-xdist inherit
its address and make a database each. A DATABASE_URL that is set already names the server to use instead.
"""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

START_S = 30.0
STOP_S = 15.0
CONNECTIONS = 200
USER = "honeyguide"
SYSTEM_USER = "postgres"
"""Whose processes the server's are when the tests run as root: PostgreSQL refuses root."""
FOUND_IN = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)


class NoServer(Exception):
    """No PostgreSQL can be started here; the message says what to install."""


def server_url() -> str:
    """The address of a server that lives as long as this process. Raises NoServer."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="honeyguide-postgresql-"))
    as_user = _as_user(folder)
    port = _free_port()
    _run(
        [programs / "initdb", "-D", folder / "data", "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "-N"],
        folder,
        as_user,
    )
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [*_dies_with_us(), programs / "postgres", "-D", folder / "data", *_options(folder, port)],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
        **as_user,
    )
    log.close()
    atexit.register(_stop, server, folder, os.getpid())
    _wait(programs, server, folder, port)
    return f"postgresql://{USER}@127.0.0.1:{port}/postgres"


def find_programs() -> Path:
    """The folder of the newest server's programs. Raises NoServer."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in FOUND_IN:
        folders = Path("/").glob(pattern.removeprefix("/"))
        found.extend(sorted((folder for folder in folders if (folder / "initdb").exists()), key=_version, reverse=True))
    if not found:
        raise NoServer(
            "No PostgreSQL server is installed here (initdb is neither on PATH nor in /usr/lib/postgresql/*/bin): "
            "install one (Debian: apt-get install postgresql), or name one by DATABASE_URL."
        )
    return found[0]


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split("-")[-1].split("@")[-1].split(".") if part.isdigit())


def _as_user(folder: Path) -> dict[str, Any]:
    """Arguments of a process that runs as somebody whom PostgreSQL takes; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise NoServer(
            f"PostgreSQL refuses to run as root, and there is no user {SYSTEM_USER}: make one, or run as another."
        ) from None
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _dies_with_us() -> list[str]:
    """What makes the server stop even where this process is killed (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def _options(folder: Path, port: int) -> list[str]:
    """Only for this machine; nothing that is worth keeping, so nothing waits for the disk."""
    chosen = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": CONNECTIONS,
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "128MB",
        "autovacuum": "off",
        "timezone": "UTC",
    }
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _run(command: list[Any], folder: Path, as_user: dict[str, Any]) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **as_user
    )
    if done.returncode:
        raise NoServer(f"{Path(command[0]).name} failed: {done.stderr or done.stdout}")


def _wait(programs: Path, server: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    """Wait until it takes connections."""
    until = time.monotonic() + START_S
    ready: list[str | Path] = [
        programs / "pg_isready",
        "-q",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        USER,
        "-d",
        "postgres",
    ]
    while time.monotonic() < until and server.poll() is None:
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise NoServer(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")


def _stop(server: subprocess.Popen[bytes], folder: Path, started_by: int) -> None:
    if os.getpid() != started_by:  # a fork of the process that started it
        return
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(STOP_S)
    shutil.rmtree(folder, ignore_errors=True)
