"""What is worth saying in words: figures that moved or differ by more than a rule allows.

A rule is data (``indicator_specs/documents/*.yaml``); the sentence is in the document's template.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from quality_cli.analysis.results import Result, ResultKey, Results
from quality_cli.core.yamlfile import Strict


class ObservationRule(Strict):
    """When a figure is worth a sentence.

    ``compare``: with the same unit a year before, with its municipality, or with nothing (then ``at_least`` is a
    level). ``at_least`` is in units of the figure (percentage points for shares). A comparison with the municipality
    also needs the municipality's value to lie outside the unit's own 95 % interval.
    """

    id: str
    indicator: str
    part: str = ""
    by: list[str] = []
    compare: Literal["previous", "municipality", "level"]
    moves: Literal["up", "down"]
    at_least: float
    min_denominator: int = Field(default=10, gt=0)


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing worth saying: the figure, what it is compared with and the difference (now - base)."""

    rule: str
    now: Result
    base: Result | None
    difference: float


def observe(
    rules: Sequence[ObservationRule], results: Results, unit: str, municipality: str, period: str, previous: str
) -> Iterator[Observation]:
    """Everything the rules find about ``unit`` in ``period``, in the order of rules and strata."""
    for rule in rules:
        for now in results.strata(ResultKey(rule.indicator, rule.part, unit, period), rule.by):
            if now.value is None or (now.denominator or 0) < rule.min_denominator:
                continue
            base = _base(rule, results, now, municipality, previous)
            if rule.compare != "level" and (base is None or base.value is None):
                continue
            reference = base.value if base is not None and base.value is not None else 0.0
            difference = now.value - reference
            far = difference >= rule.at_least if rule.moves == "up" else difference <= -rule.at_least
            if rule.compare == "level":
                far = now.value >= rule.at_least if rule.moves == "up" else now.value <= rule.at_least
            if far and _telling(rule, now, base):
                yield Observation(rule.id, now, base, difference)


def _base(rule: ObservationRule, results: Results, now: Result, municipality: str, previous: str) -> Result | None:
    match rule.compare:
        case "previous":
            return results.get(now.key._replace(period=previous))
        case "municipality":
            return results.get(now.key._replace(org_id=municipality))
        case "level":
            return None


def _telling(rule: ObservationRule, now: Result, base: Result | None) -> bool:
    """A small group a year ago tells nothing; a difference within the interval may be chance."""
    if base is None:
        return True
    if (base.denominator or 0) < rule.min_denominator:
        return False
    if rule.compare == "municipality" and now.ci_low is not None and now.ci_high is not None:
        return not now.ci_low <= (base.value or 0) <= now.ci_high
    return True
