"""Indicators to figures: what the engine counts, with every default filled in."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from quality_cli.catalogue.model import ANSWERS, Climb, Definition, Indicator, Measure, Part, Quantity, Source
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE, Condition, all_of, columns_of
from quality_cli.datasets.contracts.column import Counted
from quality_cli.datasets.contracts.contract import Contract, Nature


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of ``dataset`` where ``where``; or over them the distinct values of ``columns`` (of several taken together)
    or the sum of the only one."""

    dataset: str
    where: Condition
    kind: Literal["rows", "distinct", "sum"] = "rows"
    columns: tuple[str, ...] = ()

    @property
    def what(self) -> tuple[str, tuple[str, ...]]:
        """What is counted, wherever it is: two counts of the same are of one unit."""
        return self.kind, self.columns


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One figure in normal form; those of a loaded catalogue are the same objects everywhere.

    Where ``inside`` is true, numerator and denominator come from the same rows: ``numerator.where`` is a condition
    inside D ∧ ¬X, so N ⊆ D by construction. Otherwise both are counted on their own. ``exclude`` concerns rows of
    ``population`` (a dataset). ``factor`` is what N/D is multiplied by; None: the value is N itself. With a
    ``condition`` they define a value in each organisation (``of`` is its measure), and the figure is the share of those
    that satisfy it.
    ``change``: the value is compared with that of so many school years before (negative; 0: not compared), and
    ``in_percent`` of it.
    ``organisations`` selects the units whose rows it counts, ``otherwise`` is what is told of the others; ``own_rows``:
    rows of units under them are not theirs. ``rollup`` is what a flag means for a municipality. ``other_sources`` are
    the same figure by each of them, in order of preference; such a one has a ``source`` (its title) and differs from
    the others where their values are further apart than ``within``.
    ``margin``: its numbers do not add up over strata (a child is in several), so that it tells only what they are asked
    by: these stratifiers together (none of them: the total); None: they add up.
    ``rounds``: how the definition makes it of rounds; the conditions say it already once :mod:`.rounds` has been there.
    ``beyond``: no level reports it.
    ``counted`` and ``nature`` are what the definition says of itself; see :func:`counted_by`, :func:`nature_of`.
    ``hidden``: it is counted for others and is no figure of the results; see :func:`children_behind`.
    """

    indicator: str
    part: str
    title: str
    level: Level
    measure: Measure
    population: str
    denominator: Count
    exclude: Condition | None
    numerator: Count
    inside: bool
    factor: float | None
    unit: str
    by: tuple[str, ...]
    rollup: Climb = "share"
    condition: Condition | None = None
    of: Measure | None = None
    change: int = 0
    in_percent: bool = False
    organisations: Condition = TRUE
    otherwise: str = ""
    own_rows: bool = False
    source: str = ""
    within: float = 0
    margin: tuple[str, ...] | None = None
    beyond: bool = False
    rounds: str = ""
    counted: Counted | None = None
    nature: Nature | None = None
    hidden: bool = False
    other_sources: tuple["Figure", ...] = ()

    def tells_by(self, names: Collection[str]) -> bool:
        """Whether its numbers tell of values of some of its stratifiers together (none: of the total)."""
        return self.margin is None or set(self.margin) == set(names)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Datasets it rests on, the population's first."""
        return tuple(dict.fromkeys((self.population, self.denominator.dataset, self.numerator.dataset)))


def counted_by(figure: Figure, contracts: Mapping[str, Contract]) -> Counted:
    """What the denominator of a figure counts; of one without a denominator of its own, what the figure counts."""
    if figure.counted is not None:
        return figure.counted
    if figure.condition is not None:
        return "organisations"
    base = figure.denominator
    contract = contracts[base.dataset]
    own = [contract.columns[name].things for name in base.columns]
    if len(own) > 1:  # a school and a code are a child, not a school
        own = [things for things in own if things != "organisations"]
    return next(filter(None, own), contract.counted)


