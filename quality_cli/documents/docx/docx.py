"""Markdown to DOCX on a blank that is edited in Word (``templates/бланк.docx``).

The dialect is CommonMark's headings 1–3, paragraphs, ``*``-emphasis, lists, images and GFM tables, and

* ``{.caption widths="10,40,25,25"}`` on the line above a table's caption; the widths are shares of the text width;
* ``![Рисунок 1 — …](key){width=120}``: an image of ``images`` with its caption below; the width is in millimetres;
* ``::: landscape``, ``::: requisites``, ``::: approval``, ``::: signature``, ``::: note``, ``::: annex`` (in
  smaller type), ``::: blanks 6``, each closed by ``:::``; a block around another one has more colons;
* ``---``: a new page.

Anything else of Markdown (links, code, HTML) is shown as it is written.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.hr import hr
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.container import container_plugin

from quality_cli.core.archive import reproducible
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.russian import typography
from quality_cli.documents.docx.numbering import Numbering, level_of
from quality_cli.documents.docx.sections import Sections, page_break, tiny_paragraph
from quality_cli.documents.docx.styles import Role, Styles
from quality_cli.documents.docx.table import fit_columns, fit_type, new_table, share_out

MARKER = "[[ТЕКСТ]]"

_HEADINGS: tuple[Role, ...] = ("heading1", "heading2", "heading3")
_KEPT_TOGETHER = 4  # rows: a shorter table is not divided between pages
_KEPT_AT_ENDS = 2  # rows of a longer one that stay together at its beginning and at its end
_ANNEX_SIZE = Pt(10)
_STYLED_BLOCKS: dict[str, Role] = {"approval": "approval", "requisites": "requisites", "note": "note"}
_ALIGNMENTS = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}


def to_docx(markdown: str, blank: Path, images: Mapping[str, bytes], title: str) -> bytes:
    """Lay the Markdown out on the blank, in place of its ``[[ТЕКСТ]]`` paragraph; equal input gives equal bytes.

    ``images`` maps the keys used in the Markdown to PNG or JPEG files. Raises ConfigurationError if the blank cannot
    be read or has no marker, or the Markdown asks for an unknown block or image.
    """
    document = _open(blank)
    marker = next((p for p in document.paragraphs if p.text.strip() == MARKER), None)
    if marker is None:
        raise ConfigurationError(f"{blank}: в бланке нет абзаца {MARKER}, на место которого встаёт текст")
    _Writer(document, marker, images).write(SyntaxTreeNode(_parser().parse(markdown)))
    properties = document.core_properties
    properties.title = title[:255]
    properties.author = properties.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return reproducible(out.getvalue())


def _open(blank: Path) -> Document:
    try:
        return docx.Document(str(blank))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise ConfigurationError(f"{blank}: бланк не найден или это не документ DOCX") from error


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero")
    parser.enable(["heading", "list", "table", "hr", "emphasis", "image", "escape", "entity", "newline"])
    parser.inline.ruler.at("emphasis", _only_stars)
    parser.block.ruler.at("hr", _only_dashes, {"alt": ["paragraph", "list"]})
    container_plugin(parser, "block", validate=lambda *_: True)
    attrs_plugin(parser, after=("image",))
    attrs_block_plugin(parser)
    return parser


def _only_stars(state: StateInline, silent: bool) -> bool:
    """Underscores are lines to write on, never emphasis."""
    return state.src[state.pos] != "_" and emphasis.tokenize(state, silent)


def _only_dashes(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of underscores is a line to write on, never a page break."""
    return state.src[state.bMarks[start] + state.tShift[start]] != "_" and hr(state, start, end, silent)


