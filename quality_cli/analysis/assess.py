"""The cube to results: values, intervals and statuses (design §6)."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from quality_cli.analysis.intervals import wilson
from quality_cli.analysis.results import Results, Words
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import ANSWERS
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.strata import encode_stratum
from quality_cli.core.where import TRUE
from quality_cli.datasets.tables.batches import Array
from quality_cli.engine.combine.cube import CONFLICT, NO_ROWS, NOT_APPLICABLE, NOT_LOADED, QUANTITIES, Cube

LEVELS = tuple(Level)
STATUSES = ("ok", "small", "no_data", "conflict", "not_applicable")
OK, SMALL, NO_DATA, CONFLICTING, INAPPLICABLE = range(len(STATUSES))


def assess(cube: Cube, small_below: int) -> Results:
    """Divide, interpret and name: one row of the results for every row of the cube.

    A zero denominator is ``no_data``, never 0; a numerator above its denominator (they come from different tables)
    is ``conflict`` and has no value; fewer than ``small_below`` in the denominator is ``small``.
    """
    rows = _Rows(cube)
    numerator, denominator = rows.counts["numerator"], rows.counts["denominator"]
    factor, bare = rows.of_figures(_factor), rows.of_figures(_is_bare)
    ratio = ~np.isnan(factor)
    units = np.array([trait.counts_units for trait in cube.traits], dtype=bool)[rows.figure]
    links = np.array([trait.links for trait in cube.traits], dtype=bool)[rows.figure]
    empty = (denominator == 0) & (ratio | (rows.of_figures(lambda f: f.inside) & ~bare))
    conflict = ratio & ~empty & (numerator > denominator) & rows.of_figures(lambda f: f.measure == "share")

    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(ratio, factor * numerator / denominator, numerator)
        matched = np.where(links, 100 * denominator / (denominator + rows.counts["unknown"]), np.nan)
    percent = _flags(rows, numerator == denominator, value)
    value[percent] = (100 * numerator / np.maximum(denominator, 1))[percent]
    status = np.full(len(cube), OK, dtype=np.int8)
    status[~bare & ~units & (denominator < small_below)] = SMALL
    status[empty | np.isin(rows.state, (NO_ROWS, NOT_LOADED))] = NO_DATA
    status[conflict | (rows.state == CONFLICT)] = CONFLICTING
    status[rows.state == NOT_APPLICABLE] = INAPPLICABLE
    value[~np.isin(status, (OK, SMALL))] = np.nan

    silent = _changes(rows, value, status)
    share = rows.of_figures(lambda f: f.measure in ("share", "distribution") and not f.change) & ~np.isnan(value)
    low, high = wilson(numerator, denominator)
    uncounted = np.isin(rows.state, (NOT_LOADED, NOT_APPLICABLE))
    tree = list(cube.organisations)
    told: dict[str, Any] = {
        "period": _periods(rows.period),
        "indicator": Words.of(rows.figure, [figure.indicator for figure in cube.figures]),
        "part": Words.of(rows.figure, [figure.part for figure in cube.figures]),
        "level": Words.of(rows.level, LEVELS),
        "org_id": Words.of(rows.unit, [unit.id for unit in tree]),
        "org_name": Words.of(rows.unit, [unit.name for unit in tree]),
        "reported": rows.level == rows.of_figures(lambda f: LEVELS.index(f.level)),
        "by": rows.by,
        "stratum": rows.stratum,
        "numerator": np.where(uncounted, np.nan, numerator),
        "denominator": np.where(uncounted | bare, np.nan, denominator),
        "value": value,
        "unit": Words.of(np.where(percent, len(cube.figures), rows.figure), [*(f.unit for f in cube.figures), "%"]),
        "excluded": np.where(uncounted, np.nan, rows.counts["excluded"]),
        "unknown": np.where(uncounted, np.nan, rows.counts["unknown"]),
        "matched": matched,
        "ci_low": np.where(share, 100 * low, np.nan),
        "ci_high": np.where(share, 100 * high, np.nan),
        "status": Words.of(status, STATUSES),
        "note": _notes(rows, status, silent),
        "source": _sources(rows),
    }
    return Results.of(told, keep=np.isin(rows.period, cube.periods))


def _is_bare(figure: Figure) -> bool:
    """Whether the denominator is the count itself and tells nothing more."""
    plain = figure.factor is None and figure.condition is None
    return plain and figure.inside and figure.numerator.where == TRUE


def _factor(figure: Figure) -> float:
    """What N/D is multiplied by to give the value; NaN where the value is N."""
    if figure.condition is not None:
        return 100.0
    return np.nan if figure.factor is None else figure.factor


class _Rows:
    """Rows of all blocks one under another, words as positions."""

    def __init__(self, cube: Cube) -> None:
        blocks = cube.blocks
        sizes = [len(block) for block in blocks]
        self._figures = cube.figures
        self.cube = cube
        place = np.repeat(np.arange(len(blocks)), sizes)
        figure = _joined([block.figure for block in blocks]).astype(np.int32)
        order = np.argsort(figure, kind="stable")  # figures in the order of the catalogue, rows as they are
        self.figure = figure[order]
        self.level = np.array([LEVELS.index(block.level) for block in blocks], dtype=np.int8)[place[order]]
        self.period = _joined([block.period for block in blocks])[order]
        self.unit = _joined([block.unit for block in blocks])[order]
        self.state = _joined([block.state for block in blocks])[order]
        self.counts = {
            name: _joined([block.counts[name] for block in blocks])[order].astype(float) for name in QUANTITIES
        }
        self.by = Words.of(place[order], [block.by for block in blocks])
        strata = [(block.stratum, tuple(map(encode_stratum, block.strata))) for block in blocks]
        self.stratum = _words(strata, order)
        self.note = _words([(block.note, block.notes) for block in blocks], order)

    def of_figures(self, read: Callable[[Figure], Any]) -> Array:
        """A property of each row's figure."""
        return np.array([read(figure) for figure in self._figures])[self.figure]


