"""Where a run of the tests keeps its data: a folder that goes with it, and a database."""

import atexit
import os
import shutil
import tempfile

from tests import postgres

FOLDER = "HONEYGUIDE_DATA_DIR"
DATABASE = "HONEYGUIDE_TEST_DATABASE"


def choose_folder() -> None:
    """Keep files in a new folder, removed when this process ends. The processes of pytest-xdist inherit its name."""
    if os.environ.get(FOLDER):
        return
    made = os.environ[FOLDER] = tempfile.mkdtemp(prefix="honeyguide-tests-")
    atexit.register(_remove, made, os.getpid())


def _remove(made: str, made_by: int) -> None:
    if os.getpid() == made_by:
        shutil.rmtree(made, ignore_errors=True)


def choose_database() -> None:
    """Set DATABASE_URL by what the run is asked for. Raises postgres.NoServer, SystemExit for an unknown word."""
    wanted = os.environ.get(DATABASE, "sqlite") or "sqlite"
    if wanted not in {"sqlite", "postgresql"}:
        raise SystemExit(f"{DATABASE} = {wanted!r}: expected sqlite or postgresql")
    if wanted == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        os.environ["DATABASE_URL"] = postgres.server_url()
