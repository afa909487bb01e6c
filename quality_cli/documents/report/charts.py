"""Charts as PNG for printed documents: plain Vega-Lite drawn by vl-convert, without a browser or the network.

Colours keep their order of lightness, so they are told apart in greyscale and by the colour-blind.
One Vega pixel is one point of the printed page.
"""

import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from quality_cli.core.russian import NBSP, num

MARKS = ("«2»", "«3»", "«4»", "«5»")

_PPI = 220
_WIDTH = 340  # of the plot itself: with row names the chart fills the text width of a page
_LABEL_CHARS = 26
_HEADROOM = 1.12
"""Over the highest bar: its text is to stand clear of the legend."""
_SMALLEST_LABELLED = 6.0  # per cent: a label does not fit into a shorter piece
_MARK_COLOURS = ("#7f2704", "#e58a3c", "#a9cbe4", "#e4eff8")
_SERIES_COLOURS = ("#b9cfe4", "#2b5c8a", "#e58a3c", "#7f2704")
_DARK = {"#7f2704"}  # labelled in white
_FONT = "Liberation Sans"
"""Built into vl-convert in one version, but a font of the system with the same name would go before it."""
_FONTCONFIG = "FONTCONFIG_FILE"
_NO_FONTS = Path(__file__).with_name("no_fonts.conf")

_NAMES = {
    "labelExpr": "split(datum.label, '\\n')",
    "labelLimit": 400,
    "labelPadding": 6,
    "ticks": False,
    "domain": False,
}
_CENTRED = {"labelOffset": {"condition": {"test": "indexof(datum.label, '\\n') >= 0", "value": -6}, "value": 0}}


