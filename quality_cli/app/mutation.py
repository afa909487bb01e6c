"""Whether worked examples notice when a definition is written otherwise (mutation testing).

A mutant that every example of its indicator accepts is tried on generated rows beside the original. Where both always
give the same, they are equivalent as far as anybody can see; otherwise the mutant survives: an example is missing.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from quality_cli.analysis.results import Results
from quality_cli.app.examples import ExampleTables, differences, results_of
from quality_cli.app.generated_rows import BATCHES, SEED, generated
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import COMPARED, Indicator
from quality_cli.catalogue.mutants import Mutant, mutants_of
from quality_cli.catalogue.names import names_of
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.names import Names
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.text_rows import TextTableError

ALLOWED = 0.02
"""The share of mutants that may survive."""

_BATCHES = BATCHES[:25]
"""Every equivalent mutant goes through all of them, so the larger ones, which have found nothing, are left out."""

_TOLD = ("part", "org_id", "period", *COMPARED)
"""What an example can expect."""

_Rows: TypeAlias = frozenset[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mutants of one indicator: how many there are, how many of them are equivalent to it, and a
    finding for each that no example noticed though it counts otherwise."""

    mutants: int
    equivalent: int
    unnoticed: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Score(Outcome):
    """The same of several indicators."""

    @property
    def killed(self) -> int:
        """How many the examples noticed."""
        return self.mutants - self.equivalent - len(self.unnoticed)

    @property
    def share(self) -> float:
        """The share of those unnoticed among those that could have been noticed; 0 where there are none."""
        return len(self.unnoticed) / max(1, self.mutants - self.equivalent)

    @property
    def too_many(self) -> bool:
        """Whether more than :data:`ALLOWED` went unnoticed: then the findings are errors."""
        return self.share > ALLOWED


def score(outcomes: Iterable[Outcome]) -> Score:
    """Add outcomes up."""
    found = list(outcomes)
    unnoticed = [finding for outcome in found for finding in outcome.unnoticed]
    total = Score(sum(o.mutants for o in found), sum(o.equivalent for o in found), tuple(unnoticed))
    severity = Severity.ERROR if total.too_many else Severity.WARNING
    return replace(total, unnoticed=tuple(replace(finding, severity=severity) for finding in unnoticed))


def try_mutants(
    catalogue: Catalogue, indicators: Sequence[Indicator], tables: ExampleTables, progress: Progress = silent
) -> Iterator[Outcome]:
    """What the examples of each indicator notice."""
    names = names_of(catalogue)
    for done, indicator in enumerate(indicators):
        progress("мутанты", indicator.id, done, len(indicators))
        document, path = catalogue.written[indicator.id]
        written = document.data
        for step in path:
            written = written[step]
        mutants = mutants_of(written, catalogue.specs.contracts)
        accepted = _accepted(catalogue, names, indicator, mutants, tables)
        other = _counting_otherwise(catalogue, indicator, accepted)
        unnoticed = tuple(_unnoticed(indicator, mutant, document.place((*path, *mutant.place))) for mutant in other)
        yield Outcome(len(mutants), len(accepted) - len(other), unnoticed)


def _unnoticed(indicator: Indicator, mutant: Mutant, place: Place) -> Finding:
    change = (
        f"если вместо «{mutant.before}» написать «{mutant.after}»" if mutant.after else f"если убрать «{mutant.before}»"
    )
    return Finding("catalogue.mutant", Severity.WARNING, f"{indicator.id}: примеры не заметят, {change}", (place,))


def _accepted(
    catalogue: Catalogue, names: Names, indicator: Indicator, mutants: Sequence[Mutant], tables: ExampleTables
) -> list[Mutant]:
    """Mutants that give all that the examples expect."""
    left = list(mutants)
    for example in indicator.examples:
        if not left:
            break
        try:
            given = tables(example)
        except TextTableError:
            continue  # told of the example itself
        results = _together(catalogue, [mutant.indicator for mutant in left], [m.figures for m in left], given)
        left = [m for n, m in enumerate(left) if not any(differences(names, indicator, example, results, str(n)))]
    return left


def _counting_otherwise(catalogue: Catalogue, indicator: Indicator, mutants: Sequence[Mutant]) -> list[Mutant]:
    """Those of the mutants that give something else than the indicator over some of the generated rows."""
    found: dict[Mutant, None] = {}
    figures = catalogue.figures_of[indicator.id]
    for number, (rows, surely) in enumerate(_BATCHES):
        left = [mutant for mutant in mutants if mutant not in found]
        if not left:
            break
        compared = [figures, *(mutant.figures for mutant in left)]
        concerned = [figure for own in compared for figure in own]
        each = max(1, rows * len(figures) // len(concerned))  # as many rows in all as the indicator alone has
        given = generated(concerned, catalogue.specs.contracts, each, surely, random.Random(SEED + number))
        totals = [[replace(figure, by=()) for figure in own] for own in compared]
        told = _told(_together(catalogue, [indicator, *(mutant.indicator for mutant in left)], totals, given))
        found |= {mutant: None for n, mutant in enumerate(left, start=1) if told.get(str(n)) != told.get("0")}
    return [mutant for mutant in mutants if mutant in found]


def _together(
    catalogue: Catalogue, indicators: Sequence[Indicator], figures: Sequence[Sequence[Figure]], given: Tables
) -> Results:
    """Results of variants of one indicator, counted at once: they are called by their positions."""
    called = [item.model_copy(update={"id": str(number)}) for number, item in enumerate(indicators)]
    own = [_called(figure, str(number)) for number, of_one in enumerate(figures) for figure in of_one]
    return results_of(catalogue, called, own, given)


def _called(figure: Figure, name: str) -> Figure:
    others = tuple(replace(other, indicator=name) for other in figure.other_sources)
    return replace(figure, indicator=name, other_sources=others)


def _told(results: Results) -> Mapping[str, _Rows]:
    """Everything that examples can expect of each indicator."""
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    columns = [results.table[name].to_pylist() for name in ("indicator", *_TOLD)]
    for name, *cells in zip(*columns, strict=True):
        found[name].add(tuple(cells))
    return {name: frozenset(rows) for name, rows in found.items()}
