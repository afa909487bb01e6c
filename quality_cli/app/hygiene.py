"""Hygiene of the catalogue: stale definitions, and clauses that no worked example sees both true and false."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS, Indicator
from quality_cli.catalogue.wording import describe
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.where import Condition, clauses_of, columns_of
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.text_rows import TextTableError
from quality_cli.datasets.tables.text_table import tables_from_text


def hygiene(catalogue: Catalogue, today: date) -> Iterator[Finding]:
    """Warnings, in the order of the catalogue."""
    for indicator in catalogue.indicators.values():
        yield from _stale(indicator, today)
        for clause in _unseen(catalogue, indicator):
            message = f"{indicator.id}: ни один пример не видит условие и выполненным, и невыполненным: {clause}"
            yield Finding("catalogue.clause", Severity.WARNING, message)


def _stale(indicator: Indicator, today: date) -> Iterator[Finding]:
    for name, text in (("checked", indicator.checked), ("next_review", indicator.next_review)):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            message = f"{indicator.id}: дата «{name}» не указана или записана не так: 2026-09-01"
            yield Finding("catalogue.date", Severity.WARNING, message)
            continue
        if name == "next_review" and day < today:
            message = f"{indicator.id}: определение пора пересмотреть (срок — {text})"
            yield Finding("catalogue.stale", Severity.WARNING, message)


def _conditions(figure: Figure) -> Iterator[tuple[str, Condition]]:
    """Conditions of a figure over rows, with the dataset of each."""
    yield figure.denominator.dataset, figure.denominator.where
    yield figure.numerator.dataset, figure.numerator.where
    if figure.exclude is not None:
        yield figure.population, figure.exclude


def _unseen(catalogue: Catalogue, indicator: Indicator) -> list[str]:
    """Clauses of the indicator's conditions that its examples do not see in both states, in words."""
    contracts = catalogue.specs.contracts
    clauses = dict.fromkeys(
        (dataset, clause)
        for figure in catalogue.figures_of[indicator.id]
        for dataset, condition in (
            *chain.from_iterable(map(_conditions, (figure, *figure.also))),
            (REGISTER, figure.organisations),
        )
        for clause in clauses_of(condition)
        if not (dataset == ANSWERS and "question" in columns_of(clause))  # every question has a row of its own
    )
    seen: dict[tuple[str, Condition], set[bool]] = {clause: set() for clause in clauses}
    for example in indicator.examples:
        try:
            tables = tables_from_text(example.data, contracts)
        except TextTableError:
            continue  # told by `catalogue test`
        frames = {name: table.frame for name, table in tables.by_dataset.items()}
        evaluators = {name: Evaluator(frame, frames) for name, frame in frames.items()}
        for (dataset, clause), states in seen.items():
            if dataset in evaluators:
                truth = evaluators[dataset](clause)
                states |= {state for state, mask in ((True, truth.true), (False, truth.false)) if mask.any()}
    return [
        describe(clause, contracts[dataset], contracts) for (dataset, clause), states in seen.items() if len(states) < 2
    ]
