"""Rows of which cells are unknown: how far the value could move, and where it cannot be judged or is not whole."""

from dataclasses import dataclass

import numpy as np

from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.analysis.results import Words
from quality_cli.core.russian import counted
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.bounds import Weight, possible

_ROWS = ("строки", "строк", "строк")
_ORGANISATIONS = ("организации", "организациях", "организациях")
_LACKING = (
    ("unknown_above", "у {} числителя значение неизвестно", _ROWS),
    ("unknown_below", "у {} знаменателя значение неизвестно", _ROWS),
    ("unknown", "у {} значение неизвестно", _ROWS),
    ("unknown", "неизвестно о {}", _ORGANISATIONS),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """For each row of the cube the least and the greatest that its value could be (NaN: not known). ``unjudged``: of
    all that could make its numerator nothing is known; ``lacking``: rows of unknown value would add to it, and are not
    left out of its base; ``note`` says so, and where the bounds are not known."""

    low: Array
    high: Array
    unjudged: Array
    lacking: Array
    note: Words


def bounds_of(rows: CubeRows, percent: Array, silent: Array) -> Bounds:
    """What unknown cells mean for each row; ``percent`` are flags that are a share of «да»,
    ``silent`` rows of which somebody has not handed in everything: who, is said elsewhere.

    In one table rows of unknown value leave numerator and denominator alike: the value is that of the known ones. A
    count or a sum has no base to leave, and of two tables the other one knows nothing of it: such a value is not whole.
    """
    cube, counts = rows.cube, rows.counts
    weight = Weight.of_rows(rows.figure, [Weight.of(figure, cube.contracts) for figure in cube.figures])
    low, high = possible(weight, counts)
    flag = rows.of_figures(lambda f: f.measure == "flag")
    wants_all = flag & rows.of_figures(lambda f: f.rollup == "all")
    top, base, unknown = counts["numerator"], counts["denominator"], counts["unknown"]
    whole = base + unknown
    low = np.where(flag, np.where(wants_all, (top >= whole) & (base > 0), top > 0), low)
    high = np.where(flag, np.where(wants_all, (top >= base) & (whole > 0), top + unknown > 0), high)
    share = np.where(whole > 0, 100 / np.maximum(whole, 1), np.nan)
    low, high = np.where(percent, top * share, low), np.where(percent, (top + unknown) * share, high)

    plain = np.isnan(weight.factor) & ~flag
    organisations = rows.of_figures(lambda f: f.condition is not None) & ~silent
    inside = np.asarray(weight.inside)
    which = (~inside, ~inside & ~plain, inside & plain, organisations)
    number = [
        np.where(own & (counts[name] > 0), counts[name], 0) for own, (name, _, _) in zip(which, _LACKING, strict=True)
    ]
    unjudged = (top == 0) & (counts["judged"] == 0)
    unjudged &= (number[0] > 0) | (plain & inside & (base == 0) & (unknown > 0))
    lacking = np.any(number, axis=0)
    unbounded = np.isnan(low) & np.any([unknown > 0, counts["unknown_above"] > 0, counts["unknown_below"] > 0], axis=0)
    unbounded &= np.isnan(weight.factor) | (base > 0)
    said = np.flatnonzero(lacking | unbounded)
    about = np.array([*number, unbounded], dtype=np.int64)[:, said]
    told, code = np.unique(about, axis=1, return_inverse=True)
    note = np.zeros(len(rows), dtype=np.int64)
    note[said] = code.reshape(-1) + 1
    return Bounds(low, high, unjudged, lacking, Words.of(note, ["", *map(_words, told.T.tolist())]))


def _words(numbers: list[int]) -> str:
    *rows, unbounded = numbers
    said = [
        text.format(counted(number, *forms)) for number, (_, text, forms) in zip(rows, _LACKING, strict=True) if number
    ]
    return "; ".join([*said, *["границы неизвестны"][: int(unbounded)]])
