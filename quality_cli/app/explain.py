"""Use case: one number taken apart, down to the files and rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.names import names_of
from quality_cli.catalogue.wording import describe, formula, status_word
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.ids import closest
from quality_cli.core.names import UnknownNameError
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.strata import Stratum, decode_stratum, encode_stratum
from quality_cli.datasets.values.organisations import OrgMatcher, absence
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.explain.explanation import Explainer, FigureExplanation, Step

VERSION = 1
"""Of the JSON that :meth:`Explanation.record` gives."""


@dataclass(frozen=True, slots=True)
class OwedTable:
    """Who owes a table that the figure needs, by name: those who have handed in all that it needs, and those who have
    not."""

    dataset: str
    table: str
    received: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A row of the results with what stands behind it; ``members`` are, for a share of organisations by a
    condition, their own values (None: unknown); ``reports`` are the tables that the figure needs."""

    indicator: Indicator
    figure: Figure
    unit: Unit
    row: Result
    trace: FigureExplanation
    members: Mapping[str, float | None]
    catalogue: Catalogue
    reports: tuple[OwedTable, ...]

    @property
    def formula(self) -> str:
        """How the figure is computed, in words."""
        return formula(self.figure, self.catalogue)

    def steps(self) -> list[tuple[str, int, float]]:
        """Each step in words, with the rows left and what is counted in them."""
        return [(self._step(step), step.rows, step.amount) for step in self.trace.steps]

    def gaps(self) -> list[tuple[str, int, str]]:
        """File, row and the first condition not satisfied, of the rows outside the numerator."""
        contracts = self.catalogue.specs.contracts
        contract = contracts[self.figure.denominator.dataset]
        return [(gap.file, gap.row, describe(gap.failed, contract, contracts)) for gap in self.trace.gaps]

    def record(self, *, with_gaps: bool) -> dict[str, Any]:
        """Plain data for programs."""
        left_out = ("org_name", "reported", "by", "matched", "ci_low", "ci_high")
        return {
            "version": VERSION,
            **{name: value for name, value in self.row.record().items() if name not in left_out},
            "name": self.indicator.name,
            "title": self.indicator.title,
            "formula": self.formula,
            "method": self.indicator.method,
            "steps": [{"step": words, "rows": rows, "amount": amount} for words, rows, amount in self.steps()],
            "organisations": dict(self.members),
            "reports": [asdict(table) for table in self.reports],
            "files": {file: list(rows) for file, rows in self.trace.files.items()},
            **({"cells": {file: list(cells) for file, cells in cells.items()}} if (cells := self.trace.cells) else {}),
            **({"gaps": [{"file": f, "row": r, "failed": w} for f, r, w in self.gaps()]} if with_gaps else {}),
        }

    def _step(self, step: Step) -> str:
        contracts = self.catalogue.specs.contracts
        contract = contracts[step.dataset]
        words = describe(step.condition, contract, contracts) if step.condition is not None else ""
        match step.role:
            case "population":
                return f"строки набора «{contract.title}»"
            case "excluded":
                return f"исключено: {words}"
            case "unknown":
                return "неизвестно: условие не проверить"
            case _ if step.condition is None:
                word = "числитель" if step.role == "numerator" else "знаменатель"
                return f"{word} по источнику «{step.source}»" if step.source else word
            case _:
                return words


def explain(
    workspace: Workspace, indicator_id: str, org: str, part: str = "", stratum: Sequence[str] = ()
) -> Explanation:
    """Take apart one figure of one unit: the latest school year of the data unless the options name one.

    ``org`` is an id, a login or a name; ``stratum`` holds items like ``grade=5`` or
    ``grade=5;subject=Физика``, as the results write it. Raises
    :class:`ConfigurationError` for an unknown indicator, part, unit or stratifier, :class:`NothingToDoError` where
    the results have no such row.
    """
    catalogue = workspace.catalogue
    indicator = catalogue.select((indicator_id,))[0]
    figure = _figure(workspace.figures, indicator, part)
    cells = _stratum(catalogue, figure, stratum)
    tables = workspace.tables
    tree = tables.organisations
    unit = unit_named(tree, org)
    plan = workspace.plan_for([indicator])
    if not plan.periods:
        raise NothingToDoError(f"в папке «{workspace.options.data}» нет данных для показателя {indicator.id}")
    coverage, period = workspace.coverage_for(plan), plan.periods[-1]
    executor = Executor(plan, tables, coverage=coverage)
    own = executor.members(figure, period) if figure.condition is not None else {}
    results = assess(executor.run(), catalogue.settings.small_below, coverage)
    years = results.periods()
    row = results.find(indicator.id, unit.id, years[-1], figure.part, cells) if years else None
    if row is None and not unit.exists(period):
        _, message, hint = absence(unit, period)
        raise NothingToDoError(f"{message}; {hint}")
    if row is None:
        raise NothingToDoError(
            f"в результатах нет показателя {indicator.id} для «{unit.name}» {encode_stratum(cells)}".rstrip()
        )
    below = {member.id for member, is_in in zip(tree, tree.under({unit.id}), strict=True) if is_in}
    members = {tree[member].name: value for member, value in own.items() if member in below}
    trace = Explainer(plan, tables, coverage)(figure, unit.id, period, dict(cells))
    reports = tuple(_owed(coverage, figure, cells, unit, period, tree, catalogue))
    return Explanation(indicator, figure, unit, row, trace, members, catalogue, reports)