def _periods(years: Array) -> Words:
    found, codes = np.unique(years, return_inverse=True)
    return Words.of(codes, [str(Period(int(year))) for year in found])


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _words(parts: Sequence[tuple[Array, Sequence[str]]], order: Array) -> Words:
    """Words of blocks, each with a vocabulary of its own, as one column."""
    starts = np.cumsum([0, *(len(words) for _, words in parts)])
    codes = _joined([codes + start for (codes, _), start in zip(parts, starts[:-1], strict=True)])
    return Words.of(codes[order], [word for _, words in parts for word in words])


def _changes(rows: _Rows, value: Array, status: Array) -> Array:
    """Turn values into differences with an earlier school year; tell which rows had no earlier value."""
    back = rows.of_figures(lambda f: 0 if f.condition is not None else f.change)
    silent = np.zeros(len(value), dtype=bool)
    compared = np.flatnonzero(back)
    place = (rows.figure, rows.unit, rows.by.codes, rows.stratum.codes, rows.period)
    places = list(zip(*(array[compared].tolist() for array in place), strict=True))
    before = dict(zip(places, value[compared].tolist(), strict=True))
    for row, (*where, year) in zip(compared, places, strict=True):
        earlier = before.get((*where, year + back[row]), np.nan)
        silent[row] = bool(np.isnan(earlier) and not np.isnan(value[row]))
        value[row] -= earlier
    status[silent] = NO_DATA
    return silent


def _flags(rows: _Rows, everybody: Array, value: Array) -> Array:
    """Turn counts of «да» into 1 or 0; tell which rows are shares of organisations with «да» instead."""
    flag = rows.of_figures(lambda f: f.measure == "flag")
    value[flag] = value[flag] > 0
    wants_all = flag & rows.of_figures(lambda f: f.climbs == "all")
    value[wants_all] = everybody[wants_all]
    shared = rows.of_figures(lambda f: f.level is Level.ORGANISATION and f.climbs == "share")
    return np.asarray(flag & (rows.level != LEVELS.index(Level.ORGANISATION)) & shared)


def _notes(rows: _Rows, status: Array, silent: Array) -> Words:
    """Why a row has no value: what the engine says of it, else what the counts say."""
    unanswered = (rows.state == NO_ROWS) & rows.of_figures(lambda f: f.population == ANSWERS)
    own = (
        (silent, "нет значения за прежний учебный год"),
        (unanswered, "нет ответа на вопрос формы сбора"),
        ((status == CONFLICTING), "числитель больше знаменателя: источники расходятся"),
        ((status == NO_DATA) & (rows.counts["excluded"] > 0), "все строки исключены"),
        ((status == NO_DATA) & (rows.counts["unknown"] > 0), "значения неизвестны"),
        ((status == NO_DATA), "знаменатель равен нулю"),
    )
    codes, words = rows.note.codes.copy(), [*rows.note.words]
    unsaid = np.array([not word for word in words], dtype=bool)[codes] | silent | unanswered
    for where, word in own:
        codes[unsaid & where] = len(words)
        unsaid = unsaid & ~where
        words.append(word)
    return Words.of(codes, words)


def _sources(rows: _Rows) -> Words:
    """What the figure of each row rests on in its school year."""
    told = rows.cube.sources
    place = {key: index for index, key in enumerate(told)}
    years = {year: index for index, year in enumerate(sorted({year for _, year in told}))}
    table = np.array(
        [[place[figure, year] for year in years] for figure in range(len(rows.cube.figures))], dtype=np.int32
    )
    if not len(rows.figure):
        return Words.of(rows.figure, [])
    year = np.searchsorted(np.array(list(years)), rows.period)
    return Words.of(table[rows.figure, year], list(told.values()))
