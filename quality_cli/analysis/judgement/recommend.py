"""Rules over the facts of units: what is recommended, and what could not be judged.

A flat list: every rule is asked of every unit it is about, for itself. What is unknown never fires and is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from quality_cli.analysis.completeness import NOT_HANDED_IN
from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.judgement.recommendation import BETWEEN, FIRED, UNKNOWN, Recommendation, Recommendations
from quality_cli.analysis.judgement.sentences import (
    deadline_words,
    filled,
    named_with_value,
    stratum_name,
    title_of,
    value_words,
)
from quality_cli.analysis.judgement.unit_facts import FigureFacts, UnitFacts
from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.rules.facts import FACTS, NAMES_FIELD, OF_CHILDREN, STRATA_FIELD, split
from quality_cli.catalogue.rules.load import Rules, figures_of
from quality_cli.catalogue.rules.model import FigureName, Rule
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.core.russian import enumerate_ru, num
from quality_cli.core.truth import Fact, Range, Truth, all_true, any_true, truth
from quality_cli.core.where import Condition, clauses_of, columns_in_order


@dataclass(frozen=True, slots=True)
class Asked:
    """One of several that a rule asks about: an organisation of its municipality or a stratum of its figure."""

    name: str
    unit: Unit
    facts: FigureFacts
    holds: Truth


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule asked of a unit. ``when``: the answer of the condition in the unit; ``asked``: the organisations or strata
    that the rule asks about, each with its answer."""

    rule: Rule
    unit: Unit
    period: str
    holds: Truth
    facts: FigureFacts
    when: Truth = True
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """A clause of a condition: of whom it was asked (empty: of the unit itself), the facts that it asks about, by name,
    and the answer."""

    whose: str
    clause: Condition
    facts: tuple[tuple[str, Fact], ...]
    holds: Truth


