"""What stands behind figures: who owes the reports that a figure needs, who has not handed in all of them, who any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import QUESTION
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, names_of
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables, column_array
from quality_cli.engine.completeness.needs import needs_of, touches
from quality_cli.engine.completeness.reports import Completeness, Report, State
from quality_cli.engine.completeness.rows import Rows, reports_with_rows
from quality_cli.engine.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class CoveredTable:
    """Masks over school years read × units of the register: who owes anything of a dataset, of whom any of it came, who
    lacks any of it. The masks ``for_all`` say so of what the municipality of a unit owes for everybody under it.
    ``counted``: its rows are counted, and not only looked into."""

    dataset: str
    counted: bool
    owes: Array
    came: Array
    lacks: Array
    owes_for_all: Array
    came_for_all: Array
    lacks_for_all: Array

    def without(self, units: Array) -> "CoveredTable":
        """The same where nothing of some units can be used."""
        lacks, came = self.lacks | (self.owes & units), self.came & ~units
        return replace(self, came=came, lacks=lacks, came_for_all=self.came_for_all & ~units)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a figure needs, table by table; ``counted`` are the datasets whose rows it counts."""

    shape: tuple[int, int]
    counted: tuple[str, ...]
    tables: tuple[CoveredTable, ...]

    def without(self, units: Array) -> "Covered":
        """The same where nothing that some units (a mask over the register) have handed in can be used."""
        return replace(self, tables=tuple(table.without(units) for table in self.tables))

    @property
    def heard(self) -> Array:
        """Of whom something of every table that is counted has come, or who owes nothing of it."""
        heard = np.ones(self.shape, dtype=bool)
        for table in self.tables:
            if table.counted:
                heard = heard & (table.came | table.came_for_all | ~(table.owes | table.owes_for_all))
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


