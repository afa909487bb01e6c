"""The styles of a document: how they look by ГОСТ Р 7.0.97-2016, and how they are found in a blank edited by hand."""

import logging
from dataclasses import dataclass
from typing import Literal

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

_log = logging.getLogger(__name__)

Role = Literal[
    "body", "heading1", "heading2", "heading3", "bullet", "number", "caption", "figure", "cell", "head_cell",
    "requisites", "approval", "signature", "note", "ruled",
]  # fmt: skip

TABLE_STYLE_ID, TABLE_STYLE_NAME = "ReportTable", "Таблица справки"
_CELL_MARGIN = 85  # twentieths of a point = 1.5 mm


@dataclass(frozen=True, slots=True)
class Look:
    """One paragraph style: sizes and spacing in points, indents in centimetres."""

    id: str
    name: str  # built-in styles keep their English name in the file; Word shows it in Russian
    size: float = 14
    bold: bool = False
    italic: bool = False
    align: Literal["both", "left", "center", "right"] = "left"
    left: float = 0
    first_line: float = 0
    before: float = 0
    after: float = 0
    line: float = 1.0
    keep_next: bool = False
    outline: int | None = None  # level in Word's navigation pane

    def xml(self) -> str:
        """Return the ``w:style`` element."""
        custom = "" if self.id in _BUILT_IN else ' w:customStyle="1"'
        keep_next = "<w:keepNext/>" if self.keep_next else ""
        outline = "" if self.outline is None else f'<w:outlineLvl w:val="{self.outline}"/>'
        face = ("<w:b/><w:bCs/>" if self.bold else "") + ("<w:i/><w:iCs/>" if self.italic else "")
        half_points = round(2 * self.size)
        return (
            f'<w:style {nsdecls("w")} w:type="paragraph"{custom} w:styleId="{self.id}"><w:name w:val="{self.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{keep_next}'
            f'<w:spacing w:before="{round(20 * self.before)}" w:after="{round(20 * self.after)}"'
            f' w:line="{round(240 * self.line)}" w:lineRule="auto"/>'
            f'<w:ind w:left="{_twips(self.left)}" w:firstLine="{_twips(self.first_line)}"/>'
            f'<w:jc w:val="{self.align}"/>{outline}</w:pPr>'
            f'<w:rPr>{face}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
        )


def _twips(centimetres: float) -> int:
    return round(centimetres * 1440 / 2.54)


_BUILT_IN = {"Heading1", "Heading2", "Heading3", "BodyText", "ListBullet", "ListNumber", "Caption", "Signature"}

LOOKS: dict[Role, Look] = {
    "body": Look("BodyText", "Body Text", align="both", first_line=1.25, line=1.15),
    "heading1": Look(
        "Heading1", "heading 1", bold=True, align="center", before=12, after=12, keep_next=True, outline=0
    ),
    "heading2": Look(
        "Heading2", "heading 2", bold=True, first_line=1.25, before=12, after=6, keep_next=True, outline=1
    ),
    "heading3": Look(
        "Heading3", "heading 3", bold=True, italic=True, first_line=1.25, before=8, after=4, keep_next=True, outline=2
    ),
    "bullet": Look("ListBullet", "List Bullet", align="both", line=1.15),
    "number": Look("ListNumber", "List Number", align="both", line=1.15),
    "caption": Look("Caption", "caption", size=12, before=8, after=4, keep_next=True),
    "figure": Look("Figure", "Рисунок", align="center", before=8, keep_next=True),
    "cell": Look("TableText", "Текст таблицы", size=12),
    "head_cell": Look("TableHead", "Шапка таблицы", size=12, bold=True, align="center", keep_next=True),
    "requisites": Look("Requisites", "Реквизиты", align="center", after=6),
    "approval": Look("Approval", "Утверждаю", left=9, after=6),
    "signature": Look("Signature", "Signature", before=36),
    "note": Look("Note", "Примечание", size=10, align="both", before=4, after=4),
    "ruled": Look("RuledLine", "Линейка", line=1.5),
}

TABLE_STYLE_XML = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE_ID}">'
    f'<w:name w:val="{TABLE_STYLE_NAME}"/><w:qFormat/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + f'</w:tblBorders><w:tblCellMar><w:left w:w="{_CELL_MARGIN}" w:type="dxa"/>'
    f'<w:right w:w="{_CELL_MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)


class Styles:
    """The styles of an open document, found by name or id whatever their capitals; an absent one is created.

    LibreOffice and Word rename styles on saving («heading 1» → «Heading 1»), so python-docx's own look-up fails.
    """

    def __init__(self, document: Document) -> None:
        self._root = document.styles.element
        styles = [style for style in self._root.style_lst if style.name_val]
        self._ids: dict[str, str] = {style.styleId.casefold(): style.styleId for style in styles}
        self._ids |= {style.name_val.casefold(): style.styleId for style in styles}
        self._ids |= {style.name_val: style.styleId for style in styles}  # «caption» beside «Caption»

    def paragraph(self, role: Role) -> str:
        """Return the id of the paragraph style playing this role."""
        look = LOOKS[role]
        return self._find(look.id, look.name, look.xml())

    def table(self) -> str:
        """Return the id of the table style."""
        return self._find(TABLE_STYLE_ID, TABLE_STYLE_NAME, TABLE_STYLE_XML)

    def size(self, role: Role) -> float:
        """Return the type size of a role in points, as set in the blank."""
        style = self._root.get_by_id(self.paragraph(role))
        size = style.find(f"{qn('w:rPr')}/{qn('w:sz')}")
        return LOOKS[role].size if size is None else int(size.get(qn("w:val"))) / 2

    def _find(self, id_: str, name: str, xml: str) -> str:
        for key in (name, name.casefold(), id_.casefold()):
            if found := self._ids.get(key):
                return found
        _log.warning("в бланке нет стиля «%s», взят стиль по умолчанию", name)
        self._root.append(parse_xml(xml))
        self._ids[name] = id_
        return id_
