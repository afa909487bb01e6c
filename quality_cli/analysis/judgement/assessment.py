"""``assessment.*``: what is judged of a figure, beside the results. A public contract, as the results are.

One row for each figure × unit × school year (and each stratum that the catalogue has compared) of which there is
something to judge. Documents, the workbook and rules of recommendations read judgements from here and make none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from quality_cli.analysis.csv_files import write_csv
from quality_cli.analysis.results import COLUMNS as OF_RESULTS
from quality_cli.analysis.results import OtherColumnsError, ResultKey, about, schema_of
from quality_cli.core.files import opened
from quality_cli.core.strata import TOTAL, Stratum, decode_stratum, encode_stratum


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is judged of one figure; ``None`` and "" are empty cells. **These fields are the list of the columns.**

    ``state``: "" (no target), ``reached``, ``missed``, ``insufficient``. ``moved`` since ``earlier_period``: ""
    (nothing to compare with), ``grew``, ``fell``, ``same`` (a fact that is equal), ``unclear`` (the data do not carry
    a word), ``incomparable``. ``progress``: ``improved`` or ``worsened`` where it moved and the catalogue says which
    is better. ``stands`` beside the rest of the municipality: "", ``above``, ``below``, ``unclear``. ``same_children``
    of a figure about the same children twice: ``more_improved``, ``more_worsened``, ``unclear``.
    """

    period: str = field(metadata=OF_RESULTS["period"])
    indicator: str = field(metadata=OF_RESULTS["indicator"])
    part: str = field(metadata=OF_RESULTS["part"])
    level: str = field(metadata=OF_RESULTS["level"])
    org_id: str = field(metadata=OF_RESULTS["org_id"])
    org_name: str = field(metadata=OF_RESULTS["org_name"])
    stratum: Stratum = field(metadata=OF_RESULTS["stratum"])
    value: float | None = field(metadata=OF_RESULTS["value"])
    unit: str = field(metadata=OF_RESULTS["unit"])
    ci_low: float | None = field(metadata=OF_RESULTS["ci_low"])
    ci_high: float | None = field(metadata=OF_RESULTS["ci_high"])
    target: str = field(metadata=about("Цель", "цель, как её пишут: «не менее 100 %»; пусто, если цели нет"))
    target_source: str = field(metadata=about("Откуда цель", "документ или файл, который задаёт цель"))
    state: str = field(
        metadata=about(
            "Цель достигнута?", "reached — да, missed — нет, insufficient — недостаточно данных; пусто без цели"
        )
    )
    unstable: bool = field(metadata=about("Неустойчиво", "да, если вывод о цели изменил бы один ребёнок"))
    state_reason: str = field(metadata=about("Почему", "на чём основан вывод о цели"))
    earlier_period: str = field(metadata=about("Прежний год", "учебный год, с которым сравнивается"))
    earlier_value: float | None = field(metadata=about("Прежнее значение", "значение в прежнем году"))
    change: float | None = field(metadata=about("Изменение", "значение минус прежнее, в единице (у долей — в п. п.)"))
    change_low: float | None = field(metadata=about("Изменение 95 %: от", "нижняя граница интервала изменения доли"))
    change_high: float | None = field(metadata=about("Изменение 95 %: до", "верхняя граница интервала"))
    moved: str = field(
        metadata=about(
            "Что произошло",
            "grew — выросло, fell — снизилось, same — не изменилось, unclear — вывода сделать нельзя, incomparable — "
            "несравнимо; пусто, если сравнивать не с чем",
        )
    )
    progress: str = field(
        metadata=about("К лучшему?", "improved — улучшилось, worsened — ухудшилось; пусто, если вывода нет")
    )
    change_reason: str = field(metadata=about("Об изменении", "почему вывода нет или почему годы несравнимы"))
    rest_value: float | None = field(
        metadata=about("У остальных", "значение у остальных организаций муниципалитета вместе")
    )
    difference: float | None = field(metadata=about("Отличие", "значение минус то, что у остальных"))
    difference_low: float | None = field(metadata=about("Отличие 95 %: от", "нижняя граница интервала отличия"))
    difference_high: float | None = field(metadata=about("Отличие 95 %: до", "верхняя граница интервала"))
    stands: str = field(
        metadata=about("Рядом с остальными", "above — выше, below — ниже, unclear — вывода сделать нельзя; иначе пусто")
    )
    stands_reason: str = field(
        metadata=about("Об отличии", "почему вывода нет; или что из остальных отчитались не все")
    )
    whole_value: float | None = field(
        metadata=about("По муниципалитету", "доля по всем организациям муниципалитета вместе, вокруг которой воронка")
    )
    funnel_low: float | None = field(
        metadata=about(
            "Обычно: от",
            "нижний контрольный предел воронки: между ним и верхним — 95 из 100 долей при таком числе детей",
        )
    )
    funnel_high: float | None = field(metadata=about("Обычно: до", "верхний предел"))
    funnel_outer_low: float | None = field(
        metadata=about("Почти всегда: от", "нижний предел, за который выходят 2 доли из 1000")
    )
    funnel_outer_high: float | None = field(metadata=about("Почти всегда: до", "верхний предел"))
    overdispersion: float | None = field(
        metadata=about(
            "Разброс организаций",
            "во сколько раз доли организаций расходятся сильнее случайного (дисперсия), настолько пределы расширены; "
            "1 — не сильнее",
        )
    )
    trend: str = field(
        metadata=about(
            "За годы", "up — растёт, down — снижается, unclear — вывода сделать нельзя; пусто, если лет меньше пяти"
        )
    )
    trend_since: str = field(metadata=about("С какого года", "первый учебный год ряда"))
    pooled_since: str = field(
        metadata=about("Вместе с", "первый из лет, сложенных вместе: детей за год мало; пусто, если не складывались")
    )
    pooled_value: float | None = field(metadata=about("За эти годы вместе", "значение по всем этим годам"))
    pooled_low: float | None = field(metadata=about("Вместе 95 %: от", "нижняя граница его интервала"))
    pooled_high: float | None = field(metadata=about("Вместе 95 %: до", "верхняя граница"))
    improved: float | None = field(
        metadata=about("Те же дети: выше", "у скольких детей результат выше, чем прежде был у них самих")
    )
    unchanged: float | None = field(metadata=about("Те же дети: тот же", "у скольких детей результат прежний"))
    worsened: float | None = field(
        metadata=about("Те же дети: ниже", "у скольких детей результат ниже, чем прежде был у них самих")
    )
    gain: float | None = field(
        metadata=about(
            "Перевес, п. п.", "доля детей, чей результат стал выше, минус доля тех, чей стал ниже, среди этих детей"
        )
    )
    gain_low: float | None = field(metadata=about("Перевес 95 %: от", "нижняя граница интервала перевеса"))
    gain_high: float | None = field(metadata=about("Перевес 95 %: до", "верхняя граница интервала"))
    same_children: str = field(
        metadata=about(
            "Те же дети",
            "more_improved — чаще выше, чем ниже, more_worsened — чаще ниже, unclear — вывода сделать нельзя; пусто, "
            "если показатель не о тех же детях",
        )
    )
    same_children_reason: str = field(metadata=about("О тех же детях", "почему вывода нет"))
    signals: str = field(metadata=about("Сигналы", "сигналы, требующие проверки, через «;»"))
    rank_correlation: float | None = field(
        metadata=about("Спирмен", "ранговая корреляция Спирмена, от −1 до 1: у сигнала, который на неё смотрит")
    )

    @property
    def key(self) -> ResultKey:
        """The row of the results that is judged."""
        return ResultKey(self.indicator, self.part, self.org_id, self.period, self.stratum)


