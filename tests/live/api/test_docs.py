"""The examples of docs/api.md work as they stand there."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from honeyguide.accounts.api_scopes import SCOPES
from honeyguide.api.problems import TYPES
from tests.live.api.conftest import secret_for
from tests.live.conftest import World

DOCS = Path(__file__).parents[3] / "docs" / "api.md"
EXAMPLE = re.compile(r"```sh\n(.*?)```\n\n```json\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[str, Any]]:
    return [(command, json.loads(answer)) for command, answer in EXAMPLE.findall(DOCS.read_text(encoding="utf-8"))]


def same_form(shown: Any, got: Any, where: str = "") -> None:
    """Check that what is shown has the members of the answer, and values of the same kind."""
    if isinstance(shown, dict):
        assert isinstance(got, dict), where
        assert set(shown) <= set(got), f"{where}: {set(shown) - set(got)}"
        if not where.endswith(".data") or "net" not in got:
            missing = set(got) - set(shown)
            assert not missing or where.endswith("data"), f"{where}: not shown: {missing}"
        for name, value in shown.items():
            same_form(value, got[name], f"{where}.{name}")
    elif isinstance(shown, list):
        assert isinstance(got, list), where
        assert bool(shown) == bool(got) or where.endswith(("requirements", "warnings")), where
        if shown and got and not isinstance(shown[0], str):
            same_form(shown[0], got[0], where)
    else:
        assert type(shown) is type(got), f"{where}: {shown!r} and {got!r}"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written for curl")
@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_documentation_work(world: World, live_server: Any, tmp_path: Path) -> None:
    cache.clear()
    surroundings = {
        **os.environ,
        "HONEYGUIDE": live_server.url,
        "KEY": secret_for(world.charlie, world.comb),
        "OPERATOR_KEY": secret_for(world.staff["admin"], None),
    }
    found = examples()
    assert len(found) >= 9
    for command, shown in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            env=surroundings, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        got = json.loads(done.stdout)
        same_form(shown, got, command.split("$HONEYGUIDE")[-1].strip())
        if "standing" in command:
            assert {**got, **{name: shown[name] for name in ("requirements", "entitlements", "points")}} == shown


def test_every_code_of_a_problem_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [code for code in TYPES if f"`{code}`" not in text] == []


def test_every_scope_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [scope for scope in SCOPES if f"`{scope}`" not in text] == []
