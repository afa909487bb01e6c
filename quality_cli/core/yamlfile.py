"""YAML with the position of every key, so that a mistake is told as ``file:line:column`` in Russian.

PyYAML gives events; our reader turns them into data. Unlike PyYAML's constructors it knows only plain scalars
(да/нет/yes/no/true/false are booleans, ``012`` and ``12:30`` stay text), rejects tags and repeated keys and bounds
nesting and what aliases may expand to. Positions are found by a second reading, when there is a mistake to tell.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from quality_cli.core.errors import CatalogueError, NotOrdinaryError
from quality_cli.core.files import opened
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.ids import as_written, choice, closest

KeyPath: TypeAlias = tuple[str | int, ...]

_LOADER: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # what plain words mean is ours to say
_MAX_BYTES = 5_000_000
_MAX_NODES = 200_000
_MAX_DEPTH = 40
_WORDS = {"да": True, "yes": True, "true": True, "нет": False, "no": False, "false": False} | dict.fromkeys(
    ("", "~", "null")
)
_QUOTED = ('"', "'", "|", ">")
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]{0,15})$")
_FLOAT = re.compile(r"^[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$")
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)


class Strict(BaseModel):
    """Base of everything read from YAML: frozen, unknown keys are mistakes, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True, defer_build=True)


Model = TypeVar("Model", bound=BaseModel)


Marks: TypeAlias = Mapping[KeyPath, tuple[int, int]]
"""The position (line, column, from 1) of every key and item by its path."""


@dataclass(frozen=True)
class Document:
    """A YAML file as data; ``positions`` finds the place of everything in it."""

    file: str
    data: Any
    positions: Callable[[], Marks]

    @cached_property
    def marks(self) -> Marks:
        """Positions, found when first asked for."""
        return self.positions()

    def place(self, path: KeyPath = ()) -> Place:
        """The position of ``path``; else of a longer path with the same steps; else of the nearest thing above."""
        above = path
        while above and above not in self.marks:
            above = above[:-1]
        deeper = (mark for mark in self.marks if mark[: len(above)] == above and _same_end(mark, path, len(above)))
        line, column = self.marks.get(next(deeper, above), (1, 1))
        return Place(self.file, line=line, column=column)

    def mistake(self, message: str, path: KeyPath = (), code: str = "catalogue.invalid") -> Finding:
        """A finding at ``path``."""
        return Finding(code, Severity.ERROR, message, (self.place(path),))


def _same_end(mark: KeyPath, path: KeyPath, start: int) -> bool:
    """Whether ``mark`` leads through all the steps of ``path`` after ``start``, in their order, to the same key."""
    steps = iter(mark[start:])
    return mark[-1:] == path[-1:] and all(step in steps for step in path[start:])


