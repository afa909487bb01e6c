"""What an analyst should know of a sheet that is read: what is hidden in it, and cells that hold no value."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.contracts.blank import MARK, NUMBER, example_row
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.parse import is_empty

_LONGEST_MARK = 20
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
        first = Place(sheet.file, sheet.sheet, row=sheet.line(hidden[0]) + 1)
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
    return _without_long_rows(_without_example(found, findings), findings)


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
        findings.error("row.long", message, Place(sheet.file, sheet.sheet, row=sheet.line(row) + 1), hint)
    return _without(found, long)


def _without_example(found: Recognised, findings: Findings) -> Recognised:
    """Leave out the row of a blank table that shows how to fill it in; somebody's own words in it are told as lost."""
    number = next((index for index, name in found.names.items() if normalise(name) == normalise(NUMBER)), None)
    if number is None or number in found.read:
        return found
    sheet = found.sheet
    marked = [
        row
        for row in range(found.header + 1, len(sheet.rows))
        if number < len(sheet.rows[row]) and isinstance(mark := sheet.rows[row][number], str) and _is_mark(mark)
    ]
    example = example_row(found.contract)
    for row in marked:
        cells = {
            name: sheet.rows[row][index]
            for name, where in found.columns.items()
            for index in where
            if index < len(sheet.rows[row])
        }
        place = Place(sheet.file, sheet.sheet, row=sheet.line(row) + 1)
        if all(is_empty(cell) or _is_shown(cell, name, example, found.contract) for name, cell in cells.items()):
            findings.info("row.example", "строка-образец пустой таблицы не прочитана: это не данные", place)
        else:
            message = f"строка не прочитана: она помечена «{MARK}», но заполнена по-своему"
            findings.error("row.example", message, place, f"если это данные, сотрите «{MARK}» в столбце «{NUMBER}»")
    return _without(found, marked) if marked else found


def _is_mark(cell: str) -> bool:
    return len(cell) <= _LONGEST_MARK and normalise(cell) == normalise(MARK)


def _is_shown(cell: object, name: str, example: Mapping[str, str], contract: Contract) -> bool:
    """Whether the cell is what we have written there; the school year is that of the blank table."""
    if contract.columns[name].type in ("period", "year") or name not in example:
        return True
    shown = f"{cell:g}".replace(".", ",") if isinstance(cell, float) else str(cell)
    return normalise(shown) == normalise(example[name])


def _without(found: Recognised, left_out: Sequence[int]) -> Recognised:
    rows = list(found.sheet.rows)
    for row in left_out:
        rows[row] = []
    return replace(found, sheet=replace(found.sheet, rows=rows))
