"""By how many a base is judged small: works are as few as the children who wrote them."""

from collections.abc import Mapping, Sequence

import numpy as np

from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.catalogue.figures import Figure, counted_by
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array


def bases(rows: CubeRows, denominator: Array) -> Array:
    """The denominators of the rows; of works, how many children wrote them, where a figure beside them tells it.

    Three children with four works each are a base of three, not of twelve.
    """
    children = np.array(_children(rows.cube.figures, rows.cube.contracts), dtype=np.int64)
    works = np.flatnonzero(children[rows.figure] >= 0) if len(rows) else rows.figure
    if not len(works):
        return denominator
    beside = np.flatnonzero(np.isin(rows.figure, children))
    where = (rows.org, rows.period - rows.period.min(), rows.by.codes, rows.stratum.codes)
    sizes = (len(children), *(int(codes.max()) + 1 for codes in where))
    told = np.ravel_multi_index((rows.figure[beside], *(codes[beside] for codes in where)), sizes)
    asked = np.ravel_multi_index((children[rows.figure[works]], *(codes[works] for codes in where)), sizes)
    order = np.argsort(told)
    found = np.minimum(np.searchsorted(told[order], asked), len(told) - 1)
    number = denominator[beside[order[found]]]
    known = (told[order[found]] == asked) & (number > 0)
    result = denominator.copy()
    result[works[known]] = number[known]
    return result


def _children(figures: Sequence[Figure], contracts: Mapping[str, Contract]) -> list[int]:
    """For each figure of works the position of the one that counts children in the same rows; -1 where none does."""
    found: dict[tuple[str, object, object], int] = {}
    for number, figure in enumerate(figures):
        if counted_by(figure, contracts) == "children":
            found.setdefault(_rows(figure), number)
    return [found.get(_rows(one), -1) if counted_by(one, contracts) == "works" else -1 for one in figures]


def _rows(figure: Figure) -> tuple[str, object, object]:
    """What tells the rows that a figure's denominator is counted in."""
    return figure.indicator, figure.denominator.where, figure.exclude
