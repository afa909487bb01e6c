"""The bench catalogue: any number of declarative indicators, and what each of them has to count.

Every 20 indicators hold the same mixture, so a longer catalogue is a longer one of the same kind, and a shorter one its
beginning: 10 without stratifiers, 4 by grade, 3 by subject, 3 by both; works of ВПР mostly, distinct pupils, diagnostic
works, achievements, achievements per pupil of the contingent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.data import SUBJECTS
from quality_cli.catalogue.figures import Count, Figure, figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.where import TRUE, AllOf, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf, columns_of
from quality_cli.datasets.contracts.contract import Contract

GRADES = ([5, 6, 7, 8], [4], [4, 5, 6], [7, 8], [10], [6, 7], [8], [5, 6])
STUDIES = ("КДР4 чтение", "КДР6 чтение", "КДР7 математика", "КДР8 естествознание")


def indicators(number: int) -> list[Indicator]:
    """The first ``number`` indicators."""
    written = [item for block in range(-(-number // 20)) for item in _block(block)][:number]
    return [_indicator(position, item) for position, item in enumerate(written, start=1)]


def _block(number: int) -> Iterator[dict[str, Any]]:
    grades = {"grade": GRADES[number % len(GRADES)]}
    subject = {"subject": SUBJECTS[number % len(SUBJECTS)]}
    written = {**grades, "present": True}
    mark = 2 + number % 4
    honest: dict[str, Any] = {"exclude": {"objective": False}}

    def share(where: object, numerator: object, by: Sequence[str] = (), dataset: str = "vpr", **more: Any) -> Any:
        population = {"dataset": dataset, "where": where}
        return {"measure": "share", "population": population, "numerator": {"where": numerator}, "by": list(by), **more}

    def mean(where: object, column: str, by: Sequence[str] = ()) -> Any:
        return {"measure": "mean", "population": {"dataset": "vpr", "where": where}, "numerator": {"sum": column},
                "by": list(by)}  # fmt: skip

    below, above = ({"mark": {op: {"column": "journal_mark"}}} for op in ("lt", "gt"))
    pupils = {"dataset": "achievements", "where": grades, "distinct": "pupil"}
    study = {"study": STUDIES[number % len(STUDIES)]}
    yield share(written, {"mark": mark}, ["grade", "subject"], **honest)
    yield share({**written, "level": "базовый"}, {"mark": {"ge": 4}}, **honest)
    yield share(written, below, ["grade"], **honest)
    yield share({**written, **subject}, above)
    yield mean({**written, **subject}, "primary", ["subject"])
    yield {"measure": "count", "population": {"dataset": "vpr", "where": {**written, **subject}}, "by": []}
    yield share({**written, **subject}, {"mark": 5}, **honest)
    yield share({**written, "sex": "мж"[number % 2]}, {"mark": {"le": 3}}, ["grade"])
    if number % 2:
        yield {"measure": "share", "population": {"dataset": "vpr", "where": written, "distinct": "code"},
               "numerator": {"where": {"mark": mark}}, "by": []}  # fmt: skip
    else:
        yield {"measure": "count", "population": {**pupils, "where": {"registered": True, **grades}}, "by": []}
    yield share(grades, {"present": False}, ["grade", "subject"])
    yield share(written, {"journal_mark": {"known": True}})
    yield share(written, {"any_of": [{"mark": mark}, {"journal_mark": mark}]}, ["grade"], **honest)
    yield share({**study, "objective": True}, {"level": {"ge": 3}}, dataset="kdr")
    yield share({"objective": True, "level": {"ge": 1 + number % 3}}, {"level": {"gt": {"column": "earlier_level"}}},
                dataset="kdr")  # fmt: skip
    yield share({"event": "ВсОШ", **grades}, {"status": ["призёр", "победитель"]}, dataset="achievements")
    yield {"measure": "share", "population": {"dataset": "contingent", "where": {"category": "все", **grades},
           "sum": "pupils"}, "numerator": pupils, "by": [[], ["grade"]][number % 2]}  # fmt: skip
    yield share(written, {"not": {"mark": {"eq": {"column": "journal_mark"}}}}, ["subject"])
    yield mean({**written, "journal_mark": {"known": True}}, "mark", ["grade", "subject"])
    yield share({**written, "letter": "АБВ"[number % 3]}, {"primary": {"ge": 10 + number}}, ["subject"])
    yield share({**written, "variant": str(1 + number % 4)}, {"all_of": [{"mark": {"ge": 4}}, {"journal_mark": 3}]},
                ["grade"] if not number % 2 else [])  # fmt: skip


def _indicator(number: int, item: Mapping[str, Any]) -> Indicator:
    unit = "%" if item["measure"] == "share" else "ед."
    texts = {"id": f"9.9.{number}-m1", "name": f"Показатель {number}", "level": "municipality", "unit": unit,
             "method": "для измерений", "examples": [{"data": {}, "expect": [{}]}]}  # fmt: skip
    return Indicator.model_validate({**texts, **item})


# --- what a figure counts --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number in every cell: over the rows of ``dataset`` that certainly satisfy ``where``.

    The unknown of a figure are its possible rows less the settled ones, as an expert would count them. Within
    ``where`` nothing is negated but single comparisons, so a condition over an empty cell may be read as false: the
    usual two-valued logic of any tool gives the answer of the three-valued one.
    """

    figure: int
    name: Literal["numerator", "denominator", "excluded", "possible", "settled"]
    dataset: str
    where: Condition
    kind: str
    column: str
    by: tuple[str, ...]

    @property
    def what(self) -> tuple[str, Condition, str, str]:
        """What is aggregated: equal for quantities of several figures that are the same number."""
        return self.dataset, self.where, self.kind, self.column