def _owed(
    coverage: Coverage, figure: Figure, stratum: Stratum, unit: Unit, period: int, tree: OrgTree, catalogue: Catalogue
) -> Iterator[OwedTable]:
    """The tables that a figure of a unit needs: of those under it, and of whom it is reported for as one of them."""
    year = list(coverage.years).index(period)
    above = tree.ancestor(unit.id, Level.MUNICIPALITY)
    below = tree.under({unit.id})
    for table in coverage.of(figure, stratum).tables:
        owing = [
            (other.name, bool(table.lacks[year, place]))
            for place, (other, is_below) in enumerate(zip(tree, below, strict=True))
            if table.owes[year, place] and (is_below or (other == above and table.owes_for_all[year, place]))
        ]
        received, missing = (tuple(name for name, lacks in owing if lacks is state) for state in (False, True))
        if owing:
            yield OwedTable(table.dataset, catalogue.specs.contracts[table.dataset].title, received, missing)


def status_line(row: Result) -> str:
    """«рассчитан», «неполные данные, малая выборка» or the status with its reason."""
    small = ", малая выборка" if row.small else ""
    return f"{status_word(row.status)}{small}{f' — {row.note}' if row.note else ''}"


def _figure(figures_known: Sequence[Figure], indicator: Indicator, part: str) -> Figure:
    figures = {figure.part: figure for figure in figures_known if figure.indicator == indicator.id}
    if part in figures:
        return figures[part]
    if not part:
        return next(iter(figures.values()))
    listed = ", ".join(f"«{name}»" for name in figures if name)
    raise ConfigurationError(f"у показателя {indicator.id} нет части «{part}»; есть: {listed or 'только он сам'}")


def unit_named(tree: OrgTree, org: str) -> Unit:
    """The unit of an id, a login or a name; raises :class:`ConfigurationError` where there is none."""
    match = OrgMatcher(tree).find((org,))
    if match.unit_id is not None:
        return tree[match.unit_id]
    candidates = match.candidates or tuple(unit.name for unit in tree)
    ids = tuple(unit.id for unit in tree)
    raise ConfigurationError(f"нет организации «{org}»{closest(org, (*ids, *candidates))}")


def _stratum(catalogue: Catalogue, figure: Figure, items: Sequence[str]) -> Stratum:
    given: dict[str, str] = {}
    for name, value in chain.from_iterable(_pairs(figure, item) for item in items):
        if given.setdefault(name, value) != value:
            raise ConfigurationError(f"разрез «{name}» назван дважды: «{given[name]}» и «{value}»; оставьте один")
    names = names_of(catalogue)
    try:
        stratum = names.stratum(figure.indicator, figure.part, given)
        names.check_values(figure.indicator, stratum)
    except UnknownNameError as error:
        raise ConfigurationError(str(error)) from error
    return stratum


def _pairs(figure: Figure, item: str) -> Stratum:
    """One stratifier with its value as people type it, or a whole stratum as the results write it."""
    try:
        pairs = decode_stratum(item)
    except ValueError:
        pairs = ()
    if not all(name in figure.by for name, _ in pairs):  # «;» and «=» of the value itself
        pairs = ()
    name, _, value = item.partition("=")
    pairs = pairs or ((name, value),)
    if not all(name in figure.by and value for name, value in pairs):
        known = ", ".join(f"{known}=…" for known in figure.by)
        raise ConfigurationError(f"разрез «{item}» не годится; бывает: {known or 'у показателя нет разрезов'}")
    return pairs
