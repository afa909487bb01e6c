"""Shares of organisations: those whose own value satisfies a condition, among those of whom that is known."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.organisations import Level
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.derivation.reference import truth
from quality_cli.engine.reference.given import Counted, Found, Given, Key
from quality_cli.engine.reference.sources import climbed, gathered


def satisfying(number: int, figure: Figure, given: Given, asked: Given) -> Found:
    """Organisations by whether their own value satisfies the figure's condition, in the school years of ``asked``;
    ``given`` has those too that they are compared with."""
    assert figure.condition is not None
    tree, concerned = given.tree, given.units(given.contracts[figure.population].concerns)
    members = given.members(figure)
    found = climbed(figure, *gathered(number, figure, given), given)
    result: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for unit in tree.at(Level.ORGANISATION):
        for year in (year for year in asked.periods if unit.exists(year) and (year, unit.id) in concerned):
            key = Key(number, year, str(Level.ORGANISATION), unit.id, "", ())
            value = _value(key, figure, found, given)
            low, high = possible(figure, found.counts.get(key, _NOTHING), given.contracts)
            if figure.change:
                before = key._replace(period=year + figure.change)
                value = grown(value, _value(before, figure, found, given), figure)
                least, most = possible(figure, found.counts.get(before, _NOTHING), given.contracts)
                low, high = grown(low, most, figure), grown(high, least, figure)
            if (year, unit.id) not in members:
                amounts = [0, 0, int(bool(figure.otherwise)), 0]
            elif value is None or not _one_sided(figure.condition, low, high):
                amounts = [0, 0, 0, 1]
            else:
                amounts = [int(truth(figure.condition, {"value": value}, {}) is True), 1, 0, 0]
            for level in tree.levels():
                if above := tree.ancestor(unit.id, level):
                    there = Key(number, year, str(level), above.id, "", ())
                    result[there] = [old + new for old, new in zip(result[there], amounts, strict=True)]
    counts = {key: Counted(*amounts) for key, amounts in result.items() if any(amounts)}
    own = {key for key in found.contradicting if key.level == Level.ORGANISATION and (key.period, key.unit) in members}
    return Found(counts, own, found.judged, found.lent)


def possible(figure: Figure, found: Counted, contracts: Mapping[str, Contract]) -> tuple[float | None, float | None]:
    """The least and the greatest that a value could be, had all cells been known; None: who knows."""
    above, below = (found.unknown, found.unknown) if figure.inside else (found.unknown_above, found.unknown_below)
    least, most = _one_row(figure.numerator, above, contracts)
    base_least, base_most = _one_row(figure.denominator, below, contracts)
    if None in (least, most):
        return None, None
    ends = [found.numerator + above * min(least, 0), found.numerator + above * max(most, 0)]
    if figure.factor is None:
        return ends[0], ends[1]
    if None in (base_least, base_most):
        return None, None
    bases = [found.denominator + below * min(base_least, 0), found.denominator + below * max(base_most, 0)]
    if bases[0] <= 0:
        return None, None
    if figure.inside and figure.numerator.what == figure.denominator.what:
        whole = max(found.denominator, ends[1]) if figure.denominator.kind == "distinct" else bases[1]
        found_ends = [min(end / base for end in ends for base in bases), ends[1] / whole]
    elif figure.inside and figure.denominator.kind == "rows":
        added = [found.numerator / found.denominator]
        added += [(found.numerator + above * each) / bases[1] for each in (least, most)]
        found_ends = [min(added), max(added)]
    else:
        found_ends = [pick(end / base for end in ends for base in bases) for pick in (min, max)]
    top = 100.0 if "share" in (figure.measure, figure.of) else float("inf")
    low, high = (min(figure.factor * end, top) for end in found_ends)
    return low, high


_NOTHING = Counted(0, 0, 0, 0)


def _value(key: Key, figure: Figure, found: Found, given: Given) -> float | None:
    """An organisation's own value, None where there is none."""
    own = found.counts.get(key)
    if key in found.contradicting or not given.reported.is_heard(figure, (), key.unit, key.period):
        return None
    if figure.factor is not None:
        return figure.factor * own.numerator / own.denominator if own and own.denominator else None
    if own is not None:
        told = not own.unknown or (own.denominator and not figure.change)
        return own.numerator if told else None
    return 0.0 if given.reported.came(figure, (), key.unit, key.period) else None


def grown(value: float | None, before: float | None, figure: Figure) -> float | None:
    """How far a value is from an earlier one, where both are known."""
    if value is None or before is None:
        return None
    if not figure.in_percent:
        return value - before
    return 100 * (value - before) / before if before > 0 else None


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
