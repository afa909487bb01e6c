"""The cube: counted quantities of every figure, organisation, stratum and period, before anything is divided."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.strata import Stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array


class Reason(IntEnum):
    """What stands between the quantities of a row and a value; analysis decides what follows from it."""

    COUNTED = 0
    """Nothing: they were counted."""
    NOT_APPLICABLE = 1
    """The figure is not about the organisation."""
    NOT_HELD = 2
    """In that school year the procedure is not held for the stratum; ``text`` is the catalogue's word for it."""
    NOT_LOADED = 3
    """Nobody supplied ``dataset`` for that school year."""
    NO_ROWS = 4
    """No row fits the conditions: a zero where the reports have come, else nothing is known."""
    SOURCES_DIFFER = 5
    """Sources contradict each other: ``values`` are what each says."""
    EXCEEDING = 6
    """The numerator, which other rows give, is above the denominator."""
    TOTAL_BELOW = 7
    """A total of ``dataset`` is below the sum of its parts, which ``text`` tells; ``values`` are what each says."""


CONTRADICTIONS = (Reason.SOURCES_DIFFER, Reason.EXCEEDING, Reason.TOTAL_BELOW)


@dataclass(frozen=True, slots=True)
class SourceValue:
    """What one source says of a row; ``taken``: its quantities are those of the row. NaN: it says no value."""

    source: str
    numerator: float
    denominator: float
    value: float
    taken: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """What the engine knows of a row beside its quantities, for analysis to judge and to word.

    ``sources`` are titles of other sources of the figure that gave some of the quantities.
    """

    reason: Reason = Reason.COUNTED
    dataset: str = ""
    text: str = ""
    sources: tuple[str, ...] = ()
    values: tuple[SourceValue, ...] = ()


@dataclass(frozen=True, slots=True)
class DataSource:
    """A dataset that a figure rests on in a school year, and the files it came from; none where nobody supplied it."""

    dataset: str
    files: tuple[str, ...]


class Matched(NamedTuple):
    """How many organisations under a row of a change are known in both school years, and in one of them alone."""

    both: Array
    alone: Array


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of some figures at one level by one set of their stratifiers, as parallel arrays.

    ``figure`` are positions in ``Cube.figures``; ``org`` are positions in the register, ``stratum`` and ``remark``
    positions in ``strata`` and ``remarks``. ``counts`` are the quantities by name. ``matched``: of a change, whom it is
    counted over (of ``earlier`` rows, those known in that year and in the later one).
    ``earlier``: its rows are no results but what those of a later school year are compared with.
    """

    figure: Array
    level: Level
    by: str
    strata: tuple[Stratum, ...]
    remarks: tuple[Remark, ...]
    period: Array
    org: Array
    stratum: Array
    counts: Mapping[str, Array]
    remark: Array
    matched: Matched | None = None
    earlier: bool = False

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.period)

    @property
    def reason(self) -> Array:
        """The :class:`Reason` of each row."""
        return np.array([remark.reason for remark in self.remarks], dtype=np.int8)[self.remark]


@dataclass(frozen=True, slots=True)
class Cube:
    """Counted quantities in blocks; rows of one figure are in the order of the results table.

    ``periods`` are those asked for; blocks also hold the earlier ones that figures compare with. ``sources`` tells by
    figure (its position) and school year what it rests on; ``contracts`` are those of the datasets.
    """

    figures: tuple[Figure, ...]
    organisations: OrgTree
    blocks: tuple[Block, ...]
    sources: Mapping[tuple[int, int], tuple[DataSource, ...]]
    contracts: Mapping[str, Contract]
    periods: tuple[int, ...]

    def __len__(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.blocks))
