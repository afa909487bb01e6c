"""Worked examples: the catalogue's own specification, run by the same engine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import COMPARED, Example, Expectation, Indicator
from quality_cli.catalogue.names import names_of
from quality_cli.core.names import Names, UnknownNameError
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.text_rows import TextTableError
from quality_cli.datasets.tables.text_table import DEFAULT_YEAR, tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.scan.scanning import Engine, run_scan

_TOLERANCE = 5e-4


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one example: what differs from the expectation, empty when it passed."""

    indicator: str
    title: str
    differences: tuple[str, ...]


class ExampleTables:
    """Tables of worked examples: equal texts are read once, whoever asks."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self._contracts = contracts
        self._read: dict[frozenset[tuple[str, str]], Tables] = {}

    def __call__(self, example: Example) -> Tables:
        """The tables of an example; raises :class:`TextTableError`."""
        texts = frozenset(example.data.items())
        if texts not in self._read:
            self._read[texts] = tables_from_text(example.data, self._contracts)
        return self._read[texts]


def run_examples(
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    engine: Engine = run_scan,
    tables: ExampleTables | None = None,
) -> Iterator[Verdict]:
    """Run every example of the indicators."""
    tables, names = tables or ExampleTables(catalogue.specs.contracts), names_of(catalogue)
    for indicator in indicators:
        for number, example in enumerate(indicator.examples, start=1):
            title = example.title or f"пример {number}"
            differences = _differences(catalogue, names, indicator, example, engine, tables)
            yield Verdict(indicator.id, title, tuple(differences))


def _differences(
    catalogue: Catalogue, names: Names, indicator: Indicator, example: Example, engine: Engine, tables: ExampleTables
) -> Iterator[str]:
    try:
        given = tables(example)
    except TextTableError as error:
        yield str(error)
        return
    results = results_of(catalogue, [indicator], catalogue.figures_of[indicator.id], given, engine)
    yield from differences(names, indicator, example, results)


def results_of(
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    figures: Sequence[Figure],
    given: Tables,
    engine: Engine = run_scan,
) -> Results:
    """The results of the indicators' ``figures`` over the tables of an example."""
    contracts = catalogue.specs.contracts
    plan = make_plan(indicators, figures, given, contracts)
    if not plan.periods:  # no table has a year: they are valid for the one that examples are about
        plan = make_plan(indicators, figures, given, contracts, (Period.of_spring(DEFAULT_YEAR).start,))
    return assess(Executor(plan, given, engine).run(), catalogue.settings.small_below)


def differences(
    names: Names, indicator: Indicator, example: Example, results: Results, stand_in: str = ""
) -> Iterator[str]:
    """What an example expects and the results do not have; ``stand_in``: what they call the indicator."""
    for expected in example.expect:
        yield from _compare(names, indicator, expected, results, stand_in or indicator.id)


def _compare(names: Names, indicator: Indicator, expected: Expectation, results: Results, called: str) -> Iterator[str]:
    told = ", ".join(f"{name} = {value}" for name, value in expected.stratum.items())
    where = "; ".join(filter(None, (expected.at, expected.part, told, str(expected.period or ""))))
    try:
        stratum = names.stratum(indicator.id, expected.part, expected.stratum)
    except UnknownNameError as error:
        yield f"{where}: {error}"
        return
    period = expected.period or Period.of_spring(DEFAULT_YEAR)
    row = results.find(called, expected.at, str(period), expected.part, stratum)
    if row is None or expected.absent:
        if (row is None) != expected.absent:
            yield f"{where}: {'в результатах нет такой строки' if row is None else 'такой строки быть не должно'}"
        return
    for name in COMPARED:
        wanted, got = getattr(expected, name), getattr(row, name)
        if wanted is not None and not _equal(wanted, got):
            yield f"{where}: {name} — ожидалось {wanted}, получено {'пусто' if got is None else got}"


def _equal(wanted: object, got: object) -> bool:
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return math.isclose(wanted, got, abs_tol=_TOLERANCE)
    return wanted == got
