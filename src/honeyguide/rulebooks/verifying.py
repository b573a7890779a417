"""Whether the published versions are what was published; for `honeyguide verify`."""

from collections.abc import Iterator
from hashlib import sha256

from honeyguide.program.rulebook import RulebookError, parse_rulebook
from honeyguide.rulebooks.models import RulebookVersion


def checksum(text: str) -> str:
    """SHA-256 of a version's text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def problems() -> Iterator[str]:
    """One line for each version that is not what its columns say."""
    for row in RulebookVersion.objects.all():
        name = f"rulebook {row.name} {row.version}"
        if checksum(row.text) != row.checksum:
            yield f"{name}: its text is not what was published: its checksum differs"
        try:
            read = parse_rulebook(row.text, name)
        except RulebookError as error:
            yield from str(error).splitlines()
            continue
        said = (read.name, read.version, read.effective_from)
        if said != (row.name, row.version, row.effective_from):
            yield f"{name}: stored as in force from {row.effective_from}, its text says {' '.join(map(str, said))}"