def nature_of(figure: Figure, contracts: Mapping[str, Contract]) -> Nature:
    """Whether the value is a sample of what children can do or an exact fact: numbers, flags and shares of
    organisations are facts whatever they are made of."""
    if figure.nature is not None:
        return figure.nature
    sampled = figure.measure in ("share", "distribution", "rate", "mean")
    return contracts[figure.population].nature if sampled else "fact"


def children_behind(figure: Figure, contracts: Mapping[str, Contract]) -> Figure | None:
    """A count of the children whose works are the denominator of a figure; None where it is not of works, or nothing
    tells whose they are.

    Works of one child depend on each other: three children with four works each are a base of three, not of twelve.
    """
    base = figure.denominator
    child = tuple(contracts[base.dataset].child)
    if figure.change or not (figure.inside and child) or counted_by(figure, contracts) != "works":
        return None
    children = Count(base.dataset, base.where, "distinct", child)
    return replace(
        figure,
        part=f"{figure.part};{CHILDREN}",
        measure="count",
        denominator=children,
        numerator=replace(children, where=figure.numerator.where),  # works of which it is unknown are not among them
        factor=None,
        unit="",
        counted="children",
        hidden=True,
        other_sources=(),
    )


def rows_behind(figure: Figure) -> tuple[object, ...]:
    """What tells the rows that a figure's denominator is counted in; those where its numerator is unknown are none."""
    told = columns_of(figure.numerator.where)
    return figure.by, figure.organisations, figure.own_rows, figure.denominator.where, figure.exclude, told


CHILDREN = "children"
"""What the part of a figure of :func:`children_behind` ends with."""


def stratifier_title(figure: Figure, name: str, contracts: Mapping[str, Contract]) -> str:
    """What a column that a figure is broken down by is called in the first of its tables that has it."""
    columns = [contracts[dataset].columns for dataset in figure.datasets]
    return next((own[name].title for own in columns if name in own), name)


def is_share(figure: Figure) -> bool:
    """Whether the value is a share of what the figure counts itself, and no difference of two."""
    return figure.measure in ("share", "distribution") and not figure.change


def counts_organisations(figure: Figure, contracts: Mapping[str, Contract]) -> bool:
    """Whether the denominator is of organisations rather than of people or works."""
    return counted_by(figure, contracts) == "organisations"


def question_of(indicator: str, part: str) -> str:
    """How answers name the question asked for a figure: ``1.1.6-s1``, ``2.1.2-m2:base``."""
    return f"{indicator}:{part}" if part else indicator


def figures_of(indicator: Indicator) -> Iterator[Figure]:
    """The figures of an indicator: its parts (or itself), each followed by the figures beside it."""
    for layers in _layers(indicator):
        yield _with_sources(indicator, [change for _, change in layers])


def layers_of(indicator: Indicator) -> Iterator[tuple[str, ...]]:
    """For each figure of :func:`figures_of` the keys and ids it is written under: ``("parts", "a", "beside", "b")``."""
    for layers in _layers(indicator):
        yield tuple(name for key, change in layers for name in (key, change.id))


def _layers(indicator: Indicator) -> Iterator[list[tuple[str, Part]]]:
    for part in indicator.parts or (None,):
        for supplementary in (None, *indicator.beside):
            both = (("parts", part), ("beside", supplementary))
            yield [(key, change) for key, change in both if change is not None]


def _with_sources(indicator: Indicator, changes: list[Part]) -> Figure:
    """The figure and, in it, the same by each of its other sources.

    What counts others than its indicator (children, not works) is not what the source tells, unless it says so itself.
    """
    figure = _figure(indicator, changes, [])
    others = []
    since = max((number for number, change in enumerate(changes) if change.population), default=None)
    for source in indicator.also:
        told = [[item for item in change.also if item.id == source.id] for change in changes]
        if since is not None and not any(told[since:]):
            continue
        other = _figure(indicator, changes, [source, *chain.from_iterable(told)])
        others.append(replace(other, source=source.title, within=source.within))
    return replace(figure, other_sources=tuple(others)) if others else figure


