"""Where the events are: Parquet files in an order, their rows numbered through, and the tasks that read them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import override

from honeyguide.program.history.parquet import ParquetEvents
from honeyguide.program.history.problems import FormError, InvalidHistory, Problem
from honeyguide.program.phrases import Phrase


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file: its name within the folder, and the rows of its row groups."""

    path: str
    name: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Row groups of one file that are read together; `before`: rows of the files before it."""

    path: str
    first: int
    stop: int
    before: int


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a history in order of their names. The *place* of a row counts through all of them, from 0."""

    files: tuple[File, ...]
    starts: tuple[int, ...]  # place of each file's first row; one more at the end

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return self.starts[-1]

    def file_of(self, place: int) -> tuple[File, int]:
        """The file of a row, and its line there, from 1."""
        number = bisect_right(self.starts, place) - 1
        return self.files[number], place - self.starts[number] + 1

    def line_of(self, place: int) -> str:
        """A row's line as messages name it."""
        file, line = self.file_of(place)
        return str(line) if len(self.files) == 1 else f"{line} of {file.name}"

    def tasks(self, rows: int) -> list[Task]:
        """Row groups put together to tasks of up to so many rows, or of one row group."""
        found = []
        for file, before in zip(self.files, self.starts, strict=False):
            first = size = 0
            for group, more in enumerate(file.groups):
                if size and size + more > rows:
                    found.append(Task(file.path, first, group, before))
                    first, size = group, 0
                size += more
            if size:
                found.append(Task(file.path, first, len(file.groups), before))
        return found


def source_of(path: str | Path) -> Source:
    """The files at a path: one of Parquet, or a folder of them. Raises FormError."""
    path = Path(path)
    if path.is_dir():
        paths = sorted(path.glob("*.parquet"))
        if not paths:
            raise FormError(Phrase("is a folder without .parquet files, expected at least one"))
    elif path.suffix == ".parquet":
        paths = [path]
    else:
        raise FormError(
            Phrase("is not Parquet, which Spark reads; `honeyguide history convert` makes it from other forms")
        )
    files: list[File] = []
    starts = [0]
    for one in paths:
        try:
            metadata = ParquetEvents(one).file.metadata
        except FormError as error:
            raise named(error, one.name if path.is_dir() else "") from None
        files.append(
            File(
                path=str(one.absolute()),
                name=one.name,
                groups=tuple(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)),
            )
        )
        starts.append(starts[-1] + metadata.num_rows)
    return Source(tuple(files), tuple(starts))


def named(error: FormError, name: str) -> FormError:
    """The error of one file of a folder, with the file's name."""
    (problem,) = error.problems
    text = Phrase("{where}: {problem}", where=name, problem=problem.text) if name else problem.text
    return FormError(text, problem.line)


class InvalidFiles(InvalidHistory):
    """An invalid history in one or several files. Lines of problems are places from 1, through all files."""

    def __init__(self, source: Source, problems: Sequence[Problem], total: int) -> None:
        """Keep the first of the problems, of so many bad lines."""
        self.source = source
        super().__init__(problems, total)

    @override
    def where(self, name: str, line: int) -> str:
        """The file and the line in it."""
        if len(self.source.files) == 1:
            return super().where(name, line)
        file, line = self.source.file_of(line - 1)
        return f"{name.rstrip('/')}/{file.name}:{line}"
