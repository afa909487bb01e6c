"""Whether a target is reached: facts exactly, outcomes by an exact test with the child as the unit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quality_cli.analysis.statistics.children import Share, p_above, p_below
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.goals import Target, limits_of
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.russian import num, unit_after

ONE_SIDED = 0.025
"""How often at most a target that is just met is said to be missed (or one just missed to be reached)."""

REACHED, MISSED, INSUFFICIENT = "reached", "missed", "insufficient"

_WORDS = {"ge": "не менее", "le": "не более", "gt": "больше", "lt": "меньше", "eq": "ровно"}


class State(NamedTuple):
    """What is said of a target; ``unstable``: one child (or whatever is counted) would change it."""

    state: str
    reason: str
    unstable: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the results know of one figure: its value with the range of what it may be, and what that rests on.

    ``complete``: everybody who owes it has reported; ``share``: of an outcome; ``base``: how many of one more or less
    make the value another (None: it is a number).
    """

    value: float | None
    low: float | None
    high: float | None
    complete: bool
    status: str
    reported: str
    share: Share | None = None
    base: float | None = None


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
    judge: Callable[[float, float], str] = lambda low, high: _exact(limits, low, high)  # noqa: E731
    if known.share is not None and not all(limit in (0, 100) for _, limit in limits):
        return _tested(limits, known)
    if not known.complete:
        grows = known.base is None and all(op in ("ge", "gt") for op, _ in limits)
        if grows and known.low is not None and judge(known.low, known.low) == REACHED:
            return State(REACHED, "достигнута уже по тем, кто отчитался")
        return State(INSUFFICIENT, known.reported)
    low = known.value if known.low is None else known.low
    high = known.value if known.high is None else known.high
    if known.status == "partial" and (known.low is None or known.high is None):
        return State(INSUFFICIENT, "границы неизвестного не назвать")
    state = judge(low, high)
    if state == INSUFFICIENT:
        return State(state, f"часть ячеек пуста: значение может быть от {num(low)} до {num(high)}")
    return State(state, "", known.base is not None and _turns(judge, state, low, high, known.base))


def _turns(judge: Callable[[float, float], str], state: str, low: float, high: float, base: float) -> bool:
    """Whether one more or less of what is counted would make the state another."""
    one = 100 / base if base else 0.0
    steps = ((max(0.0, low - one), max(0.0, high - one)), (min(100.0, low + one), min(100.0, high + one)))
    return any(judge(*step) != state for step in steps)


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


def _tested(limits: Sequence[tuple[str, float]], known: Known) -> State:
    """An outcome: reached or missed where an exact one-sided test says so, whatever the unknown cells hold."""
    share = known.share
    assert share is not None
    if not known.complete:
        return State(INSUFFICIENT, known.reported)
    if known.low is None or known.high is None:
        return State(INSUFFICIENT, "границы неизвестного не назвать")
    found = {_by_test(limits, _moved(share, value)) for value in (known.low, known.high)}
    if len(found) > 1:
        return State(INSUFFICIENT, f"часть ячеек пуста: значение может быть от {num(known.low)} до {num(known.high)}")
    state = found.pop()
    if state == INSUFFICIENT:
        return State(state, "значение слишком близко к цели: отличие может быть случайным")
    one = share.works / share.children
    nearby = (
        Share(min(max(share.count + step, 0.0), share.works), share.works, share.children) for step in (-one, one)
    )
    return State(state, "", any(_by_test(limits, other) != state for other in nearby))


def _moved(share: Share, value: float) -> Share:
    """The same children with another share, given in per cent."""
    return Share(share.works * value / 100, share.works, share.children)


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
