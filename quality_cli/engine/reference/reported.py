"""Of whom what a figure rests on has come.

A figure rests on the rows that it counts and on lists that its conditions look into. Of a unit nothing can be told
where it owes such a table and nothing of it came; a list that somebody else keeps for all stands as it is. Its rows of
one table are not set against nothing of another.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.strata import Stratum
from quality_cli.core.where import TRUE, AllKnown, AllOf, AlsoIn, AnyOf, Condition, Not, clauses_of, columns_of, walk
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.derivation.reference import Row, truth
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.reference.members import Members
from quality_cli.engine.reference.reports import Owed, Said, owed, said_by


class Whole:
    """Of tables that are taken for whole everything has come from everybody; unless nobody ever owes them, for then
    silence is no zero."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def is_counted(self, figure: Figure, dataset: str, unit: str, year: int) -> bool:
        """Whether rows of a unit count."""
        return True

    def is_heard(self, figure: Figure, stratum: Stratum, unit: str, year: int) -> bool:
        """Whether something can be told of a unit."""
        return True

    def came(self, figure: Figure, stratum: Stratum, unit: str, year: int) -> bool:
        """Whether that no row fits is a zero."""
        return all(self._handed_in(name, year) for name in figure.datasets)

    came_of_itself = came

    def _handed_in(self, dataset: str, year: int) -> bool:
        table = self._tables.by_dataset.get(dataset)
        if table is None or table.contract.reports == []:
            return False
        return table.contract.period is None or year in table.periods()


@dataclass
class Use:
    """Rows of a dataset that a figure rests on; ``counted``: they are not only looked into."""

    counted: bool
    rows: list[Condition] = field(default_factory=list)


class Behind(NamedTuple):
    """A report that a figure rests on, for a unit that owes it itself, or for whom its office does (``shared``).
    ``sure``: its rows do matter, they do not only happen to, had they been drawn. ``made_up``: units for which another
    source stands in for it."""

    unit: str
    shared: bool
    sure: bool
    came: bool
    made_up: frozenset[str]

    def came_for(self, unit: str) -> bool:
        """Whether it has come, or something in its place, for a unit."""
        return self.came or unit in self.made_up


class Known(NamedTuple):
    """Who is expected to have reported (None: nobody, or nobody knows who), who has reported everything; ``lacking``:
    somebody has not, or nobody knows. ``heard``: of every table that the figure cannot be told without something has
    come, or nobody owes it; ``came``: something of every one that it counts has come."""

    expected: int | None
    received: int | None
    lacking: bool
    heard: bool
    came: bool


