import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quality_cli.core.errors import ConfigurationError
from quality_cli.documents.docx.docx import to_docx
from quality_cli.documents.docx.table import fit_columns, text_width
from quality_cli.documents.report.charts import StackedRow, stacked_shares
from quality_cli.documents.templates.markdown import md, publishable

BLANK = Path(__file__).parents[2] / "templates" / "бланк.docx"
NASTY = st.text() | st.text(alphabet="\\*_{}[]<>#|~&!`-+=:.)(0123456789 \tаЯ%—№\n\"'^$@/?;,")


def document(markdown: str, blank: Path = BLANK, **images: bytes) -> Document:
    return docx.Document(io.BytesIO(to_docx(markdown, blank, images, "Справка")))


def lines(markdown: str) -> list[str]:
    """Texts of the paragraphs with ordinary spaces."""
    return [p.text.replace("\u00a0", " ") for p in document(markdown).paragraphs]


def style_names(markdown: str) -> list[str]:
    return [p.style.name for p in document(markdown).paragraphs if p.style]


def rows(made: Document) -> Iterator[list[str]]:
    for table in made.tables:
        for row in table._tbl.tr_lst:
            yield [Paragraph(cell.p_lst[0], made._body).text for cell in row.tc_lst]


@pytest.fixture(scope="module")
def png() -> bytes:
    return stacked_shares([StackedRow("Математика", (1, 2, 3, 4))])


# --- text ---------------------------------------------------------------------------------------------------------


def shown(value: str) -> str:
    """The value as it must be shown: nothing lost but white space, control characters and direction marks."""
    return md(value).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")


@settings(max_examples=max(300, settings.default.max_examples))
@given(NASTY, NASTY)
@example("{.caption}", "::: landscape")
@example("---", "|---|")
@example("\\", "a\\|b\\")
@example("&amp;", "![a](b)")
@example("1", ". x")
def test_data_arrive_verbatim(first: str, second: str) -> None:
    a, b = shown(first), shown(second)
    source = f"{md(first)}\n\nСлово {md(first)}{md(second)} слово\n\n# я {md(second)}\n\n- {md(first)}\n\n"
    source += f"| {md(first)} | {md(second)} |\n|--|--|\n| {md(second)} | {md(first)} |\n"
    made = document(source)
    texts = [" ".join(p.text.split()) for p in made.paragraphs]
    expected = [a, f"Слово {a}{b} слово", f"я {b}", a]
    assert [t for t in texts if t] == [t for t in (" ".join(e.split()) for e in expected) if t]
    cells = [[" ".join(cell.split()) for cell in row] for row in rows(made)]
    assert cells == [[" ".join(c.split()) for c in row] for row in ([a, b], [b, a])]


@given(NASTY)
def test_escaping_loses_nothing_visible(value: str) -> None:
    visible = [c for c in value if c.isprintable() and c != " "]
    assert [c for c in shown(value) if c.isprintable() and c != " "] == visible


def test_emphasis_and_unsupported_markup() -> None:
    runs = document("a **b** *c* ***d*** [e](f) `g` <h>").paragraphs[0].runs
    assert [(r.text.strip(), bool(r.bold), bool(r.italic)) for r in runs if r.text.strip()] == [
        ("a", False, False), ("b", True, False), ("c", False, True), ("d", True, True),
        ("[e](f) `g` <h>", False, False),
    ]  # fmt: skip


def test_underscores_are_lines_to_write_on() -> None:
    assert lines("«___»_______ 20___ г.") == ["«___»_______ 20___ г."]


def test_typography_is_applied() -> None:
    assert document("школа № 5 — 12 %").paragraphs[0].text == "школа №\u00a05\u00a0— 12\u00a0%"


def test_source_lines_join_except_where_they_matter() -> None:
    assert lines("a\nb\n\n::: requisites\nc\nd\n:::\n\n::: note\ne\nf\n:::") == ["a b", "c\nd", "e f"]


def test_styles_of_blocks() -> None:
    source = (
        "# 1\n\n## 2\n\n### 3\n\nt\n\n- l\n\n1. n\n\n::: approval\na\n:::\n\n::: requisites\nr\n:::\n\n::: note\nn\n:::"
    )
    assert style_names(source) == [
        "Heading 1", "Heading 2", "Heading 3", "Body Text", "List Bullet", "List Number", "Утверждаю", "Реквизиты",
        "Примечание",
    ]  # fmt: skip


