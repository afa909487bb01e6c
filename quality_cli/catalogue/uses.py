"""Which indicators rest on which columns of the data: what is told where a table comes without one of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import AlsoIn, Condition, columns_of, walk
from quality_cli.datasets.contracts.column import Derivation
from quality_cli.datasets.contracts.contract import Contract, Member
from quality_cli.datasets.contracts.links import Link, Links, links_in, links_of_rule
from quality_cli.datasets.contracts.specs import Uses

_Place = tuple[str, str]  # dataset and column


def uses_of(figures: Mapping[str, tuple[Figure, ...]], contracts: Mapping[str, Contract]) -> Uses:
    """Indicators by dataset and column: those that read it or a column derived from it.

    On a column of the key that none reads all of the dataset rest: repeated rows are found by it.
    """
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for indicator, own in figures.items():
        read = {place for figure in own for one in (figure, *figure.other_sources) for place in _read(one)}
        for dataset, column in _with_sources(read, contracts):
            found[dataset][column][indicator] = None
    for dataset, columns in found.items():
        every = {indicator: None for using in columns.values() for indicator in using}
        for key in contracts[dataset].key:
            columns.setdefault(key, every)
    return {
        dataset: {
            column: tuple(name for name in figures if name in using)
            for column, using in columns.items()
            if column in contracts[dataset].columns
        }
        for dataset, columns in found.items()
    }


def links_of(figures: Mapping[str, tuple[Figure, ...]], contracts: Mapping[str, Contract], uses: Uses) -> Links:
    """Where indicators, and the columns they rest on, look for the people of one table in another."""
    found: dict[Link, dict[str, None]] = defaultdict(dict)
    for indicator, own in figures.items():
        for figure in (one for whole in own for one in (whole, *whole.other_sources)):
            tested = [(count.where, count.dataset) for count in (figure.denominator, figure.numerator)]
            tested += [(figure.exclude, figure.population)] if figure.exclude is not None else []
            for link in (link for condition, dataset in tested for link in links_in(condition, dataset, contracts)):
                found[link][indicator] = None
    for dataset, columns in uses.items():
        for name, using in columns.items():
            rule = contracts[dataset].columns[name].derive
            for link in links_of_rule(rule, dataset, contracts) if rule is not None else ():
                found[link].update(dict.fromkeys(using))
    return {link: tuple(name for name in figures if name in using) for link, using in found.items()}


def _read(figure: Figure) -> Iterator[_Place]:
    for count in (figure.denominator, figure.numerator):
        yield from ((count.dataset, name) for name in count.columns)
        yield from _tested(count.where, count.dataset)
    if figure.exclude is not None:
        yield from _tested(figure.exclude, figure.population)
    yield from ((dataset, name) for dataset in figure.datasets for name in figure.by)


def _tested(condition: Condition, dataset: str) -> Iterator[_Place]:
    yield from ((dataset, name) for name in columns_of(condition))
    for node in walk(condition):
        if isinstance(node, AlsoIn):
            yield from ((node.dataset, name) for name in node.theirs)
            for inner in node.inner:
                yield from _tested(inner, node.dataset)


def _with_sources(read: set[_Place], contracts: Mapping[str, Contract]) -> set[_Place]:
    """The columns and those that they are derived from."""
    whole: set[_Place] = set()
    waiting = list(read)
    while waiting:
        dataset, name = place = waiting.pop()
        if place not in whole:
            whole.add(place)
            for member in contracts[dataset].union:
                waiting += [(member.dataset, theirs) for theirs in _of_member(member, name, dataset, contracts)]
            column = contracts[dataset].columns.get(name)
            if column is not None and column.derive is not None:
                waiting += _sources(column.derive, dataset)
    return whole


def _of_member(member: Member, name: str, dataset: str, contracts: Mapping[str, Contract]) -> list[str]:
    """What a column of a union takes of a table, and what chooses its rows."""
    theirs = member.theirs(name, contracts[dataset], contracts[member.dataset])
    return [*filter(None, [theirs]), *columns_of(member.where)]


def _sources(rule: Derivation, dataset: str) -> Iterator[_Place]:
    yield from ((dataset, name) for name in rule.reads)
    for condition in (rule.only, rule.where):
        if condition is not None:
            yield from _tested(condition, dataset)
    if rule.earlier is not None:
        yield from ((rule.earlier.dataset, name) for name in (*rule.earlier.match.values(), rule.earlier.value))
