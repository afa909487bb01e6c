"""Templates checked without rendering: every branch, whether or not any data would lead there.

The template's syntax tree is walked with what is known of each value: its type in the report model and, where it comes
from constants, the strings it can be. Unknown variables, fields, filters, macros, templates, figures, parts and
strata are mistakes; of what cannot be known (an argument of a macro that nobody calls) nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_type_hints

from jinja2 import TemplateSyntaxError, nodes

from quality_cli.core.ids import closest
from quality_cli.core.names import Names
from quality_cli.documents.templates.expressions import TEXT, Expressions, Macro, Module
from quality_cli.documents.templates.jinja import Environment, TemplateFault, fault_of, syntax_message
from quality_cli.documents.templates.known import ANYTHING, Value, item_of, merged, parts_of
from quality_cli.documents.templates.model import Report
from quality_cli.documents.templates.worker import COUNTERS

_MOST_WALKS = 2000
"""Templates that include each other twice, twenty times over, would be a million."""
_MOST_MISTAKES = 10_000


@dataclass
class Linted:
    """What a check found: mistakes in the order of templates and lines, templates read."""

    mistakes: list[TemplateFault]
    templates: set[str]


def lint(template: str, model: type, templates: Mapping[str, str], names: Names) -> Linted:
    """Check a template, and all that it includes and imports, against the model it is rendered with."""
    walk = _Walk(templates, names)
    scope = {name: Value(hint) for name, hint in get_type_hints(model).items()}
    scope |= dict.fromkeys(COUNTERS if model is Report else (), ANYTHING)
    walk.template(template, scope, None)
    walk.uncalled()
    found = {(fault.template, fault.line, fault.message): fault for fault in walk.mistakes}
    return Linted([found[key] for key in sorted(found)], walk.seen)


@cache  # several templates import the same one
def _compiled_with(name: str, text: str) -> TemplateFault | None:
    """The mistake that making Python of a template ends in."""
    try:
        Environment({name: text}).compile(text, name, name)
    except (TemplateSyntaxError, SyntaxError) as error:
        return fault_of(error, name)
    return None


class _Walk(Expressions):
    _walked = 0

    def __init__(self, templates: Mapping[str, str], names: Names) -> None:
        super().__init__(templates, names)
        self._compiled: set[str] = set()

    def template(self, name: str, scope: dict[str, Value], user: nodes.Node | None) -> bool:
        """Walk a template, unless it is being walked; whether it could be read. ``user`` is the node that names it."""
        if name not in self._templates:
            fault = f"нет шаблона «{name}»{closest(name, self._templates)}"
            self.mistakes.append(TemplateFault(self._at or name, user.lineno if user else 1, fault))
            return False
        if name in self._open:
            return False
        try:
            tree = self._environment.parse(self._templates[name], name, name)
        except TemplateSyntaxError as error:
            self.mistakes.append(TemplateFault(name, error.lineno, syntax_message(error.message or "")))
            return False
        except (RecursionError, ValueError):  # nesting, a number of thousands of digits
            self.mistakes.append(TemplateFault(name, 1, "слишком глубокая вложенность или слишком длинное число"))
            return False
        if len(self.mistakes) > _MOST_MISTAKES or self._walked > _MOST_WALKS:
            return False
        self._walked += 1
        self.seen.add(name)
        before, self._at = self._at, name
        self._open.append(name)
        self.body(tree.body, scope)
        self._open.pop()
        self._at = before
        self._compile(name)
        return True

    def _compile(self, name: str) -> None:
        """What Jinja finds only when it makes Python of a template, told where nothing has been found before."""
        if name in self._compiled or any(fault.template == name for fault in self.mistakes):
            return
        self._compiled.add(name)
        fault = _compiled_with(name, self._templates[name])
        if fault is not None:
            self.mistakes.append(fault)

    def uncalled(self) -> None:
        """Macros that nobody called, with arguments of which nothing is known."""
        called = {number for number, _ in self._called}
        for macro in list(self._macros):
            if id(macro.node) not in called:
                self.run(macro, [], {})

    def body(self, body: Sequence[nodes.Node], scope: dict[str, Value]) -> None:
        """Walk statements."""
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: dict[str, Value]) -> None:
        try:
            getattr(self, f"_do_{type(node).__name__.lower()}", self._do_other)(node, scope)
        except RecursionError:
            self.mistake(node, "слишком глубокая вложенность")

    def _do_other(self, node: nodes.Node, scope: dict[str, Value]) -> None:
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self.value(child, scope)
            else:
                self._statement(child, scope)

    def _do_assign(self, node: nodes.Assign, scope: dict[str, Value]) -> None:
        self._bind(node.target, self.value(node.node, scope), scope)

    def _do_assignblock(self, node: nodes.AssignBlock, scope: dict[str, Value]) -> None:
        self.body(node.body, dict(scope))
        self._bind(node.target, TEXT, scope)

    def _do_if(self, node: nodes.If, scope: dict[str, Value]) -> None:
        self.value(node.test, scope)
        branches = []
        for body in (node.body, node.elif_, node.else_):
            branches.append(dict(scope))
            self.body(body, branches[-1])
        for name in dict.fromkeys(name for branch in branches for name in branch):
            scope[name] = merged([branch[name] for branch in branches if name in branch])

    def _do_for(self, node: nodes.For, scope: dict[str, Value]) -> None:
        inner = {**scope, "loop": ANYTHING}
        self._bind(node.target, item_of(self.value(node.iter, scope)), inner)
        if node.test is not None:
            self.value(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, dict(scope))

    def _do_macro(self, node: nodes.Macro, scope: dict[str, Value]) -> None:
        scope[node.name] = macro = Macro(node=node, template=self._at, scope=scope)
        self._macros.append(macro)

    def _do_callblock(self, node: nodes.CallBlock, scope: dict[str, Value]) -> None:
        self.value(node.call, scope)
        self.body(node.body, {**scope, **{arg.name: ANYTHING for arg in node.args}})

    def _do_with(self, node: nodes.With, scope: dict[str, Value]) -> None:
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self.value(value, scope), inner)
        self.body(node.body, inner)

    def _do_import(self, node: nodes.Import, scope: dict[str, Value]) -> None:
        scope[node.target] = self._module(node, scope)

    def _do_fromimport(self, node: nodes.FromImport, scope: dict[str, Value]) -> None:
        module = self._module(node, scope)
        for item in node.names:
            name, alias = item if isinstance(item, tuple) else (item, item)
            scope[alias] = self.field(module, name, node)

    def _do_include(self, node: nodes.Include, scope: dict[str, Value]) -> None:
        for name in self.value(node.template, scope).words or ():
            if name in self._templates or not node.ignore_missing:
                self.template(name, dict(scope), node)

    def _do_extends(self, node: nodes.Extends, scope: dict[str, Value]) -> None:
        for name in self.value(node.template, scope).words or ():
            self.template(name, scope, node)

    def _do_filterblock(self, node: nodes.FilterBlock, scope: dict[str, Value]) -> None:
        self.filter_name(node.filter)
        self.body(node.body, dict(scope))

    def _do_block(self, node: nodes.Block, scope: dict[str, Value]) -> None:
        self.body(node.body, dict(scope))

    def _bind(self, target: nodes.Node, value: Value, scope: dict[str, Value]) -> None:
        match target:
            case nodes.Name():
                scope[target.name] = value
            case nodes.Tuple():
                parts = parts_of(value, len(target.items))
                for item, part in zip(target.items, parts, strict=True):
                    self._bind(item, part, scope)

    def _module(self, node: nodes.Import | nodes.FromImport, scope: dict[str, Value]) -> Value:
        for name in self.value(node.template, scope).words or ():
            own: dict[str, Value] = dict(scope) if node.with_context else {}
            if self.template(name, own, node):
                return Module(template=name, names=own)
        return ANYTHING