def quantities(counted: Sequence[Figure], contracts: Mapping[str, Contract]) -> list[Quantity]:
    """Everything the figures count, without what is empty by definition."""
    return [
        quantity
        for number, figure in enumerate(counted)
        for quantity in _of_figure(number, figure, contracts)
        if quantity.where != FALSE
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """What one group-by of a fused query gives: distinct aggregates over one dataset by the same stratifiers.

    ``additive`` and ``distinct`` hold them by the names of the columns of its result.
    """

    dataset: str
    organisation: str
    by: tuple[str, ...]
    additive: Mapping[str, Quantity]
    distinct: Mapping[str, Quantity]

    @property
    def columns(self) -> list[str]:
        """What it reads, the keys first."""
        keys = ["period", self.organisation, *self.by]
        values = [*self.additive.values(), *self.distinct.values()]
        read = (name for value in values for name in (*sorted(columns_of(value.where)), value.column) if name)
        return list(dict.fromkeys([*keys, *read]))


@dataclass(frozen=True, slots=True)
class Task:
    """Everything a rival is told. ``column`` says where each quantity stands: the same aggregate is made once."""

    indicators: tuple[Indicator, ...]
    figures: tuple[Figure, ...]
    quantities: tuple[Quantity, ...]
    groups: tuple[Group, ...]
    column: Mapping[Quantity, str]
    contracts: Mapping[str, Contract]

    @classmethod
    def of(cls, number: int, contracts: Mapping[str, Contract]) -> "Task":
        """The task of computing the first ``number`` indicators."""
        asked = tuple(indicators(number))
        counted = tuple(figure for indicator in asked for figure in figures_of(indicator))
        wanted = quantities(counted, contracts)
        names: dict[Any, str] = {}
        grouped: dict[tuple[str, tuple[str, ...]], dict[str, Quantity]] = {}
        column = {}
        for quantity in wanted:
            name = column[quantity] = names.setdefault((quantity.by, quantity.what), f"a{len(names)}")
            grouped.setdefault((quantity.dataset, quantity.by), {}).setdefault(name, quantity)
        groups = tuple(
            Group(
                dataset,
                contracts[dataset].organisation or "",
                by,
                {name: quantity for name, quantity in members.items() if quantity.kind != "distinct"},
                {name: quantity for name, quantity in members.items() if quantity.kind == "distinct"},
            )
            for (dataset, by), members in grouped.items()
        )
        return cls(asked, counted, tuple(wanted), groups, column, contracts)

    def own_column(self, quantity: Quantity) -> str:
        """The same for a method that takes the figures one by one: nothing is shared between figures."""
        return f"{self.column[quantity]}_{quantity.figure}"

    def columns(self) -> dict[str, list[str]]:
        """The union of the columns needed, by dataset."""
        found: dict[str, dict[str, None]] = {}
        for group in self.groups:
            found.setdefault(group.dataset, {}).update(dict.fromkeys(group.columns))
        return {dataset: list(names) for dataset, names in found.items()}


def subsets(by: Sequence[str]) -> list[tuple[str, ...]]:
    """The total, each stratifier alone, the full cross."""
    return list(dict.fromkeys([(), *((name,) for name in by), tuple(by)]))


def _of_figure(number: int, figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[Quantity]:
    logics = {name: Logic(contracts[name]) for name in figure.datasets}

    def quantity(name: Any, count: Count, where: Condition, *, rows: bool = False) -> Quantity:
        kind, column = ("rows", "") if rows else (count.kind, next(iter(count.columns), ""))
        return Quantity(number, name, count.dataset, where, kind, column, figure.by)

    def included(count: Count) -> Condition:
        return all_of(count.where, *([_counted(count)] if count.columns else []))

    exclude = figure.exclude or FALSE
    for name, count in (("denominator", figure.denominator), ("numerator", figure.numerator)):
        if name == "numerator" and figure.inside:
            continue
        logic = logics[count.dataset]
        own = count.dataset == figure.population
        base = all_of(included(count), Not(exclude)) if own else included(count)
        inner = included(figure.numerator) if figure.inside else TRUE
        settled = all_of(logic.true(base), logic.known(inner))
        yield quantity(name, count, settled)
        if figure.inside:
            yield quantity("numerator", figure.numerator, logic.true(all_of(base, inner)))
        if own:
            yield quantity("excluded", count, logic.true(all_of(count.where, exclude)), rows=True)
            if logic.possible(base) != settled:
                yield quantity("possible", count, logic.possible(base), rows=True)
                yield quantity("settled", count, settled, rows=True)


def _counted(count: Count) -> Condition:
    """True where the counted cell is given, unknown elsewhere: it equals itself."""
    return Compare(count.columns[0], "eq", ColumnRef(count.columns[0]))


FALSE: Condition = AnyOf(())


def all_of(*conditions: Condition) -> Condition:
    """«And», flattened; false where some part is false by definition."""
    items = dict.fromkeys(i for c in conditions for i in (c.items if isinstance(c, AllOf) else (c,)))
    if FALSE in items:
        return FALSE
    return next(iter(items)) if len(items) == 1 else AllOf(tuple(items))


def any_of(*conditions: Condition) -> Condition:
    """«Or», flattened; true where some part is true by definition."""
    items = dict.fromkeys(i for c in conditions for i in (c.items if isinstance(c, AnyOf) else (c,)))
    if TRUE in items:
        return TRUE
    return next(iter(items)) if len(items) == 1 else AnyOf(tuple(items))


_OPPOSITE: Mapping[Any, Any] = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


class Logic:
    """A three-valued condition as two-valued ones; columns that a contract requires are never empty."""

    def __init__(self, contract: Contract) -> None:
        self._sure = {name for name, column in contract.columns.items() if column.required}

    def true(self, condition: Condition) -> Condition:
        """Where it is true."""
        return self._put(condition, negated=False, lenient=False)

    def possible(self, condition: Condition) -> Condition:
        """Where it is not false."""
        return self._put(condition, negated=False, lenient=True)

    def known(self, condition: Condition) -> Condition:
        """Where it is true or false."""
        match condition:
            case AllOf(()) | Known():
                return TRUE
            case OneOf() | Compare():
                return all_of(*(Known(name, True) for name in self._empty(condition)))
            case _:
                return any_of(self.true(condition), self._put(condition, negated=True, lenient=False))

    def _empty(self, condition: Condition) -> list[str]:
        """Columns of the condition that may be empty."""
        return sorted(columns_of(condition) - self._sure)

    def _put(self, condition: Condition, *, negated: bool, lenient: bool) -> Condition:
        """The condition or its negation, with the negation put down to the leaves; what is unknown counts as true
        where ``lenient``."""
        match condition:
            case AllOf(items) | AnyOf(items):
                join = all_of if isinstance(condition, AllOf) != negated else any_of
                return join(*(self._put(item, negated=negated, lenient=lenient) for item in items))
            case Not(item):
                return self._put(item, negated=not negated, lenient=lenient)
            case Known(column, known):
                return Known(column, known != negated)
            case Compare(column, _, ColumnRef(other)) if column == other:
                if lenient and not negated:
                    return TRUE
                leaf = FALSE if negated else all_of(*(Known(name, True) for name in self._empty(condition)))
            case Compare(column, op, value):
                leaf = Compare(column, _OPPOSITE[op], value) if negated else condition
            case _:
                leaf = Not(condition) if negated else condition
        return any_of(leaf, *(Known(name, False) for name in self._empty(condition))) if lenient else leaf
