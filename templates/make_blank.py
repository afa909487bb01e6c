"""Make ``бланк.docx``, the blank every document is laid out on (ГОСТ Р 7.0.97-2016).

Run once; from then on the blank is edited in Word: fonts, margins, letterhead above the ``[[ТЕКСТ]]`` paragraph.
"""

from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from quality_cli.core.archive import reproducible
from quality_cli.documents.docx.docx import MARKER
from quality_cli.documents.docx.styles import LOOKS, TABLE_STYLE_XML

BLANK = Path(__file__).parent / "бланк.docx"

_KEPT_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header"}
_FONT = "Times New Roman"
_DEFAULTS = (
    f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
    f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" w:eastAsia="{_FONT}"/>'
    '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="ru-RU" w:eastAsia="ru-RU" w:bidi="ar-SA"/>'
    '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
    "</w:pPrDefault></w:docDefaults>"
)


def main() -> None:
    """Write the blank beside this script."""
    document = docx.Document()
    _set_styles(document)
    _set_page(document)
    _set_language(document)
    _drop_leftovers(document)
    document.add_paragraph(MARKER)._p.style = LOOKS["body"].id
    properties = document.core_properties
    for name in ("author", "title", "comments", "last_modified_by", "keywords", "subject", "category"):
        setattr(properties, name, "")
    properties.language = "ru-RU"
    document.save(str(BLANK))
    BLANK.write_bytes(reproducible(BLANK.read_bytes()))


def _set_styles(document: Document) -> None:
    root = document.styles.element
    root.replace(root.find(qn("w:docDefaults")), parse_xml(_DEFAULTS))
    for style in list(root.style_lst):
        if style.styleId not in _KEPT_STYLES:
            root.remove(style)
    normal = root.get_by_id("Normal")
    for element in list(normal):
        if element.tag in {qn("w:rPr"), qn("w:pPr")}:
            normal.remove(element)
    for look in LOOKS.values():
        root.append(parse_xml(look.xml()))
    root.append(parse_xml(TABLE_STYLE_XML))
    numbering = document.part.numbering_part.element
    for element in list(numbering):
        numbering.remove(element)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(10)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'))
    section.first_page_header.is_linked_to_previous = False


def _set_language(document: Document) -> None:
    """Make Word treat the file as a Russian document of a current version, without its compatibility mode."""
    settings = document.settings.element
    for tag, attribute, value in (
        ("w:themeFontLang", "w:val", "ru-RU"),
        ("w:decimalSymbol", "w:val", ","),
        ("w:listSeparator", "w:val", ";"),
        ("w:compat/w:compatSetting[@w:name='compatibilityMode']", "w:val", "15"),
    ):
        settings.xpath(tag)[0].set(qn(attribute), value)


def _drop_leftovers(document: Document) -> None:
    """Remove what python-docx's own template brings along: its thumbnail and a second set of styles."""
    for rels in (document.part.package.rels, document.part.rels):
        for id_, rel in list(rels.items()):
            if rel.reltype.endswith(("/thumbnail", "/stylesWithEffects", "/customXml")):
                del rels[id_]


if __name__ == "__main__":
    main()
