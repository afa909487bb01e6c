"""What a blank table of ours holds beside its columns, so that it is read as it is when it comes back filled.

A blank table is made in ``documents/forms/blank.py``. Here is what reading must know of it: the mark of the row that
shows how to fill it in, what stands in that row, and the sheet of lists behind the columns.
"""

from collections.abc import Mapping

from quality_cli.datasets.contracts.column import Column, Derivation
from quality_cli.datasets.contracts.contract import Contract

NUMBER, MARK = "№ п/п", "Пример"
"""The column of row numbers, and what stands in it in the row that shows how to fill in the table."""

LISTS = "Списки"
"""The hidden sheet of allowed values."""

EXAMPLE_UNIT = "МБОУ «Образцовая организация»"
_DAY, _YEARS = "01.09.2025", {"period": "2025/2026", "year": "2026"}
_PERSON = {"pupil": "Р-017", "employee": "С-004"}


def written_by_hand(contract: Contract) -> Mapping[str, Column]:
    """Columns that people fill in: not those that nobody writes because they follow from others, nor families of
    columns, which only exports have."""
    return {
        name: column
        for name, column in contract.columns.items()
        if column.type != "numbers" and not (column.derive and (column.optional or _only_follows(column.derive)))
    }


def example_row(contract: Contract) -> Mapping[str, str]:
    """What the row that shows how to fill in the table says, by column; a round is left out: blank is the year."""
    return {name: _example(column) for name, column in written_by_hand(contract).items() if name != contract.round}


def _only_follows(rule: Derivation) -> bool:
    return bool(rule.difference or rule.since_main or rule.latest_round)


def _example(column: Column) -> str:
    if column.values:
        return next(iter(column.values))
    if column.personal:
        return _PERSON[column.personal]
    match column.type:
        case "organisation":
            return EXAMPLE_UNIT
        case "flag":
            return "да"
        case "date":
            return _DAY
        case "year" | "period":
            return _YEARS[column.type]
        case "letter":
            return "А"
        case "integer" | "number":
            low, high = column.min or 0, column.max
            return f"{min(low + 1, low + 1 if high is None else high):g}".replace(".", ",")
        case _:
            return "текст"
