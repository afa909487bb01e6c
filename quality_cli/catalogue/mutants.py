"""Mutants of a definition: the same with one thing written otherwise, as a slip of the hand would write it.

A condition is dropped or turned round, a number is one more or less, a value of a list is dropped or is another one,
other things are counted, an exclusion or a choice of organisations is not there. Only what could be written counts:
mutants that ``catalogue check`` refuses and those that mean the same are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from pydantic import ValidationError

from quality_cli.catalogue.bind import mistakes_of
from quality_cli.catalogue.figures import Figure, figures_of
from quality_cli.catalogue.model import ANSWERS, Indicator
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import REGISTER, Contract

_GONE = object()
_COMBINATIONS = ("any_of", "all_of", "not", "all_known")


class _Edit(NamedTuple):
    """What is changed: a place, what is written there and instead; ``value`` is put at ``path`` or taken away."""

    place: KeyPath
    before: Any
    after: Any
    path: KeyPath
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """A definition with one change: its place in the indicator, the text before and after (empty: dropped)."""

    place: KeyPath
    before: str
    after: str
    indicator: Indicator
    figures: tuple[Figure, ...]


def mutants_of(written: Mapping[str, Any], contracts: Mapping[str, Contract]) -> list[Mutant]:
    """Every mutant of an indicator, given as written, that means something else than it and than the others."""
    seen = {_meaning([of_rounds(figure, contracts) for figure in figures_of(Indicator.model_validate(written))])}
    found: list[Mutant] = []
    for edit in _Edits(contracts).of(written):
        try:
            indicator = Indicator.model_validate(_edited(written, edit.path, edit.value))
        except ValidationError:
            continue
        if any(True for _ in mistakes_of(indicator, contracts)):
            continue
        figures = tuple(of_rounds(figure, contracts) for figure in figures_of(indicator))
        meaning = _meaning(figures)
        if meaning not in seen:
            seen.add(meaning)
            found.append(Mutant(edit.place, _line(edit.before), _line(edit.after), indicator, figures))
    return found


def _meaning(figures: Iterator[Figure] | Sequence[Figure]) -> tuple[Any, ...]:
    """Everything that the figures say, to be compared."""
    names = [field.name for field in fields(Figure) if field.name != "other_sources"]
    return tuple((*(getattr(figure, name) for name in names), _meaning(figure.other_sources)) for figure in figures)


def _edited(data: Any, path: KeyPath, value: Any) -> Any:
    """A copy of ``data`` with ``value`` at the path, or without what stood there."""
    if not path:
        return value
    step, *rest = path
    copy = data.copy()
    if rest or value is not _GONE:
        copy[step] = _edited(data[step], tuple(rest), value)
    else:
        del copy[step]
    return copy


def _line(value: Any) -> str:
    """A piece of YAML as it is written on one line."""
    return _keys_and_values(value) if isinstance(value, dict) else _text(value)


def _keys_and_values(data: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {_text(item)}" for key, item in data.items())


def _text(value: Any) -> str:
    match value:
        case dict():
            return f"{{{_keys_and_values(value)}}}"
        case list():
            return "[" + ", ".join(map(_text, value)) + "]"
        case bool():
            return "да" if value else "нет"
    return "" if value is _GONE else str(value)


def _dropped(place: KeyPath, data: Mapping[str, Any], key: str) -> _Edit:
    return _Edit((*place, key), {key: data[key]}, _GONE, (*place, key), _GONE)


def _replaced(place: KeyPath, before: Any, after: Any) -> _Edit:
    key = next((step for step in reversed(place) if isinstance(step, str)), "")
    return _Edit(place, {key: before}, {key: after}, place, after)


class _Edits:
    """Every single change of a definition as data."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self._contracts = contracts

    def of(self, written: Mapping[str, Any]) -> Iterator[_Edit]:
        """Changes of an indicator with its parts, figures beside and sources."""
        dataset = written.get("population", {}).get("dataset", ANSWERS)
        yield from self._definition(written, dataset, ())
        for key in ("parts", "beside"):
            for number, part in enumerate(written.get(key, ())):
                own = part.get("population", {}).get("dataset", dataset)
                yield from self._definition(part, own, (key, number))
                for index, source in enumerate(part.get("also", ())):
                    yield from self._definition(source, own, (key, number, "also", index))
        for index, source in enumerate(written.get("also", ())):
            own = source.get("population", {}).get("dataset", dataset)
            yield from self._definition(source, own, ("also", index))

    def _definition(self, data: Mapping[str, Any], dataset: str, path: KeyPath) -> Iterator[_Edit]:
        for key in ("population", "denominator", "numerator"):
            if key in data:
                yield from self._quantity(data[key], data[key].get("dataset", dataset), (*path, key))
        if "exclude" in data:
            yield _dropped(path, data, "exclude")
            yield from self._condition(data["exclude"], self._contracts[dataset], (*path, "exclude"))
        if "organisations" in data:
            yield _dropped(path, data, "organisations")
            own = data["organisations"]
            yield from (_dropped((*path, "organisations"), own, key) for key in ("otherwise", "rows") if key in own)
            yield from self._condition(own["where"], self._contracts[REGISTER], (*path, "organisations", "where"))
        yield from (_dropped(path, data, key) for key in ("change", "climbs", "rounds") if key in data)
        if "change" in data:
            since = data["change"]["from"]
            yield _replaced((*path, "change", "from"), since, since - 1)
        for op, number in data.get("condition", {}).items():
            yield from (_replaced((*path, "condition", op), number, number + step) for step in (-1, 1))

    def _quantity(self, data: Mapping[str, Any], dataset: str, path: KeyPath) -> Iterator[_Edit]:
        contract = self._contracts[dataset]
        for kind, others in (("distinct", _keys(contract)), ("sum", _amounts(contract))):
            if kind in data:
                now = data[kind]
                yield _dropped(path, data, kind)
                if isinstance(now, list):
                    yield from (_replaced((*path, kind), now, [name for name in now if name != out]) for out in now)
                else:
                    yield from (_replaced((*path, kind), now, other) for other in _next(now, others, [now]))
        if "rows" in data:
            yield _dropped(path, data, "rows")
        if "where" in data:
            yield from self._condition(data["where"], contract, (*path, "where"))

    def _condition(
        self, data: Mapping[str, Any], contract: Contract, path: KeyPath, *, inside: bool = False
    ) -> Iterator[_Edit]:
        """Changes of a condition; ``inside`` another one, where it may not vanish."""
        for key, value in data.items():
            here = (*path, key)
            rest = {name: item for name, item in data.items() if name != key}
            if rest or not inside:
                yield _dropped(path, data, key)
            if key in ("not", "all_known"):
                yield _Edit(here, {key: value}, value, path, {"all_of": [rest, value]})
            elif not _two_valued(value, contract.columns.get(key)) and (rest or not inside or path[-1:] != ("not",)):
                turned = {"not": {key: value}}
                yield _Edit(here, {key: value}, turned, path, {"all_of": [rest, turned]})
            if key in _COMBINATIONS:
                yield from self._combination(value, contract, here)
            elif key == "also_in":
                yield from self._also_in(value, here)
            else:
                yield from _values(value, contract.columns[key], here)

    def _combination(self, value: Any, contract: Contract, path: KeyPath) -> Iterator[_Edit]:
        if not isinstance(value, list):
            yield from self._condition(value, contract, path, inside=True)
            return
        for index, item in enumerate(value):
            if len(value) > 1:
                yield _Edit((*path, index), item, _GONE, (*path, index), _GONE)
            yield from self._condition(item, contract, (*path, index), inside=True)

    def _also_in(self, data: Mapping[str, Any], path: KeyPath) -> Iterator[_Edit]:
        contract = self._contracts[data["dataset"]]
        yield from (_dropped(path, data, key) for key in ("among", "blank_is_any") if key in data)
        on = data["on"]
        if isinstance(on, dict | list) and len(on) > 1:
            for key in on:
                kept = (
                    {own: on[own] for own in on if own != key} if isinstance(on, dict) else [n for n in on if n != key]
                )
                yield _replaced((*path, "on"), on, kept)
        for key in ("where", "among"):
            if key in data:
                yield from self._condition(data[key], contract, (*path, key))


