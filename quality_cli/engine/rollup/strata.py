"""Strata: the combinations of values of stratifiers that are met, and their margins."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from quality_cli.core.strata import TOTAL, Stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.plan.ordering import in_order


def subsets(count: int) -> list[tuple[int, ...]]:
    """What ``by`` asks for: the total, each stratifier alone, the full cross."""
    single = [(position,) for position in range(count)]
    return [(), *single, *([tuple(range(count))] if count > 1 else [])]


@dataclass(frozen=True, slots=True)
class Margin:
    """How the finest strata add up into those of some stratifiers only.

    ``names`` are these stratifiers (none for the total). ``stratum_of`` is for each finest stratum the position of what
    it adds to in ``strata``; ``named`` tells which of them have no unknown value (the others are never told);
    ``whole``: they are the finest strata themselves.
    """

    stratum_of: Array
    names: tuple[str, ...]
    strata: tuple[Stratum, ...]
    named: Array
    whole: bool

    @property
    def by(self) -> str:
        """The stratifiers as results name them: «grade,subject»."""
        return ",".join(self.names)

    def held_by(self, coarser: "Margin") -> Array:
        """For each stratum the position of the one that holds it in a margin by fewer of the same stratifiers."""
        found = np.zeros(len(self.strata), dtype=np.intp)
        found[self.stratum_of] = coarser.stratum_of
        return found

    def summed(self, array: Array) -> Array:
        """Add up finest strata (the first axis)."""
        if self.whole:
            return array
        if len(self.strata) == 1:
            total: Array = array.sum(0, array.dtype, keepdims=True)
            return total
        # Not add.reduceat: along any axis but the last it is ten times slower.
        found = np.zeros((len(self.strata), *array.shape[1:]), array.dtype)
        for position, own in zip(self.stratum_of.tolist(), array, strict=True):
            found[position] += own
        return found


class Strata:
    """Combinations of values of some stratifiers that stand in tables (of data, or of reports that are missing), in the
    order of results: numbers ascending, words in the order of the contract, an unknown value last. There is always at
    least one.

    An unknown value is a stratum too, for its rows belong to the total; it gets no row of its own in the results. So
    do rows of a table that lacks a stratifier: of it their value is unknown.
    """

    def __init__(self, names: Sequence[str], frames: Iterable[tuple[pd.DataFrame, Contract]]) -> None:
        self.names = tuple(names)
        frames = list(frames)
        self._order = {name: _order(name, frames) for name in self.names}
        met = {combination for frame, _ in frames for combination in self._combinations(frame)}
        self._met = sorted(met) or [tuple(len(self._order[name]) for name in self.names)]
        self._position = {combination: position for position, combination in enumerate(self._met)}
        self._margins: dict[tuple[str, ...], Margin] = {}

    def __len__(self) -> int:
        return len(self._met)

    def codes(self, frame: pd.DataFrame) -> Array:
        """For each row of a frame the position of its stratum."""
        return np.array([self._position[combination] for combination in self._combinations(frame)], dtype=np.intp)

    @cached_property
    def margins(self) -> tuple[Margin, ...]:
        """All that ``by`` asks for, in the order of :func:`subsets`."""
        return tuple(self.margin([self.names[place] for place in subset]) for subset in subsets(len(self.names)))

    def margin(self, names: Sequence[str]) -> Margin:
        """By some of the stratifiers, in their order; made once."""
        if tuple(names) not in self._margins:
            self._margins[tuple(names)] = self._margin(names)
        return self._margins[tuple(names)]

    def _margin(self, names: Sequence[str]) -> Margin:
        subset = [self.names.index(name) for name in names]
        parts = [tuple(combination[position] for position in subset) for combination in self._met]
        position_of = {part: position for position, part in enumerate(sorted(set(parts)))}
        values = [list(self._order[name]) for name in names]
        strata, named = [], []
        for part in position_of:
            known = all(code < len(value) for code, value in zip(part, values, strict=True))
            named.append(known)
            cells = zip(names, values, part, strict=True)
            strata.append(tuple((name, str(value[code])) for name, value, code in cells) if known else TOTAL)
        return Margin(
            stratum_of=np.array([position_of[part] for part in parts], dtype=np.intp),
            names=tuple(names),
            strata=tuple(strata),
            named=np.array(named, dtype=bool),
            whole=len(subset) == len(self.names),
        )

    def _combinations(self, frame: pd.DataFrame) -> Iterable[tuple[int, ...]]:
        columns = [self._column(frame.get(name), self._order[name], len(frame)) for name in self.names]
        return zip(*columns, strict=True) if columns else [()] * len(frame)

    def _column(self, series: pd.Series | None, order: Mapping[object, int], rows: int) -> list[int]:
        unknown = len(order)
        if series is None:
            return [unknown] * rows
        if isinstance(series.dtype, pd.CategoricalDtype):
            position = [*(order.get(word, unknown) for word in series.cat.categories), unknown]
            return [position[code] for code in series.cat.codes.tolist()]
        return [unknown if math.isnan(value) else order[int(value)] for value in series.tolist()]


def table_of(strata: Sequence[Stratum], contract: Contract) -> pd.DataFrame:
    """Strata of the same stratifiers as a table."""
    columns = zip(*strata, strict=True)
    cells = {column[0][0]: [word for _, word in column] for column in columns}
    return pd.DataFrame(
        {
            name: np.array(words, dtype=np.float64) if contract.is_numeric(name) else pd.Categorical(words)
            for name, words in cells.items()
        }
    )


def _order(name: str, frames: Sequence[tuple[pd.DataFrame, Contract]]) -> dict[object, int]:
    """Positions of the values of a stratifier that stand in any of the frames."""
    columns = [contract.columns[name] for frame, contract in frames if name in frame]
    if not columns:
        return {}
    column = next((column for column in columns if column.values), columns[0])
    met = {value for frame, _ in frames if name in frame for value in frame[name].dropna().unique()}
    values = [int(value) if column.is_numeric else str(value) for value in met]
    return {values[position]: number for number, position in enumerate(in_order(values, column))}