def test_signature_puts_the_name_at_the_right_margin() -> None:
    paragraph = document("::: signature\nНачальник\nуправления\nИ. И. Иванова\n:::").paragraphs[0]
    assert paragraph.text.replace("\u00a0", " ") == "Начальник\nуправления\tИ. И. Иванова"
    (tab,) = paragraph.paragraph_format.tab_stops
    assert round(tab.position.mm) == 170


def test_what_announces_the_next_stands_with_it() -> None:
    made = document("**Документы**\n\nСигналы:\n\nТекст **жирный** дальше.\n\nКонец.").paragraphs
    assert [bool(p.paragraph_format.keep_with_next) for p in made if p.text] == [True, True, False, False]


def test_a_line_of_data_breaks_where_it_may() -> None:
    assert md("1\u00a0718\u00a0детей,  2\u00a0 работы") == "1\u00a0718\u00a0детей, 2 работы"


def test_a_signature_never_stands_alone() -> None:
    """What is before it goes with it: the last row of a table, ruled lines, a paragraph."""
    signature = "\n\n::: signature\nНачальник\nИ. И. Иванова\n:::"
    assert document(f"текст{signature}").paragraphs[0].paragraph_format.keep_with_next
    assert all(p.paragraph_format.keep_with_next for p in document(f"::: blanks 2\n:::{signature}").paragraphs[:2])
    last = document(f"{TABLE}{signature}").tables[0].rows[-1]
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in last.cells)


@pytest.mark.parametrize(("rows", "kept"), [(3, [0, 1, 2]), (9, [0, 1, 8])])
def test_a_table_is_divided_between_pages_away_from_its_ends(rows: int, kept: list[int]) -> None:
    table = document("| a |\n|---|\n" + "| 1 |\n" * rows).tables[0]
    together = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert [number for number, keep in enumerate(together) if keep] == kept


def test_an_annex_is_in_smaller_type() -> None:
    made = document("::: annex\n## Приложение\n\nтекст\n\n- пункт\n\n| a |\n|---|\n| 1 |\n:::\n\nпосле")
    sizes = [run.font.size for paragraph in made.paragraphs for run in paragraph.runs]
    assert [size.pt if size else None for size in sizes] == [10, 10, 10, None]
    (run,) = made.tables[0].rows[1].cells[0].paragraphs[0].runs
    assert run.font.size is not None
    assert run.font.size.pt == 10


def test_blanks_are_ruled_lines() -> None:
    assert lines("::: blanks 6\n:::") == ["\t"] * 6


# --- lists --------------------------------------------------------------------------------------------------------


def test_lists_are_numbered_apart_and_nested() -> None:
    made = document("1. a\n   - b\n\n     ещё\n2. c\n\nтекст\n\n5) d")
    numbers = [p._p.pPr.numPr if p._p.pPr is not None else None for p in made.paragraphs]
    a, b, more, c, text, d = numbers
    assert a is not None and b is not None and c is not None and d is not None
    assert more is None and text is None
    assert (a.ilvl.val, b.ilvl.val, c.ilvl.val, d.ilvl.val) == (0, 1, 0, 0)
    assert a.numId.val == c.numId.val
    assert len({a.numId.val, b.numId.val, d.numId.val}) == 3
    numbering = made.part.numbering_part.element
    start = numbering.xpath(f"./w:num[@w:numId='{d.numId.val}']/w:lvlOverride[1]/w:startOverride/@w:val")
    assert start == ["5"]


# --- tables -------------------------------------------------------------------------------------------------------

TABLE = "| № | Предмет | Доля, % |\n|--:|:--|:-:|\n" + "".join(f"| {i} | Математика | 1,0 |\n" for i in range(30))


def test_table_structure() -> None:
    table = document(TABLE).tables[0]._tbl
    assert len(table.tr_lst) == 31
    assert len(table.xpath(".//w:tblHeader")) == 1
    assert table.tr_lst[0].xpath("./w:trPr/w:tblHeader")
    assert len(table.xpath("./w:tr/w:trPr/w:cantSplit")) == 31
    assert table.xpath("./w:tr[2]/w:tc/w:p/w:pPr/w:jc/@w:val") == ["right", "center"]


def grid(markdown: str) -> list[float]:
    columns = document(markdown).tables[0]._tbl.tblGrid.gridCol_lst
    return [column.w.mm for column in columns]


