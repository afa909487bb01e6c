"""The matrix of completeness as ``check`` and ``forms status`` show it."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from quality_cli.core.errors import ConfigurationError

if TYPE_CHECKING:
    from quality_cli.analysis.matrix import Matrix, Tally
    from quality_cli.core.organisations import OrgTree
    from quality_cli.datasets.contracts.contract import Contract
    from quality_cli.engine.completeness.reports import Completeness


def day_of(today: str | None) -> date:
    """The day on which terms are judged; raises :class:`ConfigurationError` for what is no day."""
    try:
        return date.fromisoformat(today) if today else date.today()
    except ValueError as error:
        raise ConfigurationError(f"день пишется как 2026-06-30, а дано «{today}»") from error


def show_matrix(
    matrix: "Matrix", completeness: "Completeness", organisations: "OrgTree", contracts: "Mapping[str, Contract]"
) -> None:
    """Organisations × tables under numbers, then what the numbers mean with the counts of each table."""
    from quality_cli.analysis.matrix import LEGEND, MARKS
    from quality_cli.cli.console import say, table

    if not matrix.units:
        return
    numbers = [str(number) for number in range(1, len(matrix.datasets) + 1)]
    lines = [
        [organisations[unit].name, *(matrix.at(unit, name).mark for name in matrix.datasets),
         *_counts(matrix.of_unit(unit))]
        for unit in matrix.units
    ]  # fmt: skip
    say(f"Кто что представил за {matrix.period} учебный год, отчётов:")
    table(["Организация", *numbers, *MARKS], lines, tight=True)
    say(LEGEND)
    rolls = {roll.dataset: roll for roll in completeness.rolls(matrix.period.start)}
    tables = []
    for number, name in zip(numbers, matrix.datasets, strict=True):
        whole = f"{len(rolls[name].complete)} из {rolls[name].expected}"
        tables.append([number, contracts[name].title, whole, *_counts(matrix.of_table(name))])
    table(["№", "Таблица", "Полностью", *MARKS], tables, tight=True)


def _counts(tally: "Tally") -> list[str]:
    return [str(number) for number in tally.record().values()]
