"""Changes: a figure over the units known in both of two school years, and what it is compared with."""

from collections.abc import Sequence

from quality_cli.catalogue.figures import Figure
from quality_cli.engine.reference.given import Found, Given, Key
from quality_cli.engine.reference.sides import amount
from quality_cli.engine.reference.sources import Source, climbed, found_in, gathered


def compared(number: int, figure: Figure, given: Given, asked: Given) -> tuple[Found, Found]:
    """The quantities of a change in the school years of ``asked``, and those that it is compared with (by the school
    year of that), over the units known in both; ``given`` has the earlier school years too."""
    found, differing = gathered(number, figure, given)
    plain = climbed(figure, found, differing, given)
    matches = _Matches(figure, found, plain.contradicting, given)
    now, before = Found.nothing(), Found.nothing()
    totals = {
        Key(number, year, str(unit.level), unit.id, "", ())
        for unit in given.tree
        if unit.level in given.tree.levels()
        for year in given.periods
    }
    for key in totals | plain.counts.keys():
        own = [unit.id for unit in given.tree if any(above.id == key.unit for above in given.tree.path(unit.id))]
        without = matches.contradictory(key)
        both = {unit for unit in own if matches.is_matched(unit, key, key.period)}
        # Of whom it is known in both years that there is nothing, that is no change.
        if key.period in asked.periods and (both or key in plain.counts):
            now.update(found_in(key, figure, found, given, both or {*own} - without))
        both = {unit for unit in own if matches.is_matched(unit, key, key.period - figure.change)}
        if both and key.period - figure.change in asked.periods:
            before.update(found_in(key, figure, found, given, both))
    for one in (now, before):
        one.contradicting.update(differing & one.counts.keys())
    return now, before


class _Matches:
    """Which units are known in two school years."""

    def __init__(self, figure: Figure, found: Sequence[Source], contradicting: set[Key], given: Given) -> None:
        self._figure = figure
        self._found = found
        self._contradicting = contradicting
        self._given = given

    def contradictory(self, key: Key) -> set[str]:
        """Units that contradict themselves, or are under such ones, below the level of a key."""
        tree, levels = self._given.tree, [*map(str, self._given.tree.levels())]
        below = levels[: levels.index(key.level)]
        wrong = [(level, one.unit) for one in self._contradicting for level in below if one.level == level
                 and one == key._replace(level=level, unit=one.unit)]  # fmt: skip
        return {unit.id for unit in tree if any((str(up.level), up.id) in wrong for up in tree.path(unit.id))}

    def is_matched(self, unit: str, key: Key, later: int) -> bool:
        """Whether a unit, with those that it or its successor succeeds, is known in a school year and in the one that
        this is compared with; no one of them contradicts itself or is silent then."""
        tree, before = self._given.tree, later + self._figure.change
        if not {later, before} <= {*self._given.periods}:
            return False
        heir = tree.successor(unit, later) or tree[unit]
        own = [one.id for one in tree if (tree.successor(one.id, later) or one) == heir]
        then, now = key._replace(period=before), key._replace(period=later)
        return (
            self._is_known(heir.id, now)
            and heir.id not in self.contradictory(now)
            and any(self._is_known(one, then) for one in own)
            and self.contradictory(then).isdisjoint(own)
            and not any(self._is_silent(one, then) for one in own)
        )

    def _is_known(self, unit: str, key: Key) -> bool:
        """Whether a unit is known by its own rows, or by its silence where that is a zero."""
        given, figure = self._given, self._figure
        at = key._replace(level=str(given.tree[unit].level), unit=unit)
        if not given.tree[unit].exists(key.period) or self._is_silent(unit, key):
            return False
        rows = 0.0
        for source in self._found:
            for position, (side, chosen) in enumerate(zip(source.sides, source.gathered.get(at, ()), strict=False)):
                own = [row for row in chosen if given.organisation(side.count.dataset, row) == unit]
                columns = given.tables[side.count.dataset].contract.columns if own else {}
                if figure.factor is not None:
                    rows += amount(side.count, own) if position == 1 else 0
                elif all(name in columns for name, _ in key.stratum):
                    rows += len(own)
        is_zero = figure.factor is None and (key.period, unit) in given.members(figure)
        return rows > 0 or (is_zero and given.reported.came_of_itself(figure, key.stratum, unit, key.period))

    def _is_silent(self, unit: str, key: Key) -> bool:
        """Whether a unit owes something that the figure cannot be told without, and nothing of that came."""
        exists = self._given.tree[unit].exists(key.period)
        return exists and not self._given.reported.is_heard(self._figure, key.stratum, unit, key.period)
