"""The cube to results: values, intervals and statuses (design §6)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from quality_cli.analysis.intervals import wilson
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure
from quality_cli.core.periods import Period
from quality_cli.core.where import TRUE
from quality_cli.engine.cube import Array, Cube
from quality_cli.engine.execute import NO_ROWS, NOT_APPLICABLE, NOT_LOADED


def assess(cube: Cube, small_below: int) -> Results:
    """Divide, interpret and name: one row of the results for every row of the cube.

    A zero denominator is ``no_data``, never 0; a numerator above its denominator (they come from different tables)
    is ``conflict`` and has no value; fewer than ``small_below`` in the denominator is ``small``.
    """
    columns = cube.columns
    figure = columns["figure"].astype(np.intp)
    numerator, denominator = columns["numerator"].astype(float), columns["denominator"].astype(float)
    factor = _of_figures(cube, figure, lambda f: np.nan if f.factor is None else f.factor)
    bare = _of_figures(cube, figure, lambda f: f.factor is None and f.inside and f.numerator.where == TRUE)
    ratio = ~np.isnan(factor)
    state = columns["state"]
    empty = (denominator == 0) & (ratio | (_of_figures(cube, figure, lambda f: f.inside) & ~bare))
    conflict = ratio & (numerator > denominator) & _of_figures(cube, figure, lambda f: f.measure == "share")

    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(ratio, factor * numerator / denominator, numerator)
    status = np.full(len(cube), "ok", dtype=object)
    status[~bare & (denominator < small_below)] = "small"
    status[empty | np.isin(state, (NO_ROWS, NOT_LOADED))] = "no_data"
    status[conflict] = "conflict"
    status[state == NOT_APPLICABLE] = "not_applicable"
    value[~np.isin(status, ("ok", "small"))] = np.nan

    share = _of_figures(cube, figure, lambda f: f.measure in ("share", "distribution")) & ~np.isnan(value)
    low, high = wilson(numerator, denominator)
    uncounted = np.isin(state, (NOT_LOADED, NOT_APPLICABLE))
    periods = {int(start): str(Period(int(start))) for start in np.unique(columns["period"])}
    tree = cube.organisations
    names = {unit_id: tree[unit_id].name for unit_id in dict.fromkeys(columns["unit"])}
    return Results.of(
        {
            "period": [periods[int(start)] for start in columns["period"]],
            "indicator": [cube.figures[index].indicator for index in figure],
            "part": [cube.figures[index].part for index in figure],
            "level": columns["level"],
            "org_id": columns["unit"],
            "org_name": [names[unit_id] for unit_id in columns["unit"]],
            "reported": columns["level"] == _of_figures(cube, figure, lambda f: str(f.level)),
            "by": columns["by"],
            "stratum": columns["stratum"],
            "numerator": np.where(uncounted, np.nan, numerator),
            "denominator": np.where(uncounted | bare, np.nan, denominator),
            "value": value,
            "unit": [cube.figures[index].unit for index in figure],
            "excluded": np.where(uncounted, np.nan, columns["excluded"].astype(float)),
            "unknown": np.where(uncounted, np.nan, columns["unknown"].astype(float)),
            "matched": np.full(len(cube), np.nan),
            "ci_low": np.where(share, 100 * low, np.nan),
            "ci_high": np.where(share, 100 * high, np.nan),
            "status": status,
            "note": _notes(columns["note"], status, columns),
            "source": [
                cube.sources[int(index), int(start)] for index, start in zip(figure, columns["period"], strict=True)
            ],
        }
    )


def _of_figures(cube: Cube, figure: Array, read: Callable[[Figure], Any]) -> Array:
    """A property of each row's figure."""
    return np.array([read(item) for item in cube.figures])[figure]


def _notes(notes: Array, status: Array, columns: Mapping[str, Array]) -> Array:
    """Why a row has no value, where the engine could not say it."""
    result = notes.copy()
    silent = (status == "no_data") & (result == "")
    result[silent & (columns["excluded"] > 0)] = "все строки исключены"
    result[silent & (columns["excluded"] == 0) & (columns["unknown"] > 0)] = "значения неизвестны"
    result[silent & (result == "")] = "знаменатель равен нулю"
    result[status == "conflict"] = "числитель больше знаменателя: источники расходятся"
    return result
