"""What a row says: its value, how far that could move, who stands behind it, and what it is worth."""

from typing import NamedTuple

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import Status
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE
from quality_cli.engine.reference.given import Counted, Found, Given, Key
from quality_cli.engine.reference.organisations import grown, possible
from quality_cli.engine.reference.reported import Known, Reported

NOTHING = Counted(0, 0, 0, 0)


class Told(NamedTuple):
    """The value of a row if it has one (None: nobody can tell it), the least and the greatest that it could be (None:
    not known), who is known to have reported what it rests on, and its status."""

    value: float | None
    low: float | None
    high: float | None
    known: Known
    status: Status


class Teller:
    """Says what rows say of what was found; of a change also ``before``, with which it is compared."""

    def __init__(self, now: Found, before: Found, given: Given, reported: Reported) -> None:
        self._now = now
        self._before = before
        self._given = given
        self._reported = reported

    def __call__(self, key: Key, figure: Figure) -> Told:
        """What a row says. A figure that is neither about its unit nor about anybody under it is not applicable, if no
        row stands behind it; what contradicts itself has no value but those of both sides; what has no value has no
        data; a value of which anything is lacking is partial."""
        own = self._one(key, figure, self._now)
        if figure.change and figure.condition is None:
            own = self._changed(key, figure, own)
        if not _has_rows(key, figure, self._now) and not self._is_about(key, figure):
            return own._replace(value=None, status="not_applicable")
        if key in self._now.contradicting:
            return own._replace(value=None, status="conflict")
        return own

    def _is_about(self, key: Key, figure: Figure) -> bool:
        """Whether a figure is about a unit or anybody under it in a school year."""
        tree = self._given.tree
        return figure.organisations == TRUE or any(
            key.unit in [above.id for above in tree.path(unit)] and tree[unit].exists(year)
            for year, unit in self._given.members(figure)
            if year == key.period
        )

    def _changed(self, key: Key, figure: Figure, own: Told) -> Told:
        """The same of a change: no surer than the value that it starts from."""
        base = key._replace(period=key.period + figure.change)
        if base not in self._before.counts or base in self._before.contradicting:
            return own._replace(value=None, low=None, high=None, status="no_data")
        earlier = self._one(base, figure, self._before)
        value = grown(own.value, earlier.value, figure)
        low, high = grown(own.low, earlier.high, figure), grown(own.high, earlier.low, figure)
        worth: Status = "no_data" if value is None else "partial" if "partial" in (own.status, earlier.status) else "ok"
        return own._replace(value=value, low=low, high=high, status=worth)

    def _one(self, key: Key, figure: Figure, found: Found) -> Told:
        """What a row says of its own school year."""
        tree, own, wrong = self._given.tree, found.counts.get(key, NOTHING), self._wrong(key, found)
        out = {unit.id for unit in tree if any(above.id in wrong for above in tree.path(unit.id))}
        known = self._reported.known(figure, key.stratum, key.unit, key.period, out)
        unsure = bool(wrong) or known.lacking
        value = None
        if self._is_known(key, figure, found, known) and not (wrong and own.numerator == own.denominator == 0):
            value = _value(key, figure, own, unsure)
        whole = not (unsure or _is_short(figure, own))
        low, high = _possible(figure, own, self._given)
        return Told(value, low, high, known, "no_data" if value is None else "ok" if whole else "partial")

    def _wrong(self, key: Key, found: Found) -> set[str]:
        """Units under that of a key whose own row contradicts itself."""
        return {
            one.unit
            for one in found.contradicting
            if one._replace(level=key.level, unit=key.unit) == key
            and key.unit in [above.id for above in self._given.tree.path(one.unit)[1:]]
        }

    def _is_known(self, key: Key, figure: Figure, found: Found, known: Known) -> bool:
        """Whether anything is known of a row: rows stand behind it or, of a number, all that it counts has come without
        any; every table of its definition was supplied, be it by the word that there is nothing, or another source was;
        and of what is not found it is known that it is not there."""
        has_come = known.came and known.heard
        if not _has_rows(key, figure, found):
            return figure.measure == "count" and has_come
        own, is_lent = found.counts[key], key in found.lent
        if not (has_come or is_lent or all(self._is_supplied(name, key.period) for name in figure.datasets)):
            return False
        if own.numerator:
            return True
        unknown = own.unknown if figure.inside else own.unknown_above
        return (is_lent or known.heard) and (not unknown or figure.condition is not None or key in found.judged)

    def _is_supplied(self, dataset: str, year: int) -> bool:
        """Whether anybody has supplied a table for a school year."""
        table = self._given.tables.by_dataset.get(dataset)
        return table is not None and (table.contract.period is None or year in table.periods())


def _has_rows(key: Key, figure: Figure, found: Found) -> bool:
    """Whether anything stands behind a row of the results: of a share of organisations one whose value is known."""
    return key in found.counts and (figure.condition is None or found.counts[key].denominator > 0)


def _value(key: Key, figure: Figure, own: Counted, unsure: bool) -> float | None:
    """The value of what was counted; a flag that what is not known could turn is neither «да» nor «нет»."""
    if figure.measure == "flag":
        return _flag(key, figure, own, unsure or own.unknown > 0)
    factor = 100.0 if figure.condition is not None else figure.factor
    if factor is not None:
        return factor * own.numerator / own.denominator if own.denominator else None
    return None if _is_of_nobody(figure, own) else own.numerator


def _flag(key: Key, figure: Figure, own: Counted, unsure: bool) -> float | None:
    if figure.level is Level.ORGANISATION and figure.rollup == "share" and key.level != Level.ORGANISATION:
        return 100 * own.numerator / own.denominator if own.denominator else None
    if figure.rollup == "all":
        is_all = own.numerator >= own.denominator
        return None if not own.denominator or (is_all and unsure) else float(is_all)
    return None if _is_of_nobody(figure, own) or (unsure and not own.numerator) else float(own.numerator > 0)


def _is_of_nobody(figure: Figure, own: Counted) -> bool:
    """Whether rows came, but none of those among which the numerator is looked for."""
    return figure.inside and figure.numerator.where != TRUE and own.denominator == 0 and own != NOTHING


def _is_short(figure: Figure, own: Counted) -> bool:
    """Whether what is unknown would add to a value. In one table such rows leave the base with the numerator; a number
    has no base to leave, of two tables the other knows nothing of it, and an organisation is one that should be
    known."""
    if figure.condition is not None:
        return own.unknown > 0
    if figure.inside:
        return figure.factor is None and figure.measure != "flag" and own.unknown > 0
    return own.unknown_above > 0 or ((figure.factor is not None or figure.measure == "flag") and own.unknown_below > 0)


def _possible(figure: Figure, own: Counted, given: Given) -> tuple[float | None, float | None]:
    """The same of a row: of a share of organisations by those that are unknown, of a flag by what may be «да»."""
    everybody = own.denominator + own.unknown
    if figure.condition is not None:
        ends = (own.numerator, own.numerator + own.unknown)
        return (100 * ends[0] / everybody, 100 * ends[1] / everybody) if own.denominator else (None, None)
    if figure.measure == "flag" and figure.rollup == "all":
        return float(0 < everybody <= own.numerator), float(everybody > 0 and own.numerator >= own.denominator)
    if figure.measure == "flag":
        return float(own.numerator > 0), float(own.numerator + own.unknown > 0)
    return possible(figure, own, given.contracts)
