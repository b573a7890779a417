"""Numbered lines of a stream of bytes, with bounds on what a bad stream can cost."""

from collections.abc import Iterator
from typing import BinaryIO

from honeyguide.program.phrases import Phrase, PhraseError

from .fields import BLANK_LINES_MOST, LINE_BYTES_MOST

_BLOCK_BYTES = 1 << 18
_BOM = b"\xef\xbb\xbf"


class TooLongError(PhraseError):
    """A line or record beyond the limit: reading ends there."""

    def __init__(self, expected: Phrase) -> None:
        """Say what was expected."""
        super().__init__(
            Phrase(
                "is longer than {most} bytes, expected {expected}; reading stopped here",
                most=LINE_BYTES_MOST,
                expected=expected,
            )
        )


def too_blank() -> Phrase:
    """Why reading ends at a blank line."""
    return Phrase("more than {most} blank lines; reading stopped here", most=BLANK_LINES_MOST)


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their line feed; after one beyond the limit there is no other."""
    number = 0
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            number += 1
            yield number, line.removeprefix(_BOM) if number == 1 else line
        if len(rest) > LINE_BYTES_MOST:
            break
    if rest:
        number += 1
        yield number, rest.removeprefix(_BOM) if number == 1 else rest


def decoded(line: bytes) -> str:
    """The line as text, or PhraseError."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise PhraseError(
            Phrase("byte {place} is {byte}, expected UTF-8", place=error.start + 1, byte=f"0x{line[error.start]:02x}")
        ) from None