def _two_valued(value: Any, column: Column | None) -> bool:
    """Whether the other value of the only two is the same as the opposite."""
    return isinstance(value, bool) or (isinstance(value, dict) and column is not None and value.keys() == {"known"})


def _values(value: Any, column: Column, path: KeyPath) -> Iterator[_Edit]:
    """Changes of what a column is compared with."""
    match value:
        case list():
            for index, item in enumerate(value):
                kept = [*value[:index], *value[index + 1 :]]
                if kept:
                    yield _replaced(path, value, kept)
                for other in _others(item, column, value):
                    yield _replaced(path, value, [*value[:index], other, *value[index + 1 :]])
        case dict():
            for op, item in value.items():
                if len(value) > 1:
                    yield _dropped(path, value, op)
                if not isinstance(item, dict):
                    for other in _others(item, column, [item]):
                        yield _Edit(path, {path[-1]: value}, {path[-1]: {**value, op: other}}, (*path, op), other)
        case _:
            for other in _others(value, column, [value]):
                yield _replaced(path, value, other)


def _others(value: Any, column: Column, taken: Sequence[Any]) -> Iterator[Any]:
    """What could stand there instead: the other answer, the numbers beside it, the next word of the column's."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + step for step in (-1, 1) if value + step not in taken)
    elif value in column.values:
        yield from _next(value, list(column.values), taken)


def _next(word: str, words: Sequence[str], taken: Sequence[Any]) -> list[str]:
    """The first of the words after this one, round the end, that is not taken: one or none."""
    at = words.index(word) if word in words else 0
    return [other for other in (*words[at:], *words[:at]) if other not in taken][:1]


def _keys(contract: Contract) -> list[str]:
    """Columns that rows are told apart by."""
    return list(dict.fromkeys(filter(None, (contract.organisation, *contract.key))))


def _amounts(contract: Contract) -> list[str]:
    return [name for name, column in contract.columns.items() if column.type in ("integer", "number")]
