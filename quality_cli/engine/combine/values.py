"""Values inside the engine: only where a figure is made of other figures' values.

The value of a row is a matter of analysis. But a share of organisations counts those whose own value satisfies a
condition, and sources are compared by what they would say; both need a value before there are results.
"""

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array


def ratio(numerator: Array, denominator: Array, factor: float | Array) -> Array:
    """``factor`` · N / D; NaN where the denominator is zero: the one division of the program."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator), np.shape(factor))
    found: Array = np.divide(factor * numerator, denominator, out=np.full(shape, np.nan), where=denominator != 0)
    return found


def grown(now: Array, earlier: Array, in_percent: Array | bool) -> Array:
    """How far a value is from an earlier one: the difference, or per cent of the earlier; NaN where that is not above
    zero, for of nothing there is no percentage."""
    return np.where(in_percent, ratio(now - earlier, np.where(earlier > 0, earlier, 0), 100.0), now - earlier)


def value(figure: Figure, numerator: Array, denominator: Array) -> Array:
    """The value of a figure from its quantities; NaN where it is a ratio and nothing stands below."""
    return numerator.astype(float) if figure.factor is None else ratio(numerator, denominator, figure.factor)