def _figure(indicator: Indicator, changes: list[Part], sources: list[Source]) -> Figure:
    merged: dict[str, Any] = {}
    for layer in (indicator, *changes, *sources):
        given = {name: getattr(layer, name) for name in Definition.model_fields}
        if isinstance(layer, Source) and layer.population is not None:
            merged.pop("rounds", None)  # what is said of the rounds of one table is not said of another's
        merged.update(
            {name: value for name, value in given.items() if value is not None or name in layer.model_fields_set}
        )
    merged = {name: value for name, value in merged.items() if value is not None}  # null takes back what was inherited
    part = ";".join(change.id for change in changes)
    if "population" not in merged:
        merged = {**_asked(indicator.id, part), **merged}
    population = _count(merged["population"])
    denominator = _within(merged.get("denominator"), population)
    numerator: Quantity = merged.get("numerator") or Quantity()
    inside = numerator.dataset in (None, population.dataset) and denominator.dataset == population.dataset
    top = _count(numerator, replace(denominator, where=TRUE)) if inside else _within(numerator, population)
    exclude = merged.get("exclude", TRUE)
    measure: Measure = merged["measure"]
    over_units = measure == "share_of_orgs"
    return Figure(
        indicator=indicator.id,
        part=part,
        title="; ".join(change.title for change in changes),
        level=indicator.level,
        measure=measure,
        population=population.dataset,
        denominator=denominator,
        exclude=None if exclude == TRUE else exclude,
        numerator=top,
        inside=inside,
        factor=_factor(merged["of"] if over_units else measure, merged.get("per", 1)),
        unit=merged["unit"],
        by=tuple(indicator.by),
        rollup=indicator.climbs,
        beyond=indicator.beyond,
        condition=merged["condition"] if over_units else None,
        of=merged["of"] if over_units else None,
        change=merged["change"].since if "change" in merged else 0,
        in_percent="change" in merged and merged["change"].kind == "percent",
        organisations=merged["organisations"].where if "organisations" in merged else TRUE,
        otherwise=merged["organisations"].otherwise if "organisations" in merged else "",
        own_rows="organisations" in merged and merged["organisations"].rows == "own",
        rounds=merged.get("rounds", ""),
        counted=merged.get("counted"),
        nature=merged.get("nature"),
    )


def least_found(figure: Figure, contracts: Mapping[str, Contract]) -> int | None:
    """Of a figure that compares children with their own former results, of how many per cent these must be found; None
    of any other."""
    if not figure.inside:
        return None
    columns = contracts[figure.denominator.dataset].columns
    rules = [columns[name].derive for name in columns_of(figure.numerator.where) if name in columns]
    return max((rule.earlier.least_found for rule in rules if rule is not None and rule.earlier), default=None)


def _asked(indicator: str, part: str) -> dict[str, Any]:
    """Population and numerator of what is asked: units that answered the question, those of them with «да»."""
    question = question_of(indicator, part)
    return {
        "population": Quantity.model_validate({"dataset": ANSWERS, "where": {"question": question}, "distinct": "org"}),
        "numerator": Quantity.model_validate({"where": {"yes": True}}),
    }


def _factor(measure: Measure, per: int) -> float | None:
    match measure:
        case "share" | "distribution":
            return 100.0
        case "rate":
            return float(per)
        case "mean":
            return 1.0
        case _:
            return None


def _within(quantity: Quantity | None, outer: Count) -> Count:
    """``quantity`` narrowed by ``outer`` where both are of one table; ``outer`` itself where nothing is given."""
    if quantity is None:
        return outer
    if quantity.dataset in (None, outer.dataset):
        return _count(quantity, outer)
    return _count(quantity)


def _count(quantity: Quantity, outer: Count | None = None) -> Count:
    dataset = quantity.dataset or (outer.dataset if outer else "")
    where = all_of(outer.where, quantity.where) if outer else quantity.where
    if quantity.distinct is not None:
        return Count(dataset, where, "distinct", quantity.together)
    if quantity.sum is not None:
        return Count(dataset, where, "sum", (quantity.sum,))
    return Count(dataset, where) if quantity.rows or outer is None else replace(outer, dataset=dataset, where=where)
