"""On how many independent units a value rests: works are as few as the children who wrote them."""

import numpy as np

from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.catalogue.figures import counted_by, rows_behind
from quality_cli.datasets.tables.encoded import Array


def bases(rows: CubeRows, denominator: Array) -> Array:
    """The denominators of the rows; of works, how many children wrote them, NaN where nothing tells, as of answers.

    Three children with four works each are a base of three, not of twelve. Where a stratum fixes all that tells a
    child's works apart (the subject), each work is a child.
    """
    contracts, figures = rows.cube.contracts, rows.cube.figures
    several = rows.of_figures(lambda f: counted_by(f, contracts) in ("works", "answers"))  # of one child
    result = np.where(several, _alone(rows, denominator), denominator)
    children = {rows_behind(figure): number for number, figure in enumerate(figures) if figure.hidden}
    behind = rows.of_figures(
        lambda f: -1 if f.hidden or counted_by(f, contracts) != "works" else children.get(rows_behind(f), -1)
    )
    works = np.flatnonzero(behind >= 0)
    if not len(works):
        return result
    counted = np.flatnonzero(rows.of_figures(lambda f: f.hidden))
    where = (rows.org, rows.period - rows.period.min(), rows.by.codes, rows.stratum.codes)
    sizes = (len(figures), *(int(codes.max()) + 1 for codes in where))
    told = np.ravel_multi_index((rows.figure[counted], *(codes[counted] for codes in where)), sizes)
    asked = np.ravel_multi_index((behind[works], *(codes[works] for codes in where)), sizes)
    order = np.argsort(told)
    found = np.minimum(np.searchsorted(told[order], asked), len(told) - 1)
    number = rows.counts["denominator"][counted[order[found]]]
    known = (told[order[found]] == asked) & (number > 0)
    result[works[known]] = number[known]
    return result


def _alone(rows: CubeRows, denominator: Array) -> Array:
    """The denominators where the stratum leaves each child one work, NaN elsewhere."""
    fixed = [frozenset(filter(None, by.split(","))) for by in rows.by.words]
    apart = [rows.cube.contracts[figure.population].per_work for figure in rows.cube.figures]
    alone = [[bool(names) and names <= by for by in fixed] for names in apart]
    told = np.array(alone, dtype=bool).reshape(len(apart), len(fixed))[rows.figure, rows.by.codes]
    return np.where(told, denominator, np.nan)
