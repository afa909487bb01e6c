"""``completeness.*``: every report that is owed and where it stands. A public contract, as the results are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pyarrow as pa

from quality_cli.analysis.results import about, schema_of
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.russian import num
from quality_cli.core.strata import Stratum, encode_stratum
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.engine.completeness.reports import Completeness, Roll, State


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of the table of completeness. **These fields are the list of its columns.**"""

    period: str = field(metadata=about("Учебный год", "учебный год: 2025/2026"))
    dataset: str = field(metadata=about("Набор", "набор данных: participation"))
    table: str = field(metadata=about("Таблица", "её название"))
    report: str = field(
        metadata=about("Отчёт", "какой отчёт, если их в таблице несколько: form=волонтёрское объединение; иначе пусто")
    )
    org_id: str = field(metadata=about("Код организации", "кто отчитывается: код по реестру"))
    org_name: str = field(metadata=about("Организация", "её название"))
    state: str = field(
        metadata=about(
            "Состояние",
            "received — есть строки; none — заявлено, что сведений нет; missing — не представлен; "
            "numbers — строк нет, даны числа",
        )
    )


COLUMNS: Mapping[str, Mapping[str, str]] = {item.name: item.metadata for item in fields(ReportRow)}
"""By name in the order of the table: ``title`` and ``meaning`` of each column, in Russian."""

SCHEMA = schema_of(ReportRow)

NAMES = "; не представили: "
"""Stands in a note before the names of those who have not handed in everything."""

NOT_HANDED_IN = "не представлено: "
"""Stands in a note of an organisation before the tables that it has not handed in."""

STATES = {"received": "представлен", "none": "сведений нет", "missing": "не представлен", "numbers": "даны числа"}
"""How a state is called."""


def table_of(completeness: Completeness, organisations: OrgTree, contracts: Mapping[str, Contract]) -> pa.Table:
    """The table that files hold; a row for every report owed."""
    units = [organisations[unit] for unit in completeness.units]
    parts = []
    for period, ledger, (places, reports, codes) in completeness.listed():
        once = np.zeros(len(places), dtype=np.int32)
        cells = (
            (once, [str(Period(period))]),
            (once, [ledger.dataset]),
            (once, [contracts[ledger.dataset].title]),
            (reports, [encode_stratum(report.key) for report in ledger.reports]),
            (places, [unit.id for unit in units]),
            (places, [unit.name for unit in units]),
            (codes - 1, list(map(str, State))),
        )
        columns = [pa.DictionaryArray.from_arrays(code.astype(np.int32), words) for code, words in cells]
        parts.append(pa.table(columns, schema=SCHEMA))
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks() if parts else SCHEMA.empty_table()


def report_words(key: Stratum, contract: Contract) -> str:
    """«Класс: 4; Предмет: Математика»."""
    return "; ".join(f"{contract.columns[name].title}: {value}" for name, value in key)


def roll_words(roll: Roll, organisations: OrgTree) -> str:
    """«отчитались 8 из 10; не представили: …; не всё представили: …»; «представлено» of one who reports for all."""
    named = _named(organisations)
    if roll.expected == 1 and not roll.partly:
        return "представлено" if roll.complete else "не представлено"
    told = [f"отчитались {len(roll.complete)} из {roll.expected}"]
    told += [f"не представили: {named(roll.silent)}"] if roll.silent else []
    told += [f"не всё представили: {named(roll.partly)}"] if roll.partly else []
    return "; ".join(told)


def told(completeness: Completeness) -> str:
    """«представлено 3100, сведений нет 20, не представлено 560 из 3680»."""
    came, none, missing, numbers = (completeness.count(state) for state in State)
    told = f"представлено {num(came, 0)}, сведений нет {num(none, 0)}, не представлено {num(missing, 0)}"
    in_numbers = f", дано числами {num(numbers, 0)}" if numbers else ""
    return f"{told}{in_numbers} из {num(len(completeness), 0)}"


def _named(organisations: OrgTree) -> Callable[[Sequence[str]], str]:
    return lambda units: ", ".join(organisations[unit].name for unit in units)


def gaps(completeness: Completeness, organisations: OrgTree, contracts: Mapping[str, Contract]) -> Iterator[Finding]:
    """What is not handed in, table by table of each school year; no errors: the file is as right as it was."""
    yield from completeness.findings
    hint = "если сведений нет, об этом говорит таблица «Сведений нет»; по отчётам — completeness.xlsx"
    for period in completeness.periods:
        for roll in completeness.rolls(period):
            if roll.partly or roll.silent:
                what = f"«{contracts[roll.dataset].title}», {Period(period)}: {roll_words(roll, organisations)}"
                yield Finding("report.missing", Severity.INFO, what, (), hint)


def roll_record(roll: Roll, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """A roll for a program."""
    return {
        "dataset": roll.dataset,
        "table": contracts[roll.dataset].title,
        "expected": roll.expected,
        "received": len(roll.complete),
        "partly": list(roll.partly),
        "silent": list(roll.silent),
    }
