"""Figures whose value never changes, whatever the data say: found on generated rows."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from quality_cli.analysis.assess import assess
from quality_cli.app.generated_rows import BATCHES, SEED, YEARS, generated
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.core.findings import Finding, Severity
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan


def constant_figures(catalogue: Catalogue, indicators: Sequence[Indicator], seed: int = SEED) -> Iterator[Finding]:
    """An error for every figure of the indicators that has one value or none in all batches.

    A worked example that shows two values is proof enough that a figure varies, whatever we can think of.
    """
    seen: dict[tuple[str, str], set[float | None]] = defaultdict(set, _shown(indicators))
    waiting = [item for item in indicators if _constant(catalogue, item, seen)]
    for number, (rows, surely) in enumerate(BATCHES):  # only those that have not varied yet go on
        if not waiting:
            return
        figures = [figure for item in waiting for figure in catalogue.figures_of[item.id]]
        tables = generated(figures, catalogue.specs.contracts, rows, surely, random.Random(seed + number))
        plan = make_plan(waiting, catalogue.figures, tables, catalogue.specs.contracts, YEARS)
        for row in assess(Executor(plan, tables).run(), catalogue.settings.small_below):
            seen[row.indicator, row.part].add(row.value)
        waiting = [item for item in waiting if _constant(catalogue, item, seen)]
    for item in waiting:
        for part in _constant(catalogue, item, seen):
            yield _told(item, part, seen[item.id, part], seed)


def _shown(indicators: Sequence[Indicator]) -> dict[tuple[str, str], set[float | None]]:
    """The values of figures of which one worked example shows several."""
    found: dict[tuple[str, str], set[float | None]] = {}
    for item in indicators:
        for example in item.examples:
            values: dict[tuple[str, str], set[float | None]] = defaultdict(set)
            for expected in example.expect:
                values[item.id, expected.part].add(expected.value)
            found.update({figure: shown for figure, shown in values.items() if len(shown - {None}) > 1})
    return found


def _constant(
    catalogue: Catalogue, indicator: Indicator, seen: Mapping[tuple[str, str], set[float | None]]
) -> list[str]:
    """Parts that have had no two values."""
    parts = [figure.part for figure in catalogue.figures_of[indicator.id]]
    return [part for part in parts if len(seen.get((indicator.id, part), set()) - {None}) < 2]


def _told(indicator: Indicator, part: str, values: set[float | None], seed: int) -> Finding:
    value = next(iter(values - {None}), None)
    always = "никогда не имеет значения" if value is None else f"всегда равен {value:g}"
    name = f"{indicator.id}{f', часть «{part}»' if part else ''}"
    message = (
        f"{name}: что бы ни стояло в таблицах, показатель {always} (проверено на выдуманных строках, seed {seed}): "
        "посмотрите, могут ли условия population и numerator выполниться вместе и не выполниться"
    )
    return Finding("catalogue.constant", Severity.ERROR, message)
