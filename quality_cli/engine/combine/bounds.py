"""How far a value could move, had all unknown cells of the rows that came been known.

A row of which something is unknown could be outside the denominator, inside it, or in the numerator too: what is
counted of it lies between nothing and all. Of a sum the limits of the column say how much all is; where the contract
has none, the bounds are not known (NaN).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import Compare, Condition, OneOf, walk
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.engine.combine.values import ratio


@dataclass(frozen=True, slots=True)
class Weight:
    """What one row could add to a figure; each may be an array, for many figures at once.

    ``least`` and ``most``: to the numerator; ``base_least`` and ``base_most``: to the denominator. ``inside``: both are
    of the same rows; ``whole``: a row is one of the denominator; ``alike``: the numerator is a part of the denominator,
    so that what is added to it is added to both (``keys``: unless the denominator has that key already). ``factor`` as
    a figure has it, NaN where the value is the numerator; ``top``: what a value never exceeds.
    """

    least: Any
    most: Any
    base_least: Any
    base_most: Any
    inside: Any
    whole: Any
    alike: Any
    keys: Any
    factor: Any
    top: Any

    @classmethod
    def of(cls, figure: Figure, contracts: Mapping[str, Contract], *, own: bool = False) -> "Weight":
        """Of a figure; a share of organisations counts them, and an unknown one is a row (``own``: of the value that
        each of them has)."""
        if figure.condition is not None and not own:
            return cls(0, 1, 0, 1, True, True, True, False, 100.0, 100.0)
        top, base = figure.numerator, figure.denominator
        share = (
            100.0
            if figure.factor is not None and (figure.of or figure.measure) in ("share", "distribution")
            else np.inf
        )
        return cls(
            *limits(top, contracts),
            *limits(base, contracts),
            inside=figure.inside,
            whole=figure.inside and base.kind == "rows",
            alike=figure.inside and base.what == top.what,
            keys=base.kind == "distinct",
            factor=np.nan if figure.factor is None else figure.factor,
            top=share,
        )

    @classmethod
    def of_rows(cls, figures: Array, all_figures: list["Weight"]) -> "Weight":
        """Of rows, each of the figure at a position."""
        columns = {item.name: np.array([getattr(one, item.name) for one in all_figures]) for item in fields(cls)}
        return cls(**{name: column[figures] for name, column in columns.items()})


def possible(weight: Weight, counts: Mapping[str, Array]) -> tuple[Array, Array]:
    """The least and the greatest that values could be, by the quantities of their figures; NaN where that is not
    known, or nothing stands below."""
    top, base = counts["numerator"].astype(float), counts["denominator"].astype(float)
    above = np.where(weight.inside, counts["unknown"], counts["unknown_above"])
    below = np.where(weight.inside, counts["unknown"], counts["unknown_below"])
    low, high = _added(top, above, np.minimum(weight.least, 0)), _added(top, above, np.maximum(weight.most, 0))
    base_low = _added(base, below, np.minimum(weight.base_least, 0))
    base_high = _added(base, below, np.maximum(weight.base_most, 0))
    with np.errstate(invalid="ignore"):
        corners = [_ratio(n, d) for n in (low, high) for d in (base_low, base_high)]
        known = np.isfinite(low) & np.isfinite(high) & np.isfinite(base_high) & (base_low > 0)
        least, most = np.minimum.reduce(corners), np.maximum.reduce(corners)
        # What is added above is added below: a part of a whole, or an amount of one row.
        part = _ratio(high, np.where(weight.keys, np.maximum(base, high), base_high))
        most = np.where(weight.alike, part, most)
        one_least = _ratio(_added(top, above, weight.least), base_high)
        one_most = _ratio(_added(top, above, weight.most), base_high)
        paired = np.asarray(weight.whole) & ~np.asarray(weight.alike)
        least = np.where(paired, np.minimum(_ratio(top, base), one_least), least)
        most = np.where(paired, np.maximum(_ratio(top, base), one_most), most)
        shares = [np.where(known, np.minimum(weight.factor * value, weight.top), np.nan) for value in (least, most)]
        plain = np.isnan(weight.factor)
        return np.where(plain, _finite(low), shares[0]), np.where(plain, _finite(high), shares[1])


def possible_change(now: tuple[Array, Array], before: tuple[Array, Array], in_percent: Any) -> tuple[Array, Array]:
    """The same of a change: from the earlier value at its greatest, and at its least."""
    found = []
    for own, other in ((now[0], before[1]), (now[1], before[0])):
        share = ratio(own - other, np.where(other > 0, other, 0), 100.0)
        found.append(np.where(in_percent, share, own - other))
    return found[0], found[1]


def settled(condition: Condition, low: Array, high: Array) -> Array:
    """Where a condition on a value has one answer whatever the value is between the two; nowhere if they are NaN."""
    edges = sorted(
        {float(value) for node in walk(condition) for value in _numbers(node) if not isinstance(value, str | bool)}
    )
    points = [low, *(np.clip(edge, low, high) for edge in edges), high]
    points += [(first + second) / 2 for first, second in pairwise(points)]
    asked = np.array(points, dtype=float)
    answers = Evaluator.of_values("value", asked.ravel(), numeric=True)(condition).true.reshape(asked.shape)
    same: Array = (answers == answers[0]).all(axis=0)
    return same & ~np.isnan(low) & ~np.isnan(high)


def _numbers(node: Condition) -> tuple[Any, ...]:
    return (node.value,) if isinstance(node, Compare) else node.values if isinstance(node, OneOf) else ()


def limits(count: Count, contracts: Mapping[str, Contract]) -> tuple[float, float]:
    """What one row adds to a count: the least and the most."""
    if count.kind != "sum":
        return 0, 1
    column = contracts[count.dataset].columns[count.columns[0]]
    return (-np.inf if column.min is None else column.min, np.inf if column.max is None else column.max)


def _added(counted: Array, rows: Array, each: Any) -> Array:
    """What is counted and the same for each of the rows; of no row nothing, however much one could add."""
    with np.errstate(invalid="ignore"):
        return counted + np.where(rows > 0, rows * np.asarray(each, dtype=float), 0)


def _ratio(numerator: Array, denominator: Array) -> Array:
    return ratio(numerator, np.where(denominator > 0, denominator, 0), 1.0)


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