class _Writer:
    """Writes the nodes of the Markdown one after another before the marker."""

    def __init__(self, document: Document, marker: Paragraph, images: Mapping[str, bytes]) -> None:
        self._marker = marker
        self._images = images
        self._styles = Styles(document)
        self._numbering = Numbering(document)
        self._sections = Sections(document, marker._p)
        self._landscape = False
        self._annex = False
        self._widths = ""  # widths given in the caption of the next table

    def write(self, root: SyntaxTreeNode) -> None:
        self._blocks(root.children, "body")
        self._sections.finish()

    def _blocks(self, nodes: Sequence[SyntaxTreeNode], role: Role) -> None:
        for node in nodes:
            match node.type:
                case "heading":
                    level = min(int(node.tag[1:]), len(_HEADINGS))
                    self._inline(self._paragraph(_HEADINGS[level - 1]), node.children[0])
                case "paragraph":
                    self._text(node, role)
                case "bullet_list" | "ordered_list":
                    self._list(node, 0)
                case "table":
                    self._table(node)
                case "hr":
                    self._put(page_break())
                case "container_block":
                    self._container(node)

    def _put(self, element: CT_P) -> None:
        self._marker._p.addprevious(element)

    def _paragraph(self, role: Role) -> Paragraph:
        """Add an empty paragraph; text following a table stands off from it."""
        previous = self._marker._p.getprevious()
        paragraph = self._marker.insert_paragraph_before()
        paragraph._p.style = self._styles.paragraph(role)
        if previous is not None and previous.tag == qn("w:tbl") and role not in {"note", "signature"}:
            paragraph.paragraph_format.space_before = Pt(10)
        return paragraph

    def _text(self, node: SyntaxTreeNode, role: Role) -> None:
        inline = node.children[0]
        if inline.content.startswith("{"):
            raise ConfigurationError(f"не понята строка «{inline.content.splitlines()[0]}»: значения пишут в кавычках")
        if any(child.type == "image" for child in inline.children):
            self._figures(inline)
            return
        if node.attrs.get("class") == "caption":
            role, self._widths = "caption", str(node.attrs.get("widths", ""))
        paragraph = self._paragraph(role)
        self._inline(paragraph, inline, keep_lines=role in {"approval", "requisites"})
        if role == "body" and _announces(inline):
            paragraph.paragraph_format.keep_with_next = True

    def _inline(self, paragraph: Paragraph, inline: SyntaxTreeNode, *, keep_lines: bool = False) -> None:
        _add_runs(paragraph, inline.children, keep_lines=keep_lines)
        if self._annex:
            for run in paragraph.runs:
                run.font.size = _ANNEX_SIZE

    def _figures(self, inline: SyntaxTreeNode) -> None:
        for node in inline.children:
            match node.type:
                case "image":
                    self._figure(node)
                case "softbreak":
                    pass
                case _:
                    raise ConfigurationError(f"рисунок должен стоять отдельным абзацем: «{inline.content}»")

    def _figure(self, node: SyntaxTreeNode) -> None:
        key = unquote(str(node.attrs["src"]))
        if key not in self._images:
            raise ConfigurationError(f"для документа не подготовлен рисунок «{key}»")
        width, height = self._sections.text_size(landscape=self._landscape)
        shape = self._paragraph("figure").add_run().add_picture(io.BytesIO(self._images[key]))
        wish = Mm(float(node.attrs["width"])) if "width" in node.attrs else shape.width
        scale = min(wish / shape.width, Mm(width) / shape.width, Mm(height * 0.9) / shape.height)
        shape.width, shape.height = round(shape.width * scale), round(shape.height * scale)
        shape._inline.docPr.set("descr", node.content)
        if node.children:
            caption = self._paragraph("caption")
            caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            caption.paragraph_format.keep_with_next = False
            _add_runs(caption, node.children)

    def _list(self, node: SyntaxTreeNode, depth: int) -> None:
        mark = node.children[0].markup if node.type == "ordered_list" else None
        list_id = self._numbering.list_id(mark, int(node.attrs.get("start", 1)))
        role: Role = "number" if mark else "bullet"
        for item in node.children:
            numbered = False
            for child in item.children:
                if child.type in {"bullet_list", "ordered_list"}:
                    self._list(child, depth + 1)
                    continue
                if child.type != "paragraph":
                    self._blocks([child], "body")
                    continue
                paragraph = self._paragraph("body" if numbered else role)
                if not numbered:
                    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                    properties.get_or_add_ilvl().val = level_of(depth)
                    properties.get_or_add_numId().val = list_id
                numbered = True
                self._inline(paragraph, child.children[0])

    def _table(self, node: SyntaxTreeNode) -> None:
        rows = [row.children for part in node.children for row in part.children]
        texts = [[_plain(cell.children[0]) for cell in row] for row in rows]
        total, _ = self._sections.text_size(landscape=self._landscape)
        size = _ANNEX_SIZE.pt if self._annex else self._styles.size("cell")
        widths, fitted = fit_columns(texts, total, size)
        if self._widths:
            widths = self._given_widths(len(widths), total)
            fitted = fit_type(texts, widths, size)
        styles = self._styles
        table = new_table(len(rows), widths, styles.table(), styles.paragraph("head_cell"), styles.paragraph("cell"))
        previous = self._marker._p.getprevious()
        if previous is not None and previous.tag == qn("w:tbl"):
            self._put(tiny_paragraph())
        self._marker._p.addprevious(table)
        kept = (
            {*range(len(rows))} if len(rows) <= _KEPT_TOGETHER else {*range(_KEPT_AT_ENDS), len(rows) - _KEPT_AT_ENDS}
        )
        for i, (row, cells) in enumerate(zip(table.tr_lst, rows, strict=True)):
            for element, cell in zip(row.tc_lst, cells, strict=True):
                paragraph = Paragraph(element.p_lst[0], self._marker._parent)
                if cell.type == "td":
                    style = str(cell.attrs.get("style", ""))
                    if alignment := _ALIGNMENTS.get(style.removeprefix("text-align:")):
                        paragraph.paragraph_format.alignment = alignment
                if i in kept and i < len(rows) - 1:
                    paragraph.paragraph_format.keep_with_next = True
                self._inline(paragraph, cell.children[0])
                if fitted < size:
                    for run in paragraph.runs:
                        run.font.size = Pt(fitted)

    def _given_widths(self, n_columns: int, total: float) -> list[float]:
        given, self._widths = self._widths, ""
        try:
            parts = [float(part) for part in given.split(",")]
        except ValueError:
            parts = []
        if len(parts) != n_columns or min(parts) <= 0:
            raise ConfigurationError(f'widths="{given}": нужно положительных чисел через запятую: {n_columns}')
        return share_out(parts, total)

    def _container(self, node: SyntaxTreeNode) -> None:
        name, *arguments = node.info.split() or [""]
        match name:
            case "landscape":
                self._sections.end(landscape=False)
                self._landscape = True
                self._blocks(node.children, "body")
                self._landscape = False
                self._sections.end(landscape=True)
            case "approval" | "requisites" | "note":
                self._blocks(node.children, _STYLED_BLOCKS[name])
            case "annex":
                self._annex = True
                self._blocks(node.children, "body")
                self._annex = False
            case "signature":
                for child in node.children:
                    self._signature(child)
            case "blanks" if len(arguments) == 1 and arguments[0].isdecimal():
                for _ in range(int(arguments[0])):
                    ruled = self._paragraph("ruled")
                    ruled.paragraph_format.keep_with_next = True  # a signature follows
                    self._tab_to_margin(ruled, WD_TAB_LEADER.LINES)
            case _:
                raise ConfigurationError(f"неизвестный блок «::: {node.info.strip()}»")

    def _signature(self, node: SyntaxTreeNode) -> None:
        """Write the lines of a signature: the last one, the name, stands at the right margin beside the post.

        It never stands alone on a page.
        """
        self._keep_last_with_next()
        paragraph = self._paragraph("signature")
        if node.type != "paragraph":
            raise ConfigurationError("в блоке «::: signature» допускаются только строки текста")
        children = node.children[0].children
        breaks = [i for i, child in enumerate(children) if child.type in {"softbreak", "hardbreak"}]
        last = breaks[-1] if breaks else len(children)
        _add_runs(paragraph, children[:last], keep_lines=True)
        self._tab_to_margin(paragraph, WD_TAB_LEADER.SPACES)
        _add_runs(paragraph, children[last + 1 :])

    def _keep_last_with_next(self) -> None:
        """Keep the last paragraph, or the last row of a table, on the page of what follows."""
        last = self._marker._p.getprevious()
        paragraphs = [] if last is None else last.tr_lst[-1].iter(qn("w:p")) if last.tag == qn("w:tbl") else [last]
        for element in paragraphs:
            Paragraph(element, self._marker._parent).paragraph_format.keep_with_next = True

    def _tab_to_margin(self, paragraph: Paragraph, leader: WD_TAB_LEADER) -> None:
        width, _ = self._sections.text_size(landscape=self._landscape)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT, leader)
        paragraph.add_run("\t")


