"""Rows of strata behind which nothing stands but somebody's silence."""

from collections.abc import Iterable, Iterator

from quality_cli.catalogue.figures import Figure
from quality_cli.core.strata import Stratum, names_of
from quality_cli.core.where import TRUE
from quality_cli.engine.reference.given import Given, Key
from quality_cli.engine.reference.reported import Reported


def owed_rows(
    number: int, figure: Figure, strata: Iterable[Stratum], given: Given, reported: Reported
) -> Iterator[Key]:
    """The rows of some strata where a unit that the figure counts owes them and has handed in nothing of them."""
    members, concerned = given.members(figure), given.units(given.contracts[figure.population].concerns)
    tree = given.tree
    with_row = {
        (year, above.id)
        for year, unit in (concerned if figure.otherwise else members)
        if tree[unit].exists(year)
        for above in tree.path(unit)
    }
    for stratum in strata:
        for year in given.periods:
            for unit in reported.silent(figure, stratum, year):
                path = tree.path(unit)
                about = [unit] if figure.own_rows else [above.id for above in path]
                if figure.organisations == TRUE or any((year, one) in members for one in about):
                    for above in path:
                        if above.level in tree.levels() and (year, above.id) in with_row:
                            by = ",".join(names_of(stratum))
                            yield Key(number, year, str(above.level), above.id, by, stratum)


def named_strata(figure: Figure, given: Given, reported: Reported) -> set[Stratum]:
    """The strata that reports are of which have not come."""
    found: set[Stratum] = set()
    for dataset, use in reported.uses(figure).items():
        for year in given.periods:
            for own in reported.owed(dataset, year) if use.counted else ():
                said = dict(own.keys[0])
                if len(own.keys) == 1 and not own.came and not own.stated:
                    found |= {((name, said[name]),) for name in figure.by if name in said}
                    if figure.by and said.keys() >= {*figure.by}:
                        found.add(tuple((name, said[name]) for name in figure.by))
    return found
