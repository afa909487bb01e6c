"""Use case: who is asked what in one school year, what is known already, and which tables have not come."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from quality_cli.analysis.assess import assess
from quality_cli.analysis.completeness import report_words
from quality_cli.app.workspace.completeness import terms_of
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.facts import is_by_numbers
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import (
    QUESTION,
    ROUND,
    Question,
    asked_of_units,
    everything_asked,
    in_round_of,
)
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.where import AllOf, Compare, Scalar
from quality_cli.datasets.tables.table import FILE, PERIOD, Tables
from quality_cli.documents.forms.tables import OwedTable
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.lacking import lacking
from quality_cli.engine.completeness.reports import Report, State
from quality_cli.engine.plan.plan import make_plan

_LISTED = 12
"""How many reports of a table a form names as lacking."""


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that the data folder already holds: values by column, and the file it stands in."""

    values: Mapping[str, Scalar]
    file: str


@dataclass(frozen=True, slots=True)
class Survey:
    """Who is asked what in one school year, and what is known already.

    ``asked``: questions by unit; ``exported``: (unit, question) that exports answer; ``known``: answers by the same.
    """

    catalogue: Catalogue
    tables: Tables
    period: Period
    asked: Mapping[str, tuple[Question, ...]]
    exported: Collection[tuple[str, str]]
    known: Mapping[tuple[str, str], Known]

    def missing(self, unit_id: str) -> tuple[Question, ...]:
        """Questions that neither exports nor earlier answers settle."""
        return tuple(question for question in self.to_answer(unit_id) if (unit_id, question.id) not in self.known)

    def to_answer(self, unit_id: str) -> tuple[Question, ...]:
        """Questions that no export settles."""
        return tuple(
            question for question in self.asked.get(unit_id, ()) if (unit_id, question.id) not in self.exported
        )


@dataclass(frozen=True, slots=True)
class Owed:
    """A table that a unit has not handed in whole, and by when it is to be there."""

    dataset: str
    table: OwedTable
    term: date | None


def survey(workspace: Workspace, *, numbers: bool = False) -> Survey:
    """Read the data folder and find out what is to be asked in the school year of the options: of lists that have not
    come the numbers that stand for what is not asked for as a list, with ``numbers`` all that stand for them.

    Raises :class:`ConfigurationError` without a period, and as reading the data does.
    """
    options = workspace.options
    if options.period is None:
        raise ConfigurationError("укажите учебный год: --period 2025/2026")
    catalogue, tables, period = workspace.catalogue, workspace.tables, options.period
    chosen = {indicator.id for indicator in catalogue.select((), options.directions)}
    contracts = catalogue.specs.contracts
    questions = [
        question
        for question in everything_asked(catalogue).values()
        if not chosen.isdisjoint(question.indicators)
        and ((fact := question.fact) is None or numbers or is_by_numbers(fact.count.where, contracts[fact.dataset]))
    ]
    asked = asked_of_units(questions, tables, contracts, period)
    asked = _without_lists_that_came(asked, workspace, period)
    exported = set(_exported(workspace, questions, period))
    return Survey(catalogue, tables, period, asked, exported, _known(tables, questions, period))


def lacking_tables(workspace: Workspace, period: Period) -> Mapping[str, tuple[Owed, ...]]:
    """By unit the tables that it has not handed in whole, with what of them is lacking."""
    contracts = workspace.catalogue.specs.contracts
    missing: dict[tuple[str, str], list[Report]] = {}
    owed: Counter[tuple[str, str]] = Counter()
    for own in workspace.completeness:
        rows = AllOf(tuple(Compare(name, "eq", value) for name, value in own.report.key))
        if is_by_numbers(rows, contracts[own.report.dataset]):
            continue
        if own.period == period.start and own.report.dataset != ANSWERS:
            key = own.unit, own.report.dataset
            owed[key] += 1
            if own.state is State.MISSING:
                missing.setdefault(key, []).append(own.report)
    last_day = terms_of(workspace)
    found: dict[str, list[Owed]] = {}
    for (unit, dataset), reports in missing.items():
        told = [report_words(report.key, contracts[dataset]) for report in reports[:_LISTED]]
        more = f"; и ещё {len(reports) - _LISTED}" if len(reports) > _LISTED else ""
        words = f"{' · '.join(told)}{more}" if len(reports) < owed[unit, dataset] else ""
        day = max((day for report in reports if (day := last_day(report, period)) is not None), default=None)
        found.setdefault(unit, []).append(Owed(dataset, OwedTable(contracts[dataset].title, words), day))
    return {unit: tuple(tables) for unit, tables in found.items()}


def _without_lists_that_came(
    asked: Mapping[str, tuple[Question, ...]], workspace: Workspace, period: Period
) -> Mapping[str, tuple[Question, ...]]:
    """What is asked without the numbers that stand for rows which have come."""
    contracts, tree = workspace.catalogue.specs.contracts, workspace.tables.organisations
    facts = {item.id: item.fact for item in chain.from_iterable(asked.values()) if item.fact is not None}
    lacks = {
        name: lacking(workspace.completeness, contracts[fact.dataset], fact.count.where, period.start, tree)
        for name, fact in facts.items()
    }

    def asks(item: Question, unit: str) -> bool:
        units = lacks.get(item.id)
        return item.fact is None or (tree[unit].level is Level.ORGANISATION if units is None else unit in units)

    left = {unit: tuple(item for item in own if asks(item, unit)) for unit, own in asked.items()}
    return {unit: own for unit, own in left.items() if own}


def _exported(workspace: Workspace, questions: Sequence[Question], period: Period) -> Iterator[tuple[str, str]]:
    """Units and questions for which the exports already give the figure."""
    wanted = {
        (item.figure.indicator, item.figure.part): item.id for item in questions if item.exported and not item.fact
    }
    if not wanted:
        return
    indicators = {item.indicator.id: item.indicator for item in questions if item.exported and not item.fact}
    catalogue, tables = workspace.catalogue, workspace.tables
    plan = make_plan(indicators.values(), catalogue.figures, tables, catalogue.specs.contracts, (period.start,))
    coverage = workspace.coverage_for(plan)
    for row in assess(Executor(plan, tables, coverage=coverage).run(), catalogue.settings.small_below, coverage):
        question_id = wanted.get((row.indicator, row.part))
        if question_id is not None and not row.by and row.value is not None:
            yield row.org_id, question_id


def _known(tables: Tables, questions: Sequence[Question], period: Period) -> dict[tuple[str, str], Known]:
    """Answers of the data folder."""
    if ANSWERS not in tables:
        return {}
    table = tables[ANSWERS]
    fields = {question.id: question.fields for question in questions}
    found: dict[tuple[str, str], Known] = {}
    for record in table.records():
        question_id = in_round_of(str(record[QUESTION]), record[ROUND])
        values = {name: _typed(table.contract.columns[name].type, record[name]) for name in table.contract.columns
                  if record.get(name) is not None}  # fmt: skip
        if record[PERIOD] == period.start and any(field.name in values for field in fields.get(question_id, ())):
            key = (str(record[table.contract.organisation or ""]), question_id)
            found.setdefault(key, Known(values, str(record[FILE])))
    return found


def _typed(kind: str, value: Any) -> Scalar:
    return bool(value) if kind == "flag" else value if isinstance(value, int | float) else str(value)
