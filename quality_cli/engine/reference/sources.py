"""Figures that are counted over rows: by their sources, where these differ, and level by level without those units
that contradict themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.derivation.reference import Row
from quality_cli.engine.reference.given import Counted, Found, Given, Key, word
from quality_cli.engine.reference.sides import Side, amount, judged, sides_of


@dataclass(frozen=True, slots=True)
class Source:
    """What one source gives of a figure: its sides, and the rows of each by the rows of the results; ``judged``: those
    of which it is known whether they are in the numerator."""

    figure: Figure
    sides: Sequence[Side]
    gathered: Mapping[Key, Sequence[Sequence[Row]]]
    judged: Mapping[Key, Sequence[Row]]


def gathered(number: int, figure: Figure, given: Given) -> tuple[list[Source], set[Key]]:
    """The rows of a figure by its sources, and where these differ; a cell that one source has filled no other fills."""
    found: list[Source] = []
    said: list[Figure] = []
    differing: set[Key] = set()
    sources = [figure, *(other for other in figure.other_sources if other.population in given.tables)]
    asked = {source.margin for source in sources if source.margin is not None}
    filled: dict[tuple[str, ...], set[tuple[Any, ...]]] = {_margin(source): set() for source in sources}
    for source in sources:
        here = filled[_margin(source)]
        sides = sides_of(source, given)
        rows: dict[Key, list[list[Row]]] = defaultdict(lambda: [[] for _ in Counted._fields])
        for position, side in enumerate(sides):
            for row in side.rows:
                cells = given.cells(_margin(source), side.count.dataset, row)
                if cells and cells <= here:
                    continue
                for key in given.keys(number, _subsets(source, side, given), side.count.dataset, row):
                    rows[key][position].append(row)
        for position, side in enumerate(sides):
            for row in side.rows:
                _spread(number, position, side, row, given, rows)
        told = judged(source, sides, given)
        known: dict[Key, list[list[Row]]] = {key: [[]] for key in rows}
        for row in told.rows:
            cells = given.cells(_margin(source), told.count.dataset, row)
            if not (cells and cells <= here):
                for key in given.keys(number, _subsets(source, told, given), told.count.dataset, row):
                    known.setdefault(key, [[]])[0].append(row)
                _spread(number, 0, told, row, given, known)
        for names in filter(source.tells_by, filled):
            filled[names] |= _seen(sides, names, given)
        found.append(Source(source, sides, rows, {key: chosen for key, (chosen,) in known.items()}))
        for before in said:
            both = source, before
            own, other = (_said(number, one, _margin(source), given, alone=_margin(source) in asked) for one in both)
            differing |= {key for key in own.keys() & other if _differ(own[key], other[key], source.within)}
        said.append(source)
    return found, differing


def _margin(source: Figure) -> tuple[str, ...]:
    """The stratifiers whose cells a source takes: all, or those that it tells of."""
    return source.by if source.margin is None else source.margin


def _seen(sides: Sequence[Side], names: Sequence[str], given: Given) -> set[tuple[Any, ...]]:
    """The cells of some stratifiers that a source counts or excludes anything in."""
    return set().union(*(given.cells(names, side.count.dataset, row) for side in sides[:3] for row in side.rows))


def climbed(figure: Figure, found: Sequence[Source], differing: set[Key], given: Given) -> Found:
    """The quantities of all sources together, level by level: a unit that contradicts itself is left out of what is
    above it, with everything under it."""
    tree = given.tree
    below: set[str] = set()
    result = Found({}, set(differing), set(), set())
    for level in map(str, tree.levels()):
        for key in {key for source in found for key in source.gathered if key.level == level}:
            out = {
                other.unit
                for other in result.contradicting
                if other.level in below and other._replace(level=level, unit=key.unit) == key
            }
            above = {unit.id for unit in tree if out.isdisjoint(one.id for one in tree.path(unit.id))}
            result.update(found_in(key, figure, found, given, above))
        below.add(level)
    return result


def exceeding(figure: Figure, counts: Mapping[Key, Counted]) -> set[Key]:
    """Where more of all are counted than there are."""
    if "share" not in (figure.measure, figure.of):
        return set()
    return {key for key, own in counts.items() if 0 < own.denominator < own.numerator}


def found_in(key: Key, figure: Figure, found: Sequence[Source], given: Given, units: set[str]) -> Found:
    """What is found of a key in the rows of some units."""
    counts = {key: counted_in(key, found, given, units)}
    judged_of = [
        given.organisation(source.figure.numerator.dataset, row) in units
        for source in found
        for row in source.judged.get(key, ())
    ]
    is_lent = any(key in source.gathered for source in found[1:])
    return Found(counts, exceeding(figure, counts), {key} if any(judged_of) else set(), {key} if is_lent else set())


def counted_in(key: Key, found: Sequence[Source], given: Given, units: set[str]) -> Counted:
    """The quantities of a key in the rows of some units."""
    amounts = [0.0] * len(Counted._fields)
    for source in found:
        for position, (side, rows) in enumerate(zip(source.sides, source.gathered.get(key, ()), strict=False)):
            kept = [row for row in rows if given.organisation(side.count.dataset, row) in units]
            amounts[position] += amount(side.count, kept)
    return Counted(*amounts)


def _said(
    number: int, source: Figure, names: tuple[str, ...], given: Given, *, alone: bool
) -> dict[Key, tuple[bool, float]]:
    """What a source says of each unit's own rows in the strata of some stratifiers, where anything stands below;
    ``alone``: also what it counts where nothing does, which is another kind of value."""
    if not all(name in given.tables for name in source.datasets):
        return {}
    sides = sides_of(source, given)[:2]
    rows: dict[Key, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for position, side in enumerate(sides):
        for row in side.rows:
            for year, organisation, *cells in given.cells(names, side.count.dataset, row):
                if None not in cells and (above := given.tree.path(organisation)):
                    stratum = tuple(zip(names, map(word, cells), strict=True))
                    key = Key(number, year, str(above[0].level), organisation, ",".join(names), stratum)
                    rows[key][position].append(row)
    values = {}
    for key, chosen in rows.items():
        top, base = (amount(side.count, own) for side, own in zip(sides, chosen, strict=True))
        if base > 0:
            values[key] = True, top if source.factor is None else source.factor * top / base
        elif alone and top > 0:
            values[key] = False, top
    return values


def _differ(one: tuple[bool, float], other: tuple[bool, float], within: float) -> bool:
    return one[0] == other[0] and abs(one[1] - other[1]) > within + 1e-9


def _subsets(figure: Figure, side: Side, given: Given) -> list[tuple[str, ...]]:
    """The sets of stratifiers that the rows of a side are broken down by: those that their table has; numbers of strata
    that do not add up, by their margin alone."""
    columns = given.tables[side.count.dataset].contract.columns if side.count.dataset in given.tables else {}
    asked = dict.fromkeys(
        [(), *((name,) for name in figure.by), figure.by] if figure.margin is None else [figure.margin]
    )
    return [by for by in asked if all(name in columns for name in by)]


def _spread(
    number: int, position: int, side: Side, row: Row, given: Given, gathered: dict[Key, list[list[Row]]]
) -> None:
    """Put a row into every stratum of a stratifier that its table lacks, where rows of the other table stand."""
    columns = given.tables[side.count.dataset].contract.columns
    for key, chosen in gathered.items():
        by = tuple(filter(None, key.by.split(",")))
        had = tuple(name for name in by if name in columns)
        if had != by:
            alike = key._replace(by=",".join(had), stratum=tuple(pair for pair in key.stratum if pair[0] in had))
            if alike in given.keys(number, [had], side.count.dataset, row):
                chosen[position].append(row)
