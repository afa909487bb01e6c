"""Which clauses of the conditions no worked example sees both true and false."""

from collections.abc import Iterator, Sequence
from itertools import chain

from quality_cli.app.examples import ExampleTables
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS, Indicator
from quality_cli.catalogue.rounds import is_of_rounds
from quality_cli.catalogue.wording import describe
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.where import Condition, clauses_of, columns_of
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.text_rows import TextTableError


def untried_clauses(catalogue: Catalogue, indicators: Sequence[Indicator], tables: ExampleTables) -> Iterator[Finding]:
    """Warnings, in the order of the indicators."""
    for indicator in indicators:
        for clause in _untried(catalogue, indicator, tables):
            message = f"{indicator.id}: ни один пример не видит условие и выполненным, и невыполненным: {clause}"
            yield Finding("catalogue.clause", Severity.WARNING, message)


def _conditions(figure: Figure) -> Iterator[tuple[str, Condition]]:
    """Conditions of a figure over rows, with the dataset of each."""
    yield figure.denominator.dataset, figure.denominator.where
    yield figure.numerator.dataset, figure.numerator.where
    if figure.exclude is not None:
        yield figure.population, figure.exclude


def _untried(catalogue: Catalogue, indicator: Indicator, tables: ExampleTables) -> list[str]:
    """Clauses of the indicator's conditions that its examples do not see in both states, in words."""
    contracts = catalogue.specs.contracts
    clauses = dict.fromkeys(
        (dataset, clause)
        for figure in catalogue.figures_of[indicator.id]
        for dataset, condition in (
            *chain.from_iterable(map(_conditions, (figure, *figure.other_sources))),
            (REGISTER, figure.organisations),
        )
        for clause in clauses_of(condition)
        if not (dataset == ANSWERS and "question" in columns_of(clause))  # every question has a row of its own
        and not (dataset != REGISTER and is_of_rounds(clause, contracts[dataset]))
    )
    seen: dict[tuple[str, Condition], set[bool]] = {clause: set() for clause in clauses}
    for example in indicator.examples:
        try:
            given = tables(example)
        except TextTableError:
            continue  # told of the example itself
        frames = {name: table.frame for name, table in given.by_dataset.items()}
        evaluators = {name: Evaluator(frame, frames) for name, frame in frames.items()}
        for (dataset, clause), states in seen.items():
            if dataset in evaluators:
                truth = evaluators[dataset](clause)
                states |= {state for state, mask in ((True, truth.true), (False, truth.false)) if mask.any()}
    return [
        describe(clause, contracts[dataset], contracts) for (dataset, clause), states in seen.items() if len(states) < 2
    ]
