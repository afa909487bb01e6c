"""The cube: counted quantities of every figure, unit, stratum and period, before anything is divided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import OrgTree

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

FIELDS = (
    "figure",
    "period",
    "level",
    "unit",
    "by",
    "stratum",
    "numerator",
    "denominator",
    "excluded",
    "unknown",
    "state",
    "note",
)
"""``figure``: index into ``Cube.figures``; ``state``: empty, or why nothing was counted (``engine.execute``)."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a figure's tables tell of it: it counts units rather than people; it links the same children."""

    counts_units: bool
    links: bool


@dataclass(frozen=True, slots=True)
class Cube:
    """Counted quantities as parallel arrays by name (:data:`FIELDS`), in the order of the results table.

    ``periods`` are those asked for; the arrays also hold the earlier ones that figures compare with.
    """

    figures: tuple[Figure, ...]
    organisations: OrgTree
    columns: Mapping[str, Array]
    sources: Mapping[tuple[int, int], str]
    traits: tuple[Traits, ...]
    periods: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.columns["figure"])


def concatenated(blocks: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Blocks of rows one under another; without blocks, empty columns."""
    return {name: np.concatenate([block[name] for block in blocks]) if blocks else np.empty(0) for name in FIELDS}
