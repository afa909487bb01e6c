"""What is known of a value in a template before anything is rendered: its type, the strings it can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import Any, get_args, get_origin, get_type_hints

_MOST_WORDS = 200


@dataclass(frozen=True)
class Value:
    """What is known of a value: its type, the strings it (or what it holds) can be, what is in a literal list."""

    kind: Any = None
    words: frozenset[str] | None = None
    items: tuple["Value", ...] | None = None


ANYTHING = Value()


def fields_of(kind: Any) -> Mapping[str, Any] | None:
    """Fields of a record of the model with their types; None of anything else."""
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields")):
        hints = get_type_hints(kind)
        names = [item.name for item in fields(kind)] if is_dataclass(kind) else list(kind._fields)
        return {name: hints[name] for name in names}
    return None


def item_of(value: Value) -> Value:
    """What a sequence holds."""
    if value.items is not None:
        return merged(value.items)
    arguments = get_args(value.kind)
    if get_origin(value.kind) is tuple and arguments:
        return Value(arguments[0]) if arguments[1:] == (...,) else merged([Value(item) for item in arguments])
    return ANYTHING


def parts_of(value: Value, count: int) -> list[Value]:
    """What a value gives when it is taken apart into so many."""
    if value.items is not None and len(value.items) == count:
        return list(value.items)
    arguments = get_args(value.kind)
    if get_origin(value.kind) is tuple and len(arguments) == count and arguments[-1] is not ...:
        return [Value(item) for item in arguments]
    return [ANYTHING] * count


def merged(values: Sequence[Value]) -> Value:
    """What is known of a value that is one of several."""
    if not values:
        return ANYTHING
    first = values[0]
    if all(value == first for value in values):
        return first
    kinds = {repr(value.kind) for value in values}
    known = [value.words for value in values]
    words = None if None in known else frozenset().union(*(item for item in known if item is not None))
    lengths = {len(value.items) if value.items is not None else -1 for value in values}
    items = None
    if len(lengths) == 1 and -1 not in lengths:
        columns = zip(*(value.items or () for value in values), strict=True)
        items = tuple(merged(column) for column in columns)
    return Value(first.kind if len(kinds) == 1 else None, words, items)


def joined(values: Sequence[Value]) -> Value:
    """Strings one after another."""
    sets = [value.words for value in values if value.kind is str and value.words is not None]
    if len(sets) < len(values):
        return ANYTHING
    total = 1
    for item in sets:
        total *= len(item)
    return Value(str, frozenset(map("".join, product(*sets)))) if 0 < total <= _MOST_WORDS else Value(str)
