"""What a row says, had it anything to say: value, how far it could move, and who stands behind it."""

from collections.abc import Mapping
from typing import NamedTuple

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.engine.reference.given import Counted, Found, Key
from quality_cli.engine.reference.organisations import grown, possible
from quality_cli.engine.reference.reported import Known, Reported

NOTHING = Counted(0, 0, 0, 0)


class Told(NamedTuple):
    """The value of a row if it has one (None: nobody can tell it), the least and the greatest that it could be (None:
    not known), and who is known to have reported what it rests on; ``contradicting``: somebody under it does."""

    value: float | None
    low: float | None
    high: float | None
    known: Known
    contradicting: bool


def told(
    key: Key, figure: Figure, now: Found, before: Found, contracts: Mapping[str, Contract], reported: Reported
) -> Told:
    """What a row says of what was found."""
    own = now.counts.get(key, NOTHING)
    value, (low, high) = _value(figure, own), _possible(figure, own, contracts)
    tree, wrong = reported.tree, _wrong(key, now, reported)
    touched = bool(wrong)
    if figure.change and figure.condition is None:
        base = key._replace(period=key.period + figure.change)
        earlier = before.counts.get(base, NOTHING)
        has_base = base in before.counts and base not in before.contradicting
        least, most = _possible(figure, earlier, contracts)
        value = grown(value, _value(figure, earlier) if has_base else None, figure)
        low, high = grown(low, most, figure), grown(high, least, figure)
        touched |= bool(_wrong(base, before, reported))
    out = {unit.id for unit in tree if any(above.id in wrong for above in tree.path(unit.id))}
    known = reported.known(figure, key.stratum, key.unit, key.period, out)
    return Told(None if key in now.contradicting else value, low, high, known, touched)


def _wrong(key: Key, found: Found, reported: Reported) -> set[str]:
    """Units under that of a key whose own row contradicts itself."""
    return {
        one.unit
        for one in found.contradicting
        if one._replace(level=key.level, unit=key.unit) == key
        and key.unit in [above.id for above in reported.tree.path(one.unit)[1:]]
    }


def _value(figure: Figure, own: Counted) -> float | None:
    if figure.measure == "flag":
        return float(own.numerator >= own.denominator if figure.rollup == "all" else own.numerator > 0)
    factor = 100.0 if figure.condition is not None else figure.factor
    if factor is None:
        return own.numerator
    return factor * own.numerator / own.denominator if own.denominator else None


def _possible(figure: Figure, own: Counted, contracts: Mapping[str, Contract]) -> tuple[float | None, float | None]:
    """The same of a row: of a share of organisations by those that are unknown, of a flag by what may be «да»."""
    everybody = own.denominator + own.unknown
    if figure.condition is not None:
        ends = (own.numerator, own.numerator + own.unknown)
        return (100 * ends[0] / everybody, 100 * ends[1] / everybody) if own.denominator else (None, None)
    if figure.measure == "flag" and figure.rollup == "all":
        return float(0 < everybody <= own.numerator), float(everybody > 0 and own.numerator >= own.denominator)
    if figure.measure == "flag":
        return float(own.numerator > 0), float(own.numerator + own.unknown > 0)
    return possible(figure, own, contracts)
