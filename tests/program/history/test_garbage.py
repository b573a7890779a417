"""A gigabyte of garbage ends quickly: few bytes are read, little memory is taken, and the problem is named."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.program.history.samples import event

from honeyguide.program.history import InvalidHistory, history_from_events, read_history

GIGABYTE = 1 << 30

ENDLESS = """
import io, random, resource, sys
from honeyguide.program.history import InvalidHistory, history_from_events, read_history
from honeyguide.program.history.csvform import read_csv
from honeyguide.program.history.assemble import history_of

history_from_events([])  # what all readings need is there before


class Endless(io.RawIOBase):
    taken = 0

    def read(self, count=-1):
        left = (1 << 30) - self.taken
        part = block[: min(count, left)] if self.taken else head + block[: count - len(head)]
        self.taken += len(part)
        return part


stream = Endless()
head, block = eval(sys.argv[1]), eval(sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    if sys.argv[3] == "csv":
        history_of(read_csv(stream))
    else:
        read_history("-", stdin=stream)
except InvalidHistory as error:
    print(stream.taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error.lines("F")[-1])
"""


def measured(code: str, *arguments: str) -> tuple[int, int, str]:
    """Bytes read, KiB taken, and the last line of the report, of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], capture_output=True, text=True, check=True
    )
    taken, memory, text = done.stdout.split(" ", 2)
    return int(taken), int(memory), text.strip()


HEADER = r"b'at,type,partner\n'"
MANY = "more, where reading stopped"


@pytest.mark.parametrize(
    ("form", "head", "block", "expected"),
    [
        ("jsonl", "b''", r"b'x' * (1 << 18)", "is longer than 1048576 bytes"),
        ("jsonl", "b''", r"b'[' * (1 << 18)", "is longer than 1048576 bytes"),
        ("jsonl", "b''", r"bytes(1 << 18)", "is longer than 1048576 bytes"),
        ("jsonl", "b''", r"b'\n' * (1 << 18)", "more than 10000 blank lines; reading stopped here"),
        ("jsonl", "b''", r"b' \r\n' * (1 << 16)", "more than 10000 blank lines; reading stopped here"),
        ("jsonl", "b''", r"random.Random(1).randbytes(1 << 18)", MANY),
        ("jsonl", "b''", r"b'{}\n' * (1 << 16)", MANY),
        ("jsonl", "b''", r"b'[1,2,3]\n' * (1 << 15)", MANY),
        ("jsonl", "b''", r"b'{\"at\":1,\"type\":\"sale.paid\",\"partner\":{\"a\":[]}}\n' * 5000", MANY),
        ("jsonl", "b''", r"b''.join(b'{\"f%d\":1}\n' % n for n in range(1000))", MANY),
        ("csv", "b''", r"b'x' * (1 << 18)", "is longer than 1048576 bytes"),
        ("csv", "b''", r"b'\n' * (1 << 18)", "column at is missing"),
        ("csv", "b''", r"random.Random(1).randbytes(1 << 18)", "expected UTF-8"),
        ("csv", "b''", r"b'at,type,partner\n' * (1 << 14)", MANY),
        (
            "csv",
            "b''",
            r"b'at,type,partner\n' + b'\n' * (1 << 18)",
            "more than 10000 blank lines; reading stopped here",
        ),
        ("csv", HEADER + " + b'\\x22'", r"b'a,b\n' * (1 << 16)", "is longer than 1048576 bytes"),
        ("csv", "b''", r"b'at,type,partner\n' + b'a\n' * (1 << 16)", MANY),
    ],
)
def test_endless_streams_end(form: str, head: str, block: str, expected: str) -> None:
    taken, memory, text = measured(ENDLESS, head, block, form)
    assert expected in text
    assert taken < 32 << 20
    assert memory < 200 << 10


def test_a_sparse_file_of_a_gigabyte_ends(tmp_path: Path) -> None:
    for name in ("F.jsonl", "F.csv", "F.parquet"):
        path = tmp_path / name
        with path.open("wb") as stream:
            os.truncate(stream.fileno(), GIGABYTE)
        with pytest.raises(InvalidHistory):
            read_history(path)
        path.unlink()


DEEP = """
import resource, sys
from honeyguide.program.history import InvalidHistory, read_history
import io
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
line = sys.argv[1].encode() * (500_000 // len(sys.argv[1]))
try:
    read_history("-", stdin=io.BytesIO(line + b"\\n"))
except InvalidHistory as error:
    print(len(line), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error.lines("F")[-1])
"""


@pytest.mark.parametrize("unit", ["[", '{"a":', '[{"a":', "[[],"])
def test_deep_nesting_is_safe(unit: str) -> None:
    _, memory, text = measured(DEEP, unit)
    assert text.startswith("F:1: ")
    assert memory < 200 << 10


def test_memory_grows_with_events_not_with_what_is_passed_over() -> None:
    assert len(history_from_events([event("lead.won", note="x" * 100_000)])) == 1
