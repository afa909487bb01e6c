"""YAML with the position of every key, so that a mistake is told as ``file:line:column`` in Russian.

PyYAML composes nodes; our walk turns them into data. The walk, unlike PyYAML's constructors, knows only plain
scalars (да/нет/yes/no/true/false are booleans, ``012`` and ``12:30`` stay text), rejects tags and repeated keys and
bounds what aliases may expand to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.ids import as_written, closest

KeyPath: TypeAlias = tuple[str | int, ...]

_LOADER: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # what plain words mean is ours to say
_MAX_BYTES = 5_000_000
_MAX_NODES = 200_000
_MAX_DEPTH = 40
_TRUE = frozenset({"да", "yes", "true"})
_FALSE = frozenset({"нет", "no", "false"})
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]{0,15})$")
_FLOAT = re.compile(r"^[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$")
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)


class Strict(BaseModel):
    """Base of everything read from YAML: frozen, unknown keys are mistakes, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as data, with the position (line, column, from 1) of every key and item by its path."""

    file: str
    data: Any
    marks: Mapping[KeyPath, tuple[int, int]]

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
    if path.exists() and not path.is_file():  # a pipe would never end
        raise CatalogueError([_syntax(name, 1, 1, "это не файл")])
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise _too_large(name)
        text = content.decode("utf-8-sig")
        _check_shape(text, name)
        node = yaml.compose(text, Loader=_LOADER)
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
    walker = _Walker(name)
    data = walker.convert(node, ()) if node is not None else None
    if walker.findings:
        raise CatalogueError(walker.findings)
    return Document(name, data, walker.marks)


def validate(model: type[Model], document: Document, path: KeyPath = ()) -> Model:
    """Build ``model`` from the part of the document at ``path``; raise :class:`CatalogueError` with all mistakes."""
    data = document.data
    for step in path:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        raise CatalogueError([_explain(document, path, detail, model) for detail in details]) from error


def _check_shape(text: str, name: str) -> None:
    """Refuse a file nested so deep that composing it would exhaust the stack, or of more nodes than anyone writes."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _too_deep(name, event)
        if number > 2 * _MAX_NODES:
            raise _too_large(name)


def _too_large(name: str) -> CatalogueError:
    return CatalogueError([_syntax(name, 1, 1, "файл слишком велик или раздут ссылками (*, &)")])


def _too_deep(name: str, node: Any) -> CatalogueError:
    message = "слишком глубокая вложенность или ссылка (*) на саму себя"
    return CatalogueError([_syntax(name, node.start_mark.line + 1, node.start_mark.column + 1, message)])


def _syntax(file: str, line: int, column: int, message: str) -> Finding:
    return Finding("catalogue.syntax", Severity.ERROR, message, (Place(file, line=line, column=column),))


class _Walker:
    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[KeyPath, tuple[int, int]] = {}
        self.findings: list[Finding] = []
        self._nodes = 0

    def convert(self, node: Any, path: KeyPath) -> Any:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise _too_large(self.file)
        if len(path) > _MAX_DEPTH:
            raise _too_deep(self.file, node)
        position = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.marks.setdefault(path, position)
        if node.tag not in _CORE_TAGS:
            self._mistake(position, f"метка «{node.tag}» не допускается")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*path, index)) for index, item in enumerate(node.value)]
        return node.value if node.style in ('"', "'", "|", ">") else _plain(node.value)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            position = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._mistake(position, "ключ должен быть словом")
                continue
            key = key_node.value if key_node.style in ('"', "'") else _plain(key_node.value)
            key = key_node.value if isinstance(key, bool | float) or key is None else key
            if key in result:
                self._mistake(position, f"ключ «{key}» повторён")
            self.marks[(*path, str(key))] = position
            result[key] = self.convert(value_node, (*path, str(key)))
        return result

    def _mistake(self, position: tuple[int, int], message: str) -> None:
        self.findings.append(_syntax(self.file, *position, message))


def _plain(text: str) -> Any:
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    if text in ("", "~") or lowered == "null":
        return None
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
        message = f"{shown} здесь не годится{closest(error['input'], allowed)}; бывает: {', '.join(allowed)}"
    elif kind in _MESSAGES:
        message = _MESSAGES[kind].format(key=key, input=shown, **{k: v for k, v in context.items() if k != "input"})
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
