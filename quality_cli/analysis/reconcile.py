"""The same figure by several sources: the first that speaks is taken, and those that differ are not believed."""

from collections.abc import Mapping

import numpy as np

from quality_cli.core.russian import num
from quality_cli.engine.cube import Array, Cube

_FILLED = (
    "numerator", "denominator", "value", "unit", "excluded", "unknown", "matched", "ci_low", "ci_high", "status",
    "source",
)  # fmt: skip
_SILENT = ("value", "ci_low", "ci_high")


def reconcile(cube: Cube, figure: Array, columns: Mapping[str, Array]) -> Array:
    """Bring the rows of other sources into the rows of their figures; returns the mask of the rows that remain.

    ``figure`` holds each row's position in ``cube.figures``; ``columns`` are those of the results and are changed.
    A value taken from another source says so in ``note``. Where two sources differ by more than the catalogue
    allows, the status is ``conflict``, the value is empty and the note tells both.
    """
    keep = np.ones(len(cube), dtype=bool)
    position = {item: index for index, item in enumerate(cube.figures)}
    others = {position[other]: (position[item], other) for item in position for other in item.also}
    if not others:
        return keep
    mains = {main for main, _ in others.values()}
    places = list(zip(*(cube.columns[name] for name in ("period", "level", "unit", "by", "stratum")), strict=True))
    standing = {(int(figure[row]), places[row]): row for row in np.flatnonzero(np.isin(figure, list(mains))).tolist()}
    named: dict[int, str] = {}
    for index, (main, other) in others.items():
        for row in np.flatnonzero(figure == index).tolist():
            key = (main, places[row])
            if key in standing:
                keep[row] = False
                _compare(standing[key], row, other.source, other.within, columns, named)
            elif np.isnan(columns["value"][row]):
                keep[row] = False
            else:
                standing[key], named[row] = row, other.source
                columns["note"][row] = f"по источнику: {other.source}"
    return keep


def _compare(
    at: int, row: int, source: str, within: float, columns: Mapping[str, Array], named: dict[int, str]
) -> None:
    """Take the value of ``row`` into ``at``, or set them against each other."""
    own, other = columns["value"][at], columns["value"][row]
    if np.isnan(other) or columns["status"][at] in ("not_applicable", "conflict"):
        return
    if np.isnan(own):
        for name in _FILLED:
            columns[name][at] = columns[name][row]
        columns["note"][at] = f"по источнику: {source}"
        named[at] = source
    elif abs(own - other) > within + 1e-9:
        first = named.get(at, "основной источник")
        columns["note"][at] = f"источники расходятся: {first} — {num(own, 2)}, {source} — {num(other, 2)}"
        columns["status"][at] = "conflict"
        for name in _SILENT:
            columns[name][at] = np.nan