def read_yaml(path: Path, shown: str | None = None) -> Document:
    """Read one file; raise :class:`CatalogueError` with every mistake of syntax found."""
    name = shown or str(path)
    try:
        with opened(path, follow=True) as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise _too_large(name)
        text = content.decode("utf-8-sig")
        reader = _Reader(text, name)
        data = reader.read()
    except NotOrdinaryError as error:
        raise CatalogueError([_syntax(name, 1, 1, "это не файл")]) from error
    except OSError as error:
        raise CatalogueError([_syntax(name, 1, 1, "файл не открывается")]) from error
    except UnicodeDecodeError as error:
        raise CatalogueError([_syntax(name, 1, 1, "файл не в кодировке UTF-8")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = "здесь или строкой выше ошибка записи YAML: проверьте отступы, двоеточия, скобки и кавычки"
        raise CatalogueError([_syntax(name, line, column, message)]) from error
    except yaml.YAMLError as error:
        raise CatalogueError([_syntax(name, 1, 1, "в файле недопустимые символы")]) from error
    if reader.findings:
        raise CatalogueError(reader.findings)
    return Document(name, data, partial(_positions, text))


def validate(model: type[Model], document: Document, path: KeyPath = ()) -> Model:
    """Build ``model`` from the part of the document at ``path``; raise :class:`CatalogueError` with all mistakes."""
    data = document.data
    for step in path:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = [
            detail
            for detail in error.errors(include_url=False, include_input=True)
            if detail["type"] != "default_factory_not_called"  # a consequence of the others
        ]
        raise CatalogueError([_explain(document, path, detail, model) for detail in details]) from error


def _too_large(name: str) -> CatalogueError:
    return CatalogueError([_syntax(name, 1, 1, "файл слишком велик или раздут ссылками (*, &)")])


def _too_deep(name: str, node: Any) -> CatalogueError:
    message = "слишком глубокая вложенность или ссылка (*) на саму себя"
    return CatalogueError([_syntax(name, *_position(node), message)])


def _syntax(file: str, line: int, column: int, message: str) -> Finding:
    return Finding("catalogue.syntax", Severity.ERROR, message, (Place(file, line=line, column=column),))


class _Reader:
    """One file, event by event: nothing is built of a file that is too deep or too large."""

    def __init__(self, text: str, file: str) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._next = _LOADER(text).get_event
        self._nodes = 0
        self._anchors: dict[str, tuple[Any, int, int] | None] = {}
        """By name what was built, of how many nodes and how deep; None while it is being built."""

    def read(self) -> Any:
        """The data of the only document; None of an empty file."""
        self._next()
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        data = self._node(self._next(), 0)
        self._next()
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)
        return data

    def _node(self, event: Any, depth: int) -> Any:
        """What begins with ``event``, at so many steps from the top."""
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise _too_large(self._file)
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._repeated(event, depth)
        if event.tag and event.tag != "!" and event.tag not in _CORE_TAGS:
            self._mistake(event, f"метка «{event.tag}» не допускается")
        if event.anchor:
            return self._anchored(event, depth)
        return _scalar(event) if kind is yaml.ScalarEvent else self._collection(event, depth)

    def _collection(self, event: Any, depth: int) -> Any:
        if depth >= _MAX_DEPTH:
            raise _too_deep(self._file, event)
        if type(event) is yaml.MappingStartEvent:
            return self._mapping(depth + 1)
        items = []
        while type(item := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(item, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is yaml.ScalarEvent:
                key = _key(event)
                if event.anchor:
                    self._anchored(event, depth)
                if key in result:
                    self._mistake(event, f"ключ «{key}» повторён")
                result[key] = self._node(self._next(), depth)
            else:
                self._mistake(event, "ключ должен быть словом")
                self._node(event, depth)
                self._node(self._next(), depth)
        return result

    def _anchored(self, event: Any, depth: int) -> Any:
        if event.anchor in self._anchors:
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)
        before = self._nodes
        self._anchors[event.anchor] = None
        data = _scalar(event) if type(event) is yaml.ScalarEvent else self._collection(event, depth)
        self._anchors[event.anchor] = (data, self._nodes - before, _height(data))
        return data

    def _repeated(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchors:
            message = f"выше ничего не названо «&{event.anchor}»{closest(event.anchor, self._anchors)}"
            raise CatalogueError([_syntax(self._file, *_position(event), message)])
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise _too_deep(self._file, event)
        data, nodes, height = anchored
        self._nodes += nodes
        if depth + height > _MAX_DEPTH:
            raise _too_deep(self._file, event)
        return data

    def _mistake(self, event: Any, message: str) -> None:
        self.findings.append(_syntax(self._file, *_position(event), message))


def _height(data: Any) -> int:
    """How many collections are inside one another."""
    if isinstance(data, dict | list):
        return 1 + max(map(_height, data.values() if isinstance(data, dict) else data), default=0)
    return 0


def _positions(text: str) -> Marks:
    """Positions in a file that has been read without mistakes."""
    marks: dict[KeyPath, tuple[int, int]] = {}

    def mark(node: Any, path: KeyPath) -> None:
        marks.setdefault(path, _position(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, str(_key(key)))
                marks[inner] = _position(key)
                mark(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                mark(item, (*path, index))

    node = yaml.compose(text, Loader=_LOADER)
    if node is not None:
        mark(node, ())
    return marks


def _position(thing: Any) -> tuple[int, int]:
    return thing.start_mark.line + 1, thing.start_mark.column + 1


def _key(thing: Any) -> Any:
    """A key as a word or a whole number: no other plain scalar can be one."""
    key = _scalar(thing)
    return thing.value if isinstance(key, bool | float) or key is None else key


def _scalar(thing: Any) -> Any:
    """The value of a scalar node or event."""
    return thing.value if thing.style in _QUOTED else _plain(thing.value)


@lru_cache(maxsize=1 << 14)  # a catalogue says the same few words
def _plain(text: str) -> Any:
    lowered = text.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if _INT.match(text):
        return int(text)
    return float(text) if len(text) < 32 and _FLOAT.match(text) else text


_MESSAGES = {
    "missing": "нет обязательного ключа «{key}»",
    "string_type": "нужен текст, а дано {input}",
    "int_type": "нужно целое число, а дано {input}",
    "float_type": "нужно число, а дано {input}",
    "bool_type": "нужно да или нет, а дано {input}",
    "list_type": "нужен список, а дано {input}",
    "tuple_type": "нужен список, а дано {input}",
    "dict_type": "нужны вложенные ключи, а дано {input}",
    "model_type": "нужны вложенные ключи, а дано {input}",
    "model_attributes_type": "нужны вложенные ключи, а дано {input}",
    "greater_than": "число должно быть больше {gt}, а дано {input}",
    "less_than": "число должно быть меньше {lt}, а дано {input}",
    "greater_than_equal": "число должно быть не меньше {ge}, а дано {input}",
    "string_pattern_mismatch": "неправильная запись: {input}",
    "too_short": "список не должен быть пустым",
    "string_too_short": "текст не должен быть пустым",
}


def _explain(document: Document, base: KeyPath, error: ErrorDetails, model: type[BaseModel]) -> Finding:
    context = error.get("ctx", {})
    path = (*base, *_existing(document, base, error["loc"]), *context.get("path", ()))
    kind = error["type"]
    key = str(error["loc"][-1]) if error["loc"] else ""
    shown = as_written(error["input"])
    if kind == "extra_forbidden":
        message = f"неизвестный ключ «{key}»{closest(key, _fields(model, error['loc'][:-1]))}"
    elif kind in ("literal_error", "enum"):
        allowed = [word.strip("'") for word in re.split(r",\s*|\s+or\s+", str(context.get("expected", "")))]
        message = f"{shown} здесь не годится{choice(error['input'], allowed)}"
    elif kind in _MESSAGES:
        message = _MESSAGES[kind].format(key=key, input=shown, **{k: v for k, v in context.items() if k != "input"})
        if kind == "string_type" and isinstance(error["input"], bool | int | float):
            message += f'; возьмите в кавычки: "{shown}"'
    else:
        message = error["msg"].removeprefix("Value error, ")
    return document.mistake(message, path)


def _existing(document: Document, base: KeyPath, loc: tuple[str | int, ...]) -> KeyPath:
    """The part of pydantic's location that exists in the file: tags of unions are not keys."""
    path: KeyPath = ()
    for step in loc:
        candidate = (*path, step if isinstance(step, int) else str(step))
        if (*base, *candidate) in document.marks:
            path = candidate
    return path


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """Names a key could have had at ``loc``: of every model reachable there."""
    models: set[type[BaseModel]] = {model}
    for step in loc:
        if isinstance(step, int):
            continue
        inner = {
            nested
            for parent in models
            for name, field in parent.model_fields.items()
            if step in (name, field.alias)
            for nested in _models_in(field.annotation)
        }
        models = inner or models
    return {field.alias or name for parent in models for name, field in parent.model_fields.items()}


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)}
