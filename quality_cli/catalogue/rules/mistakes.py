"""What a rule and its sentences name must exist; rules of one condition must not contradict each other."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from string import Formatter

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Group
from quality_cli.catalogue.rules.facts import (
    FIELDS,
    NAMES_FIELD,
    OF_CHILDREN,
    STRATA_FIELD,
    given,
    is_yes_no,
    mistakes_of_condition,
    other_figures,
    split,
)
from quality_cli.catalogue.rules.model import FigureName, Rule, Sentences
from quality_cli.core.ids import choice, indicator_order
from quality_cli.core.names import Names, UnknownNameError
from quality_cli.core.organisations import Level
from quality_cli.core.where import Condition, columns_in_order
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.conditions import Mistake


class Actions:
    """What the concept says is done: actions, documents and cells of the cycle that groups quote."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._directions = {item.id: group.direction for group in catalogue.groups for item in group.indicators}
        self._groups = {item.id: group.group for group in catalogue.groups for item in group.indicators}
        self._quoted: dict[str, list[tuple[str, str, str]]] = {}
        for group in catalogue.groups:
            texts = ((group.group, text, _plain(text)) for text in _texts(group))
            self._quoted.setdefault(group.direction, []).extend(texts)

    def direction(self, indicator: str) -> str:
        """The direction of an indicator; «» for an unknown one."""
        return self._directions.get(indicator, "")

    def mistake(self, rule: Rule) -> str:
        """Why the concept has no such action; «» where it has, or where the direction quotes none."""
        known = self._quoted[self.direction(rule.indicator)]
        wanted = _plain(rule.action)
        if not known or any(wanted in plain for _, _, plain in known):
            return ""
        near = max(known, key=lambda quoted: SequenceMatcher(None, wanted, quoted[2]).ratio())
        return (
            "таких слов нет среди действий, документов и цикла направления: пишите их слово в слово, хотя бы часть; "
            f"возможно, «{near[1]}»?"
        )

    def words(self, rule: Rule) -> str:
        """The action as recommendations print it: with the group of the concept that has it, the rule's own first."""
        own, wanted = self._groups[rule.indicator], _plain(rule.action)
        having = {group for group, _, plain in self._quoted[self.direction(rule.indicator)] if wanted in plain}
        group = own if own in having else min(having, key=indicator_order, default=own)
        return f"{group}: «{' '.join(rule.action.split())}»"


def _texts(group: Group) -> Iterator[str]:
    for by_level in (group.actions, group.documents):
        yield from (*by_level.municipality, *by_level.organisation)
    for indicator in group.indicators:
        for _, texts in indicator.cycle or ():
            yield from texts


def _plain(text: str) -> str:
    return " ".join(text.replace("—", "–").split()).casefold().strip(" .;")


def mistakes_of_rule(rule: Rule, catalogue: Catalogue, names: Names, actions: Actions) -> Iterator[Mistake]:
    """Every mistake of a rule, each with the path inside it."""
    if told := _no_figure(rule.figure, names):
        yield told, ("part",) if rule.indicator in names.indicators else ("indicator",)
        return
    try:
        names.stratum(rule.indicator, rule.part, dict.fromkeys(rule.by, ""))
    except UnknownNameError as error:
        yield str(error), ("by",)
    for key, at in (("when", rule.at), ("organisations", Level.ORGANISATION)):
        condition = getattr(rule, key)
        if condition is None:
            continue
        unknown = {other: _no_figure(other, names) for other in other_figures(columns_in_order(condition))}
        if any(unknown.values()):
            yield from ((told, (key, str(other))) for other, told in unknown.items() if told)
            continue

        def yes_no(other: FigureName | None, at: Level = at) -> bool:
            return is_yes_no(_figure(other or rule.figure, catalogue), at, catalogue.specs.contracts)

        yield from mistakes_of_condition(condition, yes_no, (key,))
        yield from _not_followed(rule, condition, catalogue, key)
    if told := _no_figure(FigureName.parse(rule.effect), names):
        yield told, ("effect",)
    if told := actions.mistake(rule):
        yield told, ("action",)
    for outcome, items in rule.examples:
        for index, facts in enumerate(items):
            yield from _example(rule, facts, ("examples", outcome, index))


