"""Where the people of one table are looked for in another: by conditions, derived columns and checks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from quality_cli.core.where import TRUE, AlsoIn, Condition, walk
from quality_cli.datasets.contracts.column import Derivation
from quality_cli.datasets.contracts.contract import Contract


@dataclass(frozen=True, slots=True)
class Link:
    """A person of a row of ``dataset`` is looked for among the rows of ``other`` that satisfy ``where``.

    ``person`` is the pair of columns that tell whom, ``on`` are the other pairs that must be equal; ``years``: the
    row's own school year, any, or only those before it.
    """

    dataset: str
    other: str
    person: tuple[str, str]
    on: tuple[tuple[str, str], ...] = ()
    where: Condition = TRUE
    years: Literal["same", "any", "earlier"] = "same"


Links: TypeAlias = Mapping[Link, tuple[str, ...]]
"""The links, each with the indicators that rest on it."""


def links_in(condition: Condition, dataset: str, contracts: Mapping[str, Contract]) -> Iterator[Link]:
    """The links of a condition over the rows of a dataset, those inside its lists, too."""
    for node in walk(condition):
        if isinstance(node, AlsoIn):
            years: Literal["same", "any"] = "any" if node.any_year else "same"
            yield from _link(contracts[dataset], node.dataset, node.on, node.where, years)
            for inner in node.inner:
                yield from links_in(inner, node.dataset, contracts)


def links_of_rule(rule: Derivation, dataset: str, contracts: Mapping[str, Contract]) -> Iterator[Link]:
    """The links of a derived column."""
    for condition in (rule.only, rule.where or TRUE):
        yield from links_in(condition, dataset, contracts)
    if rule.earlier is not None:
        on = tuple(rule.earlier.match.items())
        yield from _link(contracts[dataset], rule.earlier.dataset, on, TRUE, "earlier")


def _link(
    own: Contract,
    other: str,
    on: tuple[tuple[str, str], ...],
    where: Condition,
    years: Literal["same", "any", "earlier"],
) -> Iterator[Link]:
    """One, if one of the pairs of columns tells a person; the year is compared as ``years`` says."""
    year = own.period.column if own.period else None
    for pair in on:
        if own.columns[pair[0]].personal:
            rest = tuple(item for item in on if item != pair and item[0] != year)
            yield Link(own.dataset, other, pair, rest, where, years)
            return
