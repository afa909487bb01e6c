"""Worked examples: the catalogue's own specification, run by the same engine."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Example, Expectation, Indicator
from quality_cli.catalogue.names import names_of
from quality_cli.core.names import Names, UnknownNameError
from quality_cli.core.periods import Period
from quality_cli.datasets.tables.text_table import DEFAULT_YEAR, TextTableError, tables_from_text
from quality_cli.engine.combine.execute import Engine, Executor
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.scan.scanning import run_scan

_COMPARED = ("numerator", "denominator", "value", "excluded", "unknown", "matched", "status")
_TOLERANCE = 5e-4


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one example: what differs from the expectation, empty when it passed."""

    indicator: str
    title: str
    differences: tuple[str, ...]


def run_examples(catalogue: Catalogue, indicators: Sequence[Indicator], engine: Engine = run_scan) -> Iterator[Verdict]:
    """Run every example of the indicators."""
    names = names_of(catalogue)
    for indicator in indicators:
        for number, example in enumerate(indicator.examples, start=1):
            title = example.title or f"пример {number}"
            yield Verdict(indicator.id, title, tuple(_differences(catalogue, names, indicator, example, engine)))


def _differences(
    catalogue: Catalogue, names: Names, indicator: Indicator, example: Example, engine: Engine
) -> Iterator[str]:
    contracts = catalogue.specs.contracts
    try:
        tables = tables_from_text(example.data, contracts)
    except TextTableError as error:
        yield str(error)
        return
    plan = make_plan([indicator], catalogue.figures, tables, contracts)
    results = assess(Executor(plan, tables, engine).run(), catalogue.settings.small_below)
    for expected in example.expect:
        yield from _compare(names, indicator, expected, results)


def _compare(names: Names, indicator: Indicator, expected: Expectation, results: Results) -> Iterator[str]:
    told = ", ".join(f"{name} = {value}" for name, value in expected.stratum.items())
    where = "; ".join(filter(None, (expected.at, expected.part, told, str(expected.period or ""))))
    try:
        stratum = names.stratum(indicator.id, expected.part, expected.stratum)
    except UnknownNameError as error:
        yield f"{where}: {error}"
        return
    period = expected.period or Period.of_spring(DEFAULT_YEAR)
    row = results.find(indicator.id, expected.at, str(period), expected.part, stratum)
    if row is None:
        yield f"{where}: в результатах нет такой строки"
        return
    for name in _COMPARED:
        wanted, got = getattr(expected, name), getattr(row, name)
        if wanted is not None and not _equal(wanted, got):
            yield f"{where}: {name} — ожидалось {wanted}, получено {'пусто' if got is None else got}"


def _equal(wanted: object, got: object) -> bool:
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return math.isclose(wanted, got, abs_tol=_TOLERANCE)
    return wanted == got
