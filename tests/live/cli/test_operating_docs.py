"""docs/operating.md and the files for deployment say what is so."""

import configparser
import re
from pathlib import Path

from honeyguide.cli.jobs import DAILY_JOBS
from honeyguide.cli.main import MOUNTS

ROOT = Path(__file__).parents[3]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "src" / "honeyguide" / "config" / "settings.py").read_text(encoding="utf-8")


def variables() -> set[str]:
    named = re.findall(r'env\.(?:text|flag|choice|whole|words)\(\s*"([A-Z_]+)"', SETTINGS)
    return {f"HONEYGUIDE_{name}" for name in named} | {"HONEYGUIDE_SECRET_KEY", "DATABASE_URL"}


def test_every_variable_is_in_the_table_and_none_that_is_not_read() -> None:
    table = OPERATING.split("## Settings")[1].split("\n## ")[0]
    listed = {name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`([A-Z_]+)`",
              line.split("|")[1])}  # fmt: skip
    assert listed == variables()


def test_every_daily_job_is_in_the_table() -> None:
    for job in DAILY_JOBS:
        minutes = int(job.after.total_seconds() // 60)
        assert f"| `{job.name}` | {minutes // 60:02}:{minutes % 60:02} |" in OPERATING


def test_commands_that_it_names_are_there() -> None:
    named = set(re.findall(r"`honeyguide ([a-z][a-z-]+)", OPERATING))
    named |= set(re.findall(r"^(?:.*&& )?run ([a-z]+)", OPERATING, re.MULTILINE))
    assert named <= set(MOUNTS), named - set(MOUNTS)


def test_files_for_deployment_set_variables_that_are_read_and_run_commands_that_are_there() -> None:
    known = variables() | {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "XDG_CACHE_HOME"}
    example = (ROOT / "deploy" / "honeyguide.env.example").read_text(encoding="utf-8")
    assert {line.partition("=")[0] for line in example.splitlines() if line and line[0] != "#"} <= known
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"^ +([A-Z][A-Z_]+):", compose, re.MULTILINE)) <= known
    of_the_image = {"HONEYGUIDE_DATA_DIR", "HONEYGUIDE_STATIC_DIR", "XDG_CACHE_HOME"}
    of_one_machine = {"HONEYGUIDE_DEBUG", "HONEYGUIDE_STATIC_FROM_SOURCES"}
    assert variables() - of_the_image - of_one_machine <= set(re.findall(r"^ +([A-Z][A-Z_]+):", compose, re.MULTILINE))
    assert set(re.findall(r'"honeyguide", "([a-z]+)"', compose)) == {"migrate", "serve", "worker"}
    for name, command in (("web", "serve"), ("worker", "worker")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(ROOT / "deploy" / "systemd" / f"honeyguide-{name}.service", encoding="utf-8")
        assert f"honeyguide {command}" in unit["Service"]["ExecStart"]
        assert unit["Service"]["User"] == "honeyguide"
