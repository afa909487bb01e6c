"""Which rows of which datasets figures rest on: only reports of those are waited for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure
from quality_cli.core.strata import Stratum
from quality_cli.core.where import AlsoIn, Condition, clauses_of, columns_of, walk
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Truth
from quality_cli.datasets.tables.table import column_array

Needs: TypeAlias = Mapping[str, Sequence[Condition]]
"""By dataset the conditions of the rows that matter: one for each use."""


def needs_of(figures: Iterable[Figure], contracts: Mapping[str, Contract]) -> Needs:
    """What figures rest on by their own definition: their tables, lists that conditions and derived columns look into,
    tables of a union. Another source of a figure stands in for reports and is not waited for."""
    found: dict[str, dict[Condition, None]] = {}
    for figure in figures:
        for dataset, rows in _uses(figure, contracts):
            found.setdefault(dataset, {})[rows] = None
    return {dataset: tuple(conditions) for dataset, conditions in found.items()}


def touches(conditions: Sequence[Condition], reports: pd.DataFrame) -> Array:
    """Which reports may hold rows that satisfy any of the conditions: nothing is known of such rows but the values of
    the columns that make separate reports."""
    nothing = np.zeros(len(reports), dtype=bool)
    found = nothing.copy()
    for condition in conditions:
        clauses = clauses_of(condition)
        blind = [item for item in clauses if isinstance(item, AlsoIn) or not columns_of(item) <= set(reports.columns)]
        found |= ~Evaluator(reports, {}, dict.fromkeys(blind, Truth(nothing, nothing)))(condition).false
    return found


def touched(conditions: Sequence[Condition], key: Stratum, contract: Contract) -> bool:
    """Whether one report may hold rows that satisfy any of the conditions."""
    columns = {}
    for name, value in key:
        numeric = contract.is_numeric(name)
        try:
            columns[name] = column_array([float(value) if numeric else value], numeric=numeric)
        except ValueError:  # words of what was drawn: nobody knows which value
            columns[name] = column_array([None], numeric=numeric)
    return bool(touches(conditions, pd.DataFrame(columns, index=range(1)))[0])


def _uses(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[tuple[str, Condition]]:
    """Datasets with the condition of the rows; what is outside the numerator matters as much as what is inside."""
    read = [figure.exclude] if figure.exclude is not None else []
    if figure.inside:
        yield from _rows(
            figure.denominator.dataset, figure.denominator.where, [*read, figure.numerator.where], contracts
        )
    else:
        yield from _rows(figure.denominator.dataset, figure.denominator.where, read, contracts)
        yield from _rows(figure.numerator.dataset, figure.numerator.where, read, contracts)


def _rows(
    dataset: str, rows: Condition, read: Sequence[Condition], contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, Condition]]:
    """The rows of a dataset, and those of others that conditions over them look into."""
    contract = contracts[dataset]
    yield dataset, rows
    for member in contract.union:
        yield from _rows(member.dataset, member.where, (), contracts)
    for condition in (rows, *read):
        for node in _lists(condition, contract):
            others = [item for item in node.inner if item is not node.among] if node.among is not None else ()
            yield from _rows(node.dataset, node.where if node.among is None else node.among, others, contracts)


def _lists(condition: Condition, contract: Contract) -> Iterator[AlsoIn]:
    """The lists that a condition looks into: itself or through a derived column."""
    yield from (node for node in walk(condition) if isinstance(node, AlsoIn))
    for name in columns_of(condition):
        rule = contract.columns[name].derive if name in contract.columns else None
        if rule is not None and rule.where is not None:
            yield from _lists(rule.where, contract)
