"""Expressions of a template checked without rendering: fields, variables, filters, figures asked for."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import GenericAlias
from typing import get_args, get_origin

from jinja2 import nodes

from quality_cli.core.ids import closest
from quality_cli.core.names import Names, UnknownNameError
from quality_cli.documents.templates.jinja import GLOBALS, Environment, TemplateFault, no_field
from quality_cli.documents.templates.known import ANYTHING, Value, fields_of, item_of, joined, merged
from quality_cli.documents.templates.model import Cell, Figures

_PASSING = frozenset(("list", "sort", "select", "reject", "selectattr", "rejectattr", "unique", "reverse"))
"""Filters that give a sequence of the same things."""
_OF_ATTRIBUTE = frozenset(("selectattr", "rejectattr", "map", "sort", "groupby", "sum", "min", "max", "unique", "join"))
_OF_JINJA = ("caller", "varargs", "kwargs", "self", "super", "loop")
_OF_ABSENT = ("defined", "undefined", "default", "d")
"""Tests and filters by which a template asks whether it has a variable."""


@dataclass(frozen=True)
class _Values(Value):
    """``own.values``."""


@dataclass(frozen=True)
class _Get(Value):
    """``get`` of a mapping."""


@dataclass(frozen=True, eq=False)
class Macro(Value):
    """A macro, where it stands and what it sees there."""

    node: nodes.Macro = dataclasses.field(default_factory=nodes.Macro)
    template: str = ""
    scope: dict[str, Value] = dataclasses.field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class Module(Value):
    """An imported template: what it defines."""

    template: str = ""
    names: dict[str, Value] = dataclasses.field(default_factory=dict, repr=False)


TEXT = Value(str)
_FIGURE = Value(Cell)


class Expressions(ABC):
    """Walks expressions and gathers mistakes; statements are left to whoever inherits."""

    def __init__(self, templates: Mapping[str, str], names: Names) -> None:
        self.mistakes: list[TemplateFault] = []
        self.seen: set[str] = set()
        self._templates = templates
        self._environment = Environment(templates)
        self._names = names
        self._at = ""
        self._macros: list[Macro] = []
        self._called: set[tuple[int, tuple[object, ...]]] = set()
        self._open: list[str] = []

    @abstractmethod
    def body(self, body: Sequence[nodes.Node], scope: dict[str, Value]) -> None:
        """Walk statements."""

    def mistake(self, node: nodes.Node, message: str) -> None:
        """A mistake at a node of the template at hand."""
        self.mistakes.append(TemplateFault(self._at, node.lineno, message))

    def value(self, node: nodes.Node, scope: dict[str, Value]) -> Value:
        """What is known of an expression; mistakes in it are gathered."""
        known: Value = getattr(self, f"_of_{type(node).__name__.lower()}", self._of_other)(node, scope)
        return known

    def _of_other(self, node: nodes.Node, scope: dict[str, Value]) -> Value:
        self._children(node, scope)
        return ANYTHING

    def _of_const(self, node: nodes.Const, _: dict[str, Value]) -> Value:
        told = isinstance(node.value, str | int) and not isinstance(node.value, bool)
        return Value(type(node.value), frozenset((str(node.value),)) if told else None)

    def _of_name(self, node: nodes.Name, scope: dict[str, Value]) -> Value:
        if node.name not in scope and node.name not in (*GLOBALS, *_OF_JINJA):
            self.mistake(node, f"нет переменной «{node.name}»{closest(node.name, scope)}")
        return scope.get(node.name, ANYTHING)

    def _of_getattr(self, node: nodes.Getattr, scope: dict[str, Value]) -> Value:
        return self.field(self.value(node.node, scope), node.attr, node)

    def _of_getitem(self, node: nodes.Getitem, scope: dict[str, Value]) -> Value:
        owner, key = self.value(node.node, scope), node.arg
        if isinstance(key, nodes.Const) and isinstance(key.value, str):
            if get_origin(owner.kind) is Mapping:
                return Value(get_args(owner.kind)[1])
            return self.field(owner, key.value, node)
        self.value(key, scope)
        return owner if isinstance(key, nodes.Slice) else item_of(owner)

    def _of_test(self, node: nodes.Test, scope: dict[str, Value]) -> Value:
        if node.name not in self._environment.tests:
            self.mistake(node, f"нет проверки «{node.name}»{closest(node.name, self._environment.tests)}")
        if node.name not in _OF_ABSENT or not isinstance(node.node, nodes.Name):
            self._children(node, scope)
        return Value(bool)

    def _of_compare(self, node: nodes.Compare, scope: dict[str, Value]) -> Value:
        self._children(node, scope)
        return Value(bool)

    def _of_condexpr(self, node: nodes.CondExpr, scope: dict[str, Value]) -> Value:
        self.value(node.test, scope)
        return merged([self.value(item, scope) for item in (node.expr1, node.expr2) if item is not None])

    def _either(self, node: nodes.BinExpr, scope: dict[str, Value]) -> Value:
        return merged([self.value(node.left, scope), self.value(node.right, scope)])

    _of_and = _of_or = _either

    def _of_concat(self, node: nodes.Concat, scope: dict[str, Value]) -> Value:
        return joined([self.value(item, scope) for item in node.nodes])

    def _of_add(self, node: nodes.Add, scope: dict[str, Value]) -> Value:
        return joined([self.value(node.left, scope), self.value(node.right, scope)])

    def _sequence(self, node: nodes.Tuple | nodes.List, scope: dict[str, Value]) -> Value:
        items = tuple(self.value(item, scope) for item in node.items)
        return Value(tuple, merged(items).words, items)

    _of_tuple = _of_list = _sequence

    def _children(self, node: nodes.Node, scope: dict[str, Value]) -> list[Value]:
        return [self.value(child, scope) for child in _expressions(node)]

    def field(self, owner: Value, name: str, node: nodes.Node) -> Value:
        kind = owner.kind
        if isinstance(owner, Module):
            if name not in owner.names:
                self.mistake(node, f"в шаблоне «{owner.template}» нет «{name}»{closest(name, owner.names)}")
            return owner.names.get(name, ANYTHING)
        if kind is Figures:
            if name == "values":
                return _Values(kind=Figures)
            if name not in ("unit", "period"):
                self.mistake(node, f"у показателей нет «{name}»; есть: unit, period, values")
                return ANYTHING
        hints = fields_of(kind)
        if hints is None:
            return _Get(kind=get_args(kind)[1]) if get_origin(kind) is Mapping and name == "get" else ANYTHING
        if name not in hints:
            self.mistake(node, no_field(kind, name))
            return ANYTHING
        return Value(hints[name])

    def _of_call(self, node: nodes.Call, scope: dict[str, Value]) -> Value:
        owner = self.value(node.node, scope)
        given = [self.value(item, scope) for item in node.args]
        named: dict[str, Value] = {str(item.key): self.value(item.value, scope) for item in node.kwargs}
        dynamic = [self.value(item, scope) for item in (node.dyn_args, node.dyn_kwargs) if item is not None]
        if isinstance(owner, Macro):
            return self.run(owner, given, {} if dynamic else named)
        if isinstance(owner, _Get):
            return Value(owner.kind)
        if isinstance(owner, _Values):
            self._ask(node, ("indicator", "by", "part"), given, named, whole=not dynamic)
            return Value(tuple[str, ...])
        if owner.kind is Figures:
            self._ask(node, ("indicator", "part"), given, named, whole=not dynamic)
            return _FIGURE
        return ANYTHING

    def run(self, macro: Macro, given: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """Walk the body of a macro with these arguments, once for each kind of them."""
        arguments = [argument.name for argument in macro.node.args]
        known = [*enumerate(given), *sorted(named.items())]
        key = (id(macro.node), tuple((place, _told(value), value.words) for place, value in known))
        if key in self._called or len(self._called) > 5000:
            return TEXT
        self._called.add(key)
        scope = {**macro.scope, **dict.fromkeys(arguments, ANYTHING)}
        for name, default in zip(reversed(arguments), reversed(macro.node.defaults), strict=False):
            scope[name] = self.value(default, scope)
        scope |= dict(zip(arguments, given, strict=False)) | {k: v for k, v in named.items() if k in arguments}
        before, self._at = self._at, macro.template
        self.body(macro.node.body, scope)
        self._at = before
        return TEXT

    def _ask(
        self,
        node: nodes.Call,
        positions: Sequence[str],
        given: Sequence[Value],
        named: Mapping[str, Value],
        *,
        whole: bool,
    ) -> None:
        """Whether the figures asked for exist, as far as the arguments are known."""
        arguments: dict[str, Value] = {**dict(zip(positions, given, strict=False)), **named}
        stratum = {name: value for name, value in arguments.items() if name not in positions}
        parts = arguments["part"].words if "part" in arguments else frozenset(("",))
        by = arguments["by"].words if "by" in arguments else frozenset(("",))
        for indicator in sorted(arguments.get("indicator", ANYTHING).words or ()):
            known = self._names.indicators.get(indicator)
            if indicator in self._names.off:
                continue
            if known is None:
                self.mistake(node, f"нет показателя «{indicator}»{closest(indicator, self._names.indicators)}")
                continue
            for part, name in product(sorted(parts or known.parts[:1]), sorted(by or ("",)) if whole else ("",)):
                wanted = [*stratum, *([name] if name else [])] if whole and by else []
                try:
                    self._names.stratum(indicator, part, dict.fromkeys(wanted, ""))
                    for other in stratum if wanted else ():
                        for word in sorted(stratum[other].words or ()):
                            self._names.check_values(indicator, ((other, word),))
                except UnknownNameError as error:
                    self.mistake(node, str(error))

    def filter_name(self, node: nodes.Filter) -> None:
        """Whether there is such a filter."""
        if node.name not in self._environment.filters:
            known = closest(node.name, self._environment.filters)
            self.mistake(node, f"нет фильтра «{node.name}»{known}")

    def _of_filter(self, node: nodes.Filter, scope: dict[str, Value]) -> Value:
        self.filter_name(node)
        absent = node.name in _OF_ABSENT and isinstance(node.node, nodes.Name)
        value = TEXT if node.node is None else ANYTHING if absent else self.value(node.node, scope)
        given = [self.value(item, scope) for item in node.args]
        named: dict[str, Value] = {str(item.key): self.value(item.value, scope) for item in node.kwargs}
        if node.name in _OF_ATTRIBUTE:
            first = given[0] if given and node.name in ("selectattr", "rejectattr", "groupby") else None
            attribute = named.get("attribute", first)
            found = self._attribute(item_of(value), attribute, node)
            if node.name == "map" and attribute is not None:
                return Value(GenericAlias(tuple, (found.kind, ...))) if found.kind else ANYTHING
        if node.name in _PASSING:
            return value
        if node.name in ("first", "last"):
            return item_of(value)
        return ANYTHING

    def _attribute(self, owner: Value, attribute: Value | None, node: nodes.Node) -> Value:
        if attribute is None or attribute.words is None or len(attribute.words) != 1:
            return ANYTHING
        for step in next(iter(attribute.words)).split("."):
            owner = self.field(owner, step, node) if not step.isdigit() else item_of(owner)
        return owner


def _told(value: Value) -> str:
    return value.__class__.__name__ if isinstance(value, Macro | Module) else repr(value.kind)


def _expressions(node: nodes.Node) -> Iterator[nodes.Node]:
    """The expressions directly inside a node, those inside its helpers too."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Expr):
            yield child
        else:
            yield from _expressions(child)
