"""The results table: one row per indicator x part x unit x stratum x period. A public contract."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from quality_cli.analysis.csv_files import write_csv
from quality_cli.core.files import opened
from quality_cli.core.strata import TOTAL, Stratum, decode_stratum, encode_stratum, names_of

_WORD = pa.dictionary(pa.int32(), pa.string())


def about(title: str, meaning: str) -> Mapping[str, str]:
    """What a column of the results table is called in Russian and what stands in it."""
    return {"title": title, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the results table; ``None`` is an empty cell. **These fields are the list of its columns**: the schema
    of the files, the titles of the workbook and the page of the documentation are made of them."""

    period: str = field(metadata=about("Учебный год", "учебный год: 2025/2026"))
    indicator: str = field(metadata=about("Показатель", "обозначение показателя: 1.1.2-m1"))
    part: str = field(metadata=about("Часть", "часть показателя: mark=2; пусто, если частей нет"))
    level: str = field(metadata=about("Уровень", "organisation, municipality или region"))
    org_id: str = field(metadata=about("Код организации", "код организации, муниципалитета или региона по реестру"))
    org_name: str = field(metadata=about("Организация", "её название"))
    reported: bool = field(metadata=about("Уровень концепции", "да, если концепция задаёт показатель для этого уровня"))
    by: str = field(metadata=about("Разложено по", "разрезы через запятую: grade,subject; пусто у итога"))
    stratum: Stratum = field(
        metadata=about(
            "Разрез", "значения разрезов: grade=4;subject=Математика; внутри значений перед «;», «=», «\\» стоит «\\»"
        )
    )
    numerator: float | None = field(metadata=about("Числитель", "числитель, как он сосчитан"))
    denominator: float | None = field(
        metadata=about("Знаменатель", "знаменатель, как он сосчитан; пусто, если его нет")
    )
    base: float | None = field(
        metadata=about(
            "Основание",
            "на скольких держится доля или среднее: знаменатель, а у работ — сколько детей их написали; пусто, если "
            "этого не узнать",
        )
    )
    value: float | None = field(metadata=about("Значение", "значение в единице, не округлено; пусто, если его нет"))
    unit: str = field(metadata=about("Единица", "единица значения"))
    excluded: float | None = field(
        metadata=about("Исключено", "строки, которых показатель не учитывает по определению")
    )
    unknown: float | None = field(
        metadata=about(
            "Неизвестно",
            "строки таблицы из population, о которых условие показателя нельзя решить; неизвестное второй таблицы "
            "(числителя или знаменателя из другого набора) здесь не считается, но названо в пояснении",
        )
    )
    possible_low: float | None = field(
        metadata=about(
            "Возможно: от",
            "наименьшее, чем могло бы оказаться значение, будь все пустые ячейки полученных строк известны; равно "
            "значению, если неизвестного нет; пусто, если границ не назвать. О непредставленном границы не говорят, "
            "только у доли организаций молчащая — тоже неизвестная; строки, в которых не указан сам разрез, в границы "
            "этого разреза не входят",
        )
    )
    possible_high: float | None = field(metadata=about("Возможно: до", "наибольшее, чем оно могло бы оказаться"))
    matched: float | None = field(
        metadata=about("Связано, %", "доля детей, чей прежний результат найден (показатели динамики)")
    )
    expected: float | None = field(
        metadata=about(
            "Должны отчитаться",
            "кто должен всё, на чём держится значение; у организации — она и те, кто отчитывается за неё",
        )
    )
    received: float | None = field(
        metadata=about("Отчитались", "те из них, кто представил всё: строки или «сведений нет»")
    )
    ci_low: float | None = field(
        metadata=about(
            "Интервал 95 %: от",
            "нижняя граница 95-процентного интервала доли (Вильсон, 1927), у работ — по числу детей; у среднего, если "
            "у столбца есть min и max, — доли, разбросанной не меньше; у того, что сосчитано точно, интервала нет",
        )
    )
    ci_high: float | None = field(metadata=about("Интервал 95 %: до", "верхняя граница интервала"))
    small: bool = field(
        metadata=about("Малая выборка", "да, если доля или среднее — по малому числу (small_below каталога)")
    )
    status: str = field(
        metadata=about(
            "Состояние",
            "ok, partial (отчитались не все, не всё известно или данные кого-то противоречат друг другу), no_data, "
            "conflict или not_applicable, каждое следующее важнее; что данных нет, видно только здесь: числитель и "
            "знаменатель такой строки бывают и нулями",
        )
    )
    note: str = field(metadata=about("Пояснение", "почему нет значения или чего ему недостаёт"))
    source: str = field(metadata=about("Источник", "наборы данных и файлы, на которых значение основано"))

    @property
    def key(self) -> "ResultKey":
        """What the row is of."""
        return ResultKey(self.indicator, self.part, self.org_id, self.period, self.stratum)

    def record(self) -> dict[str, Any]:
        """The row as files hold it: by column, the stratum as text."""
        return {**{name: getattr(self, name) for name in COLUMNS}, "stratum": encode_stratum(self.stratum)}


class ResultKey(NamedTuple):
    """What a row of the results is of: no two rows have the same."""

    indicator: str
    part: str
    org_id: str
    period: str
    stratum: Stratum = TOTAL


