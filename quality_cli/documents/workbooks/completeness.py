"""``completeness.xlsx``: the table of completeness for people."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.analysis.completeness import COLUMNS, STATES, report_words
from quality_cli.analysis.lines import written
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.documents.workbooks.sheet import ROWS, Sheet, write_sheet

_WIDTHS = {"period": 12, "table": 44, "report": 60, "org_name": 36, "state": 18, "org_id": 14}
"""Columns in the order of the sheet, and how wide they are."""

_SHEET = Sheet(
    "Полнота", tuple((COLUMNS[name]["title"], width) for name, width in _WIDTHS.items()), frozen=2, printed=5
)


def write_completeness_workbook(table: pa.Table, contracts: Mapping[str, Contract], path: Path) -> None:
    """Write as many rows as a sheet holds under Russian headers with a filter; the same table gives the same bytes."""
    table = table.slice(0, ROWS - 1)
    dataset, report = (table[name].cast(pa.string()) for name in ("dataset", "report"))
    told = {
        "report": written(pc.binary_join_element_wise(dataset, report, "\n"), lambda both: _report(both, contracts)),
        "state": written(table["state"], lambda state: STATES[state]),
    }
    write_sheet(path, _SHEET, [told[name] if name in told else table[name] for name in _WIDTHS])


def _report(both: str, contracts: Mapping[str, Contract]) -> str:
    dataset, report = both.split("\n", 1)
    return report_words(decode_stratum(report), contracts[dataset])
