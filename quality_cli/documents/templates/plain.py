"""The report model as JSON and back.

JSON carries the model into the process that renders (:mod:`quality_cli.documents.templates.worker`): what is not plain
cannot get there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
Read = Callable[[Any], Any]

_SCALARS = (str, int, float, bool, NoneType)


def dump_model(model: Any, record: Callable[[Any], Any] | None = None) -> str:
    """One line of JSON: a dataclass is an object of its fields, a named tuple (a cell) the list of its values.

    ``record`` may write dataclasses otherwise. Raises ``TypeError`` where something is not plain, ``ValueError`` for a
    number that is none.
    """
    return json.dumps(model, default=record or as_record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_record(value: Any) -> dict[str, Any]:
    """A dataclass as a mapping of its fields."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is not a plain value")
    return {item.name: getattr(value, item.name) for item in fields(value)}


def load_model(kind: type[Record], text: str) -> Record:
    """The model that :func:`dump_model` wrote; raises ``ValueError``, ``TypeError`` or ``KeyError`` for other text."""
    model: Record = reader(kind)(json.loads(text))
    return model


def reader(kind: Any, special: tuple[tuple[Any, Read], ...] = ()) -> Read:
    """Makes values of a type of what JSON holds; ``special`` says how some types inside it are read instead."""
    return _reader(kind, special)


@lru_cache(maxsize=256)
def _reader(kind: Any, special: tuple[tuple[Any, Read], ...]) -> Read:
    for other, read in special:
        if kind is other:
            return read
    arguments = get_args(kind)
    if kind in _SCALARS or (get_origin(kind) is UnionType and set(arguments) <= set(_SCALARS)):
        return _as_it_is
    if get_origin(kind) is tuple:
        if arguments[1:] == (...,):
            item = _reader(arguments[0], special)
            return tuple if item is _as_it_is else lambda data: tuple(map(item, data))
        items = [_reader(argument, special) for argument in arguments]
        return lambda data: tuple(read(value) for read, value in zip(items, data, strict=True))
    if get_origin(kind) is Mapping:
        item = _reader(arguments[1], special)
        return lambda data: {name: item(value) for name, value in data.items()}
    reads = {name: _reader(hint, special) for name, hint in get_type_hints(kind).items()}
    if not hasattr(kind, "__dataclass_fields__"):
        return _row_reader(kind, list(reads.values()))
    return lambda data: kind(**{name: read(data[name]) for name, read in reads.items()})


def _as_it_is(value: Any) -> Any:
    return value


def _row_reader(kind: Any, reads: list[Read]) -> Read:
    """Rows are many: only what is no scalar is touched."""
    touched = [(place, read) for place, read in enumerate(reads) if read is not _as_it_is]

    def read_row(data: list[Any]) -> Any:
        for place, read in touched:
            data[place] = read(data[place])
        return kind(*data)

    return read_row