class Reported:
    """What has come of the reports that are owed in some school years, and what is stated (``said``) by dataset."""

    def __init__(
        self,
        tables: Tables,
        contracts: Mapping[str, Contract],
        years: Sequence[int],
        said: Mapping[str, Sequence[Said]] | None = None,
    ) -> None:
        self._tables = tables
        self._contracts = contracts
        self._years = years
        self._said = said or {}
        self._members = Members(tables, contracts, years)
        self._owed: dict[str, dict[int, list[Owed]]] = {}
        self._uses: dict[int, dict[str, Use]] = {}
        self._behind: dict[tuple[int, bool, str, Stratum, int], list[Behind]] = {}

    @property
    def tree(self) -> OrgTree:
        """The register."""
        return self._tables.organisations

    def owed(self, dataset: str, year: int) -> list[Owed]:
        """The reports of a dataset in a school year."""
        if dataset not in self._owed:
            self._owed[dataset] = {
                each: owed(self._contracts[dataset], self._tables, each, self._said.get(dataset, ()))
                for each in self._years
            }
        return self._owed[dataset][year]

    def is_counted(self, figure: Figure, dataset: str, unit: str, year: int) -> bool:
        """Whether rows of a unit count: not where another table has not come that they are looked up in or, of a ratio
        or a flag, compared with."""
        compared = figure.factor is not None or figure.measure == "flag"
        return unit not in self.tree or all(
            self._heard_of(figure, other, (), {unit}, year, alone=True)
            for other, use in self.uses(figure).items()
            if other != dataset and (compared or not use.counted)
        )

    def is_heard(self, figure: Figure, stratum: Stratum, unit: str, year: int) -> bool:
        """Whether something can be told of a unit."""
        return all(self._heard_of(figure, dataset, stratum, {unit}, year) for dataset in self.uses(figure))

    def came(self, figure: Figure, stratum: Stratum, unit: str, year: int) -> bool:
        """Whether that no row fits is a zero: something of every table that is counted has come."""
        return all(any(self._came_of(figure, dataset, stratum, {unit}, year)) for dataset in figure.datasets)

    def came_of_itself(self, figure: Figure, stratum: Stratum, unit: str, year: int) -> bool:
        """Whether that no row is of a unit itself is a zero: not of one that reports for others."""
        behind = [own for name in figure.datasets for own in self._of(figure, name, stratum, unit, year)]
        return self.came(figure, stratum, unit, year) and not any(own.shared and own.unit == unit for own in behind)

    def known(
        self, figure: Figure, stratum: Stratum, unit: str, year: int, out: Collection[str] = frozenset()
    ) -> Known:
        """Who under a unit, itself or its office has to have reported what a figure rests on; of those ``out`` nothing
        can be used."""
        under = {one.id for one in self.tree if any(above.id == unit for above in self.tree.path(one.id))}
        office = self.tree.ancestor(unit, Level.MUNICIPALITY)
        above = {office.id} - under if office is not None else set()
        owing: dict[str, list[bool]] = {}
        undrawn = False
        for dataset in self.uses(figure):
            for own in self.behind(figure, dataset, stratum, year):
                if own.sure and (own.unit in under or (own.shared and own.unit in above)):
                    owing.setdefault(own.unit, []).append(own.came_for(unit) and own.unit not in out)
                undrawn |= not own.sure and not own.came and own.unit in under
        received = sum(map(all, owing.values()))
        return Known(
            None if undrawn or not owing else len(owing),
            received if owing or undrawn else None,
            undrawn or received < len(owing),
            all(self._heard_of(figure, dataset, stratum, under, year, out) for dataset in self.uses(figure)),
            all(any(self._came_of(figure, dataset, stratum, under, year, out)) for dataset in figure.datasets),
        )

    def silent(self, figure: Figure, stratum: Stratum, year: int) -> set[str]:
        """Units that owe a table which a stratum counts and have handed in nothing of it; where nobody at all has
        handed in anything that the figure counts nothing is told by strata."""
        found: set[str] = set()
        for dataset, use in self.uses(figure).items():
            if use.counted and any(own.sure and own.came for own in self.behind(figure, dataset, (), year)):
                behind = [own for own in self.behind(figure, dataset, stratum, year) if own.sure]
                found |= {own.unit for own in behind} - {own.unit for own in behind if own.came}
        return found

    def uses(self, figure: Figure) -> dict[str, Use]:
        """The datasets that a figure rests on."""
        if id(figure) not in self._uses:
            found: dict[str, Use] = {}
            counts = [figure.denominator] if figure.inside else [figure.denominator, figure.numerator]
            read = [figure.numerator.where] if figure.inside else []
            read += [figure.exclude] if figure.exclude is not None else []
            for count in counts:
                found.setdefault(count.dataset, Use(counted=True)).rows.append(count.where)
            for condition in (*(count.where for count in counts), *read):
                _look(condition, found)
            self._uses[id(figure)] = found
        return self._uses[id(figure)]

    def behind(self, figure: Figure, dataset: str, stratum: Stratum, year: int, *, alone: bool = False) -> list[Behind]:
        """The reports of a dataset that a figure, or a stratum of it, rests on in a school year; ``alone``: without its
        other sources, whose reports stand in for those of its own."""
        key = id(figure), alone, dataset, stratum, year
        if key not in self._behind:
            sources = [] if alone else [one for one in figure.other_sources if one.population in self._tables]
            found = []
            for own in self.owed(dataset, year):
                fits = self._fits(figure, dataset, stratum, own)
                of_others = own.shared or not self.uses(figure)[dataset].counted
                if any(fits) and self._is_about(figure, own.unit, year, of_others=of_others):
                    made_up = self._made_up(figure, dataset, own, year, sources)
                    came = own.came or own.stated or own.unit in made_up
                    found.append(Behind(own.unit, own.shared, fits.count(False) < own.number, came, made_up))
            self._behind[key] = found
        return self._behind[key]

    def _is_about(self, figure: Figure, unit: str, year: int, *, of_others: bool) -> bool:
        """Whether a figure counts rows of a unit; what an office reports ``of_others`` may be of those it is about."""
        if figure.organisations == TRUE or (of_others and self.tree[unit].level is not Level.ORGANISATION):
            return True
        about = [unit] if figure.own_rows else [above.id for above in self.tree.path(unit)]
        return any((year, one) in self._members.of(figure) for one in about)

    def is_touched(self, figure: Figure, dataset: str, own: Owed) -> bool:
        """Whether a report may have rows that a figure rests on."""
        return any(self._fits(figure, dataset, (), own))

    def _fits(self, figure: Figure, dataset: str, stratum: Stratum, own: Owed) -> list[bool]:
        """Which of the reports that it may be may have rows that a stratum of a figure rests on."""
        asked, contract = dict(stratum), self._contracts[dataset]
        return [
            all(asked.get(name, value) == value for name, value in key)
            and any(told(rows, said_by(key, contract)) is not False for rows in self.uses(figure)[dataset].rows)
            for key in own.keys
        ]

    def _made_up(self, figure: Figure, dataset: str, own: Owed, year: int, sources: Sequence[Figure]) -> frozenset[str]:
        """The units for which another source makes up for a report; of one that is shared, also its owner where it
        does for everybody under it whom the figure is about."""
        found: set[str] = set()
        for source in sources:
            under = [one.id for one in self.tree if own.unit in [above.id for above in self.tree.path(one.id)]]
            asked = under if own.shared else [own.unit]
            instead = {unit for unit in asked if self._instead(source, figure, dataset, own, unit, year)}
            about = {
                unit
                for unit in asked
                if self.tree[unit].level is Level.ORGANISATION
                and self.tree[unit].exists(year)
                and (year, unit) in self._members.of(figure)
            }
            found |= instead | ({own.unit} if own.shared and about and about <= instead else set())
        return frozenset(found)

    def _instead(self, source: Figure, figure: Figure, dataset: str, own: Owed, unit: str, year: int) -> bool:
        """Whether another source makes up for a report: it has rows of the very same in all its other tables; of a
        figure over two tables, in that of the same side."""
        counts = [source.denominator] if source.inside else [source.denominator, source.numerator]
        if not source.inside:
            mine = figure.denominator.dataset, figure.numerator.dataset
            if dataset in mine and mine[0] != mine[1]:
                counts = [counts[mine.index(dataset)]]
            counts = [count for count in counts if count.dataset not in mine]
        others = [count for count in counts if count.dataset != dataset]
        return bool(others) and len(own.keys) == 1 and all(self._has(one, unit, *own.keys, year) for one in others)

    def _has(self, count: Count, unit: str, key: Stratum, year: int) -> bool:
        """Whether rows have come from a unit that say what a report says, as far as their table has its columns."""
        if count.dataset not in self._tables:
            return False
        contract = self._contracts[count.dataset]
        cells = said_by(tuple(pair for pair in key if pair[0] in contract.columns), contract)
        return told(count.where, cells) is not False and any(
            row[contract.organisation or ""] == unit
            and (contract.period is None or row[PERIOD] == year)
            and all(row[name] == cell for name, cell in cells.items())
            for row in self._members.rows[count.dataset]
        )

    def _of(
        self, figure: Figure, dataset: str, stratum: Stratum, unit: str, year: int, *, alone: bool = False
    ) -> Iterator[Behind]:
        """The reports that a unit owes, or its office for it."""
        if dataset not in self.uses(figure):
            return
        office = self.tree.ancestor(unit, Level.MUNICIPALITY)
        for own in self.behind(figure, dataset, stratum, year, alone=alone):
            if own.sure and (own.unit == unit or (own.shared and office is not None and own.unit == office.id)):
                yield own

    def _came_of(
        self,
        figure: Figure,
        dataset: str,
        stratum: Stratum,
        units: Collection[str],
        year: int,
        out: Collection[str] = frozenset(),
        *,
        alone: bool = False,
    ) -> list[bool]:
        """Whether each report of a table that units owe, or their office for them, has come; of those ``out`` nothing
        can be used."""
        return [
            own.came_for(unit) and unit not in out
            for unit in units
            for own in self._of(figure, dataset, stratum, unit, year, alone=alone)
        ]

    def _heard_of(
        self,
        figure: Figure,
        dataset: str,
        stratum: Stratum,
        units: Collection[str],
        year: int,
        out: Collection[str] = frozenset(),
        *,
        alone: bool = False,
    ) -> bool:
        """Whether something of a table has come of units, or nobody owes it, or it is a list that others keep."""
        found = self._came_of(figure, dataset, stratum, units, year, out, alone=alone)
        return not found or any(found) or not self.is_needed(figure, dataset, stratum, alone=alone)

    def is_needed(self, figure: Figure, dataset: str, stratum: Stratum, *, alone: bool = False) -> bool:
        """Whether without a table nothing can be told: it is counted, or units hand it in for themselves."""
        return self.uses(figure)[dataset].counted or any(
            own.sure and not own.shared
            for year in self._years
            for own in self.behind(figure, dataset, stratum, year, alone=alone)
        )


def told(condition: Condition, cells: Row) -> bool | None:
    """What a condition says of a row of which nothing but some cells is known."""
    match condition:
        case AllOf(items):
            found = [told(item, cells) for item in items]
            return False if False in found else None if None in found else True
        case AnyOf(items):
            found = [told(item, cells) for item in items]
            return True if True in found else None if None in found else False
        case Not(item):
            inner = told(item, cells)
            return None if inner is None else not inner
        case AllKnown(item):
            return told(item, cells) if all(told(one, cells) is not None for one in clauses_of(item)) else None
        case AlsoIn():
            return None
        case _:
            return truth(condition, cells, {}) if columns_of(condition) <= cells.keys() else None


def _look(condition: Condition, found: dict[str, Use]) -> None:
    """The lists that a condition looks into: rows of those of whom something was asked, where only they tell."""
    for node in walk(condition):
        if isinstance(node, AlsoIn):
            asked = node.where if node.among is None else node.among
            found.setdefault(node.dataset, Use(counted=False)).rows.append(asked)
            for inner in node.inner:
                _look(inner, found)
