"""The results table: one row per indicator x part x unit x stratum x period. A public contract."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from quality_cli.analysis.lines import lines, written
from quality_cli.core.files import opened
from quality_cli.core.text import guarded

_BREAKING = re.compile('[;"\r\n]')
"""What would end a cell of a CSV too early."""

_WORD = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        ("period", _WORD),
        ("indicator", _WORD),
        ("part", _WORD),
        ("level", _WORD),
        ("org_id", _WORD),
        ("org_name", _WORD),
        ("reported", pa.bool_()),
        ("by", _WORD),
        ("stratum", _WORD),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("value", pa.float64()),
        ("unit", _WORD),
        ("excluded", pa.float64()),
        ("unknown", pa.float64()),
        ("matched", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("status", _WORD),
        ("note", _WORD),
        ("source", _WORD),
    ]
)


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the results table; ``None`` is an empty cell."""

    period: str
    indicator: str
    part: str
    level: str
    org_id: str
    org_name: str
    reported: bool
    by: str
    stratum: str
    numerator: float | None
    denominator: float | None
    value: float | None
    unit: str
    excluded: float | None
    unknown: float | None
    matched: float | None
    ci_low: float | None
    ci_high: float | None
    status: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: for each row a position in ``words``, no word twice."""

    codes: Any
    words: tuple[str, ...]

    @classmethod
    def of(cls, codes: Any, words: Sequence[str]) -> "Words":
        """From positions in a vocabulary that may repeat words."""
        place = {word: index for index, word in enumerate(dict.fromkeys(words))}
        own = np.array([place[word] for word in words], dtype=np.int32)
        return cls(own[codes] if len(own) else np.zeros(0, dtype=np.int32), tuple(place))

    def array(self) -> pa.DictionaryArray:
        """The column for a table."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, pa.int32()), pa.array(self.words, pa.string()))


class Results:
    """The table and look-ups in it."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._rows: list[Result] | None = None
        self._index: dict[tuple[str, str, str, str, str], Result] = {}
        self._groups: dict[tuple[str, str, str, str, str], list[Result]] = {}

    @classmethod
    def of(cls, columns: Mapping[str, Any], keep: Any = None) -> "Results":
        """Build from columns by name (only the rows of the mask ``keep``, where given); NaN is an empty cell.

        Columns of words are :class:`Words`.
        """
        arrays = []
        for field in SCHEMA:
            values = columns[field.name]
            arrays.append(
                values.array() if isinstance(values, Words) else pa.array(values, field.type, from_pandas=True)
            )
        table = pa.table(arrays, schema=SCHEMA)
        return cls(table if keep is None else table.filter(pa.array(keep)))

    @classmethod
    def read(cls, path: Path) -> "Results":
        """Read ``results.parquet``; raises ``OSError`` or ``pyarrow.ArrowException`` as they come."""
        with opened(path) as file:
            return cls(pa.parquet.read_table(file, use_threads=False))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[Result]:
        return iter(self._loaded())

    def find(self, indicator: str, org_id: str, period: str, part: str = "", stratum: str = "") -> Result | None:
        """The row of one figure, unit, period and stratum."""
        self._loaded()
        return self._index.get((indicator, part, org_id, period, stratum))

    def of_unit(self, org_id: str, period: str, indicator: str, part: str = "", by: str = "") -> list[Result]:
        """Rows of one figure of a unit and period by one set of stratifiers, in the order of the table."""
        self._loaded()
        return self._groups.get((indicator, part, org_id, period, by), [])

    def conflicts(self) -> list[Result]:
        """Rows whose sources contradict each other."""
        return list(Results(self.table.filter(pc.equal(self.table["status"], "conflict"))))

    def indicators(self) -> list[str]:
        """Indicators present."""
        return [str(value) for value in self.table["indicator"].unique().to_pylist()]

    def periods(self) -> list[str]:
        """School years present, ascending."""
        return sorted(str(value) for value in self.table["period"].unique().to_pylist())

    def write_parquet(self, path: Path) -> None:
        """Write ``results.parquet``."""
        pa.parquet.write_table(self.table, path, compression="zstd")

    def write_csv(self, path: Path) -> None:
        """Write ``results.csv``: UTF-8 with BOM and «;», as Russian Excel opens it; words never become formulas."""
        parts = [part for name in SCHEMA.names for part in (written(self.table[name], _csv_cell), ";")]
        with path.open("wb") as file:
            file.write(f"\ufeff{';'.join(SCHEMA.names)}\r\n".encode())
            for text in lines([*parts[:-1], "\r\n"], len(self)):
                file.write(text)

    def _loaded(self) -> Sequence[Result]:
        if self._rows is None:
            names = [field.name for field in fields(Result)]
            columns = [self.table[name].to_pylist() for name in names]
            self._rows = [Result(*row) for row in zip(*columns, strict=True)]
            self._index = {(r.indicator, r.part, r.org_id, r.period, r.stratum): r for r in self._rows}
            for r in self._rows:
                self._groups.setdefault((r.indicator, r.part, r.org_id, r.period, r.by), []).append(r)
        return self._rows


def _csv_cell(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    word = guarded(value)
    return '"{}"'.format(word.replace('"', '""')) if _BREAKING.search(word) else word
