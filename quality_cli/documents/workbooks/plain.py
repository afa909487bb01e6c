"""A workbook of somebody else's made plain: cells, their looks and comments, formulas over its own cells.

A workbook can start programs and call out to the network from many places: formulas, names, links to other books,
conditional formats, rules of input, hyperlinks, queries of tables and pivots, pictures, macros. Nothing of the kind is
needed to repair a cell, so what is not known to be harmless is left out.
"""

import re
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.workbook.defined_name import DefinedNameDict
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.scenario import ScenarioList
from openpyxl.worksheet.table import TableList
from openpyxl.worksheet.worksheet import Worksheet

_FUNCTIONS = frozenset(
    re.findall(
        "[A-Z]+",
        """
        ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING CHAR CHOOSE CLEAN CODE COLUMN COLUMNS CONCATENATE COUNT COUNTA
        COUNTBLANK COUNTIF COUNTIFS DATE DATEVALUE DAY DAYS EDATE EOMONTH EXACT FALSE FIND FIXED FLOOR HLOOKUP HOUR IF
        IFERROR IFNA INDEX INT ISBLANK ISERR ISERROR ISEVEN ISNA ISNONTEXT ISNUMBER ISODD ISTEXT LARGE LEFT LEN LOOKUP
        LOWER MATCH MAX MEDIAN MID MIN MINUTE MOD MODE MONTH N NA NOT NOW OR POWER PRODUCT PROPER QUARTILE QUOTIENT
        RANK REPLACE REPT RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS SEARCH SECOND SIGN SMALL SQRT STDEV SUBSTITUTE
        SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT T TEXT TIME TODAY TRIM TRUE TRUNC UPPER VALUE VAR VLOOKUP WEEKDAY XOR YEAR
        """,
    )
)
"""What only reckons: nothing of it opens, calls or asks for anything."""

_CELLS = re.compile(
    r"(?:(?:'[^'\[\]|:\\/]+'|[^\W\d][\w.]*)!)?"
    r"(?:\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d{1,7}:\$?\d{1,7})"
)
"""Cells of this workbook, of the formula's own sheet or another."""


def make_plain(book: Workbook) -> None:
    """Leave in the workbook its cells, looks and comments; formulas that are not harmless become their own text."""
    for chart in book.chartsheets:
        book.remove(chart)
    for sheet in book.worksheets:
        _make_plain(sheet)
    whole: Any = book  # openpyxl has no public name for some of it
    whole.defined_names = DefinedNameDict()
    whole.custom_doc_props = CustomPropertyList()
    whole._external_links, whole.vba_archive = [], None


def _make_plain(sheet: Worksheet) -> None:
    whole: Any = sheet
    whole.defined_names = DefinedNameDict()
    whole.conditional_formatting = ConditionalFormattingList()
    whole.data_validations = DataValidationList()
    whole.scenarios = ScenarioList()
    whole.legacy_drawing = None
    whole._tables = TableList()
    whole._charts, whole._images, whole._pivots = [], [], []
    for cell in chain.from_iterable(sheet.iter_rows()):
        if not isinstance(cell, Cell):
            continue  # the inside of a merged range
        if cell.hyperlink is not None:
            cell.hyperlink = None
        if cell.data_type == "f" and not _is_harmless(cell.value):
            formula = str(getattr(cell.value, "text", None) or getattr(cell.value, "ref", cell.value))
            cell.value = formula
            cell.data_type = "s"
            cell.quotePrefix = True


def _is_harmless(formula: object) -> bool:
    """Whether a formula does nothing but reckon with cells of its workbook."""
    text = formula.text if isinstance(formula, ArrayFormula) else formula
    if not isinstance(text, str):
        return False  # a table of data, which openpyxl knows only in part
    try:
        tokens = Tokenizer(text if text.startswith("=") else f"={text}").items
    except Exception:  # what the tokenizer does not understand nobody here does
        return False
    return bool(tokens) and all(map(_is_known, tokens))


def _is_known(token: Token) -> bool:
    if token.type == Token.FUNC:
        return (
            token.subtype == Token.CLOSE or token.value.upper().removeprefix("_XLFN.").removesuffix("(") in _FUNCTIONS
        )
    if token.type == Token.OPERAND and token.subtype == Token.RANGE:
        return _CELLS.fullmatch(token.value) is not None
    return token.type not in (Token.LITERAL, Token.ARRAY)