def _announces(inline: SyntaxTreeNode) -> bool:
    """Whether a paragraph is only there for what follows: it is bold throughout or ends with a colon."""
    told = [child for child in inline.children if child.type != "text" or child.content]
    return inline.content.endswith(":") or [child.type for child in told] == ["strong"]


def _add_runs(
    paragraph: Paragraph,
    nodes: Sequence[SyntaxTreeNode],
    *,
    keep_lines: bool = False,
    bold: bool | None = None,
    italic: bool | None = None,
) -> None:
    """Add inline nodes to a paragraph; a line end of the source is a line end of the document if ``keep_lines``."""
    for node in nodes:
        match node.type:
            case "strong":
                _add_runs(paragraph, node.children, keep_lines=keep_lines, bold=True, italic=italic)
            case "em":
                _add_runs(paragraph, node.children, keep_lines=keep_lines, bold=bold, italic=True)
            case "hardbreak":
                paragraph.add_run().add_break()
            case "softbreak" if keep_lines:
                paragraph.add_run().add_break()
            case "softbreak":
                paragraph.add_run(" ")
            case "image":
                raise ConfigurationError(f"рисунок должен стоять отдельным абзацем: «{node.content}»")
            case _:
                run = paragraph.add_run(typography(node.content))
                if bold:
                    run.bold = True
                if italic:
                    run.italic = True


def _plain(node: SyntaxTreeNode) -> str:
    """Return the text of inline nodes, as it is measured."""
    if node.children:
        return "".join(map(_plain, node.children))
    return typography(node.content) if node.type == "text" else " "
