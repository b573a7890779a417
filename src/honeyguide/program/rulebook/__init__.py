"""The rulebook: a program's figures as validated data, read from TOML."""

from honeyguide.program.rulebook.diff import Change, diff
from honeyguide.program.rulebook.load import RulebookError, check_rulebook, load_rulebook, parse_rulebook
from honeyguide.program.rulebook.model import Rulebook

__all__ = ["Change", "Rulebook", "RulebookError", "check_rulebook", "diff", "load_rulebook", "parse_rulebook"]
