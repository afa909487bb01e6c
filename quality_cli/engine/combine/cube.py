"""The cube: counted quantities of every figure, unit, stratum and period, before anything is divided."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.strata import Stratum
from quality_cli.datasets.tables.batches import Array

QUANTITIES = ("numerator", "denominator", "excluded", "unknown")

COUNTED, NOT_APPLICABLE, NOT_LOADED, NO_ROWS, CONFLICT = range(5)
"""Why a row has no figure, if it has none."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a figure's tables tell of it: it counts units rather than people; it links the same children."""

    counts_units: bool
    links: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of some figures at one level by one set of their stratifiers, as parallel arrays.

    ``figure`` are positions in ``Cube.figures``; ``unit`` are positions in the register, ``stratum`` and ``note``
    positions in ``strata`` and ``notes``; ``state`` one of the constants above.
    """

    figure: Array
    level: Level
    by: str
    strata: tuple[Stratum, ...]
    notes: tuple[str, ...]
    period: Array
    unit: Array
    stratum: Array
    counts: Mapping[str, Array]
    state: Array
    note: Array

    def __len__(self) -> int:
        return len(self.period)


@dataclass(frozen=True, slots=True)
class Cube:
    """Counted quantities in blocks; rows of one figure are in the order of the results table.

    ``periods`` are those asked for; blocks also hold the earlier ones that figures compare with. ``sources`` tells what
    a figure rests on in a school year.
    """

    figures: tuple[Figure, ...]
    organisations: OrgTree
    blocks: tuple[Block, ...]
    sources: Mapping[tuple[int, int], str]
    traits: tuple[Traits, ...]
    periods: tuple[int, ...]

    def __len__(self) -> int:
        return sum(map(len, self.blocks))
