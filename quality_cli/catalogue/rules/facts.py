"""The facts that rules ask about and the fields that their sentences are filled with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from quality_cli.catalogue.figures import Figure, counts_organisations
from quality_cli.catalogue.model import Status
from quality_cli.catalogue.rules.model import FigureName
from quality_cli.core.conditions import is_figure_name
from quality_cli.core.ids import as_written, choice, closest
from quality_cli.core.organisations import Level
from quality_cli.core.truth import Fact, Range
from quality_cli.core.where import ColumnRef, Compare, Condition, Known, OneOf, clauses_of, columns_in_order
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.datasets.contracts.contract import Contract

Kind: TypeAlias = Literal["число", "да/нет", "слово", "несколько слов"]


@dataclass(frozen=True, slots=True)
class FactKind:
    """What a fact may be; ``words`` are all there are, where they are few. ``judged``: it is a column of
    ``assessment.*``, else of ``results.*``."""

    kind: Kind
    words: tuple[str, ...] = ()
    judged: bool = False


_NUMBER, _JUDGED = FactKind("число"), FactKind("число", judged=True)

SIGNAL = "signal"
"""The fact of all signals of a figure; to equal a word is to have that signal."""

OF_CHILDREN = ("improved", "unchanged", "worsened", "gain", "same_children")
"""Facts of a figure about the same children at two times."""

FACTS: Mapping[str, FactKind] = {
    **dict.fromkeys(("value", "numerator", "denominator", "excluded", "unknown"), _NUMBER),
    **dict.fromkeys(("possible_low", "possible_high", "ci_low", "ci_high"), _NUMBER),
    **dict.fromkeys(("matched", "expected", "received"), _NUMBER),
    "small": FactKind("да/нет"),
    "status": FactKind("слово", get_args(Status)),
    "unit": FactKind("слово"),
    "target": FactKind("слово", judged=True),
    "state": FactKind("слово", ("reached", "missed", "insufficient"), judged=True),
    "unstable": FactKind("да/нет", judged=True),
    "earlier_value": _JUDGED,
    "change": _JUDGED,
    "moved": FactKind("слово", ("grew", "fell", "same", "unclear", "incomparable"), judged=True),
    "progress": FactKind("слово", ("improved", "worsened"), judged=True),
    "rest_value": _JUDGED,
    "difference": _JUDGED,
    "stands": FactKind("слово", ("above", "below", "unclear"), judged=True),
    "trend": FactKind("слово", ("up", "down", "unclear"), judged=True),
    **dict.fromkeys(("pooled_value", "pooled_low", "pooled_high"), _JUDGED),
    **dict.fromkeys(OF_CHILDREN, _JUDGED),
    "same_children": FactKind("слово", ("more_improved", "more_worsened", "unclear"), judged=True),
    SIGNAL: FactKind("несколько слов", judged=True),
}
"""By name: every fact of a figure of a unit. Those of another figure are named ``1.1.2-s1 share.value``."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("value", "numerator", "denominator", "expected", "received", "title", "unit"), ()),
    **dict.fromkeys(("organisation", "period"), ()),
    **dict.fromkeys(("earlier", "earlier_period", "change"), ("moved", "progress", "change", "earlier_value")),
    "target": ("state", "target"),
    **dict.fromkeys(("rest", "difference"), ("stands", "difference", "rest_value")),
    **dict.fromkeys(("improved", "unchanged", "worsened"), ("same_children", "improved", "worsened", "gain")),
    "signals": (SIGNAL,),
}
"""By name: every field of sentences, with the facts of which the condition must ask one for it not to be empty."""

NAMES_FIELD, STRATA_FIELD = "organisations", "strata"
"""Fields of rules that name the organisations and the strata where they hold."""

_ORDER = ("lt", "le", "gt", "ge")


def split(column: str) -> tuple[FigureName | None, str]:
    """The other figure that a column of a condition is asked of (None: the rule's own) and the fact."""
    figure, _, fact = column.rpartition(".")
    return (FigureName.parse(figure), fact) if is_figure_name(column) else (None, column)


def canonical(column: str) -> str:
    """The same name with one space before a part."""
    figure, fact = split(column)
    return fact if figure is None else f"{figure}.{fact}"


def other_figures(columns: Iterable[str]) -> list[FigureName]:
    """Other figures that columns of conditions or fields of sentences belong to, each once."""
    return list(dict.fromkeys(figure for figure, _ in map(split, columns) if figure is not None))


