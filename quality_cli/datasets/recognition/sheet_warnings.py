"""What an analyst should know of a sheet that is read: what is hidden in it, and cells that hold no value."""

from collections.abc import Collection
from dataclasses import replace

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.parse import is_empty

_OPEN_AND_SAVE = "откройте файл в Excel и сохраните"


def noted(found: Recognised, findings: Findings) -> Recognised:
    """Tell what is odd in the sheet; the result is without the rows that cannot be trusted."""
    sheet, read = found.sheet, found.read
    place = Place(sheet.file, sheet.sheet)
    if sheet.hidden:
        message = "лист скрыт, но прочитан вместе с остальными"
        findings.warning("sheet.hidden", message, place, "если его строки лишние, удалите лист")
    hidden = [row for row in sheet.hidden_rows if row > found.header and _is_filled(found, read, row)]
    if hidden:
        message = "скрытые строки (или скрытые фильтром) прочитаны вместе с остальными"
        first = Place(sheet.file, sheet.sheet, row=hidden[0] + 1)
        findings.warning("row.hidden", message, first, "если они лишние, удалите их", len(hidden))
    unseen = sorted(read.intersection(sheet.hidden_columns))
    if unseen:
        message = "скрытые столбцы прочитаны вместе с остальными"
        places = tuple(sheet.place(found.header, column) for column in unseen)
        hint = "если их значения лишние или старые, удалите их"
        findings.add(Finding("column.hidden", Severity.WARNING, message, places[: findings.sample], hint, len(unseen)))
    for row, column in sheet.uncached:
        if row > found.header and column in read and _is_filled(found, read, row):
            message = "формула сохранена без значения"
            findings.error("cell.formula", message, sheet.place(row, column), _OPEN_AND_SAVE)
    return _without_long_rows(found, findings)


def _is_filled(found: Recognised, read: Collection[int], row: int) -> bool:
    rows = found.sheet.rows
    return row < len(rows) and any(column < len(rows[row]) and not is_empty(rows[row][column]) for column in read)


def _without_long_rows(found: Recognised, findings: Findings) -> Recognised:
    """Leave out rows of a text table with more values than the header has names: their values have shifted."""
    sheet = found.sheet
    width = len(sheet.rows[found.header])
    long = [
        row
        for row in range(found.header + 1, len(sheet.rows))
        if len(sheet.rows[row]) > width and not all(map(is_empty, sheet.rows[row][width:]))
    ]
    if not long:
        return found
    for row in long:
        message = "строка пропущена: в ней больше значений, чем столбцов в заголовке"
        hint = "разделитель столбцов стоит внутри значения (например, запятая в дробном числе): возьмите его в кавычки"
        findings.error("row.long", message, Place(sheet.file, sheet.sheet, row=row + 1), hint)
    rows = list(sheet.rows)
    for row in long:
        rows[row] = []
    return replace(found, sheet=replace(sheet, rows=rows))
