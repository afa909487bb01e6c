"""Which rows a figure counts: its conditions as masks over rows, or over combinations of what rows can say.

Scan and explanation select by the same function, so they cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, Condition, Known, all_of
from quality_cli.datasets.tables.evaluate import Evaluator, Mask, Truth

QUANTITIES = ("numerator", "denominator", "excluded", "unknown", "unknown_above", "unknown_below", "judged")
"""What is counted of every figure. Over two tables ``unknown`` is that of the population's, and ``unknown_above`` and
``unknown_below`` tell it of the numerator's and the denominator's; over one table they are not counted. ``judged`` are
all rows of the numerator's table that are not unknown: where there is none, what is counted there is no zero."""

Counts: TypeAlias = Mapping[str, tuple[Count, Mask | None]]
"""For each of :data:`QUANTITIES` what is counted and in which rows; None where the table was not supplied."""


def counted_cell(count: Count) -> Condition:
    """That no counted cell is empty; always true where rows are counted."""
    return all_of(*(Known(name, True) for name in count.columns))


def select(figure: Figure, evaluators: Mapping[str, Evaluator]) -> Counts:
    """What is counted and in which rows: D = I ∧ d, X, N = (D ∧ ¬X) ∧ n; the unknown leave D and are counted.

    ``evaluators`` tell of the rows (or of their combinations) of each dataset that was supplied.
    """
    base, excluded = _truth(figure, figure.denominator, evaluators)
    rows = Count(figure.denominator.dataset, figure.denominator.where)
    if figure.inside:
        inner = _known(figure.numerator, evaluators)
        if base is None or inner is None:
            return dict.fromkeys(QUANTITIES[:4], (rows, None))
        unknown = base.unknown | (base.true & inner.unknown)
        return {
            "numerator": (figure.numerator, base.true & inner.true),
            "denominator": (figure.denominator, base.true & ~inner.unknown),
            "excluded": (rows, excluded),
            "unknown": (rows, unknown),
            "judged": (rows, _judged(figure, unknown)),
        }
    top, excluded_top = _truth(figure, figure.numerator, evaluators)
    own, own_excluded = base, excluded
    if figure.numerator.dataset == figure.population:
        rows, own, own_excluded = replace(rows, dataset=figure.population), top, excluded_top
    above = Count(figure.numerator.dataset, TRUE)
    return {
        "numerator": (figure.numerator, None if top is None else top.true),
        "denominator": (figure.denominator, None if base is None else base.true),
        "excluded": (rows, own_excluded),
        "unknown": (rows, None if own is None else own.unknown),
        "unknown_above": (above, None if top is None else top.unknown),
        "unknown_below": (Count(figure.denominator.dataset, TRUE), None if base is None else base.unknown),
        "judged": (above, None if top is None else _judged(figure, top.unknown)),
    }


def _judged(figure: Figure, unknown: Mask) -> Mask:
    """All other rows; of a source that stands alone none, where nothing is unknown: then nobody asks."""
    is_asked = unknown.any() or figure.other_sources or figure.source
    return ~unknown if is_asked else unknown


def _known(count: Count, evaluators: Mapping[str, Evaluator]) -> Truth | None:
    """Where the condition of a count holds; a row whose counted cell is empty is unknown."""
    evaluate = evaluators.get(count.dataset)
    if evaluate is None:
        return None
    truth = evaluate(count.where)
    return Truth(truth.true & evaluate(counted_cell(count)).true, truth.false)


def _truth(figure: Figure, count: Count, evaluators: Mapping[str, Evaluator]) -> tuple[Truth | None, Mask | None]:
    """Where a count holds without the excluded rows, and the excluded rows."""
    truth = _known(count, evaluators)
    if truth is None or figure.exclude is None or count.dataset != figure.population:
        return truth, None
    evaluate = evaluators[count.dataset]
    exclude = evaluate(figure.exclude)
    return truth & ~exclude, evaluate(count.where).true & exclude.true
