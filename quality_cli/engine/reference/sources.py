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
    said: list[dict[Key, float]] = []
    differing: set[Key] = set()
    filled: set[tuple[Any, ...]] = set()
    for source in (figure, *(other for other in figure.other_sources if other.population in given.tables)):
        sides = sides_of(source, given)
        rows: dict[Key, list[list[Row]]] = defaultdict(lambda: [[] for _ in Counted._fields])
        seen: set[tuple[Any, ...]] = set()
        for position, side in enumerate(sides):
            for row in side.rows:
                cells = given.cells(source.by, side.count.dataset, row)
                if cells and cells <= filled:
                    continue
                seen |= cells if position < Counted._fields.index("unknown") else set()
                for key in given.keys(number, _subsets(source, side, given), side.count.dataset, row):
                    rows[key][position].append(row)
        for position, side in enumerate(sides):
            for row in side.rows:
                _spread(number, position, side, row, given, rows)
        told = judged(source, sides, given)
        known: dict[Key, list[list[Row]]] = {key: [[]] for key in rows}
        for row in told.rows:
            cells = given.cells(source.by, told.count.dataset, row)
            if not (cells and cells <= filled):
                for key in given.keys(number, _subsets(source, told, given), told.count.dataset, row):
                    known.setdefault(key, [[]])[0].append(row)
                _spread(number, 0, told, row, given, known)
        filled |= seen
        found.append(Source(source, sides, rows, {key: chosen for key, (chosen,) in known.items()}))
        own = _said(number, source, sides, given)
        for before in said:
            differing |= {key for key in own.keys() & before if abs(own[key] - before[key]) > source.within + 1e-9}
        said.append(own)
    return found, differing


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


def _said(number: int, source: Figure, sides: Sequence[Side], given: Given) -> dict[Key, float]:
    """What a source says of each unit's own rows in the finest strata, where anything stands below."""
    if not all(name in given.tables for name in source.datasets):
        return {}
    rows: dict[Key, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for position, side in enumerate(sides[:2]):
        for row in side.rows:
            for year, organisation, *cells in given.cells(source.by, side.count.dataset, row):
                if None not in cells and (above := given.tree.path(organisation)):
                    stratum = tuple(zip(source.by, map(word, cells), strict=True))
                    key = Key(number, year, str(above[0].level), organisation, ",".join(source.by), stratum)
                    rows[key][position].append(row)
    values = {}
    for key, chosen in rows.items():
        top, base = (amount(side.count, own) for side, own in zip(sides[:2], chosen, strict=True))
        if base > 0:
            values[key] = top if source.factor is None else source.factor * top / base
        elif source.strata_only and top > 0:
            values[key] = top
    return values


def _subsets(figure: Figure, side: Side, given: Given) -> list[tuple[str, ...]]:
    """The sets of stratifiers that the rows of a side are broken down by: those that their table has; numbers of strata
    that make up no total, by all of them."""
    columns = given.tables[side.count.dataset].contract.columns if side.count.dataset in given.tables else {}
    asked = dict.fromkeys([figure.by] if figure.strata_only else [(), *((name,) for name in figure.by), figure.by])
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
