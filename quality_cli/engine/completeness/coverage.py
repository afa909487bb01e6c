"""What stands behind figures: who owes the reports that a figure needs, who has not handed in all of them, who any."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, combinations, compress, product
from typing import Any

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.questions import QUESTION
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, names_of
from quality_cli.core.where import Condition
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.yearly import yearly
from quality_cli.engine.completeness.needs import Cases, counted_by, needs_of
from quality_cli.engine.completeness.owing import Owing
from quality_cli.engine.completeness.reports import MISSING, NOT_OWED, Completeness, Report
from quality_cli.engine.plan.plan import Plan
from quality_cli.engine.plan.reach import Reach


@dataclass(frozen=True, slots=True, eq=False)
class CoveredTable:
    """Masks over school years read × units of the register: who owes anything of a dataset, of whom any of it came, who
    lacks any of it. The masks ``for_all`` say so of what the municipality of a unit owes for everybody under it.
    ``counted``: its rows are counted, and not only looked into. ``needed``: of whom nothing of it came nothing can be
    told: it is counted, or units hand it in for themselves and silence in it is no «not in the list». ``undrawn``:
    those who lack something that was drawn and may be it: nobody knows whether they owe it. ``for_others``: who owes
    any of it not for itself."""

    dataset: str
    counted: bool
    needed: bool
    undrawn: Array
    for_others: Array
    owes: Array
    came: Array
    lacks: Array
    owes_for_all: Array
    came_for_all: Array
    lacks_for_all: Array

    @property
    def heard(self) -> Array:
        """Of whom something of it has come, or who owes nothing of it."""
        return self.came | self.came_for_all | ~(self.owes | self.owes_for_all)

    def of(self, units: Array) -> "CoveredTable":
        """The same of some units only (a mask over school years read × units)."""
        masks = (self.undrawn, self.owes, self.came, self.lacks)
        undrawn, owes, came, lacks = (mask & units for mask in masks)
        return replace(self, undrawn=undrawn, owes=owes, came=came, lacks=lacks)

    def without(self, units: Array) -> "CoveredTable":
        """The same where nothing of some units can be used."""
        lacks, came = self.lacks | (self.owes & units), self.came & ~units
        return replace(self, came=came, lacks=lacks, came_for_all=self.came_for_all & ~units)


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """What a figure needs, table by table; ``counted`` are the datasets whose rows it counts and somebody hands in;
    ``left_out`` those units of whom nothing can be used (a mask over the register)."""

    shape: tuple[int, int]
    counted: tuple[str, ...]
    tables: tuple[CoveredTable, ...]
    left_out: Array = field(default_factory=lambda: np.zeros(1, dtype=bool))

    def without(self, units: Array) -> "Covered":
        """The same where nothing that some units (a mask over the register) have handed in can be used."""
        return replace(self, tables=tuple(table.without(units) for table in self.tables), left_out=units)

    @property
    def heard(self) -> Array:
        """Of whom something of every table that is needed has come, or who owes nothing of it."""
        heard = np.ones(self.shape, dtype=bool)
        for table in self.tables:
            if table.needed:
                heard = heard & table.heard
        return heard

    @property
    def came(self) -> Array:
        """Of whom something of every table that is counted has come."""
        all_owed = {table.dataset for table in self.tables} >= set(self.counted)
        came = np.full(self.shape, all_owed)
        for table in self.tables:
            if table.counted:
                came = came & (table.came | table.came_for_all)
        return came

    @property
    def came_of_itself(self) -> Array:
        """The same of units that do not report for others: of these their own silence says nothing."""
        came = self.came
        for table in self.tables:
            if table.counted:
                came = came & ~table.for_others
        return came


@dataclass(frozen=True, slots=True)
class _Use:
    """Which rows of a dataset a figure rests on, and the other sources that may stand in for them: the
    datasets and rows that each has to have in the place of those."""

    dataset: str
    rows: tuple[Condition, ...]
    counted: bool
    sources: tuple[tuple[tuple[str, Condition], ...], ...]


class Coverage:
    """Looks a figure's reports up; what is alike for several figures is found once."""

    def __init__(self, completeness: Completeness, plan: Plan, tables: Tables) -> None:
        tree = tables.organisations
        self._plan = plan
        self._tables = tables
        self._contracts = plan.contracts
        self._ledgers = {**completeness.ledgers, **completeness.beside}
        self._shape = (len(plan.read), len(tree))
        levels = [unit.level for unit in tree]
        self._reach = Reach(yearly(tables, plan.read), plan.contracts, plan.read)
        self._offices = np.array([level is not Level.ORGANISATION for level in levels], dtype=bool)
        self._above = np.array(tree.positions(Level.MUNICIPALITY), dtype=np.intp)
        self._municipalities = np.flatnonzero([level is Level.MUNICIPALITY for level in levels])
        self._owing = Owing(tables, plan.contracts, plan.read)
        self._cases = {name: Cases(own.reports, self._contracts[name]) for name, own in self._ledgers.items()}
        self._uses: dict[tuple[int, bool], tuple[Figure, tuple[str, ...], tuple[_Use, ...]]] = {}
        self._alike: dict[_Use, _Use] = {}
        self._touched: dict[int, Array] = {}
        self._within: dict[tuple[str, Stratum], Array] = {}
        self._made_up: dict[tuple[str, str, Condition], Array] = {}
        self._parts: dict[tuple[int, Stratum, tuple[Any, ...]], CoveredTable | None] = {}
        self._missing: dict[tuple[str, tuple[str, ...]], Sequence[Sequence[Stratum]]] = {}
        self._silent: dict[tuple[tuple[int, ...], tuple[Stratum, ...]], Array] = {}
        self._found: dict[tuple[Any, ...], Covered] = {}

    @property
    def years(self) -> Sequence[int]:
        """The school years of the masks."""
        return self._plan.read

    def of(self, figure: Figure, stratum: Stratum = (), *, alone: bool = False) -> Covered:
        """What stands behind a figure, or behind a stratum of it; ``alone``, without its other sources. Organisations
        that the figure is not about owe nothing for it; what offices owe for others may be of those that it is about.
        """
        counted, uses = self._uses_of(figure, alone)
        strata = tuple(_of_columns(stratum, self._cases[use.dataset].columns) for use in uses)
        about = figure.population, figure.organisations, figure.own_rows
        key = (counted, tuple(map(id, uses)), strata, about)
        if key not in self._found:
            found = [self._part(use, own, figure) for use, own in zip(uses, strata, strict=True)]
            parts = tuple(part for part in found if part is not None)
            if (units := self._reach.counted(figure)) is not None:
                parts = tuple(part.of(units | (part.for_others if part.counted else self._offices)) for part in parts)
            self._found[key] = Covered(self._shape, counted, parts)
        return self._found[key]

    def divided(self, figure: Figure, dataset: str) -> Array | None:
        """Whose rows of a dataset are counted (school years read × units); None: everybody's. Only of those of whom
        something has come of every other table that they are looked up in and, of a ratio or a flag, compared with."""
        compared = figure.factor is not None or figure.measure == "flag"
        own = {dataset, *(member.dataset for member in self._contracts[dataset].union)}
        others = [
            table
            for table in self.of(figure, alone=True).tables
            if table.dataset not in own and table.needed and (compared or not table.counted)
        ]
        if not others:
            return None
        told: Array = np.logical_and.reduce([table.heard for table in others])
        return None if told.all() else told

    def missing_strata(self, figures: Sequence[Figure]) -> Iterator[tuple[str, Sequence[Stratum]]]:
        """The strata of figures that are broken down alike which reports are of that did not come in the school years
        asked for: by dataset, those of the same stratifiers together."""
        by = figures[0].by
        for dataset in dict.fromkeys(name for figure in figures for name in self._uses_of(figure)[0]):
            if by and dataset in self._ledgers:
                yield from ((dataset, strata) for strata in self._missing_of(dataset, by))

    def _missing_of(self, dataset: str, by: tuple[str, ...]) -> Sequence[Sequence[Stratum]]:
        """The same of one dataset."""
        if (dataset, by) not in self._missing:
            ledger, asked = self._ledgers[dataset], [self._plan.read.index(year) for year in self._plan.periods]
            missing = (ledger.codes[:, asked] == MISSING).any(axis=(1, 2))
            found: dict[tuple[str, ...], dict[Stratum, None]] = {}
            for report in compress(ledger.reports, missing.tolist()):
                said = dict(report.key)
                stratum = tuple((name, said[name]) for name in by if name in said)
                if stratum and not report.undrawn:
                    found.setdefault(names_of(stratum), {})[stratum] = None
            self._missing[dataset, by] = [tuple(strata) for strata in found.values()]
        return self._missing[dataset, by]

    def silent(self, figure: Figure, strata: Sequence[Stratum]) -> Array:
        """Who owes reports that a stratum of a figure counts and has handed in none of them, in the school years asked
        for: stratum × school year × unit of the register. Of a table of which nobody at all has handed in anything that
        the figure counts the total says everything; of what may have been drawn nobody knows whether it is owed."""
        key = tuple(map(id, self._uses_of(figure)[1])), tuple(strata)
        if key not in self._silent:
            asked = np.isin(self._plan.read, self._plan.periods)
            silent = np.zeros((len(strata), *self._shape), dtype=bool)
            told = {table.dataset: table.came.any(axis=1) & asked for table in self.of(figure).tables}
            for place, stratum in enumerate(strata):
                for table in self.of(figure, stratum).tables:
                    if table.counted:
                        silent[place] |= table.lacks & ~table.came & told[table.dataset][:, None]
            self._silent[key] = silent
        return self._silent[key]

    def _uses_of(self, figure: Figure, alone: bool = False) -> tuple[tuple[str, ...], tuple[_Use, ...]]:
        """The datasets whose rows a figure counts, and what it makes of those that anybody owes; equal uses are one
        object. Figures are told apart as objects, which takes no reading of them."""
        key = (id(figure), alone and bool(figure.other_sources))
        if key not in self._uses:
            others = [own for own in figure.other_sources if own.population in self._tables and not alone]
            needs = needs_of([figure], self._contracts).items()
            counted = counted_by(figure, self._contracts)
            uses = (
                _Use(name, tuple(rows), name in counted, tuple(_instead(own, figure, name) for own in others))
                for name, rows in needs
                if name in self._ledgers
            )
            self._uses[key] = figure, counted, tuple(self._alike.setdefault(use, use) for use in uses)
        return self._uses[key][1:]

    def _part(self, use: _Use, stratum: Stratum, figure: Figure) -> CoveredTable | None:
        """What stands behind a use, or a stratum of it; None where nobody owes any of it."""
        about = (figure.population, figure.organisations) if use.sources else ()
        key = (id(use), stratum, about)
        if key not in self._parts:
            self._parts[key] = self._covered(use, stratum, self._reach.applicable(figure) if about else None)
        return self._parts[key]

    def _covered(self, use: _Use, stratum: Stratum, about: Array | None) -> CoveredTable | None:
        """The same; ``about`` are those that the figure makes sense for, where another source may stand in."""
        ledger, cases = self._ledgers[use.dataset], self._cases[use.dataset]
        if id(use) not in self._touched:
            self._touched[id(use)] = cases.touched(use.rows)
        rows = self._touched[id(use)]
        if stratum:
            if (use.dataset, stratum) not in self._within:
                self._within[use.dataset, stratum] = cases.within(stratum)
            rows = rows & self._within[use.dataset, stratum]
        sure, may = cases.reports(rows)
        codes = ledger.codes[sure]
        owes, missing = codes != NOT_OWED, codes >= MISSING
        of_all = ledger.shared[sure]
        lent = np.zeros(self._shape, dtype=bool)
        for source in use.sources:
            made_up = [self._made_up_by(use.dataset, *rows)[sure] for rows in source if rows[0] != use.dataset]
            if made_up and about is not None:
                made = np.logical_and.reduce(made_up)
                missing &= ~made
                missing[of_all] &= ~self._by_everybody(made[of_all], about)
                lent |= made[of_all].all(axis=0)
        undrawn = (ledger.codes[may & ~sure] == MISSING).any(axis=0)
        masks: Array = np.array([owes, owes & ~missing, missing])
        own: Array = np.logical_or.reduce(masks, axis=1)
        if not own.any() and not undrawn.any():
            return None
        for_all = self._spread(np.logical_or.reduce(masks[:, of_all], axis=1)) if of_all.any() else np.zeros_like(own)
        for_all[1] |= for_all[0] & lent
        for_all[2] &= ~lent
        needed = use.counted or not bool(of_all.all())
        return CoveredTable(use.dataset, use.counted, needed, undrawn, owes[of_all].any(axis=0), *own, *for_all)

    def _spread(self, mask: Array) -> Array:
        """What municipalities have, for everybody under them."""
        nobody = np.zeros((*mask.shape[:-1], 1), dtype=bool)
        spread: Array = np.append(mask[..., self._municipalities], nobody, axis=-1)[..., self._above]
        return spread

    def _by_everybody(self, made: Array, about: Array) -> Array:
        """Where all those under an office that a figure is about make up for what it owes for them."""
        found = np.zeros_like(made)
        for number, office in enumerate(self._municipalities.tolist()):
            under = (self._above == number) & ~self._offices
            asked = about[:, under]
            found[..., office] = (made[..., under] | ~asked).all(axis=-1) & asked.any(axis=-1)
        return found

    def _made_up_by(self, dataset: str, other: str, where: Condition) -> Array:
        """Which of the reports (× school years × units) another source makes up for: it has rows of the very report.
        An answer to a question that is not put by strata speaks for all of them, and one of a round for the year that
        it is compared with."""
        key = (dataset, other, where)
        if key not in self._made_up:
            ledger, contract = self._ledgers[dataset], self._contracts[other]
            of_questions = (QUESTION,) if QUESTION in contract.columns else ()
            of_rounds = {(), (contract.round,) if of_questions and contract.round else ()}
            made = np.zeros(ledger.codes.shape, dtype=bool)
            by_key: dict[Stratum, list[int]] = {}
            for place, report in enumerate(ledger.reports):
                known = (pair for pair in report.key if pair[0] in contract.columns and pair[0] not in of_questions)
                by_key.setdefault(tuple(known), []).append(place)
            for names in dict.fromkeys(map(names_of, by_key)):
                possible = _some_of(names) if of_questions else (names,)
                for told, more in product(possible, of_rounds):
                    rows = self._owing.rows_of(other, tuple(dict.fromkeys((*told, *of_questions, *more))))
                    finer = self._put_by(other, [name for name in names if name not in told])
                    cases = Cases([Report(other, own) for own in rows], contract)
                    for (own, units), fits in zip(rows.items(), cases.touched([where]).tolist(), strict=True):
                        if fits and dict(own).get(QUESTION) not in finer:
                            for alike, places in by_key.items():
                                if names_of(alike) == names and _of_columns(alike, told) == own[: len(told)]:
                                    made[places] |= units[:, :-1]
            self._made_up[key] = made
        return self._made_up[key]

    def _put_by(self, dataset: str, names: Sequence[str]) -> set[str]:
        """Questions that are put by the strata of any of these columns."""
        return {dict(own)[QUESTION] for name in names for own in self._owing.rows_of(dataset, (name, QUESTION))}


def _some_of(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All of the columns and any fewer of them."""
    return chain.from_iterable(combinations(names, number) for number in range(len(names), -1, -1))


def _instead(source: Figure, figure: Figure, dataset: str) -> tuple[tuple[str, Condition], ...]:
    """What another source counts in the place of the figure's own rows of a dataset: of a figure over two, one side."""
    own = figure.denominator.dataset, figure.numerator.dataset
    counts: tuple[Count, ...] = (source.denominator, source.numerator)
    if source.inside:
        counts = counts[:1]
    elif dataset in own and own[0] != own[1]:
        counts = (counts[own.index(dataset)],)
    return tuple((count.dataset, count.where) for count in counts if source.inside or count.dataset not in own)


def _of_columns(stratum: Stratum, columns: Collection[str]) -> Stratum:
    return tuple(pair for pair in stratum if pair[0] in columns) if stratum else stratum
