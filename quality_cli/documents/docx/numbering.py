"""Numbering of lists: its own definitions, so that lists do not depend on what an office program left in the blank."""

from contextlib import suppress
from typing import cast

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.numbering import NumberingPart

_LEVELS = 3
_INDENT, _STEP, _GAP = 709, 425, 425  # twips: 1.25 cm to the mark, 0.75 cm deeper per level, 0.75 cm to the text
_BULLET = "–"


class Numbering:
    """Gives numbering ids (``w:numId``) to the lists of one document."""

    def __init__(self, document: Document) -> None:
        self._root = _numbering_part(document).element
        self._abstract: dict[str, int] = {}

    def list_id(self, mark: str | None, start: int = 1) -> int:
        """Return the id of a new list: bulleted if ``mark`` is None, else «1.» or «1)» by ``mark``, from ``start``."""
        text = _BULLET if mark is None else f"%{{level}}{mark}"
        if text not in self._abstract:
            self._abstract[text] = self._define(text, "bullet" if mark is None else "decimal")
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            for level in range(_LEVELS if mark else 0)
        )
        id_ = self._next("w:num", "w:numId")
        self._root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{id_}"><w:abstractNumId w:val="{self._abstract[text]}"/>'
                f"{overrides}</w:num>"
            )
        )
        return id_

    def _define(self, text: str, number_format: str) -> int:
        id_ = self._next("w:abstractNum", "w:abstractNumId")
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/><w:suff w:val="tab"/>'
            f'<w:lvlText w:val="{text.format(level=level + 1)}"/><w:lvlJc w:val="left"/><w:pPr><w:tabs>'
            f'<w:tab w:val="num" w:pos="{_INDENT + _STEP * level + _GAP}"/></w:tabs>'
            f'<w:ind w:left="{_STEP * level}" w:firstLine="{_INDENT}"/></w:pPr></w:lvl>'
            for level in range(_LEVELS)
        )
        element = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{id_}"><w:multiLevelType w:val="multilevel"/>'
            f"{levels}</w:abstractNum>"
        )
        self._root.insert(len(self._root.findall(qn("w:abstractNum"))), element)
        return id_

    def _next(self, tag: str, attribute: str) -> int:
        return max((int(e.get(qn(attribute))) for e in self._root.findall(qn(tag))), default=0) + 1


def _numbering_part(document: Document) -> NumberingPart:
    """Return the part that holds the definitions; LibreOffice drops it from a blank that has no lists."""
    with suppress(KeyError):
        return cast(NumberingPart, document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING))
    element = parse_xml(f"<w:numbering {nsdecls('w')}/>")
    name = PackURI("/word/numbering.xml")
    part = NumberingPart(name, CONTENT_TYPE.WML_NUMBERING, element, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return part


def level_of(depth: int) -> int:
    """Return the numbering level (from 0) of a list nested ``depth`` deep; deeper lists look like the third level."""
    return min(depth, _LEVELS - 1)
