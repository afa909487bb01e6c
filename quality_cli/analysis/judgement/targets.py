"""Whether a target is reached: facts exactly, outcomes by an exact test with the child as the unit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quality_cli.analysis.judgement.change import INCOMPARABLE, UNCLEAR, UNTESTED
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.analysis.statistics.children import Share, p_above, p_below
from quality_cli.catalogue.figures import Figure, is_share
from quality_cli.catalogue.goals import Target, limits_of
from quality_cli.core.periods import Period
from quality_cli.core.russian import num, unit_after
from quality_cli.core.strata import TOTAL

ONE_SIDED = 0.025
"""How often at most a target that is just met is said to be missed (or one just missed to be reached)."""

REACHED, MISSED, INSUFFICIENT = "reached", "missed", "insufficient"

_WORDS = {"ge": "не менее", "le": "не более", "gt": "больше", "lt": "меньше", "eq": "ровно"}


class State(NamedTuple):
    """What is said of a target; ``unstable``: of an outcome, that one child would change it."""

    state: str
    reason: str
    unstable: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the results know of one figure: its value with the range of what it may be, and what that rests on.

    ``complete``: everybody who owes it has reported; ``outcome``: it is no fact, and ``share`` is what a test needs
    (None: there is no test); ``number``: it is a count, which more reports can only make greater.
    """

    value: float | None
    low: float | None
    high: float | None
    complete: bool
    status: str
    reported: str
    outcome: bool = False
    share: Share | None = None
    number: bool = False


def words_of(target: Target, unit: str) -> str:
    """«не менее 100 %», «лучше, чем год назад»."""
    if target.text:
        return target.text
    if target.reach is None:
        return "лучше, чем год назад"
    parts = (
        f"{_WORDS[op]} {num(limit, 0 if limit.is_integer() else 1)} {unit_after(limit, unit)}"
        for op, limit in limits_of(target.reach)
    )
    return " и ".join(part.strip() for part in parts)


def set_states(scope: Scope, columns: Columns, targets: Sequence[Target]) -> None:
    """Tell of every row that has a target whether it is reached; ``moved`` and ``progress`` are known already."""
    rows = scope.rows
    by_figure: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for target in targets:
        by_figure[target.indicator, target.part].append(target)
    aimed = rows.of_figures(lambda indicator, part: (indicator, part) in by_figure)
    for row in np.flatnonzero(aimed & rows.of_strata(lambda stratum: stratum == TOTAL)).tolist():
        figure, org, level = (scope.figure(row), *(rows.word(name, row) for name in ("org_id", "level")))
        aim = target_for(by_figure[figure.indicator, figure.part], org, level, figure, scope.period(row))
        if aim is None or rows.word("status", row) == "not_applicable":
            continue
        found = _improved(scope, columns, row) if aim.improve else state_of(aim, known_of(scope, row))
        columns.tell("state", row, found.state, found.reason)
        columns.unstable[row] = found.unstable
        columns.text["target"][row] = words_of(aim, rows.word("unit", row))
        columns.text["target_source"][row] = aim.source


def known_of(scope: Scope, row: int) -> Known:
    """What is known of a row."""
    numbers = (float(column[row]) for column in (scope.rows.number("value"), scope.low, scope.high))
    value, low, high = (None if np.isnan(number) else number for number in numbers)
    expected, received = (scope.rows.number(name)[row] for name in ("expected", "received"))
    return Known(
        value,
        low,
        high,
        complete=bool(scope.whole[row]) or scope.figure(row).condition is not None,
        status=scope.rows.word("status", row),
        reported="" if np.isnan(expected) else f"отчитались {received:.0f} из {expected:.0f}",
        outcome=bool(scope.outcome[row]),
        share=scope.share(row) if scope.outcome[row] else None,
        number=scope.figure(row).measure == "count" and not scope.figure(row).change,
    )


def _improved(scope: Scope, columns: Columns, row: int) -> State:
    """The state of a target to be better than the year before."""
    value, earlier = float(scope.rows.number("value")[row]), columns.numbers["earlier_value"][row]
    moved, figure = columns.text["moved"][row], scope.figure(row)
    if np.isnan(value):
        return State(INSUFFICIENT, "значения нет")
    if moved == "":
        return State(INSUFFICIENT, "прежнего значения нет")
    if moved in (UNCLEAR, INCOMPARABLE):
        return State(INSUFFICIENT, columns.text["change_reason"][row])
    if columns.text["progress"][row] == "improved":
        return State(REACHED, "")
    best = {"higher": 100.0, "lower": 0.0}.get(scope.catalogue.indicators[figure.indicator].better or "")
    if is_share(figure) and value == earlier == best:
        return State(REACHED, "и прежде было лучшее, что возможно")
    return State(MISSED, "")


