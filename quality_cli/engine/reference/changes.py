"""Changes: a figure over the units known in both of two school years, and what it is compared with."""

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level
from quality_cli.engine.reference.given import Counted, Given, Key
from quality_cli.engine.reference.sides import amount
from quality_cli.engine.reference.sources import Source, climbed, counted_in, gathered


def compared(number: int, figure: Figure, given: Given, asked: Given, *, earlier: bool) -> dict[Key, Counted]:
    """The quantities of a change in the school years of ``asked``, or those that it is compared with, over the units
    known in both; ``given`` has the earlier school years too."""
    found, differing = gathered(number, figure, given)
    plain, contradicting = climbed(figure, found, differing, given)
    tree, levels = given.tree, [*map(str, given.tree.levels())]
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
            told = [id_ for id_ in own if _is_known(at[id_]._replace(period=before), figure, found, given)]
            if (
                {later, before} <= {*given.periods}
                and told
                and _is_known(at[heir.id]._replace(period=later), figure, found, given)
                and (later, heir.id) not in contradictory
                and not any((before, id_) in contradictory for id_ in own)
                and not any(_is_silent(at[id_]._replace(period=before), figure, given) for id_ in own)
            ):
                matched.add(unit.id)
        under = {
            unit.id for unit in tree if (above := tree.ancestor(unit.id, Level(key.level))) and above.id == key.unit
        }
        if earlier and not matched & under:
            continue
        kept = matched if matched & under else under - {id_ for year, id_ in contradictory if year == key.period}
        if key.period in asked.periods:
            result[key] = counted_in(key, found, given, kept)
    return result


def _is_known(key: Key, figure: Figure, found: list[Source], given: Given) -> bool:
    """Whether the unit of a key is known by its own rows, or by its silence where that is a zero."""
    if not given.tree[key.unit].exists(key.period) or _is_silent(key, figure, given):
        return False
    rows = 0.0
    for source in found:
        for position, (side, chosen) in enumerate(zip(source.sides, source.gathered.get(key, ()), strict=False)):
            own = [row for row in chosen if given.organisation(side.count.dataset, row) == key.unit]
            columns = given.tables[side.count.dataset].contract.columns if own else {}
            if figure.factor is not None:
                rows += amount(side.count, own) if position == 1 else 0
            elif all(name in columns for name, _ in key.stratum):
                rows += len(own)
    members = given.members(figure)
    came = given.reported.came(figure, key.stratum, key.unit, key.period)
    return rows > 0 or (figure.factor is None and came and (key.period, key.unit) in members)


def _is_silent(key: Key, figure: Figure, given: Given) -> bool:
    """Whether the unit of a key owes something that the figure cannot be told without, and nothing of that came."""
    exists = given.tree[key.unit].exists(key.period)
    return exists and not given.reported.is_heard(figure, key.stratum, key.unit, key.period)