def is_yes_no(figure: Figure, at: Level, contracts: Mapping[str, Contract]) -> bool:
    """Whether the value of a unit ``at`` a level is да or нет: a share or a number of organisations is of the only
    one."""
    if figure.measure == "flag":
        return at is Level.ORGANISATION or not (figure.level is Level.ORGANISATION and figure.rollup == "share")
    of_one = figure.measure == "share" or (figure.measure == "count" and figure.numerator.kind == "distinct")
    whether = figure.condition is not None or (of_one and not figure.change)
    return at is Level.ORGANISATION and whether and counts_organisations(figure, contracts)


def mistakes_of_condition(
    condition: Condition, yes_no: Callable[[FigureName | None], bool], path: KeyPath
) -> Iterator[Mistake]:
    """Facts and values that there are not; ``yes_no``: whether the value of a figure (None: the rule's own) is да or
    нет."""
    for node in clauses_of(condition):
        if not isinstance(node, Compare | OneOf | Known):
            yield "«also_in» в правиле не бывает: факты другого показателя пишут так: {1.1.2-s1: {moved: fell}}", path
            continue
        for name in columns_in_order(node):
            other, fact = split(name)
            place = (*path, *((str(other),) if other else ()), fact)
            if fact not in FACTS:
                yield _no_fact(fact), place
        own, fact = split(columns_in_order(node)[0])
        if fact not in FACTS:
            continue
        kind = FactKind("да/нет") if fact == "value" and yes_no(own) else FACTS[fact]
        place = (*path, *((str(own),) if own else ()), fact)
        match node:
            case Compare(_, op, ColumnRef()):
                if kind.kind != "число":
                    yield f"«{fact}» — {kind.kind}: с другим фактом сравнивают только числа", place
            case Compare(_, op, value):
                if op in _ORDER and kind.kind != "число":
                    yield f"«{fact}» — {kind.kind}: больше и меньше у него не бывает", (*place, op)
                elif told := value_problem(fact, kind, value):
                    yield told, place
            case OneOf(_, values):
                yield from ((told, place) for value in values if (told := value_problem(fact, kind, value)))


def _no_fact(name: str) -> str:
    listed = ", ".join(FACTS)
    return f"нет факта «{name}»{closest(name, FACTS) or f'; бывает: {listed}'}"


def value_problem(fact: str, kind: FactKind, value: object, *, flags_as_numbers: bool = False) -> str:
    """Why a fact can never have a value; «» where it can."""
    shown = as_written(value)
    match kind.kind:
        case "число" if isinstance(value, bool) and fact == "value":
            return "" if flags_as_numbers else f"значение здесь — число, а дано {shown}"
        case "число" if isinstance(value, bool | str):
            return f"«{fact}» — число, а дано {shown}"
        case "да/нет" if not isinstance(value, bool):
            return f"«{fact}» здесь — да или нет, а дано {shown}"
        case "слово" | "несколько слов" if not isinstance(value, str):
            return f"«{fact}» — слово, а дано {shown}"
        case "слово" if kind.words and value not in kind.words:
            return f"«{fact}» не бывает {shown}{choice(value, kind.words)}"
    return ""


def given(facts: Mapping[str, Any], path: KeyPath) -> tuple[dict[str, Fact], list[Mistake]]:
    """The facts of a worked example by the names that conditions use, and what is wrong with them.

    A list of two numbers is a range; a fact that is not given is unknown.
    """
    found: dict[str, Fact] = {}
    mistakes: list[Mistake] = []
    for key, value in facts.items():
        if is_figure_name(key) and isinstance(value, Mapping):
            inner, wrong = given(value, (*path, key))
            found |= {f"{FigureName.parse(key)}.{name}": fact for name, fact in inner.items()}
            mistakes += wrong
        elif key not in FACTS:
            mistakes.append((_no_fact(key), (*path, key)))
        else:
            found[key], told = _given(key, value)
            mistakes += [(told, (*path, key))] if told else []
    return found, mistakes


def _given(name: str, value: Any) -> tuple[Fact, str]:
    kind = FACTS[name]
    if value is None:
        return None, ""
    if kind.kind == "несколько слов":
        words = value if isinstance(value, list) else [value]
        return tuple(map(str, words)), ""
    if isinstance(value, list):
        if kind.kind == "число" and len(value) == 2 and all(isinstance(end, int | float) for end in value):
            return Range(*value), ""
        return None, "промежуток пишут двумя числами: [40, 60]"
    if not isinstance(value, bool | int | float | str):
        return None, f"факт — число, слово или да/нет, а дано {as_written(value)}"
    return value, value_problem(name, kind, value, flags_as_numbers=True)
