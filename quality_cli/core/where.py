"""The where-language: a condition over the rows of one dataset, as frozen data.

Written in YAML as a mapping; several keys mean «and»::

    where: {grade: [5, 6, 7, 8], mark: 2, score: {ge: 5}}
    where: {mark: {gt: {column: journal_mark}}}
    where: {any_of: [{status: победитель}, {status: призёр}], not: {stage: школьный}}
    where: {also_in: {dataset: gifted, on: [pupil], where: {register: Талант и успех}}}

A condition is three-valued (Kleene): over an unknown cell it is unknown, unless another part decides it.
``{column: {known: да}}`` itself is never unknown. Nothing here is code: there is no evaluation of strings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from quality_cli.core.ids import as_written, choice, closest

Scalar: TypeAlias = str | int | float | bool
Op: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge"]

_OPS: tuple[Op, ...] = ("eq", "ne", "lt", "le", "gt", "ge")
_ALSO_IN = ("dataset", "on", "where", "blank_is_any")


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
class AlsoIn:
    """A row with the same values of the columns ``on`` stands in another dataset too (semi-join).

    An unknown value is never the same as another; but a blank cell of the list in a column of ``blank_is_any`` stands
    for every value.
    """

    dataset: str
    on: tuple[str, ...]
    where: "Condition"
    blank_is_any: tuple[str, ...] = ()


Condition: TypeAlias = Compare | OneOf | Known | AllOf | AnyOf | Not | AlsoIn

TRUE = AllOf(())


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


def parse_where(data: object, path: tuple[str | int, ...] = ()) -> Condition:
    """Turn the YAML form into nodes; raise :class:`WhereError` with the path of the mistake."""
    if not isinstance(data, Mapping):
        raise WhereError(f"условие пишется как «столбец: значение», а дано {as_written(data)}", path)
    return all_of(*(_parse_item(str(key), value, (*path, str(key))) for key, value in data.items()))


def _parse_item(key: str, value: object, path: tuple[str | int, ...]) -> Condition:
    match key:
        case "any_of" | "all_of":
            if not isinstance(value, list) or not value:
                raise WhereError(f"«{key}» ждёт список условий", path)
            items = tuple(parse_where(item, (*path, index)) for index, item in enumerate(value))
            return AnyOf(items) if key == "any_of" else all_of(*items)
        case "not":
            return Not(parse_where(value, path))
        case "also_in":
            return _parse_also_in(value, path)
        case _:
            return _parse_column(key, value, path)


def _parse_also_in(value: object, path: tuple[str | int, ...]) -> Condition:
    if not isinstance(value, Mapping) or "dataset" not in value or "on" not in value:
        raise WhereError("«also_in» ждёт ключи «dataset», «on» и, если нужно, «where» и «blank_is_any»", path)
    for key in map(str, value):
        if key not in _ALSO_IN:
            raise WhereError(f"неизвестный ключ «{key}» в «also_in»{closest(key, _ALSO_IN)}", (*path, key))
    on, blank = _names(value["on"]), _names(value.get("blank_is_any", []))
    for name in blank:
        if name not in on:
            raise WhereError(f"столбца «{name}» нет в «on»{closest(name, on)}", (*path, "blank_is_any"))
    return AlsoIn(str(value["dataset"]), on, parse_where(value.get("where", {}), (*path, "where")), blank)


def _names(value: object) -> tuple[str, ...]:
    """Names written as a list, or the only one as it is."""
    return tuple(map(str, value if isinstance(value, list) else [value]))


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
        case Not(item):
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
            case AlsoIn(_, on):
                found.update(dict.fromkeys(on))
    return tuple(found)


def clauses_of(condition: Condition) -> tuple[Condition, ...]:
    """The leaves: conditions that are not combinations of others."""
    return tuple(node for node in walk(condition) if not isinstance(node, AllOf | AnyOf | Not))
