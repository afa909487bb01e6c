"""Rounds of a school year, row by row: which rows a figure that is made of them sees.

Every row says for each way of making a year of rounds whether it belongs to it, and which round it is of, in a word
where that is the year itself. A condition that names the round asks for that word; one that does not is of the rows
that the figure is made of, and so is every list that it looks into.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import DISTINCT, LAST, SUM
from quality_cli.core.strata import Stratum
from quality_cli.core.where import (
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    columns_of,
)
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.derivation.reference import Row
from quality_cli.datasets.tables.table import PERIOD

YEAR = "сам год"
_WORD = "@round"


def with_rounds(contract: Contract, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows of a table with what they say of rounds."""
    if contract.round is None:
        return rows
    order = ("", *contract.rounds)
    found = []
    for row in rows:
        own = row[contract.round] or ""
        alike = [other[contract.round] or "" for other in rows if _is_of_one(row, other, contract)]
        latest = all(order.index(own) >= order.index(other) for other in alike)
        found.append({**row, **_said(own, contract), f"@{LAST}": latest})
    return found


def of_report(key: Stratum, contract: Contract) -> Row:
    """What a report says of the rounds of its rows: where rounds are reports, one that names none is of the year."""
    named = dict(key).get(contract.round or "", "")
    if contract.round is None or not (named or contract.rounds_are_reports):
        return {}
    return {**_said(named, contract), contract.round: named or None}


def seen(figure: Figure, contracts: Mapping[str, Contract]) -> Figure:
    """The figure over such rows."""

    def of_count(count: Count) -> Count:
        return replace(count, where=_rows(count.where, contracts[count.dataset], figure.rounds, contracts))

    def asked(condition: Condition, dataset: str) -> Condition:
        return _asked(condition, contracts[dataset], figure.rounds, contracts)

    top = figure.numerator
    return replace(
        figure,
        denominator=of_count(figure.denominator),
        numerator=replace(top, where=asked(top.where, top.dataset)) if figure.inside else of_count(top),
        exclude=None if figure.exclude is None else asked(figure.exclude, figure.population),
        organisations=asked(figure.organisations, REGISTER),
        other_sources=tuple(seen(source, contracts) for source in figure.other_sources),
    )


def _said(own: str, contract: Contract) -> Row:
    """What a row of a round («»: of the year itself) says of the ways in which a year is made."""
    of_one = {f"@{name}": own == name for name in contract.rounds}
    return {_WORD: own or YEAR, "@": not own, f"@{SUM}": True, f"@{DISTINCT}": True, **of_one}


def _is_of_one(row: Row, other: Row, contract: Contract) -> bool:
    """Whether two rows are of one whose last round is asked for."""
    rules = [column.derive for column in contract.columns.values() if column.derive and column.derive.latest_round]
    names = [PERIOD, *(rules[0].latest_round or ())] if rules else [PERIOD]
    return all(row[name] == other[name] for name in names)


def _rows(condition: Condition, contract: Contract, rounds: str, contracts: Mapping[str, Contract]) -> Condition:
    """A condition over the rows of a table that a figure sees."""
    asked = _asked(condition, contract, rounds, contracts)
    if contract.round is None or contract.round in columns_of(condition):
        return asked
    return AllOf((asked, Compare(f"@{rounds}", "eq", True)))


def _asked(condition: Condition, contract: Contract, rounds: str, contracts: Mapping[str, Contract]) -> Condition:
    """What a condition asks of a row, wherever that is found."""

    def each(*items: Condition) -> tuple[Condition, ...]:
        return tuple(_asked(item, contract, rounds, contracts) for item in items)

    match condition:
        case AllOf(items) | AnyOf(items):
            return replace(condition, items=each(*items))
        case Not(item) | AllKnown(item):
            return replace(condition, item=each(item)[0])
        case Compare(column) | OneOf(column) if column == contract.round:
            return replace(condition, column=_WORD)
        case AlsoIn(dataset, where=where, among=among):
            other = contracts[dataset]
            rows = [each_of for each_of in (where, among) if each_of is not None]
            if other.round is None or any(other.round in columns_of(one) for one in rows):
                own = [_asked(one, other, rounds, contracts) for one in rows]
            else:
                own = [_asked(one, other, rounds, contracts) for one in rows[:-1]]
                own.append(_rows(rows[-1], other, rounds, contracts))
            return replace(condition, where=own[0], among=None if among is None else own[1])
        case Known() | Compare() | OneOf():
            return condition