class Coverage:
    """Looks a figure's reports up; what is alike for several figures is found once."""

    def __init__(self, completeness: Completeness, plan: Plan, tables: Tables) -> None:
        tree = tables.organisations
        self._plan = plan
        self._tables = tables
        self._contracts = plan.contracts
        self._shape = (len(plan.read), len(tree))
        self._units = [unit.id for unit in tree]
        self._above = np.array(tree.positions(Level.MUNICIPALITY), dtype=np.intp)
        self._municipalities = np.array(
            [self._units.index(unit.id) for unit in tree.at(Level.MUNICIPALITY)], dtype=np.intp
        )
        position = {unit: number for number, unit in enumerate(self._units)}
        self._reports = list(dict.fromkeys(own.report for own in completeness))
        number = {report: place for place, report in enumerate(self._reports)}
        self._report = np.array([number[own.report] for own in completeness], dtype=np.intp)
        self._year = np.array([plan.read.index(own.period) for own in completeness], dtype=np.intp)
        self._unit = np.array([position[own.unit] for own in completeness], dtype=np.intp)
        self._missing = np.array([own.state is State.MISSING for own in completeness], dtype=bool)
        self._shared = np.array([own.shared for own in completeness], dtype=bool)
        self._touched: dict[tuple[str, tuple[Condition, ...]], Array] = {}
        self._strata: dict[Stratum, Array] = {}
        self._frames: dict[str, Sequence[tuple[list[int], pd.DataFrame]]] = {}
        self._needed: dict[Figure, Array] = {}
        self._made: dict[Figure, Array] = {}
        self._rows: dict[tuple[str, tuple[str, ...]], Rows] = {}
        self._found: dict[tuple[bytes, bytes, tuple[str, ...]], Covered] = {}

    @property
    def years(self) -> Sequence[int]:
        """The school years of the masks."""
        return self._plan.read

    def of(self, figure: Figure, stratum: Stratum = ()) -> Covered:
        """What stands behind a figure, or behind a stratum of it."""
        wanted = self._of_figure(figure)
        if stratum:
            wanted = wanted & self._of_stratum(stratum)
        replaced = self._replaced(figure)
        key = (wanted.tobytes(), replaced.tobytes(), figure.datasets)
        if key not in self._found:
            self._found[key] = self._covered(wanted[self._report], self._missing & ~replaced, figure.datasets)
        return self._found[key]

    def divided(self, figure: Figure, dataset: str) -> Array | None:
        """Whose rows of a dataset are divided by (school years read × units); None: everybody's. Of a ratio over two
        tables only of those of whom something of the numerator's has come, or who owe nothing of it."""
        top, base = figure.numerator.dataset, figure.denominator.dataset
        if figure.factor is None or top == base or dataset != base:
            return None
        told = np.ones(self._shape, dtype=bool)
        for table in self.of(figure).tables:
            if table.dataset == top:
                told = table.came | table.came_for_all | ~(table.owes | table.owes_for_all)
        return told

    def _covered(self, chosen: Array, missing: Array, counted: Sequence[str]) -> Covered:
        tables = []
        for dataset, reports in self._of_dataset.items():
            own = chosen & reports[self._report]
            if own.any():
                masks = [self._mask(own & which) for which in (True, ~missing, missing)]
                shared = [self._mask(own & which & self._shared) for which in (True, ~missing, missing)]
                tables.append(CoveredTable(dataset, dataset in counted, *masks, *map(self._spread, shared)))
        return Covered(self._shape, tuple(counted), tuple(tables))

    def _mask(self, standings: Array) -> Array:
        mask = np.zeros(self._shape, dtype=bool)
        mask[self._year[standings], self._unit[standings]] = True
        return mask

    def _spread(self, mask: Array) -> Array:
        """What municipalities have, for everybody under them."""
        of_municipalities = np.append(mask[:, self._municipalities], np.zeros((len(mask), 1), dtype=bool), axis=1)
        spread: Array = of_municipalities[:, self._above]
        return spread

    @cached_property
    def _of_dataset(self) -> Mapping[str, Array]:
        return {
            name: np.array([report.dataset == name for report in self._reports], dtype=bool) for name in self._contracts
        }

    def _of_figure(self, figure: Figure) -> Array:
        """Which reports a figure needs."""
        if figure not in self._needed:
            found = np.zeros(len(self._reports), dtype=bool)
            for dataset, conditions in needs_of([figure], self._contracts).items():
                found |= self._touching(dataset, tuple(conditions))
            self._needed[figure] = found
        return self._needed[figure]

    def _touching(self, dataset: str, conditions: tuple[Condition, ...]) -> Array:
        """Which reports of a dataset may hold rows that satisfy any of the conditions."""
        if (dataset, conditions) not in self._touched:
            found = np.zeros(len(self._reports), dtype=bool)
            for places, frame in self._frames_of(dataset):
                found[places] = touches(conditions, frame)
            self._touched[dataset, conditions] = found
        return self._touched[dataset, conditions]

    def _frames_of(self, dataset: str) -> Sequence[tuple[list[int], pd.DataFrame]]:
        """The reports of a dataset as rows, those told apart by the same columns together, each with its position."""
        if dataset not in self._frames:
            by_columns: dict[tuple[str, ...], list[int]] = {}
            for place in np.flatnonzero(self._of_dataset[dataset]).tolist():
                by_columns.setdefault(names_of(self._reports[place].key), []).append(place)
            self._frames[dataset] = [
                (places, _frame([self._reports[place] for place in places], names, self._contracts[dataset]))
                for names, places in by_columns.items()
            ]
        return self._frames[dataset]

    def _of_stratum(self, stratum: Stratum) -> Array:
        """Which reports may hold rows of a stratum; of what is drawn only what came is expected there."""
        if stratum not in self._strata:
            self._strata[stratum] = self._within(dict(stratum))
        return self._strata[stratum]

    def _within(self, asked: Mapping[str, str]) -> Array:
        return np.array(
            [
                all(asked.get(name, value) == value for name, value in report.key if name != report.undrawn)
                and report.undrawn not in asked
                for report in self._reports
            ],
            dtype=bool,
        )

    def _replaced(self, figure: Figure) -> Array:
        """Which of the standings another source of the figure makes up for: it has rows of the very report."""
        if figure not in self._made:
            self._made[figure] = self._made_up_by_any(figure)
        return self._made[figure]

    def _made_up_by_any(self, figure: Figure) -> Array:
        found = np.zeros(len(self._report), dtype=bool)
        sources = [source for source in figure.other_sources if source.population in self._tables]
        if sources:
            lacking = np.flatnonzero(self._missing & self._of_figure(figure)[self._report])
            for source in sources:
                self._make_up(source, lacking, found)
        return found

    def _rows_of(self, dataset: str, names: tuple[str, ...]) -> Rows:
        if (dataset, names) not in self._rows:
            self._rows[dataset, names] = reports_with_rows(self._tables[dataset], names, self._plan.periods)
        return self._rows[dataset, names]

    def _make_up(self, source: Figure, lacking: Array, found: Array) -> None:
        """Mark those of the standings that lack whose unit has rows of the same report in another source's table."""
        table = self._tables[source.population]
        of_questions = (QUESTION,) if source.population == ANSWERS else ()
        by_columns: dict[tuple[str, ...], list[int]] = {}
        for place in lacking.tolist():
            names = names_of(self._reports[self._report[place]].key)
            alike = tuple(name for name in names if name in table.contract.columns and name not in of_questions)
            by_columns.setdefault(alike, []).append(place)
        for alike, places in by_columns.items():
            rows = self._rows_of(source.population, (*alike, *of_questions))
            keys = list(dict.fromkeys(key for _, key in rows))
            frame = _frame([Report(source.population, key) for key in keys], (*alike, *of_questions), table.contract)
            fits = set(compress(keys, touches([source.denominator.where], frame).tolist()))
            units: dict[tuple[int, Stratum], set[str]] = {}
            for (year, key), own in rows.items():
                if key in fits:
                    units.setdefault((year, key[: len(alike)]), set()).update(own)
            for place in places:
                key = tuple(pair for pair in self._reports[self._report[place]].key if pair[0] in alike)
                year = self._plan.read[self._year[place]]
                found[place] |= self._units[self._unit[place]] in units.get((year, key), ())


def _frame(reports: Sequence[Report], names: Sequence[str], contract: Contract) -> pd.DataFrame:
    """Reports as rows of a table that knows nothing but their keys; what was drawn it does not know either."""
    columns = {}
    for place, name in enumerate(names):
        numeric = contract.is_numeric(name)
        cells = [None if report.undrawn == name else report.key[place][1] for report in reports]
        columns[name] = column_array([float(c) if numeric and c is not None else c for c in cells], numeric=numeric)
    return pd.DataFrame(columns, index=range(len(reports)))
