"""Tables of a document: column widths from content, then the WordprocessingML of the table.

python-docx's ``table.cell`` is quadratic (10 s for 100 x 12 cells), so rows and cells are walked as elements.
"""

from collections.abc import Sequence
from itertools import zip_longest

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.table import CT_Tbl

_PADDING = 4.0  # mm lost in every cell to its left and right margins and borders
_LINES = 3  # a cell wraps into about so many lines before the type of the whole table gets smaller,
_ROOMY = 50.0  # but a column this wide (mm) may wrap further
_WIDEST = 120.0  # mm: longer cells always wrap, so that one column does not starve the others
_SMALLEST_TYPE = 8.0  # points

# Advance widths in ems of Times New Roman bold, rounded up: words measured so never break in the column.
_EMS = {
    **dict.fromkeys("шщ", 0.85),
    **dict.fromkeys("жмфыюmw", 0.79),
    **dict.fromkeys("ЖМШЩЫЮW№—%", 1.1),
    **dict.fromkeys("0123456789«»эгз", 0.51),
    **dict.fromkeys(" \u00a0.,:;()-/", 0.34),
}


def text_width(text: str, points: float) -> float:
    """Return the width of one line of text in millimetres, never less than Times New Roman bold needs."""
    ems = sum(_EMS.get(c) or (0.78 if c.isupper() else 0.58) for c in text)
    return ems * points * 25.4 / 72


def fit_columns(rows: Sequence[Sequence[str]], total: float, points: float) -> tuple[list[float], float]:
    """Return column widths in millimetres, ``total`` together, and the type size in points at which no word breaks.

    The first row is the header. Every column holds its longest word, and a third of its longest cell; what is left
    goes to the columns whose cells would wrap. The type gets smaller, down to 8 points, if that does not fit.
    """
    columns = list(zip_longest(*rows, fillvalue=""))
    while True:
        least = [_least(column, points) for column in columns]
        if sum(least) <= total or points <= _SMALLEST_TYPE:
            break
        points -= 0.5
    wanted = [
        max(low, min(_WIDEST, _PADDING + _longest(column[1:], points)))
        for low, column in zip(least, columns, strict=True)
    ]
    spare, wish = total - sum(least), sum(wanted) - sum(least)
    if spare < 0 or wish <= spare:
        return share_out(wanted if spare >= 0 else least, total), points
    return [low + spare * (want - low) / wish for low, want in zip(least, wanted, strict=True)], points


def fit_type(rows: Sequence[Sequence[str]], widths: Sequence[float], points: float) -> float:
    """The type, no larger than ``points``, in which no word is broken in columns of these widths."""
    columns = [_words(column) for column in zip(*rows, strict=True)]
    while points > _SMALLEST_TYPE and any(
        _PADDING + _longest(words, points) > width for words, width in zip(columns, widths, strict=True)
    ):
        points -= 0.5
    return points


def share_out(parts: Sequence[float], total: float) -> list[float]:
    """Scale the parts so that they make ``total``."""
    return [part * total / sum(parts) for part in parts]


def _least(column: Sequence[str], points: float) -> float:
    return _PADDING + max(_longest(_words(column), points), min(_longest(column[1:], points) / _LINES, _ROOMY))


def _longest(texts: Sequence[str], points: float) -> float:
    return max((text_width(text, points) for text in texts), default=0)


def _words(column: Sequence[str]) -> list[str]:
    """Return the unbreakable pieces of a column: a line may break at a space and after a hyphen."""
    return [word for cell in column for word in cell.replace("-", "- ").split(" ")]


def new_table(n_rows: int, widths: Sequence[float], style_id: str, head_cell: str, cell: str) -> CT_Tbl:
    """Return a table of empty paragraphs, ``widths`` in mm; its first row repeats on every page, no row is split.

    ``style_id`` is the style of the table, ``head_cell`` and ``cell`` are those of its paragraphs.
    """
    twips = [round(width * 1440 / 25.4) for width in widths]
    paragraph = '<w:p><w:pPr><w:pStyle w:val="{1}"/></w:pPr></w:p>'
    cells = "".join(f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/>{{0}}</w:tcPr>{paragraph}</w:tc>' for w in twips)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in twips)
    head = cells.format('<w:vAlign w:val="center"/>', head_cell)
    row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells.format('', cell)}</w:tr>"
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{style_id}"/>'
        f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1"'
        ' w:noVBand="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{row * (n_rows - 1)}</w:tbl>"
    )
