"""The where-language: a condition over the rows of one dataset, as frozen data.

Written in YAML as a mapping; several keys mean «and»::

    where: {grade: [5, 6, 7, 8], mark: 2, score: {ge: 5}}
    where: {mark: {gt: {column: journal_mark}}}
    where: {any_of: [{status: победитель}, {status: призёр}], not: {stage: школьный}}
    where: {also_in: {dataset: gifted, on: [pupil], where: {register: Талант и успех}}}
    where: {also_in: {dataset: answers, on: {id: org}, among: {question: 2.2.3-m4}, where: {yes: да}}}
    where: {all_known: {grade: [8, 9], mark: {ge: 4}}}

A condition is three-valued (Kleene): over an unknown cell it is unknown, unless another part decides it.
``{column: {known: да}}`` itself is never unknown; inside ``all_known`` no part decides for another. Nothing here
is code: there is no evaluation of strings.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from quality_cli.core.ids import as_written, choice, closest

Scalar: TypeAlias = str | int | float | bool
Op: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge"]

_OPS: tuple[Op, ...] = ("eq", "ne", "lt", "le", "gt", "ge")
_ALSO_IN = ("dataset", "on", "where", "among", "blank_is_any", "years")


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """The other side of a comparison is a column of the same row."""

    column: str


@dataclass(frozen=True, slots=True)
class Compare:
    """``column op value``."""

    column: str
    op: Op
    value: Scalar | ColumnRef


@dataclass(frozen=True, slots=True)
class OneOf:
    """``column`` is one of ``values``."""

    column: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Whether ``column`` has a value at all."""

    column: str
    known: bool


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every item holds; without items it is true."""

    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one item holds."""

    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: "Condition"


@dataclass(frozen=True, slots=True)
class AllKnown:
    """The item, where each of its clauses can be told; elsewhere unknown, even if one clause would decide it."""

    item: "Condition"


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """A matching row of another dataset satisfies ``where`` (semi-join).

    ``on`` are pairs of an own column and the column of the other dataset that must be equal to it. Without ``among`` a
    row that matches nothing is «no»: the list is complete. With ``among`` the rows of the list that satisfy it are what
    was asked of everybody: «yes» where one of the matching ones satisfies ``where`` too, «no» where they all certainly
    do not, and unknown where there is none.

    Rows are looked for in the row's own school year, unless ``any_year``; what has no school year is of every one. An
    unknown value is never the same as another; but a blank cell of the list stands for every value of the own columns
    ``blank_is_any``.
    """

    dataset: str
    on: tuple[tuple[str, str], ...]
    where: "Condition"
    blank_is_any: tuple[str, ...] = ()
    among: "Condition | None" = None
    any_year: bool = False

    @property
    def own(self) -> tuple[str, ...]:
        """The columns of the condition's own dataset."""
        return tuple(own for own, _ in self.on)

    @property
    def theirs(self) -> tuple[str, ...]:
        """The columns of the other dataset."""
        return tuple(theirs for _, theirs in self.on)

    @property
    def inner(self) -> "tuple[Condition, ...]":
        """The conditions over the rows of the other dataset."""
        return (self.where,) if self.among is None else (self.where, self.among)


Condition: TypeAlias = Compare | OneOf | Known | AllOf | AnyOf | Not | AllKnown | AlsoIn

TRUE = AllOf(())

BETWEEN = "\x1f"
"""Stands between the values of a cell that holds several (the unit separator: white space, which no understood text
keeps inside). To equal such a cell is to be among its values; an empty one is a value that was not understood, so that
it is unknown whether another one is among them."""


