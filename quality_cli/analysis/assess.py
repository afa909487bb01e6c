"""The cube to results: values, intervals and statuses (design §6)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from quality_cli.analysis.intervals import wilson
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.where import TRUE
from quality_cli.engine.cube import Array, Cube
from quality_cli.engine.execute import CONFLICT, NO_ROWS, NOT_APPLICABLE, NOT_LOADED


def assess(cube: Cube, small_below: int) -> Results:
    """Divide, interpret and name: one row of the results for every row of the cube.

    A zero denominator is ``no_data``, never 0; a numerator above its denominator (they come from different tables)
    is ``conflict`` and has no value; fewer than ``small_below`` in the denominator is ``small``.
    """
    columns = cube.columns
    figure = columns["figure"].astype(np.intp)
    numerator, denominator = columns["numerator"].astype(float), columns["denominator"].astype(float)
    factor = _of_figures(cube, figure, _factor)
    bare = _of_figures(cube, figure, _is_bare)
    ratio = ~np.isnan(factor)
    state = columns["state"]
    units = np.array([trait.counts_units for trait in cube.traits])[figure]
    links = np.array([trait.links for trait in cube.traits])[figure]
    empty = (denominator == 0) & (ratio | (_of_figures(cube, figure, lambda f: f.inside) & ~bare))
    conflict = ratio & ~empty & (numerator > denominator) & _of_figures(cube, figure, lambda f: f.measure == "share")

    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(ratio, factor * numerator / denominator, numerator)
        matched = np.where(links, 100 * denominator / (denominator + columns["unknown"].astype(float)), np.nan)
    percent = _flags(cube, figure, numerator == denominator, value)
    value[percent] = (100 * numerator / np.maximum(denominator, 1))[percent]
    status = np.full(len(cube), "ok", dtype=object)
    status[~bare & ~units & (denominator < small_below)] = "small"
    status[empty | np.isin(state, (NO_ROWS, NOT_LOADED))] = "no_data"
    status[conflict | (state == CONFLICT)] = "conflict"
    status[state == NOT_APPLICABLE] = "not_applicable"
    value[~np.isin(status, ("ok", "small"))] = np.nan

    silent = _changes(cube, figure, value, status)
    share = _of_figures(cube, figure, lambda f: f.measure in ("share", "distribution") and not f.change)
    share = share & ~np.isnan(value)
    low, high = wilson(numerator, denominator)
    uncounted = np.isin(state, (NOT_LOADED, NOT_APPLICABLE))
    periods = {int(start): str(Period(int(start))) for start in np.unique(columns["period"])}
    tree = cube.organisations
    names = {unit_id: tree[unit_id].name for unit_id in dict.fromkeys(columns["unit"])}
    told = {
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
        "unit": np.where(percent, "%", _of_figures(cube, figure, lambda f: f.unit)).astype(object),
        "excluded": np.where(uncounted, np.nan, columns["excluded"].astype(float)),
        "unknown": np.where(uncounted, np.nan, columns["unknown"].astype(float)),
        "matched": matched,
        "ci_low": np.where(share, 100 * low, np.nan),
        "ci_high": np.where(share, 100 * high, np.nan),
        "status": status,
        "note": np.where(silent, "нет значения за прежний учебный год", _notes(columns["note"], status, columns)),
        "source": [
            cube.sources[int(index), int(start)] for index, start in zip(figure, columns["period"], strict=True)
        ],
    }
    return Results.of(told, keep=np.isin(columns["period"], cube.periods))


def _is_bare(figure: Figure) -> bool:
    """Whether the denominator is the count itself and tells nothing more."""
    plain = figure.factor is None and figure.condition is None
    return plain and figure.inside and figure.numerator.where == TRUE


def _factor(figure: Figure) -> float:
    """What N/D is multiplied by to give the value; NaN where the value is N."""
    if figure.condition is not None:
        return 100.0
    return np.nan if figure.factor is None else figure.factor


def _changes(cube: Cube, figure: Array, value: Array, status: Array) -> Array:
    """Turn values into differences with an earlier school year; tell which rows had no earlier value."""
    back = _of_figures(cube, figure, lambda f: 0 if f.condition is not None else f.change)
    names = ("unit", "by", "stratum")
    places = list(zip(figure, *(cube.columns[name] for name in names), cube.columns["period"], strict=True))
    before = {places[row]: value[row] for row in np.flatnonzero(back)}
    silent = np.zeros(len(cube), dtype=bool)
    for row in np.flatnonzero(back):
        *place, year = places[row]
        earlier = before.get((*place, year + back[row]), np.nan)
        silent[row] = bool(np.isnan(earlier) and not np.isnan(value[row]))
        value[row] -= earlier
    status[silent] = "no_data"
    return silent


def _flags(cube: Cube, figure: Array, everybody: Array, value: Array) -> Array:
    """Turn counts of «да» into 1 or 0; tell which rows are shares of organisations with «да» instead."""
    flag = _of_figures(cube, figure, lambda f: f.measure == "flag")
    value[flag] = value[flag] > 0
    wants_all = flag & _of_figures(cube, figure, lambda f: f.climbs == "all")
    value[wants_all] = everybody[wants_all]
    above = (cube.columns["level"] != str(Level.ORGANISATION)) & _of_figures(
        cube, figure, lambda f: f.level is Level.ORGANISATION and f.climbs == "share"
    )
    return np.asarray(flag & above)


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
    result[(status == "conflict") & (result == "")] = "числитель больше знаменателя: источники расходятся"
    return result