def target_for(targets: Sequence[Target], org_id: str, level: str, figure: Figure, period: Period) -> Target | None:
    """The target of a unit among those of one figure: its own before that of its level, the last written first."""
    own = [target for target in targets if target.holds_in(period)]
    for wanted in (org_id, level):
        for target in reversed(own):
            if (target.at or str(figure.level)) == wanted:
                return target
    return None


def state_of(target: Target, known: Known) -> State:
    """The state of a target that is a value (``reach``)."""
    assert target.reach is not None
    if known.value is None:
        return State(INSUFFICIENT, "значения нет")
    limits = limits_of(target.reach)
    if known.outcome and not all(limit in (0, 100) for _, limit in limits):
        return _tested(limits, known.share, known) if known.share is not None else State(INSUFFICIENT, UNTESTED)
    if not known.complete:
        grows = known.number and all(op in ("ge", "gt") for op, _ in limits)
        if grows and known.low is not None and _exact(limits, known.low, known.low) == REACHED:
            return State(REACHED, "достигнута уже по тем, кто отчитался")
        return State(INSUFFICIENT, known.reported)
    low = known.value if known.low is None else known.low
    high = known.value if known.high is None else known.high
    if known.status == "partial" and (known.low is None or known.high is None):
        return State(INSUFFICIENT, "границы неизвестного не назвать")
    state = _exact(limits, low, high)
    if state == INSUFFICIENT:
        return State(state, f"часть ячеек пуста: значение может быть от {num(low)} до {num(high)}")
    return State(state, "")


def _exact(limits: Sequence[tuple[str, float]], low: float, high: float) -> str:
    """By the whole range of what the value may be."""
    states = list(_each(limits, low, high))
    if all(state == REACHED for state in states):
        return REACHED
    return MISSED if MISSED in states else INSUFFICIENT


_NEAR = 1e-9
"""Hundredths of a per cent are made of fractions: what is equal on paper is equal."""


def _each(limits: Sequence[tuple[str, float]], low: float, high: float) -> Iterator[str]:
    for op, limit in limits:
        holds = [_holds(op, value, limit) for value in (low, high)]
        between = op == "eq" and low < limit < high
        yield REACHED if all(holds) else INSUFFICIENT if any(holds) or between else MISSED


def _holds(op: str, value: float, limit: float) -> bool:
    match op:
        case "ge":
            return value >= limit - _NEAR
        case "le":
            return value <= limit + _NEAR
        case "gt":
            return value > limit + _NEAR
        case "lt":
            return value < limit - _NEAR
        case _:
            return abs(value - limit) <= _NEAR


def _tested(limits: Sequence[tuple[str, float]], share: Share, known: Known) -> State:
    """An outcome: reached or missed where an exact one-sided test says so, whatever the unknown cells hold."""
    if not known.complete:
        return State(INSUFFICIENT, known.reported)
    if known.low is None or known.high is None:
        return State(INSUFFICIENT, "границы неизвестного не назвать")
    found = {_by_test(limits, _moved(share, value)) for value in (known.low, known.high)}
    if len(found) > 1:
        return State(INSUFFICIENT, f"часть ячеек пуста: значение может быть от {num(known.low)} до {num(known.high)}")
    state = found.pop()
    if state == INSUFFICIENT:
        extremes = {_by_test(limits, _moved(share, value)) for value in (0.0, 100.0)}
        few = "детей слишком мало: достижения цели не доказать ни при каком исходе"
        near = "значение слишком близко к цели: отличие может быть случайным"
        return State(state, near if REACHED in extremes else few)
    one = share.denominator / share.children
    moved = (min(max(share.numerator + step, 0.0), share.denominator) for step in (-one, one))
    nearby = (Share(numerator, share.denominator, share.children) for numerator in moved)
    return State(state, "", any(_by_test(limits, other) != state for other in nearby))


def _moved(share: Share, value: float) -> Share:
    """The same children with another share, given in per cent."""
    return Share(share.denominator * value / 100, share.denominator, share.children)


def _by_test(limits: Sequence[tuple[str, float]], share: Share) -> str:
    states = [_one_limit(op, limit / 100, share) for op, limit in limits]
    if all(state == REACHED for state in states):
        return REACHED
    return MISSED if MISSED in states else INSUFFICIENT


def _one_limit(op: str, limit: float, share: Share) -> str:
    above, below = p_above(share, limit) <= ONE_SIDED, p_below(share, limit) <= ONE_SIDED
    if op in ("ge", "gt"):
        return REACHED if above else MISSED if below else INSUFFICIENT
    if op in ("le", "lt"):
        return REACHED if below else MISSED if above else INSUFFICIENT
    return MISSED if above or below else INSUFFICIENT