class WhereError(ValueError):
    """A condition is written wrongly; ``path`` leads to the place inside it."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


def all_of(*conditions: Condition) -> Condition:
    """Join conditions with «and», flattening and dropping what is always true."""
    items: list[Condition] = []
    for condition in conditions:
        items.extend(condition.items if isinstance(condition, AllOf) else (condition,))
    return items[0] if len(items) == 1 else AllOf(tuple(items))


def _nothing_else(_: str) -> bool:
    return False


def parse_where(
    data: object, path: tuple[str | int, ...] = (), is_other: Callable[[str], bool] = _nothing_else
) -> Condition:
    """Turn the YAML form into nodes; raise :class:`WhereError` with the path of the mistake.

    A key that ``is_other`` names another thing, and what stands under it is asked of that: ``{X: {a: 1}}`` is a
    condition over the column ``X.a``.
    """
    if not isinstance(data, Mapping):
        raise WhereError(f"условие пишется как «столбец: значение», а дано {as_written(data)}", path)
    return all_of(*(_parse_item(str(key), value, (*path, str(key)), is_other) for key, value in data.items()))


def _parse_item(key: str, value: object, path: tuple[str | int, ...], is_other: Callable[[str], bool]) -> Condition:
    match key:
        case "any_of" | "all_of":
            if not isinstance(value, list) or not value:
                raise WhereError(f"«{key}» ждёт список условий", path)
            items = tuple(parse_where(item, (*path, index), is_other) for index, item in enumerate(value))
            return AnyOf(items) if key == "any_of" else all_of(*items)
        case "not":
            return Not(parse_where(value, path, is_other))
        case "all_known":
            return AllKnown(parse_where(value, path, is_other))
        case "also_in":
            return _parse_also_in(value, path)
        case _ if is_other(key):
            return _asked_of(key, parse_where(value, path))
        case _:
            return _parse_column(key, value, path)


def _asked_of(other: str, condition: Condition) -> Condition:
    """The condition over columns of another thing."""
    match condition:
        case AllOf(items):
            return AllOf(tuple(_asked_of(other, item) for item in items))
        case AnyOf(items):
            return AnyOf(tuple(_asked_of(other, item) for item in items))
        case Not(item):
            return Not(_asked_of(other, item))
        case AllKnown(item):
            return AllKnown(_asked_of(other, item))
        case Compare(column, op, ColumnRef(of)):
            return Compare(f"{other}.{column}", op, ColumnRef(f"{other}.{of}"))
        case Compare(column) | OneOf(column) | Known(column):
            return replace(condition, column=f"{other}.{column}")
        case _:
            return condition


def _parse_also_in(value: object, path: tuple[str | int, ...]) -> Condition:
    if not isinstance(value, Mapping) or "dataset" not in value or "on" not in value:
        optional = "«where», «among», «blank_is_any» и «years»"
        raise WhereError(f"«also_in» ждёт ключи «dataset», «on» и, если нужно, {optional}", path)
    for key in map(str, value):
        if key not in _ALSO_IN:
            raise WhereError(f"неизвестный ключ «{key}» в «also_in»{closest(key, _ALSO_IN)}", (*path, key))
    on, blank = _pairs(value["on"]), tuple(own for own, _ in _pairs(value.get("blank_is_any", [])))
    if not on:
        raise WhereError("«also_in» ждёт в «on» хотя бы один столбец", (*path, "on"))
    own = [name for name, _ in on]
    for name in blank:
        if name not in own:
            raise WhereError(f"столбца «{name}» нет в «on»{closest(name, own)}", (*path, "blank_is_any"))
    among = parse_where(value["among"], (*path, "among")) if "among" in value else None
    if value.get("years", "any") != "any":
        raise WhereError(
            f"строку ищут в том же учебном году, а с «years: any» — в любом; дано {as_written(value['years'])}",
            (*path, "years"),
        )
    where = parse_where(value.get("where", {}), (*path, "where"))
    return AlsoIn(str(value["dataset"]), on, where, blank, among, "years" in value)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    """Columns and those they are equal to: a list of names, the only one as it is, or «own: theirs»."""
    if isinstance(value, Mapping):
        return tuple((str(own), str(theirs)) for own, theirs in value.items())
    return tuple((str(name), str(name)) for name in (value if isinstance(value, list) else [value]))


def _parse_column(column: str, value: object, path: tuple[str | int, ...]) -> Condition:
    if isinstance(value, list):
        if not value:
            raise WhereError(f"для «{column}» дан пустой список значений", path)
        return OneOf(column, tuple(_scalar(item, (*path, index)) for index, item in enumerate(value)))
    if isinstance(value, Mapping):
        if not value:
            raise WhereError(f"для «{column}» не дано ни одного сравнения", path)
        return all_of(*(_parse_comparison(column, str(op), item, (*path, str(op))) for op, item in value.items()))
    return Compare(column, "eq", _scalar(value, path))


def _parse_comparison(column: str, op: str, value: object, path: tuple[str | int, ...]) -> Condition:
    if op == "known":
        if not isinstance(value, bool):
            raise WhereError("«known» ждёт да или нет", path)
        return Known(column, value)
    for known in _OPS:
        if op == known:
            if isinstance(value, Mapping):
                if set(value) != {"column"}:
                    raise WhereError("с другим столбцом сравнивают так: {gt: {column: имя}}", path)
                return Compare(column, known, ColumnRef(str(value["column"])))
            return Compare(column, known, _scalar(value, path))
    raise WhereError(f"неизвестное сравнение «{op}»{choice(op, [*_OPS, 'known'])}", path)


def _scalar(value: object, path: tuple[str | int, ...]) -> Scalar:
    if isinstance(value, bool | int | float | str):
        return value
    raise WhereError(f"ожидалось число, слово или да/нет, а дано {as_written(value)}", path)


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it that concerns the same dataset, outermost first."""
    yield condition
    match condition:
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from walk(item)
        case Not(item) | AllKnown(item):
            yield from walk(item)


def columns_of(condition: Condition) -> frozenset[str]:
    """The columns of the condition's own dataset that it reads."""
    return frozenset(columns_in_order(condition))


def columns_in_order(condition: Condition) -> tuple[str, ...]:
    """The same columns, each once, as they are written."""
    found: dict[str, None] = {}
    for node in walk(condition):
        match node:
            case Compare(column, _, value):
                found[column] = None
                if isinstance(value, ColumnRef):
                    found[value.column] = None
            case OneOf(column) | Known(column):
                found[column] = None
            case AlsoIn():
                found.update(dict.fromkeys(node.own))
    return tuple(found)


def values_kept(condition: Condition) -> dict[str, tuple[Scalar, ...]]:
    """Columns that a condition keeps to some values, and these."""
    found: dict[str, tuple[Scalar, ...]] = {}
    for item in condition.items if isinstance(condition, AllOf) else (condition,):
        match item:
            case AllOf():
                found |= values_kept(item)
            case OneOf(column, values):
                found[column] = values
            case Compare(column, "eq", str() | int() | float() as value):
                found[column] = (value,)
    return found


def clauses_of(condition: Condition) -> tuple[Condition, ...]:
    """The leaves: conditions that are not combinations of others."""
    return tuple(node for node in walk(condition) if not isinstance(node, AllOf | AnyOf | Not | AllKnown))
