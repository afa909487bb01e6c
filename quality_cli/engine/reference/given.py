"""What figures are counted over, row by row, and where a row belongs in the results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import OrgTree
from quality_cli.core.strata import Stratum
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.derivation.reference import Row, Rows
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.reference.members import Members
from quality_cli.engine.reference.reported import Reported, Whole


class Key(NamedTuple):
    """A row of the results: the figure's position, the school year, the unit and the stratum."""

    figure: int
    period: int
    level: str
    unit: str
    by: str
    stratum: Stratum


class Counted(NamedTuple):
    """What was counted for a key."""

    numerator: float
    denominator: float
    excluded: float
    unknown: float
    unknown_above: float = 0
    unknown_below: float = 0


class Found(NamedTuple):
    """What was counted, the rows that contradict themselves, those of whose numerator anything at all is known, and
    those that another source has given some of."""

    counts: dict[Key, Counted]
    contradicting: set[Key]
    judged: set[Key]
    lent: set[Key]

    @classmethod
    def nothing(cls) -> "Found":
        """Nothing yet."""
        return cls({}, set(), set(), set())

    def update(self, other: "Found") -> None:
        """Take what else was found."""
        self.counts.update(other.counts)
        for own, more in zip(self[1:], other[1:], strict=True):
            own.update(more)


@dataclass(frozen=True, eq=False)
class Given:
    """Tables, the school years to be counted, and what has been reported."""

    tables: Tables
    contracts: Mapping[str, Contract]
    periods: Sequence[int]
    reported: Reported | Whole

    @property
    def tree(self) -> OrgTree:
        """The register."""
        return self.tables.organisations

    @cached_property
    def _members(self) -> Members:
        return Members(self.tables, self.contracts, self.periods)

    @property
    def rows(self) -> Rows:
        """The rows by dataset; those of a table that is valid for every year, once for each year."""
        return self._members.rows

    def units(self, condition: Condition) -> frozenset[tuple[int, str]]:
        """School years and units of which a condition over the register holds, or may hold."""
        return self._members.units(condition)

    def members(self, figure: Figure) -> frozenset[tuple[int, str]]:
        """School years and units that a figure makes sense for."""
        return self._members.of(figure)

    def organisation(self, dataset: str, row: Row) -> Any:
        """The unit that a row is of."""
        return row[self.tables[dataset].contract.organisation or ""]

    def years(self, dataset: str, row: Row) -> list[int]:
        """The school year that a row tells of, if its organisation exists in it."""
        above = self.tree.path(self.organisation(dataset, row))
        return [year for year in self.periods if year == row[PERIOD] and (not above or above[0].exists(year))]

    def cells(self, by: Sequence[str], dataset: str, row: Row) -> set[tuple[Any, ...]]:
        """Where a row lies at the finest: school year, organisation, values of all stratifiers."""
        organisation = self.organisation(dataset, row)
        return {(year, organisation, *(row.get(name) for name in by)) for year in self.years(dataset, row)}

    def keys(self, number: int, subsets: Sequence[tuple[str, ...]], dataset: str, row: Row) -> Iterator[Key]:
        """Everywhere in the results that a row belongs to, by each set of stratifiers."""
        organisation = self.organisation(dataset, row)
        units = [unit for level in self.tree.levels() if (unit := self.tree.ancestor(organisation, level))]
        years = self.years(dataset, row)
        for by in subsets:
            cells = [row[name] for name in by]
            if None in cells:
                continue
            words = [*map(word, cells)]
            for year in years:
                for unit in units:
                    yield Key(number, year, str(unit.level), unit.id, ",".join(by), tuple(zip(by, words, strict=True)))


def word(cell: Any) -> str:
    """A cell as strata name it."""
    return cell if isinstance(cell, str) else str(int(cell))
