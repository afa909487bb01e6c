"""Rounds of a school year: which rows of a table that has them make the figure.

A row of a round (a quarter, a repeated monitoring) is not of the year itself: it enters a figure only where the
definition says how the figure is made of rounds (``rounds``), or speaks of them in a condition of its own. What this
comes to is a condition over rows as any other, so that nothing further on knows of rounds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.catalogue.model import DISTINCT, LAST, SUM
from quality_cli.core.ids import closest
from quality_cli.core.where import (
    TRUE,
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    all_of,
    columns_of,
)
from quality_cli.datasets.contracts.contract import REGISTER, Contract


def of_rounds(figure: Figure, contracts: Mapping[str, Contract]) -> Figure:
    """The figure over the rows of the rounds it is made of; tables without rounds stay as they are."""
    if not any(contract.round for contract in contracts.values()):
        return figure

    def narrowed(count: Count) -> Count:
        return replace(count, where=_narrowed(count.where, contracts[count.dataset], figure.rounds, contracts))

    def understood(where: Condition, dataset: str) -> Condition:
        return _within(where, contracts[dataset], figure.rounds, contracts)

    exclude, top = figure.exclude, figure.numerator
    return replace(
        figure,
        denominator=narrowed(figure.denominator),
        exclude=None if exclude is None else understood(exclude, figure.population),
        numerator=replace(top, where=understood(top.where, top.dataset)) if figure.inside else narrowed(top),
        organisations=understood(figure.organisations, REGISTER),
        other_sources=tuple(of_rounds(source, contracts) for source in figure.other_sources),
    )


def is_of_rounds(condition: Condition, contract: Contract) -> bool:
    """Whether a condition over rows chooses among rounds and nothing else."""
    return columns_of(condition) == {contract.round}


def misused(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Why what a figure says of rounds cannot be: in words that follow nobody's place."""
    having = [contracts[name] for name in figure.datasets if contracts[name].round]
    unsplit = [contract.round for contract in having if contract.round in figure.by]
    if unsplit and figure.rounds not in (SUM, DISTINCT):
        yield f"разрез по этапам («{unsplit[0]}») есть там, где год складывается из них: rounds: {SUM} или {DISTINCT}"
    if not (figure.rounds and having):
        return
    known = [SUM, DISTINCT, LAST, *dict.fromkeys(word for contract in having for word in contract.rounds)]
    if figure.rounds not in known:
        yield f"«rounds»: нет «{figure.rounds}»{closest(figure.rounds, known)}; бывает: {', '.join(known)}"
    elif figure.rounds == LAST and not all(map(_latest, having)):
        yield "«rounds: last» — где у набора есть столбец с derive: {latest_round: […]}: чей этап последний"
    for contract, count in ((contracts[count.dataset], count) for count in (figure.denominator, figure.numerator)):
        if contract.round and figure.rounds == SUM and count.kind == "distinct":
            yield "«rounds: sum» складывает этапы, а разные значения не складываются: rounds: distinct"
        elif contract.round and figure.rounds == DISTINCT and count.kind != "distinct":
            yield "«rounds: distinct» — где считают разные значения (distinct); остальное складывается: rounds: sum"


def _narrowed(where: Condition, contract: Contract, rounds: str, contracts: Mapping[str, Contract]) -> Condition:
    """A condition over rows of a dataset, with what it leaves unsaid of rounds."""
    own = _within(where, contract, rounds, contracts)
    return own if contract.round in columns_of(where) else all_of(own, _rows_of(contract, rounds))


def _rows_of(contract: Contract, rounds: str) -> Condition:
    if contract.round is None or rounds in (SUM, DISTINCT):
        return TRUE
    if rounds == LAST and (latest := _latest(contract)) is not None:
        return Compare(latest, "eq", True)
    if rounds in contract.rounds:
        return _said(Compare(contract.round, "eq", rounds), contract.round)
    return Known(contract.round, False)


def _said(condition: Condition, name: str) -> Condition:
    """A condition on the round as it is meant: a blank one is the year itself, and not unknown."""
    return all_of(Known(name, True), condition)


def _latest(contract: Contract) -> str | None:
    """The column that tells whether a row is of the last round."""
    rules = ((name, column.derive) for name, column in contract.columns.items())
    return next((name for name, rule in rules if rule is not None and rule.latest_round), None)


def _within(condition: Condition, contract: Contract, rounds: str, contracts: Mapping[str, Contract]) -> Condition:
    """The same condition, what it says of rounds as it is meant; the lists it looks into are narrowed to the rounds."""

    def all_within(items: Iterable[Condition]) -> tuple[Condition, ...]:
        return tuple(_within(item, contract, rounds, contracts) for item in items)

    match condition:
        case AllOf(items):
            return all_of(*all_within(items))
        case AnyOf(items):
            return AnyOf(all_within(items))
        case Not(item):
            return Not(*all_within((item,)))
        case AllKnown(item):
            return AllKnown(*all_within((item,)))
        case AlsoIn(dataset):
            return _list(condition, rounds, contracts) if dataset in contracts else condition
        case Compare(column, "eq") | OneOf(column) if column == contract.round:
            return _said(condition, column)
        case Compare(column, "ne") if column == contract.round:
            return Not(_said(replace(condition, op="eq"), column))
        case _:
            return condition


def _list(node: AlsoIn, rounds: str, contracts: Mapping[str, Contract]) -> AlsoIn:
    """What was asked of everybody is narrowed where that is said, else what is looked for."""
    contract = contracts[node.dataset]
    if any(contract.round in columns_of(item) for item in node.inner):
        where = _within(node.where, contract, rounds, contracts)
        among = None if node.among is None else _within(node.among, contract, rounds, contracts)
        return replace(node, where=where, among=among)
    if node.among is None:
        return replace(node, where=_narrowed(node.where, contract, rounds, contracts))
    return replace(node, among=_narrowed(node.among, contract, rounds, contracts))