COLUMNS: Mapping[str, Mapping[str, str]] = {item.name: item.metadata for item in fields(Assessment)}
"""By name in the order of the table: ``title`` and ``meaning`` of each column, in Russian."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {"reached": "достигнута", "missed": "не достигнута", "insufficient": "недостаточно данных"},
    "moved": {
        "grew": "выросло",
        "fell": "снизилось",
        "same": "не изменилось",
        "unclear": "вывода нет",
        "incomparable": "несравнимо",
    },
    "progress": {"improved": "улучшилось", "worsened": "ухудшилось"},
    "stands": {"above": "выше", "below": "ниже", "unclear": "вывода нет"},
    "same_children": {
        "more_improved": "чаще выше, чем ниже",
        "more_worsened": "чаще ниже, чем выше",
        "unclear": "вывода нет",
    },
    "trend": {"up": "растёт", "down": "снижается", "unclear": "вывода нет"},
}
"""How people call the words of a column."""

SCHEMA = schema_of(Assessment)


class Assessments:
    """The table and look-ups in it."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @classmethod
    def of(cls, results: pa.Table, rows: Any, judged: Mapping[str, Any]) -> "Assessments":
        """From what is judged of some rows of the results, by column; the other columns are theirs."""
        copied = results.take(pa.array(rows))
        arrays = [
            pa.array(judged[item.name], item.type, from_pandas=True) if item.name in judged else copied[item.name]
            for item in SCHEMA
        ]
        return cls(pa.table(arrays, schema=SCHEMA))

    @classmethod
    def of_records(cls, rows: Sequence[Assessment]) -> "Assessments":
        """From records."""
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
        columns["stratum"] = [encode_stratum(stratum) for stratum in columns["stratum"]]
        return cls(pa.table([pa.array(columns[item.name], item.type) for item in SCHEMA], schema=SCHEMA))

    @classmethod
    def read(cls, path: Path) -> "Assessments":
        """Read ``assessment.parquet``; raises as :meth:`quality_cli.analysis.results.Results.read` does."""
        with opened(path) as file:
            table = pa.parquet.read_table(file, use_threads=False)
        if not table.schema.equals(SCHEMA):
            raise OtherColumnsError(path.name, [name for name in SCHEMA.names if name not in table.schema.names])
        return cls(table)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[Assessment]:
        return iter(self._rows)

    def get(self, key: ResultKey) -> Assessment | None:
        """What is judged of a row of the results; None where nothing is."""
        return self._index.get(key)

    def find(
        self, indicator: str, org_id: str, period: str, part: str = "", stratum: Stratum = TOTAL
    ) -> Assessment | None:
        """What is judged of one figure, unit, school year and stratum."""
        return self.get(ResultKey(indicator, part, org_id, period, stratum))

    def of_unit(self, org_id: str, period: str) -> Sequence[Assessment]:
        """Everything judged of a unit in a school year, in the order of the table."""
        return self._by_unit.get((org_id, period), ())

    def write(self, folder: Path) -> None:
        """Write ``assessment.parquet`` and ``assessment.csv``."""
        pa.parquet.write_table(self.table, folder / FILES[0], compression="zstd")
        write_csv(self.table, folder / FILES[1])

    @cached_property
    def _rows(self) -> Sequence[Assessment]:
        columns = {name: self.table[name].to_pylist() for name in COLUMNS}
        columns["stratum"] = [decode_stratum(text) for text in columns["stratum"]]
        return [Assessment(*row) for row in zip(*columns.values(), strict=True)]

    @cached_property
    def _by_unit(self) -> Mapping[tuple[str, str], Sequence[Assessment]]:
        found: dict[tuple[str, str], list[Assessment]] = {}
        for row in self._rows:
            found.setdefault((row.org_id, row.period), []).append(row)
        return found

    @cached_property
    def _index(self) -> Mapping[ResultKey, Assessment]:
        return {row.key: row for row in self._rows}


FILES = ("assessment.parquet", "assessment.csv")
"""What :meth:`Assessments.write` writes."""