class Recommender:
    """Asks rules of units; the facts are fetched once."""

    def __init__(
        self, rules: Rules, catalogue: Catalogue, results: Results, assessments: Assessments, organisations: OrgTree
    ) -> None:
        self._rules = rules
        self._catalogue = catalogue
        self._organisations = organisations
        self._asked = {rule.id: figures_of(rule) for rule in rules.rules}
        wanted = {
            (name, tuple(rule.by) if name == rule.figure else ())
            for rule in rules.rules
            for name in figures_of(rule, rules.sentences(rule))
        }
        self._facts = UnitFacts(wanted, catalogue, results, assessments)
        self._members: dict[str, list[Unit]] = {}
        for unit in organisations.at(Level.ORGANISATION):
            above = organisations.ancestor(unit.id, Level.MUNICIPALITY)
            self._members.setdefault(above.id if above else "", []).append(unit)

    def outcome(self, rule: Rule, unit: Unit, period: str) -> Outcome | None:
        """The answer of a rule; None where it is not about the unit in the school year."""
        if unit.level is not rule.at or not rule.holds_in(Period.parse(period)):
            return None
        facts = self._facts.of(period, unit.id, rule.figure)
        if facts is None or not facts.applies:
            return None
        if rule.by:
            return self._by_strata(rule, unit, period, facts)
        when = self._holds(rule.when, facts, unit, period)
        if rule.organisations is None:
            return Outcome(rule, unit, period, when, facts, when)
        members = []
        for member in self._members.get(unit.id, ()):
            own = self._facts.of(period, member.id, rule.figure)
            if own is not None and own.applies:
                holds = self._holds(rule.organisations, own, member, period)
                members.append(Asked(member.name, member, own, holds))
        some = any_true(member.holds for member in members)
        return Outcome(rule, unit, period, all_true((when, some)), facts, when, tuple(members))

    def _by_strata(self, rule: Rule, unit: Unit, period: str, facts: FigureFacts) -> Outcome:
        """Only strata that have a value and, where judgements are asked for, are judged: a subject that nobody took
        is no unknown one."""
        judged = any(FACTS[name].judged for other, name in map(split, columns_in_order(rule.when)) if other is None)
        strata = [
            own
            for own in self._facts.strata(period, unit.id, rule.figure, rule.by)
            if own.told("value") is not None and (own.judged_at is not None or not judged)
        ]
        asked = tuple(
            Asked(stratum_name(own, self._catalogue), unit, own, self._holds(rule.when, own, unit, period))
            for own in strata
        )
        when = any_true(own.holds for own in asked) if asked else None
        return Outcome(rule, unit, period, when, facts, when, asked)

    def _fact(self, column: str, facts: FigureFacts, unit: Unit, period: str) -> Fact:
        other, name = split(column)
        own = facts if other is None else self._facts.of(period, unit.id, other)
        return None if own is None or not own.applies else own(name)

    def _holds(self, condition: Condition, facts: FigureFacts, unit: Unit, period: str) -> Truth:
        return truth(condition, lambda column: self._fact(column, facts, unit, period))

    def clauses(self, outcome: Outcome) -> Iterator[ClauseAnswer]:
        """The clauses of the rule's conditions, of everybody they were asked of."""
        rule = outcome.rule
        if not rule.by:
            yield from self._clauses(rule.when, Asked("", outcome.unit, outcome.facts, outcome.when), outcome.period)
        for asked in outcome.asked:
            yield from self._clauses(rule.organisations or rule.when, asked, outcome.period)

    def _clauses(self, condition: Condition, asked: Asked, period: str) -> Iterator[ClauseAnswer]:
        for clause in clauses_of(condition):
            names = columns_in_order(clause)
            told = tuple((name, self._fact(name, asked.facts, asked.unit, period)) for name in names)
            yield ClauseAnswer(asked.name, clause, told, self._holds(clause, asked.facts, asked.unit, period))

    def recommendations(self, outcomes: Iterable[Outcome]) -> list[Recommendation]:
        """The rows of outcomes of one unit in one school year, in the order of the rules: one for each that holds, and
        for those of a direction that nobody can judge one for each reason."""
        found: dict[tuple[str, ...], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.holds is not False:
                direction = self._rules.directions[outcome.rule.id]
                alone = (outcome.rule.id,) if outcome.holds else ()
                found.setdefault(alone or (direction, self._why(outcome)[1]), []).append(outcome)
        return [self._fired(own[0]) if own[0].holds else self._unknown(own) for own in found.values()]

    def _fired(self, outcome: Outcome) -> Recommendation:
        rule, unit = outcome.rule, outcome.unit
        sentences = self._rules.sentences(rule)
        return Recommendation(
            period=outcome.period,
            direction=self._rules.directions[rule.id],
            org_id=unit.id,
            org_name=unit.name,
            rule=rule.id,
            outcome=FIRED,
            addressee=rule.addressee,
            finding=self._said(sentences.finding, outcome) + self._unjudged(outcome) + self._of_rest(outcome),
            measure=self._said(sentences.measure, outcome),
            deadline=deadline_words(rule.deadline, Period.parse(outcome.period)),
            expected=self._said(sentences.expected, outcome),
            effect=rule.effect,
            action=self._rules.actions[rule.id],
            indicators=BETWEEN.join(self._figures(outcome)),
        )

    def _unknown(self, outcomes: Sequence[Outcome]) -> Recommendation:
        """What cannot be judged for one reason: it has no measure nor what belongs to one."""
        first = outcomes[0]
        titles = dict.fromkeys(self._why(outcome)[0] for outcome in outcomes)
        return Recommendation(
            period=first.period,
            direction=self._rules.directions[first.rule.id],
            org_id=first.unit.id,
            org_name=first.unit.name,
            rule=BETWEEN.join(outcome.rule.id for outcome in outcomes),
            outcome=UNKNOWN,
            addressee=BETWEEN.join(dict.fromkeys(outcome.rule.addressee for outcome in outcomes)),
            finding=f"Не оценено: {BETWEEN.join(titles)} — {self._why(first)[1]}.",
            measure="",
            deadline="",
            expected="",
            effect="",
            action="",
            indicators=BETWEEN.join(dict.fromkeys(name for outcome in outcomes for name in self._figures(outcome))),
        )

    def _source(self, outcome: Outcome, name: FigureName | None) -> FigureFacts | None:
        return outcome.facts if name is None else self._facts.of(outcome.period, outcome.unit.id, name)

    def _said(self, text: str, outcome: Outcome) -> str:
        words = {"organisation": outcome.unit.name, "period": outcome.period}
        if outcome.rule.by:
            words[STRATA_FIELD] = "; ".join(named_with_value(own.name, own.facts) for own in outcome.asked if own.holds)
        if outcome.rule.organisations is not None:
            named = [named_with_value(own.name, own.facts) for own in outcome.asked if own.holds]
            words[NAMES_FIELD] = enumerate_ru(named)
        return filled(text, lambda name: self._source(outcome, name), words, self._catalogue)

    def _unjudged(self, outcome: Outcome) -> str:
        """Those that the list would be longer by if they had the data."""
        names = [] if outcome.rule.by else [own.name for own in outcome.asked if own.holds is None]
        return f" Не оценено из-за неполных данных: {enumerate_ru(names)}." if names else ""

    def _of_rest(self, outcome: Outcome) -> str:
        """That the others, with whom somebody is compared, are those who have reported."""
        if not set(_OF_REST) & set(columns_in_order(outcome.rule.when)):
            return ""
        facts = [own.facts for own in outcome.asked if own.holds] if outcome.rule.by else [outcome.facts]
        return " Из остальных отчитались не все." if any(own.judged("stands_reason") for own in facts) else ""

    def _figures(self, outcome: Outcome) -> Iterator[str]:
        for name in self._asked[outcome.rule.id]:
            own = self._source(outcome, None if name == outcome.rule.figure else name)
            if own is not None and own.applies:
                yield f"{name}: {value_words(own)}"

    def _why(self, outcome: Outcome) -> tuple[str, str]:
        """Of what a rule could not be judged, and why."""
        title = title_of(outcome.facts, self._catalogue)
        if outcome.when is not None:  # then it is the organisations
            names = [own.name for own in outcome.asked if own.holds is None]
            whole = len(names) == len(outcome.asked)
            return (
                title,
                "нет данных ни об одной организации" if whole else f"данных недостаточно: {enumerate_ru(names)}",
            )
        if outcome.rule.by:
            return title, "нет данных ни по одному разрезу"
        asked = (told for own in self.clauses(outcome) if own.holds is None for told in own.facts)
        other, name = split(next(name for name, fact in asked if fact is None or isinstance(fact, Range)))
        facts = self._source(outcome, other)
        if facts is None or not facts.applies:
            return title, f"нет значения показателя {other}"
        return title_of(facts, self._catalogue), reason_of(facts, name)


_OF_TARGET = ("target", "state", "unstable")
_OF_REST = ("rest_value", "difference", "stands")
_OF_CHANGE = ("earlier_value", "change", "moved", "progress")
_NOT_JUDGED = {
    **dict.fromkeys(_OF_TARGET, "цель не задана"),
    **dict.fromkeys(_OF_CHANGE, "сравнить не с чем"),
    **dict.fromkeys(_OF_REST, "нет сравнения с остальными"),
    **dict.fromkeys(OF_CHILDREN, "о тех же детях судят там, где показатель задан концепцией"),
    "trend": "лет меньше пяти",
    **dict.fromkeys(("pooled_value", "pooled_low", "pooled_high"), "годы вместе не складывались"),
}
"""Why a figure that has a value is not judged."""
_REASONS = {
    **dict.fromkeys(_OF_TARGET, "state_reason"),
    **dict.fromkeys(_OF_CHANGE, "change_reason"),
    **dict.fromkeys(_OF_REST, "stands_reason"),
    **dict.fromkeys(OF_CHILDREN, "same_children_reason"),
}
"""Where a judgement says why it is none."""


def reason_of(facts: FigureFacts, name: str) -> str:
    """Why nobody knows a fact, or knows only a range."""
    if FACTS[name].judged and facts.told("value") is not None:
        reason = _REASONS.get(name)
        return str((reason and facts.judged(reason)) or _NOT_JUDGED[name])
    if facts.told("value") is None:
        note = str(facts.told("note") or "нет данных").rstrip(".")
        return next((part for part in note.split("; ") if part.startswith(NOT_HANDED_IN)), note)
    if facts.lacks_reports:
        return f"отчитались {num(facts.told('received'), 0)} из {num(facts.told('expected'), 0)}"
    known = facts("value")
    if isinstance(known, Range) and known.low > -inf and known.high < inf:
        return f"не всё известно: значение может быть от {num(known.low)} до {num(known.high)}"
    return str(facts.told("note") or "данные неполны").rstrip(".")


def recommend(
    rules: Rules, catalogue: Catalogue, results: Results, assessments: Assessments, organisations: OrgTree
) -> Recommendations:
    """Everything the rules recommend and cannot judge, by school year, in the order of the register."""
    recommender = Recommender(rules, catalogue, results, assessments, organisations)
    found: list[Recommendation] = []
    by_level = {level: [rule for rule in rules.rules if rule.at is level] for level in Level}
    for period in results.periods():
        for unit in organisations:
            outcomes = (recommender.outcome(rule, unit, period) for rule in by_level[unit.level])
            found += recommender.recommendations(outcome for outcome in outcomes if outcome is not None)
    return Recommendations(found)
