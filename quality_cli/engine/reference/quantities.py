"""The quantities of the cube counted the slow and obvious way, row by row: the oracle of the engine.

Written from the definitions (denominator D = I ∧ d, exclusion X, numerator N = (D ∧ ¬X) ∧ n; what is unknown leaves D),
not from the engine; shares with it nothing but the types. For tests only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum
from quality_cli.core.where import TRUE, AllOf, Condition
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.derivation.reference import Row, Rows, truth
from quality_cli.datasets.tables.batches import FIXED
from quality_cli.datasets.tables.table import PERIOD, Tables


class Key(NamedTuple):
    """A row of the results: the figure's position, the school year, the unit and the stratum."""

    figure: int
    period: int
    level: str
    unit: str
    by: str
    stratum: Stratum


class Counted(NamedTuple):
    """What was counted for a key."""

    numerator: float
    denominator: float
    excluded: float
    unknown: float
    unknown_above: float = 0
    unknown_below: float = 0


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows of one quantity and how they are counted."""

    count: Count
    rows: list[Row]


def reference(
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
    *,
    earlier: bool = False,
) -> dict[Key, Counted]:
    """Every quantity of every figure that at least one row stands behind; ``earlier``: of changes what they are
    compared with instead, by the school year of that."""
    result: dict[Key, Counted] = {}
    for number, figure in enumerate(figures):
        concerned = _units(contracts[figure.population].concerns, tables, periods)
        members = concerned & _units(figure.organisations, tables, periods)
        if figure.change and figure.condition is None:
            result.update(_compared(number, figure, tables, contracts, periods, earlier=earlier))
        elif earlier:
            continue
        elif figure.condition is not None:
            result.update(_satisfying(number, figure, tables, contracts, periods, concerned, members))
        else:
            result.update(_counted(number, figure, tables, contracts, periods)[0])
    return result


def _counted(
    number: int,
    figure: Figure,
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
) -> tuple[dict[Key, Counted], set[Key]]:
    """The quantities of a figure that are counted over rows, and which of them contradict themselves."""
    return _climbed(figure, *_gathered(number, figure, tables, contracts, periods), tables)


def _gathered(
    number: int,
    figure: Figure,
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
) -> "tuple[list[_Gathered], set[Key]]":
    """The rows of a figure by its sources, and where these differ; a cell that one source has filled no other fills."""
    found: list[_Gathered] = []
    said: list[dict[Key, float]] = []
    differing: set[Key] = set()
    filled: set[tuple[Any, ...]] = set()
    for source in (figure, *(other for other in figure.other_sources if other.population in tables)):
        members = _units(contracts[source.population].concerns, tables, periods)
        members &= _units(source.organisations, tables, periods)
        sides = _sides(source, _rows(tables, periods), tables, members)
        gathered: dict[Key, list[list[Row]]] = defaultdict(lambda: [[] for _ in Counted._fields])
        seen: set[tuple[Any, ...]] = set()
        for position, side in enumerate(sides):
            for row in side.rows:
                cells = _cells(source, side.count.dataset, row, tables, periods)
                if cells and cells <= filled:
                    continue
                seen |= cells if position < Counted._fields.index("unknown") else set()
                for key in _keys(number, _subsets(source, side, tables), side.count.dataset, row, tables, periods):
                    gathered[key][position].append(row)
        for position, side in enumerate(sides):
            for row in side.rows:
                _spread(number, position, side, row, tables, periods, gathered)
        filled |= seen
        found.append((source, sides, gathered))
        own = _said(number, source, sides, tables, periods)
        for before in said:
            differing |= {key for key in own.keys() & before if abs(own[key] - before[key]) > source.within + 1e-9}
        said.append(own)
    return found, differing


def _compared(
    number: int,
    figure: Figure,
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
    *,
    earlier: bool,
) -> dict[Key, Counted]:
    """The quantities of a change, or those that it is compared with, over the units known in both school years."""
    years, tree = sorted({year + back for year in periods for back in (0, figure.change)}), tables.organisations
    found, differing = _gathered(number, figure, tables, contracts, years)
    plain, contradicting = _climbed(figure, found, differing, tables)
    members = _units(contracts[figure.population].concerns, tables, years) & _units(figure.organisations, tables, years)
    levels = [*map(str, tree.levels())]

    def known(key: Key) -> bool:
        """Whether the unit of a key is known by its own rows."""
        rows = 0.0
        for _, sides, gathered in found:
            for position, (side, chosen) in enumerate(zip(sides, gathered.get(key, ()), strict=False)):
                if chosen and all(name in tables[side.count.dataset].contract.columns for name, _ in key.stratum):
                    organisation = tables[side.count.dataset].contract.organisation or ""
                    own = [row for row in chosen if row[organisation] == key.unit]
                    rows += len(own) if figure.factor is None else 0
                if chosen and figure.factor is not None and position == 1:
                    organisation = tables[side.count.dataset].contract.organisation or ""
                    rows += _amount(side.count, [row for row in chosen if row[organisation] == key.unit])
        came = all(_handed_in(name, key.period, tables) for name in figure.datasets)
        is_zero = figure.factor is None and came and (key.period, key.unit) in members
        return tree[key.unit].exists(key.period) and (rows > 0 or is_zero)

    result: dict[Key, Counted] = {}
    for key in plain:
        below = levels[: levels.index(key.level)]
        later = key.period - figure.change if earlier else key.period
        before = later + figure.change
        contradictory = {
            (year, unit.id)
            for unit in tree
            for year in (later, before)
            for above in tree.path(unit.id)
            if str(above.level) in below
            and key._replace(period=year, level=str(above.level), unit=above.id) in contradicting
        }
        matched = set()
        for unit in tree:
            heir = tree.successor(unit.id, later) or unit
            own = [other.id for other in tree if (tree.successor(other.id, later) or other) == heir]
            at = {id_: key._replace(level=str(tree[id_].level), unit=id_) for id_ in (*own, heir.id)}
            told = [id_ for id_ in own if known(at[id_]._replace(period=before))]
            if (
                {later, before} <= {*years}
                and told
                and known(at[heir.id]._replace(period=later))
                and (later, heir.id) not in contradictory
                and not any((before, id_) in contradictory for id_ in own)
            ):
                matched.add(unit.id)
        under = {
            unit.id for unit in tree if (above := tree.ancestor(unit.id, Level(key.level))) and above.id == key.unit
        }
        if earlier and not matched & under:
            continue
        kept = matched if matched & under else under - {id_ for year, id_ in contradictory if year == key.period}
        if key.period in periods:
            result[key] = _left(key, found, tables, kept)
    return result


def _left(key: Key, found: "Sequence[_Gathered]", tables: Tables, kept: set[str]) -> Counted:
    """The quantities of a key in the rows of some units."""
    amounts = [0.0] * len(Counted._fields)
    for _, sides, gathered in found:
        for position, (side, rows) in enumerate(zip(sides, gathered.get(key, ()), strict=False)):
            organisation = (tables[side.count.dataset].contract.organisation or "") if rows else ""
            amounts[position] += _amount(side.count, [row for row in rows if row[organisation] in kept])
    return Counted(*amounts)


def _said(
    number: int, source: Figure, sides: Sequence[_Side], tables: Tables, periods: Sequence[int]
) -> dict[Key, float]:
    """What a source says of each unit's own rows in the finest strata, where anything stands below."""
    if not all(name in tables for name in source.datasets):
        return {}
    rows: dict[Key, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for position, side in enumerate(sides[:2]):
        for row in side.rows:
            for year, organisation, *cells in _cells(source, side.count.dataset, row, tables, periods):
                if None not in cells and (above := tables.organisations.path(organisation)):
                    stratum = tuple(zip(source.by, map(_word, cells), strict=True))
                    key = Key(number, year, str(above[0].level), organisation, ",".join(source.by), stratum)
                    rows[key][position].append(row)
    values = {}
    for key, chosen in rows.items():
        top, base = (_amount(side.count, own) for side, own in zip(sides[:2], chosen, strict=True))
        if base > 0:
            values[key] = top if source.factor is None else source.factor * top / base
    return values


def _climbed(
    figure: Figure, found: "Sequence[_Gathered]", differing: set[Key], tables: Tables
) -> tuple[dict[Key, Counted], set[Key]]:
    """The quantities of all sources together, level by level: a unit that contradicts itself is left out of what is
    above it, with everything under it."""
    tree, measure = tables.organisations, figure.measure if figure.condition is None else figure.of
    below: set[str] = set()
    result: dict[Key, Counted] = {}
    contradicting = set(differing)
    for level in map(str, tree.levels()):
        for key in {key for _, _, gathered in found for key in gathered if key.level == level}:
            out = {
                other.unit
                for other in contradicting
                if other.level in below and other._replace(level=level, unit=key.unit) == key
            }
            amounts = [0.0] * len(Counted._fields)
            for _, sides, gathered in found:
                if key not in gathered:
                    continue
                for position, (side, rows) in enumerate(zip(sides, gathered[key], strict=False)):
                    name = side.count.dataset
                    organisation = (tables[name].contract.organisation or "") if rows else ""
                    left = [r for r in rows if out.isdisjoint(unit.id for unit in tree.path(r[organisation]))]
                    amounts[position] += _amount(side.count, left)
            result[key] = Counted(*amounts)
            if measure == "share" and 0 < amounts[1] < amounts[0]:
                contradicting.add(key)
        below.add(level)
    return result, contradicting


_Gathered: TypeAlias = tuple[Figure, Sequence[_Side], Mapping[Key, Sequence[Sequence[Row]]]]
"""What one source gives: its sides and the rows of each by the rows of the results."""


def _cells(figure: Figure, dataset: str, row: Row, tables: Tables, periods: Sequence[int]) -> set[tuple[Any, ...]]:
    """Where a row lies at the finest: school year, organisation, values of all stratifiers."""
    contract = tables[dataset].contract
    years = _years(contract, row, tables, periods)
    return {(year, row[contract.organisation or ""], *(row.get(name) for name in figure.by)) for year in years}


def _years(contract: Contract, row: Row, tables: Tables, periods: Sequence[int]) -> list[int]:
    """The school year that a row tells of, if its organisation exists in it."""
    above = tables.organisations.path(row[contract.organisation or ""])
    return [year for year in periods if year == row[PERIOD] and (not above or above[0].exists(year))]


def _rows(tables: Tables, periods: Sequence[int]) -> Rows:
    """The rows by dataset; those of a table that is valid for every year, once for each year."""
    found = {name: table.records() for name, table in tables.by_dataset.items()}
    for name, table in tables.by_dataset.items():
        if table.contract.period is None:
            found[name] = [{**row, PERIOD: year} for year in periods for row in found[name]]
    return found


def _satisfying(
    number: int,
    figure: Figure,
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
    concerned: set[tuple[int, str]],
    members: set[tuple[int, str]],
) -> dict[Key, Counted]:
    """Organisations by whether their own value satisfies the figure's condition."""
    tree = tables.organisations
    years = sorted({year + back for year in periods for back in (0, figure.change)})
    counted, contradicting = _counted(number, figure, tables, contracts, years)
    counted |= dict.fromkeys(contradicting, Counted(0, 0, 0, 1))
    result: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for unit in tree.at(Level.ORGANISATION):
        for year in (year for year in periods if unit.exists(year) and (year, unit.id) in concerned):
            value = _value(number, figure, counted, unit.id, year, tables)
            bounds = _bounds(number, figure, counted, unit.id, year, contracts)
            if figure.change and value is not None:
                before = _value(number, figure, counted, unit.id, year + figure.change, tables)
                value = None if before is None else _grown(value, before, figure)
                low, high = _bounds(number, figure, counted, unit.id, year + figure.change, contracts)
                ends = ((bounds[0], high), (bounds[1], low))
                bounds = [None if None in pair else _grown(*pair, figure) for pair in ends]
            assert figure.condition is not None
            if value is not None and not _one_sided(figure.condition, *bounds):
                value = None
            if (year, unit.id) not in members:
                amounts = [0, 0, int(bool(figure.otherwise)), 0]
            elif value is None:
                amounts = [0, 0, 0, 1]
            else:
                amounts = [int(truth(figure.condition, {"value": value}, {}) is True), 1, 0, 0]
            for level in tree.levels():
                if above := tree.ancestor(unit.id, level):
                    key = Key(number, year, str(level), above.id, "", ())
                    result[key] = [old + new for old, new in zip(result[key], amounts, strict=True)]
    return {key: Counted(*amounts) for key, amounts in result.items() if any(amounts)}


def _grown(value: float, before: float, figure: Figure) -> float | None:
    if not figure.in_percent:
        return value - before
    return 100 * (value - before) / before if before > 0 else None


def _value(
    number: int, figure: Figure, counted: Mapping[Key, Counted], unit: str, year: int, tables: Tables
) -> float | None:
    """An organisation's own value, None where there is none."""
    found = counted.get(Key(number, year, str(Level.ORGANISATION), unit, "", ()))
    if figure.of == "share" and found and found.numerator > found.denominator:
        return None
    if figure.factor is not None:
        return figure.factor * found.numerator / found.denominator if found and found.denominator else None
    if found is not None:
        told = not found.unknown or (found.denominator and not figure.change)
        return found.numerator if told else None
    return 0.0 if all(_handed_in(name, year, tables) for name in figure.datasets) else None


def _handed_in(dataset: str, year: int, tables: Tables) -> bool:
    """Whether silence is a zero: a table that is there has come from everybody, unless nobody owes it."""
    table = tables.by_dataset.get(dataset)
    if table is None or table.contract.reports == []:
        return False
    return table.contract.period is None or year in table.periods()


def _bounds(
    number: int,
    figure: Figure,
    counted: Mapping[Key, Counted],
    unit: str,
    year: int,
    contracts: Mapping[str, Contract],
) -> list[Any]:
    """The least and the greatest that an organisation's value could be, had all cells been known; None: who knows."""
    found = counted.get(Key(number, year, str(Level.ORGANISATION), unit, "", ()), Counted(0, 0, 0, 0))
    above, below = (found.unknown, found.unknown) if figure.inside else (found.unknown_above, found.unknown_below)
    least, most = _one_row(figure.numerator, above, contracts)
    base_least, base_most = _one_row(figure.denominator, below, contracts)
    if None in (least, most):
        return [None, None]
    ends = [found.numerator + above * min(least, 0), found.numerator + above * max(most, 0)]
    if figure.factor is None:
        return ends
    if None in (base_least, base_most):
        return [None, None]
    bases = [found.denominator + below * min(base_least, 0), found.denominator + below * max(base_most, 0)]
    if bases[0] <= 0:
        return [None, None]
    if figure.inside and figure.numerator.what == figure.denominator.what:
        whole = max(found.denominator, ends[1]) if figure.denominator.kind == "distinct" else bases[1]
        found_ends = [min(end / base for end in ends for base in bases), ends[1] / whole]
    elif figure.inside and figure.denominator.kind == "rows":
        added = [found.numerator / found.denominator]
        added += [(found.numerator + above * each) / bases[1] for each in (least, most)]
        found_ends = [min(added), max(added)]
    else:
        found_ends = [pick(end / base for end in ends for base in bases) for pick in (min, max)]
    top = 100.0 if figure.of == "share" else float("inf")
    return [min(figure.factor * end, top) for end in found_ends]


def _one_row(count: Count, rows: float, contracts: Mapping[str, Contract]) -> tuple[Any, Any]:
    """The least and the most that one row adds to a count; rows that are not there add nothing."""
    if not rows:
        return 0, 0
    if count.kind != "sum":
        return 0, 1
    column = contracts[count.dataset].columns[count.columns[0]]
    return column.min, column.max


def _one_sided(condition: Condition, low: float | None, high: float | None) -> bool:
    """Whether a condition has one answer for every value between two; tried at each value that could matter here."""
    if low is None or high is None:
        return False
    tried = [low, high, *(value for half in range(-2001, 2001) if low < (value := half / 2) < high)]
    return len({truth(condition, {"value": value}, {}) for value in tried}) == 1


def _units(condition: Condition, tables: Tables, periods: Sequence[int]) -> set[tuple[int, str]]:
    """School years and units whose row of the register satisfies the condition, or may satisfy it for all it says."""
    rows = _rows(tables, periods)
    return {(row[PERIOD], row["id"]) for row in rows[REGISTER] if truth(condition, row, rows) is not False}


def _sides(figure: Figure, rows: Rows, tables: Tables, members: set[tuple[int, str]]) -> Sequence[_Side]:
    """Rows of N, D, X and the unknown ones: D = I ∧ d, N = (D ∧ ¬X) ∧ n; over two tables the unknown of each."""
    if not figure.inside:
        top = _population(figure, figure.numerator, tables, rows, members)
        bottom = _population(figure, figure.denominator, tables, rows, members)
        own = top if figure.numerator.dataset == figure.population else bottom
        return top[0], bottom[0], own[1], own[2], top[2], bottom[2]
    base, excluded, unknown = _population(figure, figure.denominator, tables, rows, members)
    numerator = _Side(figure.numerator, [])
    denominator = _Side(figure.denominator, [])
    for row in base.rows:
        inner = _holds(figure.numerator, row, rows)
        if inner is None:
            unknown.rows.append(row)
        else:
            denominator.rows.append(row)
            if inner:
                numerator.rows.append(row)
    return numerator, denominator, excluded, unknown


def _population(
    figure: Figure, count: Count, tables: Tables, rows: Rows, members: set[tuple[int, str]]
) -> tuple[_Side, _Side, _Side]:
    """The rows of one count without the excluded ones, the excluded, those of which it cannot be told."""
    chosen, excluded, unknown = _Side(count, []), _rows_of(count.dataset), _rows_of(count.dataset)
    exclude = figure.exclude if count.dataset == figure.population else None
    restricted = figure.organisations != TRUE
    for row in rows.get(count.dataset, ()):
        organisation = row[tables[count.dataset].contract.organisation or ""]
        above = [] if figure.own_rows else [unit.id for unit in tables.organisations.path(organisation)]
        if restricted and members.isdisjoint((row[PERIOD], unit) for unit in [organisation, *above]):
            continue
        included = truth(count.where, row, rows)
        out = truth(exclude, row, rows) if exclude is not None else False
        if included is False:
            continue
        if out is True:
            excluded.rows.extend([row] if included else [])
        elif included is None or out is None or _holds(count, row, rows) is None:
            unknown.rows.append(row)
        else:
            chosen.rows.append(row)
    return chosen, excluded, unknown


def _rows_of(dataset: str) -> _Side:
    return _Side(Count(dataset, AllOf(())), [])


def _holds(count: Count, row: Row, rows: Rows) -> bool | None:
    """Whether a row is counted; where a counted cell is empty, that is unknown."""
    holds = truth(count.where, row, rows)
    return None if holds and any(row[name] is None for name in count.columns) else holds


def _amount(count: Count, rows: Sequence[Row]) -> float:
    match count.kind:
        case "rows":
            return len(rows)
        case "distinct":
            return len({tuple(row[name] for name in count.columns) for row in rows})
        case "sum":
            (name,) = count.columns
            return float(sum(round(Fraction(row[name]) * FIXED) for row in rows)) / FIXED


def _subsets(figure: Figure, side: _Side, tables: Tables) -> list[tuple[str, ...]]:
    """The sets of stratifiers that the rows of a side are broken down by: those that their table has."""
    columns = tables[side.count.dataset].contract.columns if side.count.dataset in tables else {}
    asked = dict.fromkeys([(), *((name,) for name in figure.by), figure.by])
    return [by for by in asked if all(name in columns for name in by)]


def _spread(
    number: int,
    position: int,
    side: _Side,
    row: Row,
    tables: Tables,
    periods: Sequence[int],
    gathered: dict[Key, list[list[Row]]],
) -> None:
    """Put a row into every stratum of a stratifier that its table lacks, where rows of the other table stand."""
    columns = tables[side.count.dataset].contract.columns
    for key, chosen in gathered.items():
        by = tuple(filter(None, key.by.split(",")))
        had = tuple(name for name in by if name in columns)
        if had != by:
            alike = key._replace(by=",".join(had), stratum=tuple(pair for pair in key.stratum if pair[0] in had))
            if alike in _keys(number, [had], side.count.dataset, row, tables, periods):
                chosen[position].append(row)


def _keys(
    number: int,
    subsets: Sequence[tuple[str, ...]],
    dataset: str,
    row: Row,
    tables: Tables,
    periods: Sequence[int],
) -> Iterator[Key]:
    """Everywhere in the results that a row belongs to, by each set of stratifiers."""
    contract, tree = tables[dataset].contract, tables.organisations
    years = _years(contract, row, tables, periods)
    organisation = row[contract.organisation or ""]
    units = [unit for level in tree.levels() if (unit := tree.ancestor(organisation, level))]
    for by in subsets:
        cells = [row[name] for name in by]
        if None in cells:
            continue
        words = [*map(_word, cells)]
        for year in years:
            for unit in units:
                yield Key(number, year, str(unit.level), unit.id, ",".join(by), tuple(zip(by, words, strict=True)))


def _word(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(int(cell))
