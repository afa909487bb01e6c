"""Sections of a document: landscape pages inside a portrait one, without losing headers and page numbers."""

from copy import deepcopy

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.section import CT_SectPr
from docx.oxml.text.paragraph import CT_P
from docx.section import Section

_TINY_PARAGRAPH = (
    f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:ind w:firstLine="0"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


def tiny_paragraph() -> CT_P:
    """Return a paragraph nobody sees: it holds a section break, or keeps two tables from merging."""
    return parse_xml(_TINY_PARAGRAPH)


class Sections:
    """Ends sections before the marker paragraph; page size and margins are those of the blank."""

    def __init__(self, document: Document, marker: CT_P) -> None:
        self._document = document
        self._marker = marker
        self._first = True

    def end(self, *, landscape: bool) -> None:
        """End the section written so far; nothing happens if nothing was written since the last one."""
        last = self._marker.getprevious()
        if last is None or _section_of(last) is not None:
            return
        if last.tag != qn("w:p"):
            last = tiny_paragraph()
            self._marker.addprevious(last)
        properties = deepcopy(self._document.element.body.sectPr)
        if landscape:
            _rotate(Section(properties, self._document.part))
        if not self._first:
            _continue_numbering(properties)
        self._first = False
        last.get_or_add_pPr().append(properties)

    def finish(self) -> None:
        """Remove the marker; a section that ends where the document ends takes the place of the last one."""
        body = self._document.element.body
        last, following = self._marker.getprevious(), self._marker.getnext()
        body.remove(self._marker)
        section = None if last is None else _section_of(last)
        if section is not None and following is body.sectPr:
            body.replace(body.sectPr, section)
        elif not self._first:
            _continue_numbering(body.sectPr)

    def text_size(self, *, landscape: bool) -> tuple[float, float]:
        """Return the width and the height of the text area in millimetres."""
        properties = deepcopy(self._document.element.body.sectPr)
        section = Section(properties, self._document.part)
        if landscape:
            _rotate(section)
        width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        height = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0)
        return width / 36000, height / 36000


def _section_of(element: CT_P) -> CT_SectPr | None:
    return element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")  # type: ignore[no-any-return]


def _rotate(section: Section) -> None:
    """Turn the sheet clockwise: its bound left edge becomes the top one."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        section.left_margin, section.top_margin, section.right_margin, section.bottom_margin,
    )  # fmt: skip


def _continue_numbering(properties: CT_SectPr) -> None:
    """Only the first page of the document is without a number, and numbering never starts anew."""
    for tag in ("w:titlePg", "w:pgNumType"):
        for element in properties.findall(qn(tag)):
            properties.remove(element)


def page_break() -> CT_P:
    """Return a paragraph after which a new page begins."""
    paragraph = tiny_paragraph()
    run, mark = OxmlElement("w:r"), OxmlElement("w:br")
    mark.set(qn("w:type"), "page")
    run.append(mark)
    paragraph.append(run)
    return paragraph
