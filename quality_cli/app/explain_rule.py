"""Use case: why a rule recommends something to a unit, or does not."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from quality_cli.analysis.judgement.assessment import WORDS
from quality_cli.analysis.judgement.recommend import ClauseAnswer, Recommender
from quality_cli.analysis.judgement.recommendation import Recommendation
from quality_cli.analysis.judgement.unit_facts import COLUMNS_OF_FACTS
from quality_cli.app.compute import calculate
from quality_cli.app.explain import unit_named
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.rules.facts import SIGNAL, split
from quality_cli.catalogue.rules.model import Rule
from quality_cli.catalogue.rules.words import Word, clause_words, fact_words, literal, truth_word
from quality_cli.catalogue.wording import status_word
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.russian import enumerate_ru
from quality_cli.core.truth import Truth

VERSION = 1
"""Of the JSON that :meth:`RuleExplanation.record` gives."""


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """A rule asked of a unit: every clause with its facts and answer; the organisations or strata that it asks about,
    each with its answer; the row that is recommended, or None where the rule does not hold. ``word`` says how a value
    of a fact is told."""

    rule: Rule
    unit: Unit
    period: str
    holds: Truth
    clauses: tuple[ClauseAnswer, ...]
    asked: tuple[tuple[str, Truth], ...]
    row: Recommendation | None
    word: Word

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Whose clause (empty: the unit's own), the answer and the clause with its facts, in words."""
        for answer in self.clauses:
            facts = enumerate_ru([fact_words(name, fact, self.word) for name, fact in answer.facts])
            clause = clause_words(answer.clause, _named, self.word)
            yield answer.whose, truth_word(answer.holds), f"{clause} (на деле: {facts})"

    def record(self) -> dict[str, Any]:
        """Plain data for programs."""
        return {
            "version": VERSION,
            "rule": self.rule.id,
            "organisation": self.unit.id,
            "period": self.period,
            "holds": self.holds,
            "clauses": [
                {"organisation": whose, "holds": holds, "clause": words} for whose, holds, words in self.lines()
            ],
            "recommendation": None if self.row is None else asdict(self.row),
        }


def explain_rule(workspace: Workspace, rule_id: str, org: str) -> RuleExplanation:
    """Ask one rule of one unit, in the latest school year of the data unless the options name one.

    Raises :class:`quality_cli.core.errors.ConfigurationError` for an unknown rule or unit, :class:`NothingToDoError`
    where the rule is not about the unit.
    """
    rules, catalogue = workspace.recommending, workspace.catalogue
    rule = rules.find(rule_id)
    unit = unit_named(workspace.tables.organisations, org)
    computed = calculate(workspace)
    periods = computed.results.periods()
    period = str(workspace.options.period or periods[-1])
    recommender = Recommender(rules, catalogue, computed.results, computed.assessments, workspace.tables.organisations)
    outcome = recommender.outcome(rule, unit, period)
    if outcome is None:
        about = "муниципалитетов" if rule.at is Level.MUNICIPALITY else "организаций"
        raise NothingToDoError(
            f"правило {rule.id} спрашивают не у «{unit.name}»: оно для {about}, у которых за {period} учебный год есть "
            f"показатель {rule.figure}"
        )
    return RuleExplanation(
        rule,
        unit,
        period,
        outcome.holds,
        tuple(recommender.clauses(outcome)),
        tuple((own.name, own.holds) for own in outcome.asked),
        next(iter(recommender.recommendations([outcome])), None),
        partial(_word, catalogue),
    )


def _named(column: str) -> str:
    """A fact as the columns of the workbooks are headed, and as the rule writes it: «Что произошло» (moved)."""
    other, fact = split(column)
    whose = f" показателя {other}" if other else ""
    return f"«{COLUMNS_OF_FACTS[fact]['title']}»{whose} ({fact})"


def _word(catalogue: Catalogue, column: str, value: object) -> str:
    """A word of a fact as people call it."""
    fact, told = split(column)[1], literal(column, value)
    if fact == "status":
        return status_word(told)
    if fact == SIGNAL and told in catalogue.signals:
        return f"«{catalogue.signals[told].title}»"
    return WORDS.get(fact, {}).get(told, told)
