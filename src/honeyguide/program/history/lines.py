"""Numbered lines of a stream of bytes, with bounds on what a bad stream can cost."""

from collections.abc import Iterator
from typing import BinaryIO

from .fields import LINE_BYTES_MOST

_BLOCK_BYTES = 1 << 18
_BOM = b"\xef\xbb\xbf"


class TooLongError(ValueError):
    """A line or record beyond the limit: reading ends there."""

    def __init__(self, expected: str) -> None:
        """Say what was expected."""
        super().__init__(f"is longer than {LINE_BYTES_MOST} bytes, expected {expected}; reading stopped here")


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
    """The line as text, or ValueError."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is 0x{line[error.start]:02x}, expected UTF-8") from None