COLUMNS: Mapping[str, Mapping[str, str]] = {item.name: item.metadata for item in fields(Result)}
"""By name in the order of the table: ``title`` and ``meaning`` of each column, in Russian."""

_TYPES = {bool: pa.bool_(), float | None: pa.float64(), str: _WORD, Stratum: _WORD}


def schema_of(record: type) -> pa.Schema:
    """The columns of a table whose rows are such records."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in get_type_hints(record).items()])


SCHEMA = schema_of(Result)


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: for each row a position in ``words``, no word twice."""

    codes: Any
    words: tuple[str, ...]

    @classmethod
    def of(cls, codes: Any, words: Sequence[str]) -> "Words":
        """From positions in a vocabulary that may repeat words; those of no row are left out, for which of them were
        looked for depends on how the rows were counted."""
        met = np.bincount(codes, minlength=len(words)).astype(bool).tolist()
        place = {word: index for index, word in enumerate(dict.fromkeys(compress(words, met)))}
        own = np.array([place.get(word, -1) for word in words], dtype=np.int32)
        return cls(own[codes] if len(own) else np.zeros(0, dtype=np.int32), tuple(place))

    def where(self, mask: Any) -> "Words":
        """The same in the rows of a mask, no word elsewhere."""
        return Words.of(np.where(mask, self.codes, len(self.words)), (*self.words, ""))

    def array(self) -> pa.DictionaryArray:
        """The column for a table."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, pa.int32()), pa.array(self.words, pa.string()))


class OtherColumnsError(ValueError):
    """A table of results that has not the columns of this version."""

    def __init__(self, name: str, missing: Sequence[str]) -> None:
        lacking = f"нет {', '.join(missing)}" if missing else "они другого вида"
        super().__init__(f"столбцы в «{name}» — другой версии программы: {lacking}")


class Results:
    """The table and look-ups in it."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @classmethod
    def of(cls, columns: Mapping[str, Any], keep: Any = None) -> "Results":
        """Build from columns by name (only the rows of the mask ``keep``, where given); NaN is an empty cell.

        Columns of words are :class:`Words`; strata are text.
        """
        arrays = []
        for column in SCHEMA:
            values = columns[column.name]
            arrays.append(
                values.array() if isinstance(values, Words) else pa.array(values, column.type, from_pandas=True)
            )
        table = pa.table(arrays, schema=SCHEMA)
        return cls(table if keep is None else table.filter(pa.array(keep)))

    @classmethod
    def read(cls, path: Path) -> "Results":
        """Read ``results.parquet``; raises ``OSError`` or ``pyarrow.ArrowException`` as they come,
        :class:`OtherColumnsError` for a table of another version: without who has reported a figure looks whole."""
        with opened(path) as file:
            table = pa.parquet.read_table(file, use_threads=False)
        if not table.schema.equals(SCHEMA):
            raise OtherColumnsError(path.name, [name for name in SCHEMA.names if name not in table.schema.names])
        results = cls(table)
        results._strata()  # strata that nobody can read are told now
        return results

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[Result]:
        return iter(self._rows)

    def get(self, key: ResultKey) -> Result | None:
        """The row of a key."""
        return self._index.get(key)

    def find(self, indicator: str, org_id: str, period: str, part: str = "", stratum: Stratum = TOTAL) -> Result | None:
        """The row of one figure, unit, period and stratum."""
        return self.get(ResultKey(indicator, part, org_id, period, stratum))

    def of_unit(self, org_id: str, period: str) -> Sequence[Result]:
        """Rows of a unit and a school year, in the order of the table."""
        return self._units.get((org_id, period), ())

    def strata(self, key: ResultKey, by: Collection[str]) -> Iterator[Result]:
        """Rows of the figure, unit and school year of ``key`` by this set of stratifiers, in the order of the table."""
        own = self._figures.get(key._replace(stratum=TOTAL), ())
        return (row for row in own if set(names_of(row.stratum)) == set(by))

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
        """Write ``results.csv``."""
        write_csv(self.table, path)

    @cached_property
    def _rows(self) -> Sequence[Result]:
        columns = {name: self.table[name].to_pylist() for name in COLUMNS}
        read = self._strata()
        columns["stratum"] = [read[text] for text in columns["stratum"]]
        return [Result(*row) for row in zip(*columns.values(), strict=True)]

    @cached_property
    def _index(self) -> Mapping[ResultKey, Result]:
        return {row.key: row for row in self._rows}

    @cached_property
    def _units(self) -> Mapping[tuple[str, str], Sequence[Result]]:
        found: dict[tuple[str, str], list[Result]] = defaultdict(list)
        for row in self._rows:
            found[row.org_id, row.period].append(row)
        return found

    @cached_property
    def _figures(self) -> Mapping[ResultKey, Sequence[Result]]:
        found: dict[ResultKey, list[Result]] = defaultdict(list)
        for row in self._rows:
            found[ResultKey(row.indicator, row.part, row.org_id, row.period)].append(row)
        return found

    def _strata(self) -> dict[str, Stratum]:
        """Every stratum by its text; raises ``ValueError`` for a text that is none."""
        return {text: decode_stratum(text) for text in self.table["stratum"].unique().to_pylist()}