def _example(rule: Rule, facts: Mapping[str, object], path: KeyPath) -> Iterator[Mistake]:
    own = {name: value for name, value in facts.items() if name != NAMES_FIELD}
    yield from given(own, path)[1]
    if NAMES_FIELD not in facts:
        return
    members = facts[NAMES_FIELD]
    if rule.organisations is None or not isinstance(members, list):
        told = "organisations в примере — список фактов организаций, и только у правила с organisations"
        yield told, (*path, NAMES_FIELD)
        return
    for index, member in enumerate(members):
        inner = (*path, NAMES_FIELD, index)
        if isinstance(member, dict):
            yield from given(member, inner)[1]
        else:
            yield "у каждой организации — вложенные ключи: {value: нет}", inner


def _not_followed(rule: Rule, condition: Condition, catalogue: Catalogue, key: str) -> Iterator[Mistake]:
    """Facts of the same children asked of a figure that is not judged so."""
    for column in columns_in_order(condition):
        other, fact = split(column)
        name = other or rule.figure
        if fact not in OF_CHILDREN or name.indicator not in catalogue.indicators:
            continue
        parts = catalogue.indicators[name.indicator].same_children
        if parts is None or name.part != parts.improved:
            why = (
                f"судят у «{name.indicator} {parts.improved}»"
                if parts
                else "показатель не о тех же детях (same_children)"
            )
            yield f"«{fact}» у «{name}» не бывает: {why}", (key, *((str(other),) if other else ()), fact)


def _no_figure(name: FigureName, names: Names) -> str:
    """Why there is no such figure; «» where there is."""
    if name.indicator in names.off:
        return ""
    try:
        names.check_part(name.indicator, name.part)
    except UnknownNameError as error:
        return str(error)
    return ""


def _figure(name: FigureName, catalogue: Catalogue) -> Figure:
    return next(figure for figure in catalogue.figures_of[name.indicator] if figure.part == name.part)


def mistakes_of_sentences(rule: Rule, sentences: Sentences, names: Names) -> Iterator[Mistake]:
    """Fields of the sentences of a rule that cannot be filled in, each with the key of the sentence."""
    of_many = {NAMES_FIELD: rule.organisations is not None, STRATA_FIELD: bool(rule.by)}
    allowed = [*FIELDS, *(name for name, has in of_many.items() if has)]
    asked = set(chain.from_iterable(map(columns_in_order, rule.conditions)))
    for key, text in sentences:
        try:
            fields = list(fields_in(text))
        except ValueError:
            yield "фигурные скобки не закрыты; сама скобка пишется дважды: {{ }}", (key,)
            continue
        for field in fields:
            other, fact = split(field)
            own = f"{other}." if other else ""
            if other is not None and (told := _no_figure(other, names)):
                yield f"{{{field}}}: {told}", (key,)
            elif other is not None and fact not in FIELDS:
                yield f"{{{field}}} нечем заменить{choice(fact, FIELDS)}", (key,)
            elif other is None and field not in allowed:
                yield f"{{{field}}} правила {rule.id} нечем заменить{choice(field, allowed)}", (key,)
            elif FIELDS.get(fact) and not asked & {f"{own}{name}" for name in FIELDS[fact]}:
                facts = ", ".join(FIELDS[fact])
                told = f"правило {rule.id} об этом не спрашивает (в его условии нет ни одного из: {facts})"
                yield f"{{{field}}} может оказаться пустым: {told}", (key,)


def fields_in(text: str) -> Iterator[str]:
    """The ``{fields}`` of a sentence; raises ``ValueError`` where braces are not closed."""
    for _, field, layout, conversion in Formatter().parse(text):
        if field is not None:
            yield field + (f"!{conversion}" if conversion else "") + (f":{layout}" if layout else "")


def contradictions(rules: Sequence[Rule], texts: Mapping[str, Sentences]) -> Iterator[tuple[str, str]]:
    """Pairs that hold together and tell one addressee different things, or the same twice: what is wrong and the id of
    the later one."""
    known: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        key = (rule.figure, tuple(rule.by), rule.at, rule.when, rule.organisations, rule.addressee)
        before = known.setdefault(key, rule)
        if before is rule or not _meet(before, rule):
            continue
        same = texts.get(before.text_key) == texts.get(rule.text_key)
        told = "говорят одно и то же" if same else "говорят разное"
        yield (
            f"правила «{before.id}» и «{rule.id}» срабатывают при одном условии и {told} одному адресату "
            f"({rule.addressee}); оставьте одно или назовите годы (since, until)",
            rule.id,
        )


def _meet(one: Rule, other: Rule) -> bool:
    """Whether there is a school year in which both are in force."""
    since = max((rule.since for rule in (one, other) if rule.since), default=None)
    until = min((rule.until for rule in (one, other) if rule.until), default=None)
    return since is None or until is None or since <= until
