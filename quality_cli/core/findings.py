"""Findings: problems of the input as data, with a stable code, a place and a hint (design §7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

_SAMPLES = 5


class Severity(StrEnum):
    """How bad a finding is; only ``ERROR`` changes an exit code."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_RU = {Severity.ERROR: "ошибка", Severity.WARNING: "внимание", Severity.INFO: "сведения"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a cell of a sheet, or a line and column of a text file."""

    file: str
    sheet: str = ""
    cell: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return " · ".join(part for part in (self.file, self.sheet, self.cell) if part)


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
        where = f"{self.places[0]}: " if self.places else ""
        times = f" (всего таких мест: {self.total})" if self.total > 1 else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.message}{times}{hint}"


@dataclass(slots=True)
class Findings:
    """A collector that merges equal problems of one sheet: exact totals, capped samples."""

    _merged: dict[tuple[str, Severity, str, str, str, str], Finding] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Add a finding; one with the same code, text and sheet only raises the total."""
        first = finding.places[0] if finding.places else Place("")
        key = (finding.code, finding.severity, finding.message, finding.hint, first.file, first.sheet)
        known = self._merged.get(key)
        places = (known.places if known else ()) + finding.places
        total = finding.total + (known.total if known else 0)
        self._merged[key] = replace(finding, places=places[:_SAMPLES], total=total)

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
        return iter(self._merged.values())

    def __len__(self) -> int:
        return len(self._merged)

    def total(self, severity: Severity) -> int:
        """How many places have a problem of this severity."""
        return sum(finding.total for finding in self if finding.severity is severity)

    @property
    def has_errors(self) -> bool:
        """Whether anything is an error."""
        return any(finding.severity is Severity.ERROR for finding in self)
