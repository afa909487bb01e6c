"""Findings: problems of the input as data, with a stable code, a place and a hint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

NOTES_SHEET = "Замечания"
"""The sheet that a marked-up copy of a file begins with; a copy that comes back repaired is read without it."""

SAMPLE = 5
"""How many places of a finding are kept unless all are asked for."""


class Severity(StrEnum):
    """How bad a finding is; only ``ERROR`` changes an exit code."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_RU = {Severity.ERROR: "ошибка", Severity.WARNING: "внимание", Severity.INFO: "сведения"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a cell or a row (from 1) of a sheet, or a line and column of a text file.

    ``note`` tells what was found at this very place (numbers that contradict); never a person's data.
    """

    file: str
    sheet: str = ""
    cell: str = ""
    row: int = 0
    line: int = 0
    column: int = 0
    note: str = ""

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return " · ".join(part for part in (self.file, self.sheet, self.spot) if part)

    @property
    def spot(self) -> str:
        """The cell or the row inside the sheet; empty where the whole sheet or file is meant."""
        return self.cell or (f"строка {self.row}" if self.row else "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem at one or many places.

    ``total`` is exact; ``places`` is a sample of at most a few of them.
    """

    code: str
    severity: Severity
    message: str
    places: tuple[Place, ...] = ()
    hint: str = ""
    total: int = 1

    def __str__(self) -> str:
        first = self.places[0] if self.places else None
        where = f"{first}: " if first else ""
        note = f" ({first.note})" if first and first.note else ""
        times = f" (всего таких мест: {self.total})" if self.total > 1 else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.message}{note}{times}{hint}"


@dataclass(slots=True)
class _Merged:
    first: Finding
    total: int = 0
    places: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """A collector that merges equal problems of one sheet: exact totals, ``sample`` places (all where None)."""

    sample: int | None = SAMPLE
    _merged: dict[tuple[str, Severity, str, str, str, str], _Merged] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Add a finding; one with the same code, text and sheet only raises the total."""
        first = finding.places[0] if finding.places else Place("")
        key = (finding.code, finding.severity, finding.message, finding.hint, first.file, first.sheet)
        merged = self._merged.setdefault(key, _Merged(finding))
        merged.total += finding.total
        room = len(finding.places) if self.sample is None else self.sample - len(merged.places)
        merged.places += finding.places[:room]

    def error(self, code: str, message: str, place: Place | None = None, hint: str = "", total: int = 1) -> None:
        """Add an error at one place."""
        self.add(Finding(code, Severity.ERROR, message, (place,) if place else (), hint, total))

    def warning(self, code: str, message: str, place: Place | None = None, hint: str = "", total: int = 1) -> None:
        """Add a warning at one place."""
        self.add(Finding(code, Severity.WARNING, message, (place,) if place else (), hint, total))

    def info(self, code: str, message: str, place: Place | None = None, hint: str = "", total: int = 1) -> None:
        """Add a note at one place."""
        self.add(Finding(code, Severity.INFO, message, (place,) if place else (), hint, total))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add several findings."""
        for finding in findings:
            self.add(finding)

    def __iter__(self) -> Iterator[Finding]:
        for merged in self._merged.values():
            yield replace(merged.first, places=tuple(merged.places), total=merged.total)

    def __len__(self) -> int:
        return len(self._merged)

    def total(self, severity: Severity) -> int:
        """How many places have a problem of this severity."""
        return sum(finding.total for finding in self if finding.severity is severity)

    @property
    def has_errors(self) -> bool:
        """Whether anything is an error."""
        return any(finding.severity is Severity.ERROR for finding in self)
