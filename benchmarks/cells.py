"""Results of any method in one compact form, and whether two of them are equal.

A cell is a figure, a school year, a unit and a stratum with four counts; cells of zeros are not kept. The file holds a
row group for each figure: ``key`` (ascending) and the counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.catalogue import Task
from benchmarks.data import Array

QUANTITIES = ("numerator", "denominator", "excluded", "unknown")
SCHEMA = pa.schema([("key", pa.int64()), *((name, pa.float64()) for name in QUANTITIES)])
LEVELS = {"школа": "organisation", "муниципалитет": "municipality", "регион": "region"}

Grid = Mapping[str, Any]
"""Part of a rival's result as arrays by name: ``period``, ``unit``, stratifiers, aggregates as the task names them."""


class Coder:
    """Turns period, unit and stratum into one number: the same for every method."""

    def __init__(self, task: Task, folder: Path) -> None:
        ids = pq.read_table(folder / "organisations.parquet", columns=["id"])["id"].to_pylist()
        self._unit = {unit: number for number, unit in enumerate(ids)}
        words = [column.values for contract in task.contracts.values() for column in contract.columns.values()]
        self._word = {word: number for number, word in enumerate(dict.fromkeys(w for values in words for w in values))}

    def keys(self, grid: Grid, by: Sequence[str]) -> tuple[Array, Array]:
        """Keys of the rows by the figure's stratifiers, and which of them belong to a unit and to a known stratum."""
        unit = self._coded(grid["unit"], self._unit)
        kept = unit >= 0
        key = (np.asarray(grid["period"]).astype(np.int64) - 2000) << 48 | np.maximum(unit, 0) << 24
        for position, name in enumerate(by):
            if name in grid:
                code = self._coded(grid[name], self._word)
                kept &= code >= 0
                key |= (np.maximum(code, 0) + 1) << (12 if position == 0 else 0)
        return key, kept

    def _coded(self, values: Any, place: Mapping[str, int]) -> Array:
        """Positions of words, or the numbers themselves; -1 for an empty cell."""
        array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
        whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        if not (pa.types.is_dictionary(whole.type) or pa.types.is_large_string(whole.type)
                or pa.types.is_string(whole.type) or pa.types.is_string_view(whole.type)):  # fmt: skip
            return np.asarray(whole.cast(pa.float64()).fill_null(-1)).astype(np.int64)
        coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
        table = np.array([place[str(word)] for word in coded.dictionary.to_pylist()] + [-1], dtype=np.int64)
        return np.asarray(table[np.asarray(coded.indices.cast(pa.int64()).fill_null(-1))])


def of_grids(task: Task, folder: Path, grids: Iterable[Grid]) -> Iterator[dict[str, Array]]:
    """Cells of each figure in turn, from the parts of a rival's result."""
    coder = Coder(task, folder)
    holding: dict[str, list[Grid]] = {}
    for grid in grids:
        for name in grid:
            holding.setdefault(name, []).append(grid)
    for number, figure in enumerate(task.figures):
        found: dict[str, tuple[Array, Array]] = {}
        for quantity in (item for item in task.quantities if item.figure == number):
            shared, own = task.column[quantity], task.own_column(quantity)
            column = shared if shared in holding else own
            pairs = []
            for grid in holding.get(column, []):
                key, kept = coder.keys(grid, figure.by)
                values = np.nan_to_num(np.asarray(grid[column], dtype=float))
                kept &= values != 0
                pairs.append((key[kept], values[kept]))
            keys, values = (np.concatenate(items) for items in zip(*pairs, strict=True)) if pairs else _nothing()
            found[quantity.name] = keys, values
        yield _aligned(found)


def _nothing() -> tuple[Array, Array]:
    return np.empty(0, np.int64), np.empty(0)


def _aligned(found: Mapping[str, tuple[Array, Array]]) -> dict[str, Array]:
    key = np.unique(np.concatenate([keys for keys, _ in found.values()]))
    counts = {name: np.zeros(len(key)) for name in (*QUANTITIES, "possible", "settled")}
    for name, (keys, values) in found.items():
        place = np.searchsorted(key, keys)
        if len(np.unique(place)) < len(place):
            raise AssertionError(f"a cell of «{name}» is told twice")
        counts[name][place] = values
    counts["unknown"] = counts["possible"] - counts["settled"]
    return nonzero({"key": key, **{name: counts[name] for name in QUANTITIES}})


def nonzero(cells: Mapping[str, Array]) -> dict[str, Array]:
    """Cells in ascending order, without those that tell nothing."""
    rows = np.flatnonzero(np.any([cells[name] != 0 for name in QUANTITIES], axis=0))
    rows = rows[np.argsort(cells["key"][rows], kind="stable")]
    return {name: array[rows] for name, array in cells.items()}


def write(path: Path, figures: Iterable[Mapping[str, Array]]) -> None:
    """Write the cells of all figures."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for cells in figures:
            writer.write_table(pa.table(dict(cells), schema=SCHEMA), row_group_size=max(len(cells["key"]), 1))


def difference(ours: Path, other: Path) -> str:
    """The first difference between two files of cells; empty where they are equal (rtol 1e-9)."""
    with pq.ParquetFile(ours) as left, pq.ParquetFile(other) as right:
        if left.num_row_groups != right.num_row_groups:
            return f"{left.num_row_groups} figures against {right.num_row_groups}"
        for number in range(left.num_row_groups):
            one, two = left.read_row_group(number), right.read_row_group(number)
            if not one["key"].equals(two["key"]):
                return f"figure {number + 1}: {len(one)} cells against {len(two)}, or others"
            for name in QUANTITIES:
                if not np.allclose(one[name].to_numpy(), two[name].to_numpy(), rtol=1e-9, atol=0):
                    return f"figure {number + 1}: other counts of {name}"
    return ""


def count(path: Path) -> int:
    """How many cells a file holds."""
    return int(pq.read_metadata(path).num_rows)
