"""``recommendations.*``: what is recommended to whom, and what raised it. A public contract, as the results are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from quality_cli.analysis.csv_files import write_csv
from quality_cli.analysis.results import COLUMNS as OF_RESULTS
from quality_cli.analysis.results import OtherColumnsError, about, schema_of
from quality_cli.core.files import opened

FIRED, UNKNOWN = "fired", "unknown"
"""Outcomes."""
BETWEEN = "; "
"""Between the rules, figures and addressees of one row."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation, or (``outcome`` ``unknown``) what could not be judged for one reason: then ``rule`` names all
    its rules. **These fields are the list of the columns.** ``measure`` and ``expected`` are ready sentences: rules
    give facts, the texts of the catalogue words.
    """

    period: str = field(metadata=OF_RESULTS["period"])
    direction: str = field(metadata=about("Направление", "направление концепции: 1.1"))
    org_id: str = field(metadata=OF_RESULTS["org_id"])
    org_name: str = field(metadata=OF_RESULTS["org_name"])
    rule: str = field(
        metadata=about("Правило", "обозначение правила каталога; у не оценённых — всех с той же причиной, через «; »")
    )
    outcome: str = field(metadata=about("Итог", "fired — рекомендация; unknown — не оценено: нет данных"))
    addressee: str = field(
        metadata=about("Кому", "муниципалитет, руководитель, методическое объединение, педагог или эксперт")
    )
    finding: str = field(metadata=about("Основание", "что показали значения: одно предложение с числами"))
    measure: str = field(metadata=about("Мера", "что рекомендуется"))
    deadline: str = field(metadata=about("Срок", "до какого времени"))
    expected: str = field(metadata=about("Ожидаемый результат", "чего ждут от меры"))
    effect: str = field(metadata=about("Показатель эффекта", "по какому показателю судят, что стало"))
    action: str = field(metadata=about("Действие концепции", "на какое действие концепции опирается"))
    indicators: str = field(metadata=about("Показатели", "значения, на которых основано, через «;»"))


COLUMNS: Mapping[str, Mapping[str, str]] = {item.name: item.metadata for item in fields(Recommendation)}
"""By name in the order of the table: ``title`` and ``meaning`` of each column, in Russian."""

SCHEMA = schema_of(Recommendation)

FILES = ("recommendations.parquet", "recommendations.csv")


class Recommendations:
    """The rows in the order of the register, the catalogue's rules within."""

    def __init__(self, rows: Sequence[Recommendation]) -> None:
        self._rows = tuple(rows)

    @classmethod
    def read(cls, path: Path) -> "Recommendations":
        """Read ``recommendations.parquet``; raises as :meth:`quality_cli.analysis.results.Results.read` does."""
        with opened(path) as file:
            table = pa.parquet.read_table(file, use_threads=False)
        if not table.schema.equals(SCHEMA):
            raise OtherColumnsError(path.name, [name for name in SCHEMA.names if name not in table.schema.names])
        return cls([Recommendation(**row) for row in table.to_pylist()])

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self._rows)

    def of_unit(self, org_id: str, period: str, direction: str = "") -> list[Recommendation]:
        """Those of a unit in a school year; of one direction where it is named."""
        return [
            row
            for row in self._rows
            if (row.org_id, row.period) == (org_id, period) and direction in ("", row.direction)
        ]

    @cached_property
    def table(self) -> pa.Table:
        """The rows as files hold them."""
        columns = {name: [getattr(row, name) for row in self._rows] for name in COLUMNS}
        return pa.table([pa.array(columns[item.name], item.type) for item in SCHEMA], schema=SCHEMA)

    def write(self, folder: Path) -> None:
        """Write ``recommendations.parquet`` and ``recommendations.csv``."""
        pa.parquet.write_table(self.table, folder / FILES[0], compression="zstd")
        write_csv(self.table, folder / FILES[1])
