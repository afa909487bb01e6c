"""Prepared tables: a folder of Parquet files whose columns are those of the contracts, read group by group.

For data of any size: a region's or a country's. A file is called by its dataset («vpr.parquet»; «vpr.1.parquet»,
«vpr.2.parquet» … are parts of one table), its columns by the columns of the contract, and one more, ``period``, holds
the first calendar year of the school year. Words are strings or dictionaries (several values of one cell with «;»
between), flags booleans, numbers numbers; an empty cell is unknown. Nothing is derived and nothing is checked cell by
cell: who prepares such a table answers for it. Rows of unknown organisations and without a school year are told.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quality_cli.core.errors import NothingToDoError
from quality_cli.core.files import opened
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.core.where import BETWEEN
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.batches import ArrowBatch, Batch, FrameBatch
from quality_cli.datasets.tables.table import FEW, FILE, PERIOD, ROW, SHEET, Table, Tables
from quality_cli.datasets.values.organisations import build_tree

BATCH = 1 << 18
"""Most rows read at once: a row group, unless it is very large."""

SPLIT = r"\s*;\s*"
"""What stands between several values of a cell."""

_FEW_TYPES = frozenset({"category", "flag", "letter", "period"})


class PreparedTable(Table):
    """Rows of one dataset in Parquet files; ``frame`` reads them all."""

    def __init__(self, contract: Contract, paths: Sequence[Path]) -> None:
        self.contract = contract
        self.paths = tuple(paths)
        self._metadata = [pq.read_metadata(path) for path in paths]

    def __len__(self) -> int:
        return sum(metadata.num_rows for metadata in self._metadata)

    def stored(self) -> list[tuple[Path, frozenset[str]]]:
        """The files and the columns that each has."""
        return [(path, frozenset(m.schema.names)) for path, m in zip(self.paths, self._metadata, strict=True)]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows at once, with the trace that rows of exports have."""
        parts = []
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            with _whole(path):
                stored = pq.read_table(path, use_threads=False, page_checksum_verification=True)
            for name in set(_several(self.contract)) & set(stored.column_names):
                stored = stored.set_column(stored.column_names.index(name), name, _split(stored[name].combine_chunks()))
            part = ArrowBatch(stored).frame(metadata.schema.to_arrow_schema().names)
            part[FILE], part[ROW] = path.name, np.arange(1.0, len(part) + 1)
            parts.append(part)
        frame = pd.concat(parts, ignore_index=True)
        absent = [
            name for name, column in self.contract.columns.items() if name not in frame and column.type != "numbers"
        ]
        for name in absent:
            numeric = self.contract.columns[name].is_numeric
            frame[name] = float("nan") if numeric else pd.Categorical([None] * len(frame))
        if PERIOD not in frame:
            frame[PERIOD] = float("nan")
        words = [
            FILE,
            *(name for name, column in self.contract.columns.items() if name in frame and not column.is_numeric),
        ]
        return frame.assign(**{SHEET: pd.Categorical([""] * len(frame))}).astype(dict.fromkeys(words, "category"))

    def periods(self) -> list[int]:
        return sorted(self._years)

    def strangers(self, known: Collection[str]) -> dict[str, tuple[str, int]]:
        """Organisations that are not known: a file that names each, and the number of its rows."""
        found: dict[str, tuple[str, int]] = {}
        organisation = self.contract.organisation or ""
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            for batch in self._all(path, metadata, [organisation]):
                column = batch.encoded(organisation)
                rows = np.bincount(column.codes + 1, minlength=len(column.values) + 1).tolist()
                for name, count in zip(["", *column.values.to_pylist()], rows, strict=True):
                    if count and name not in known:
                        found[name] = (path.name, count + found.get(name, ("", 0))[1])
        return found

    def misdated(self, tree: OrgTree) -> dict[tuple[str, int], tuple[str, int]]:
        """Organisations and school years in which they do not exist: a file that names both, and the number of its
        rows."""
        found: dict[tuple[str, int], tuple[str, int]] = {}
        dated = {unit.id: unit for unit in tree if unit.is_dated}
        if self.contract.period is None or not dated:
            return found
        organisation = self.contract.organisation or ""
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            for batch in self._all(path, metadata, [organisation, PERIOD]):
                orgs, years = batch.encoded(organisation), batch.encoded(PERIOD)
                size = len(years.values)
                known = (orgs.codes >= 0) & (years.codes >= 0)
                rows = np.bincount(orgs.codes[known].astype(np.int64) * size + years.codes[known])
                names, told = orgs.values.to_pylist(), years.values.to_pylist()
                for pair in np.flatnonzero(rows).tolist():
                    name, year = names[pair // size], int(told[pair % size])
                    if name in dated and not dated[name].exists(year):
                        found[name, year] = (path.name, int(rows[pair]) + found.get((name, year), ("", 0))[1])
        return found

    def undated(self) -> dict[str, int]:
        """Rows without a school year, which nothing counts, by file."""
        found: dict[str, int] = {}
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            if self.contract.period is not None:
                place = metadata.schema.names.index(PERIOD)
                told = [metadata.row_group(group).column(place).statistics for group in range(metadata.num_row_groups)]
                if _is_exact(metadata, PERIOD) and all(s is not None and s.has_null_count for s in told):
                    rows = sum(statistics.null_count for statistics in told)
                else:
                    rows = sum(int((~batch.known(PERIOD)).sum()) for batch in self._all(path, metadata, [PERIOD]))
                found |= {path.name: rows} if rows else {}
        return found

    def _all(self, path: Path, metadata: pq.FileMetaData, columns: list[str]) -> Iterator[ArrowBatch]:
        """All rows of a file."""
        for group in range(metadata.num_row_groups):
            yield from _read(path, metadata, group, columns, columns, self.contract)

    def files(self, period: int | None) -> list[str]:
        return [path.name for path in self.paths]

    def parts(self, columns: Sequence[str], periods: Collection[int]) -> list[Callable[[], Iterator[Batch]]]:
        """A row group is a part; groups that hold none of the school years are not read."""
        return [*self._groups(columns, periods)]

    def _groups(
        self, columns: Sequence[str], periods: Collection[int]
    ) -> Iterator[Callable[..., Iterator[ArrowBatch]]]:
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            stored = metadata.schema.names
            wanted = [name for name in columns if name in stored]
            place = stored.index(PERIOD) if PERIOD in stored else None
            for group in range(metadata.num_row_groups):
                if not metadata.row_group(group).num_rows:  # a table without rows has one such group: it gives no batch
                    continue
                span = _span(metadata, group, place) if place is not None and self.contract.period else None
                if span is None or any(span[0] <= year <= span[1] for year in periods):
                    yield partial(_read, path, metadata, group, wanted, tuple(columns), self.contract)

    def sample(self, columns: Sequence[str], periods: Collection[int], rows: int) -> Batch:
        groups = list(self._groups(columns, periods))
        return next(groups[len(groups) // 2](most=rows)) if groups else FrameBatch(self.frame)

    def few_values(self, name: str) -> bool:
        if name == PERIOD or self.contract.columns[name].type in _FEW_TYPES:
            return True
        spans = list(self._spans(name))
        return bool(spans) and None not in spans and max(s[1] for s in spans if s) - min(s[0] for s in spans if s) < FEW

    def gaps(self, name: str) -> bool:
        if any(name not in m.schema.names or not _is_exact(m, name) for m in self._metadata):
            return True
        groups = ((m, group, m.schema.names.index(name)) for m in self._metadata for group in range(m.num_row_groups))
        told = (metadata.row_group(group).column(place).statistics for metadata, group, place in groups)
        return any(found is None or not found.has_null_count or found.null_count for found in told)

    def _spans(self, name: str) -> Iterator[tuple[int, int] | None]:
        for metadata in self._metadata:
            if name in metadata.schema.names and self.contract.columns[name].type == "integer":
                place = metadata.schema.names.index(name)
                yield from (_span(metadata, group, place) for group in range(metadata.num_row_groups))

    @cached_property
    def _years(self) -> frozenset[int]:
        if self.contract.period is None:
            return frozenset()
        years: set[int] = set()
        for path, metadata in zip(self.paths, self._metadata, strict=True):
            place = metadata.schema.names.index(PERIOD)
            for group in range(metadata.num_row_groups):
                span = _span(metadata, group, place)
                if span and span[0] == span[1]:
                    years.add(int(span[0]))
                else:
                    for batch in _read(path, metadata, group, [PERIOD], [PERIOD], self.contract):
                        column = batch.encoded(PERIOD)
                        met = np.flatnonzero(np.bincount(column.codes + 1, minlength=1)[1:])
                        years.update(int(column.values[code].as_py()) for code in met)
        return frozenset(years)


def _several(contract: Contract) -> list[str]:
    return [name for name, column in contract.columns.items() if column.several]


def _split(column: pa.Array) -> pa.Array:
    """Cells of several values as any table has them."""
    words = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    return pc.replace_substring_regex(words.cast(pa.string()), SPLIT, BETWEEN).dictionary_encode()


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Reading of a file whose metadata are sound; what is broken in it shows only now, when others are counted."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise NothingToDoError(
            f"файл «{path.name}» повреждён: подготовленная таблица прочитана не до конца, показатели не рассчитаны; "
            "подготовьте или скопируйте файл заново либо уберите его из папки данных"
        ) from error


def dataset_of(path: Path, contracts: Mapping[str, Contract]) -> str | None:
    """The dataset that a file holds in prepared form; None where it is anything else."""
    contract = contracts.get(path.name.split(".")[0])
    if contract is None or path.suffix != ".parquet" or not contract.organisation or contract.union:
        return None
    try:
        with opened(path, follow=True) as file:  # reading the schema of a pipe would never end
            names = pq.read_schema(file).names
    except (pa.ArrowException, OSError):
        return None
    needed = {contract.organisation, *([PERIOD] if contract.period else [])}
    return contract.dataset if needed <= set(names) else None


def rows_of(path: Path) -> int:
    """How many rows a prepared file has."""
    return int(pq.read_metadata(path).num_rows)


def open_tables(folder: Path, contracts: Mapping[str, Contract]) -> Tables:
    """The prepared tables of a folder, the register among them; raises ``OSError`` or ``pyarrow.ArrowException``."""
    paths: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        if (dataset := path.name.split(".")[0]) in contracts:
            paths.setdefault(dataset, []).append(path)
    tables = {name: PreparedTable(contracts[name], found) for name, found in paths.items()}
    findings = Findings()
    tree = build_tree(tables[REGISTER].records(), findings)
    return Tables(tables, tree, (), findings)


def _is_exact(metadata: pq.FileMetaData, name: str) -> bool:
    """Whether a column cannot hold what is no number and yet no empty cell."""
    return metadata.schema.column(metadata.schema.names.index(name)).physical_type not in ("FLOAT", "DOUBLE")


def _span(metadata: pq.FileMetaData, group: int, place: int) -> tuple[int, int] | None:
    """Least and greatest value of a column in a row group, where the file tells."""
    told = metadata.row_group(group).column(place).statistics
    return (told.min, told.max) if told is not None and told.has_min_max else None


def _read(
    path: Path,
    metadata: pq.FileMetaData,
    group: int,
    stored: list[str],
    wanted: Sequence[str],
    contract: Contract,
    most: int = BATCH,
) -> Iterator[ArrowBatch]:
    """A row group, at most so many rows at a time; words of one column are the same object while they are the same."""
    words = [name for name in stored if not contract.is_numeric(name)]
    several = _several(contract)
    known: dict[str, pa.Array] = {}
    told = {"metadata": metadata, "read_dictionary": words, "page_checksum_verification": True}
    with _whole(path), pq.ParquetFile(path, **told) as file:
        for batch in file.iter_batches(most, [group], stored, use_threads=False):
            columns = dict(zip(stored, batch.columns, strict=True))
            for name in words:
                column = columns[name]
                if name in several:
                    column = columns[name] = _split(column)
                if pa.types.is_null(column.type):  # nobody has ever told a word of it
                    column = columns[name] = pa.nulls(len(batch), pa.string()).dictionary_encode()
                if known.setdefault(name, column.dictionary).equals(column.dictionary):
                    columns[name] = pa.DictionaryArray.from_arrays(column.indices, known[name])
                else:
                    known[name] = column.dictionary
            for name in wanted:
                if name not in stored:
                    columns[name] = pa.nulls(len(batch), pa.float64() if contract.is_numeric(name) else pa.string())
            yield ArrowBatch(pa.record_batch(columns))
            del batch, columns  # before the next is read
