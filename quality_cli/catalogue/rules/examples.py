"""Worked examples of rules: whether each comes out as it says, and what no example tries."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quality_cli.catalogue.rules.facts import NAMES_FIELD, canonical, given
from quality_cli.catalogue.rules.load import Rules
from quality_cli.catalogue.rules.model import Rule
from quality_cli.catalogue.rules.words import clause_words
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.truth import Fact, Truth, all_true, any_true, truth
from quality_cli.core.where import TRUE, Condition, clauses_of

_MEANT: Mapping[str, Truth] = {"fires": True, "silent": False, "unknown": None}
_WORDS = {True: "правило срабатывает", False: "правило не срабатывает", None: "правило не оценить"}


def failed_examples(rules: Rules, chosen: Iterable[Rule]) -> Iterator[Finding]:
    """Errors: examples of the chosen rules that come out otherwise than they say."""
    for rule in chosen:
        document, path = rules.written[rule.id]
        for outcome, items in rule.examples:
            for index, facts in enumerate(items):
                if (told := _outcome(rule, facts)) != _MEANT[outcome]:
                    message = f"пример правила {rule.id} не сходится: {_WORDS[told]}, а ожидалось «{outcome}»"
                    where = (*path, "examples", outcome, index)
                    yield document.mistake(message, where, "catalogue.example")


def idle_rules(rules: Rules) -> Iterator[Finding]:
    """Errors: rules that none of their examples sees fire."""
    for rule in rules.rules:
        if not any(_outcome(rule, facts) for facts in rule.examples.fires):
            document, path = rules.written[rule.id]
            message = f"правило {rule.id} не срабатывает ни в одном своём примере: добавьте в examples пример fires"
            yield document.mistake(message, (*path, "examples"))


def untried_clauses(rules: Rules) -> Iterator[Finding]:
    """Warnings: clauses that no example of their rule sees both true and false."""
    for rule in rules.rules:
        document, path = rules.written[rule.id]
        for key, condition in (("when", rule.when), (NAMES_FIELD, rule.organisations or TRUE)):
            tried = list(_facts(rule, key))
            for clause in clauses_of(condition):
                if not {True, False} <= {truth(clause, facts) for facts in tried}:
                    told = f"правило {rule.id}: ни один пример не видит условие и выполненным, и невыполненным"
                    message = f"{told}: {clause_words(clause)}"
                    yield Finding("catalogue.clause", Severity.WARNING, message, (document.place((*path, key)),))


def _outcome(rule: Rule, example: Mapping[str, Any]) -> Truth:
    when = truth(rule.when, _known(example))
    if rule.organisations is None:
        return when
    condition: Condition = rule.organisations
    members = example.get(NAMES_FIELD)
    some = any_true(truth(condition, _known(member)) for member in members) if members else None
    return all_true((when, some))


def _facts(rule: Rule, key: str) -> Iterator["_Known"]:
    """What the examples tell of the things that a condition is asked of."""
    for _, items in rule.examples:
        for example in items:
            yield from map(_known, [example] if key == "when" else example.get(NAMES_FIELD, ()))


class _Known:
    """The facts of an example; what it does not tell is unknown."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = facts

    def __call__(self, column: str) -> Fact:
        return self._facts.get(canonical(column))


def _known(example: Mapping[str, Any]) -> _Known:
    return _Known(given({name: value for name, value in example.items() if name != NAMES_FIELD}, ())[0])
