"""Rows of numerator and denominator, of what is excluded and of what is unknown.

Written from the definitions: denominator D = I ∧ d, exclusion X, numerator N = (D ∧ ¬X) ∧ n; what is unknown leaves D.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, AllOf
from quality_cli.datasets.derivation.reference import Row, Rows, truth
from quality_cli.datasets.tables.batches import FIXED
from quality_cli.datasets.tables.table import PERIOD
from quality_cli.engine.reference.given import Given


@dataclass(frozen=True, slots=True)
class Side:
    """Rows of one quantity and how they are counted."""

    count: Count
    rows: list[Row]


def sides_of(figure: Figure, given: Given) -> Sequence[Side]:
    """Rows of each quantity of a figure, in their order; over two tables the unknown of each."""
    if not figure.inside:
        top, bottom = (_population(figure, count, given) for count in (figure.numerator, figure.denominator))
        own = top if figure.numerator.dataset == figure.population else bottom
        return top[0], bottom[0], own[1], own[2], top[2], bottom[2]
    base, excluded, unknown = _population(figure, figure.denominator, given)
    numerator, denominator = Side(figure.numerator, []), Side(figure.denominator, [])
    for row in base.rows:
        inner = _holds(figure.numerator, row, given.rows)
        if inner is None:
            unknown.rows.append(row)
        else:
            denominator.rows.append(row)
            if inner:
                numerator.rows.append(row)
    return numerator, denominator, excluded, unknown


def judged(figure: Figure, sides: Sequence[Side], given: Given) -> Side:
    """The rows of the numerator's table of which it is known whether they are in it: where there is none, that nothing
    was found there is no zero."""
    unknown = sides[3] if figure.inside else sides[4]
    untold = {id(row) for row in unknown.rows}
    rows = _rows_of(figure.numerator.dataset)
    rows.rows.extend(row for row in _counted(figure, figure.numerator.dataset, given) if id(row) not in untold)
    return rows


def amount(count: Count, rows: Sequence[Row]) -> float:
    """What is counted in some rows."""
    match count.kind:
        case "rows":
            return len(rows)
        case "distinct":
            return len({tuple(row[name] for name in count.columns) for row in rows})
        case "sum":
            (name,) = count.columns
            return float(sum(round(Fraction(row[name]) * FIXED) for row in rows)) / FIXED


def _population(figure: Figure, count: Count, given: Given) -> tuple[Side, Side, Side]:
    """The rows of one count without the excluded ones, the excluded, those of which it cannot be told."""
    chosen, excluded, unknown = Side(count, []), _rows_of(count.dataset), _rows_of(count.dataset)
    exclude = figure.exclude if count.dataset == figure.population else None
    for row in _counted(figure, count.dataset, given):
        included = truth(count.where, row, given.rows)
        out = truth(exclude, row, given.rows) if exclude is not None else False
        if included is False:
            continue
        if out is True:
            excluded.rows.extend([row] if included else [])
        elif included is None or out is None or _holds(count, row, given.rows) is None:
            unknown.rows.append(row)
        else:
            chosen.rows.append(row)
    return chosen, excluded, unknown


def _counted(figure: Figure, dataset: str, given: Given) -> Iterator[Row]:
    """The rows of a table that are of units which a figure is about, and of whom they can be counted."""
    members = given.members(figure)
    for row in given.rows.get(dataset, ()):
        organisation = given.organisation(dataset, row)
        above = [] if figure.own_rows else [unit.id for unit in given.tree.path(organisation)]
        about = {(row[PERIOD], unit) for unit in (organisation, *above)}
        is_about = figure.organisations == TRUE or not members.isdisjoint(about)
        if is_about and given.reported.is_counted(figure, dataset, organisation, row[PERIOD]):
            yield row


def _rows_of(dataset: str) -> Side:
    return Side(Count(dataset, AllOf(())), [])


def _holds(count: Count, row: Row, rows: Rows) -> bool | None:
    """Whether a row is counted; where a counted cell is empty, that is unknown."""
    holds = truth(count.where, row, rows)
    return None if holds and any(row[name] is None for name in count.columns) else holds
