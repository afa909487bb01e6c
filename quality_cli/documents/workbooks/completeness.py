"""``completeness.xlsx``: the table of completeness for people."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.analysis.completeness import COLUMNS, STATES, report_words
from quality_cli.analysis.lines import written
from quality_cli.analysis.matrix import COUNTS, Matrix
from quality_cli.core.organisations import OrgTree
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.documents.workbooks.sheet import ROWS, Sheet, write_book

_WIDTHS = {"period": 12, "table": 44, "report": 60, "org_name": 36, "state": 18, "org_id": 14}
"""Columns in the order of the sheet, and how wide they are."""

_SHEET = Sheet(
    "Полнота", tuple((COLUMNS[name]["title"], width) for name, width in _WIDTHS.items()), frozen=2, printed=5
)


def write_completeness_workbook(
    table: pa.Table, matrices: Sequence[Matrix], organisations: OrgTree, contracts: Mapping[str, Contract], path: Path
) -> None:
    """Write as many rows as a sheet holds under Russian headers with a filter, and the matrices of school years on a
    sheet of their own; the same table gives the same bytes."""
    table = table.slice(0, ROWS - 1)
    dataset, report = (table[name].cast(pa.string()) for name in ("dataset", "report"))
    told = {
        "report": written(pc.binary_join_element_wise(dataset, report, "\n"), lambda both: _report(both, contracts)),
        "state": written(table["state"], lambda state: STATES[state]),
    }
    cells = [told[name] if name in told else table[name] for name in _WIDTHS]
    write_book(path, [(_SHEET, cells), _matrix(matrices, organisations, contracts)])


def _matrix(
    matrices: Sequence[Matrix], organisations: OrgTree, contracts: Mapping[str, Contract]
) -> tuple[Sheet, Sequence[pa.Array]]:
    """Organisations of every school year, the tables side by side; counts of reports at the end. There is no day in it
    on which terms are judged: the same data give the same file."""
    owed = {name for matrix in matrices for name in matrix.datasets}
    datasets = [name for name in contracts if name in owed]
    counts = [name for name in COUNTS if name != "overdue"]
    titles = [("Учебный год", 12), ("Организация", 36), *((contracts[name].title, 15) for name in datasets)]
    columns = (*titles, *((COUNTS[name], 15) for name in counts))
    lines = [(matrix, unit) for matrix in matrices for unit in matrix.units][: ROWS - 1]
    words = [[str(matrix.period) for matrix, _ in lines], [organisations[unit].name for _, unit in lines]]
    words += [[matrix.at(unit, name).mark for matrix, unit in lines] for name in datasets]
    tallies = [matrix.of_unit(unit).record() for matrix, unit in lines]
    numbers = [pa.array([float(own[name]) for own in tallies], pa.float64()) for name in counts]
    sheet = Sheet("Матрица", columns, frozen=2, printed=len(columns))
    return sheet, [*(pa.array(column, pa.string()) for column in words), *numbers]


def _report(both: str, contracts: Mapping[str, Contract]) -> str:
    dataset, report = both.split("\n", 1)
    return report_words(decode_stratum(report), contracts[dataset])