def test_table_fills_the_width_by_content() -> None:
    number, subject, share = grid(TABLE)
    assert number + subject + share == pytest.approx(170, abs=0.2)
    assert number < share < subject


def test_widths_given_in_the_caption() -> None:
    assert grid('{.caption widths="10,40,50"}\nТаблица 1\n\n' + TABLE) == pytest.approx([17, 68, 85], abs=0.1)


@pytest.mark.parametrize("widths", ["10,40", "10,x,50", "0,50,50", "10,40,50,"])
def test_wrong_widths_are_told(widths: str) -> None:
    with pytest.raises(ConfigurationError, match="widths"):
        document(f'{{.caption widths="{widths}"}}\nТаблица 1\n\n{TABLE}')


def test_mistyped_attributes_do_not_get_into_the_document() -> None:
    with pytest.raises(ConfigurationError, match="в кавычках"):
        document("{.caption widths=10,40,50}\nТаблица 1\n\n" + TABLE)


words = st.text(alphabet="абвгдщШЖ№0123456789 -", max_size=60)


@given(st.integers(1, 12).flatmap(lambda n: st.lists(st.lists(words, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_columns_fill_the_width_and_words_do_not_break(cells: list[list[str]]) -> None:
    widths, points = fit_columns(cells, 257, 12)
    assert sum(widths) == pytest.approx(257)
    assert 8 <= points <= 12
    if points > 8:
        for width, column in zip(widths, zip(*cells, strict=True), strict=True):
            for cell in column:
                assert all(text_width(word, points) < width for word in cell.replace("-", "- ").split())


def test_many_columns_get_smaller_type() -> None:
    head = "|" + "Обучающихся|" * 12 + "\n|" + "--|" * 12 + "\n|" + "1|" * 12
    made = document(head)
    run = Paragraph(made.tables[0]._tbl.tr_lst[1].tc_lst[0].p_lst[0], made._body).runs[0]
    assert run.font.size is not None and 8 <= run.font.size.pt < 12


def test_adjacent_tables_do_not_merge() -> None:
    assert len(document(f"{TABLE}\n{{.caption}}\nТ\n\n{TABLE}").tables) == 2
    body = document(f"{TABLE}\n::: blanks 0\n:::\n\n{TABLE}").element.body
    tags = [child.tag for child in body]
    assert tags[:3] == [qn("w:tbl"), qn("w:p"), qn("w:tbl")]


# --- images -------------------------------------------------------------------------------------------------------


def test_image_with_caption_below(png: bytes) -> None:
    made = document("![Рисунок 1 — *Отметки*](отметки.png){width=100}", **{"отметки.png": png})
    assert round(made.inline_shapes[0].width.mm) == 100
    picture, caption = made.paragraphs
    assert picture.paragraph_format.keep_with_next or picture.style.paragraph_format.keep_with_next
    assert caption.text == "Рисунок 1\u00a0— Отметки"


def test_image_never_exceeds_the_text_width(png: bytes) -> None:
    made = document("![](a){width=500}", a=png)
    assert made.inline_shapes[0].width.mm == pytest.approx(170, abs=0.1)
    assert len(made.paragraphs) == 1


@pytest.mark.parametrize("source", ["![Рисунок](b)", "текст ![Рисунок](a)", "| ![Рисунок](a) |\n|--|"])
def test_misplaced_or_absent_image_is_told(source: str, png: bytes) -> None:
    with pytest.raises(ConfigurationError, match="рисунок"):
        document(source, a=png)


# --- pages --------------------------------------------------------------------------------------------------------


def page_number_fields(made: Document) -> list[bool]:
    return ["PAGE" in section.header._element.xml for section in made.sections]


def test_pages_by_the_standard() -> None:
    made = document("текст")
    (section,) = made.sections
    sizes = (section.page_width, section.page_height, section.left_margin, section.right_margin, section.top_margin)
    assert [round(size.mm) for size in sizes if size] == [210, 297, 30, 10, 20]
    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    assert page_number_fields(made) == [True]


def test_landscape_pages_keep_page_numbers() -> None:
    made = document(f"до\n\n:::: landscape\n## Приложение\n\n{TABLE}\n::: note\nп\n:::\n::::\n\nпосле")
    portrait, landscape = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [section.orientation for section in made.sections] == [portrait, landscape, portrait]
    assert page_number_fields(made) == [True, True, True]
    assert [s.different_first_page_header_footer for s in made.sections] == [True, False, False]
    assert sum(column.w.mm for column in made.tables[0]._tbl.tblGrid.gridCol_lst) == pytest.approx(247, abs=11)


@pytest.mark.parametrize("source", ["до\n\n::: landscape\nконец\n:::", f"до\n\n::: landscape\n{TABLE}\n:::"])
def test_landscape_at_the_end_leaves_no_empty_page(source: str) -> None:
    made = document(source)
    assert [section.orientation for section in made.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]


def test_whole_document_in_landscape_has_one_section() -> None:
    made = document("::: landscape\nтекст\n:::")
    assert [section.orientation for section in made.sections] == [WD_ORIENT.LANDSCAPE]
    assert made.sections[0].different_first_page_header_footer


def test_new_page() -> None:
    assert 'w:type="page"' in document("a\n\n---\n\nb").element.body.xml


def test_unknown_block_is_told() -> None:
    with pytest.raises(ConfigurationError, match="lanscape"):
        document("::: lanscape\nа\n:::")


# --- file and blank -----------------------------------------------------------------------------------------------


def test_same_input_gives_same_bytes(png: bytes) -> None:
    source = f"# а\n\n1. б\n\n![в](a)\n\n::: landscape\n{TABLE}\n:::"
    assert to_docx(source, BLANK, {"a": png}, "т") == to_docx(source, BLANK, {"a": png}, "т")


def test_properties() -> None:
    properties = document("а").core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == ("Справка", "", "")
    assert docx.Document(str(BLANK)).core_properties.author == ""


def test_published_markdown_has_the_same_text() -> None:
    source = "::: requisites\nа\n:::\n\n{.caption}\nТаблица\n\n" + TABLE
    made, published = document(source), document(publishable(source))
    assert [p.text.strip() for p in made.paragraphs] == [p.text.strip() for p in published.paragraphs]
    assert list(rows(made)) == list(rows(published))


def changed_blank(folder: Path, *changes: tuple[str, str]) -> Path:
    """The blank as another program would save it; the changes are regular expressions and replacements."""
    path = folder / "бланк.docx"
    with zipfile.ZipFile(BLANK) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            for pattern, replacement in changes:
                text = re.sub(pattern, replacement, text)
            target.writestr(name, text)
    return path


def test_blank_resaved_by_libreoffice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blank = changed_blank(
        tmp_path,
        ('w:name w:val="heading 1"', 'w:name w:val="Heading 1"'),
        ('w:name w:val="caption"', 'w:name w:val="Caption"'),
        ('w:styleId="BodyText"', 'w:styleId="TextBody"'),
        ('w:styleId="Requisites"', 'w:styleId="Style14"'),
    )
    made = document("# а\n\nб\n\n::: requisites\nв\n:::", blank)
    assert [p._p.style for p in made.paragraphs] == ["Heading1", "TextBody", "Style14"]
    assert not caplog.records


def test_blank_without_numbering_part(tmp_path: Path) -> None:
    blank = changed_blank(tmp_path, ("<Relationship [^>]*/numbering[^>]*>", ""))
    assert document("- а", blank).paragraphs[0]._p.pPr.numPr is not None


def test_absent_style_is_created_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blank = changed_blank(tmp_path, ('"Примечание"', '"Другое"'), ('styleId="Note"', 'styleId="Other"'))
    with caplog.at_level(logging.WARNING):
        made = document("::: note\nа\n:::", blank)
    assert made.paragraphs[0].style.name == "Примечание"
    assert "Примечание" in caplog.text


def test_text_of_the_blank_around_the_marker_stays(tmp_path: Path) -> None:
    original = docx.Document(str(BLANK))
    original.paragraphs[0].insert_paragraph_before("Управление образования")
    original.add_paragraph("Исполнитель")
    path = tmp_path / "свой.docx"
    original.save(str(path))
    made = document("текст\n\n::: landscape\nа\n:::", path)
    assert [p.text for p in made.paragraphs] == ["Управление образования", "текст", "а", "Исполнитель"]
    assert len(made.sections) == 3


def test_bad_blanks_are_told(tmp_path: Path) -> None:
    (tmp_path / "не.docx").write_bytes(b"PK\x03\x04")
    docx.Document().save(str(tmp_path / "без.docx"))
    for name, message in (("нет.docx", "не найден"), ("не.docx", "не документ"), ("без.docx", "ТЕКСТ")):
        with pytest.raises(ConfigurationError, match=message):
            to_docx("а", tmp_path / name, {}, "")