@dataclass(frozen=True, slots=True)
class StackedRow:
    """One bar: its name, a non-negative amount (number of works or share) for each category, and what stands in the
    place of a bar that has none."""

    label: str
    amounts: tuple[float, ...]
    empty: str = "нет данных"


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars standing together: a name and a value for each series, None where there is none; ``texts`` stand over the
    bars and tell no data from zero, few from many, some from all."""

    label: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]


def stacked_shares(rows: Sequence[StackedRow], categories: Sequence[str] = MARKS, legend: str = "Отметка") -> bytes:
    """Draw horizontal bars of 100 % divided by category, at most four; returns a PNG.

    A row whose amounts are all zero shows its words. Raises ValueError if a row has another number of amounts
    than there are categories.
    """
    pieces = [piece for row in rows for piece in _pieces(row, categories)]
    empty = [{"row": _wrap(row.label), "text": row.empty} for row in rows if not sum(row.amounts)]
    y = {
        "field": "row",
        "type": "nominal",
        "sort": [_wrap(row.label) for row in rows],
        "title": None,
        "axis": {**_NAMES, **_CENTRED},
    }
    layers = [
        {
            "data": {"values": pieces},
            "mark": {"type": "bar", "stroke": "#333333", "strokeWidth": 0.5, "height": {"band": 0.72}},
            "encoding": {
                "x": {
                    "field": "begin",
                    "type": "quantitative",
                    "scale": {"domain": [0, 100]},
                    "axis": {"labelExpr": f"datum.label + '{NBSP}%'", "tickCount": 5},
                    "title": None,
                },
                "x2": {"field": "end"},
                "y": y,
                "color": _colour("category", categories, _MARK_COLOURS, legend),
            },
        },
        {
            "data": {"values": pieces},
            "mark": {"type": "text", "fontSize": 9},
            "encoding": {
                "x": {"field": "middle", "type": "quantitative"},
                "y": y,
                "text": {"field": "text"},
                "color": {"field": "ink", "type": "nominal", "scale": None},
            },
        },
        {
            "data": {"values": empty},
            "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 10, "fontStyle": "italic"},
            "encoding": {"x": {"datum": 0}, "y": y, "text": {"field": "text", "type": "nominal"}},
        },
    ]
    return _png({"width": _WIDTH, "height": {"step": 28}, "layer": layers})


def grouped_bars(groups: Sequence[BarGroup], series: Sequence[str], unit: str = "%", legend: str = "") -> bytes:
    """Draw upright bars side by side, at most four series (last year and this one, say); returns a PNG.

    Its text stands over each bar, and where there is none. Raises ValueError if a group has another number of values
    or texts than there are series.
    """
    bars = [
        {
            "group": _wrap(group.label),
            "series": name,
            "value": value or 0,
            "text": text,
        }
        for group in groups
        for name, value, text in zip(series, group.values, group.texts, strict=True)
    ]
    highest = max((value or 0 for group in groups for value in group.values), default=0)
    order = [_wrap(group.label) for group in groups]
    encoding = {
        "x": {
            "field": "group",
            "type": "nominal",
            "sort": order,
            "title": None,
            "axis": {**_NAMES, "labelAngle": 0},
        },
        "xOffset": {"field": "series", "sort": list(series)},
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "scale": {"domainMax": _HEADROOM * (highest or 1), "nice": False},
            "axis": {"titleAngle": 0, "titleAnchor": "end", "titleAlign": "right"},
        },
    }
    colour = _colour("series", series, _SERIES_COLOURS, legend)
    layers = [
        {"mark": {"type": "bar", "stroke": "#333333", "strokeWidth": 0.5}, "encoding": {"color": colour}},
        {"mark": {"type": "text", "dy": -7, "fontSize": 9}, "encoding": {"text": {"field": "text"}}},
    ]
    return _png({"width": _WIDTH + 90, "height": 190, "data": {"values": bars}, "encoding": encoding, "layer": layers})


def _pieces(row: StackedRow, categories: Sequence[str]) -> list[dict[str, object]]:
    """Return the pieces of a bar with their ends in per cent; a row without amounts has none."""
    total = sum(row.amounts)
    ends = [100 * end / total if total else 0.0 for end in accumulate(row.amounts, initial=0.0)]
    return [
        {
            "row": _wrap(row.label),
            "category": category,
            "begin": begin,
            "end": end,
            "middle": (begin + end) / 2,
            "text": num(end - begin) if end - begin >= _SMALLEST_LABELLED else "",
            "ink": "#ffffff" if colour in _DARK else "#000000",
        }
        for category, colour, (begin, end) in zip(
            categories, _MARK_COLOURS[: len(categories)], pairwise(ends), strict=True
        )
        if end > begin
    ]


def _colour(field: str, domain: Sequence[str], colours: Sequence[str], title: str) -> dict[str, object]:
    legend = {
        "title": title or None,
        "orient": "top",
        "symbolType": "square",
        "symbolStrokeColor": "#333333",
        "symbolStrokeWidth": 0.5,
    }
    scale = {"domain": list(domain), "range": list(colours[: len(domain)])}
    return {"field": field, "type": "nominal", "sort": list(domain), "scale": scale, "legend": legend}


def _wrap(label: str) -> str:
    return textwrap.fill(label, _LABEL_CHARS)


@contextmanager
def _without_fonts_of_the_system() -> Iterator[None]:
    """Let vl-convert, which looks for fonts when it first draws, find none but its own.

    So a chart is the same, byte for byte, on every Linux. Elsewhere vl-convert asks the system itself and cannot be
    told not to: there another version of «Liberation Sans», installed for everybody, gives slightly other letters.
    """
    before = os.environ.get(_FONTCONFIG)
    os.environ[_FONTCONFIG] = str(_NO_FONTS)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_FONTCONFIG]
        else:
            os.environ[_FONTCONFIG] = before


def _png(spec: dict[str, object]) -> bytes:
    import vl_convert

    config = {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {"labelFontSize": 10, "titleFontSize": 10, "titleFontWeight": "normal", "gridColor": "#d8d8d8"},
        "legend": {
            "labelFontSize": 10,
            "titleFontSize": 10,
            "titleFontWeight": "normal",
            "offset": 8,
            "titleOrient": "left",
        },
    }
    with _without_fonts_of_the_system():
        return vl_convert.vegalite_to_png(
            {"background": "white", "padding": 4, "config": config, **spec},
            ppi=_PPI,
            allowed_base_urls=[],
            format_locale="ru-RU",
        )
