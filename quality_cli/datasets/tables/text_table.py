"""Small readable text tables as data: worked examples of the catalogue and tests.

A table has a header of column names of the contract and cells between ``|``. Without a table of organisations a region
«регион» and in it a municipality «муниципалитет» with a school for every other name met are assumed, without a year
the school year 2025/2026::

    org | grade | subject      | mark
    А   | 4     | Русский язык | 2
"""

import re
from collections.abc import Mapping

from quality_cli.core.findings import Findings, Place, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.layout import Layout, Recognise
from quality_cli.datasets.derivation.blanks import Blank, tell_blanks
from quality_cli.datasets.derivation.derive import derive
from quality_cli.datasets.derivation.join import join
from quality_cli.datasets.derivation.union import unions
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.tables.table import Columns, Table, Tables
from quality_cli.datasets.tables.text_rows import RawTable, TextTableError, text_rows
from quality_cli.datasets.values.build import SheetBuilder
from quality_cli.datasets.values.organisations import OrgMatcher, build_tree
from quality_cli.datasets.values.people import KEY_SIZE, Pseudonyms

DEFAULT_YEAR = 2026
_MEMBER = re.compile(r"(?P<family>\w+)\.(?P<label>\S+)(?: \((?P<max>\d+)\))?(?: (?P<mark>\S+))?")
"""A column of a family: «task.1», with its greatest value «task.1 (2)», with its mark «task.1 (2) Б»."""
_MARKS = "marks"
REGION, MUNICIPALITY = "регион", "муниципалитет"


def tables_from_text(data: Mapping[str, str], contracts: Mapping[str, Contract]) -> Tables:
    """Tables from text by dataset; raise :class:`TextTableError` for anything a real file would get a finding for."""
    findings = Findings()
    raw = {name: text_rows(text) for name, text in data.items()}
    for name, (header, _) in raw.items():
        if name not in contracts:
            raise TextTableError(f"нет набора данных «{name}»")
        if contracts[name].union:
            members = ", ".join(member.dataset for member in contracts[name].union)
            raise TextTableError(f"набор «{name}» составляется из других; дайте их таблицы: {members}")
        for column in header:
            if column.split(".")[0] not in contracts[name].columns:
                raise TextTableError(f"в наборе «{name}» нет столбца «{column}»")
    if REGISTER not in raw:
        raw[REGISTER] = _assumed_register(raw, contracts)
    register = join(contracts[REGISTER], _parts(REGISTER, raw, contracts, None, findings), findings)
    tree = build_tree(register.records(), findings)
    tables = _tables(raw, contracts, tree, findings)
    problems = [str(finding) for finding in findings if finding.severity is not Severity.INFO]
    if problems:
        raise TextTableError("; ".join(problems))
    return Tables({REGISTER: register, **tables}, tree, (), findings)


def _assumed_register(raw: Mapping[str, RawTable], contracts: Mapping[str, Contract]) -> RawTable:
    names: dict[str, None] = {}
    for dataset, (header, rows) in raw.items():
        organisation = contracts[dataset].organisation
        if organisation in header:
            names.update(dict.fromkeys(row[header.index(organisation)] for row in rows))
    above = (REGION, MUNICIPALITY)
    schools = [[name, MUNICIPALITY, "школа", name, "1", "11"] for name in names if name not in above]
    return ["id", "parent", "kind", "name", "grade_from", "grade_to"], [
        [REGION, "", "регион", REGION, "", ""],
        [MUNICIPALITY, REGION, "муниципалитет", MUNICIPALITY, "", ""],
        *schools,
    ]


def _tables(
    raw: Mapping[str, RawTable],
    contracts: Mapping[str, Contract],
    tree: OrgTree,
    findings: Findings,
) -> dict[str, Table]:
    matcher = OrgMatcher(tree)
    joined = {
        name: join(contracts[name], parts, findings)
        for name in raw
        if name != REGISTER and (parts := _parts(name, raw, contracts, matcher, findings))
    }
    # Rows that sum up others stay: an example is of what a definition makes of the rows it gives, totals among them.
    plain = {name: table.frame for name, table in joined.items()}
    whole = {name: derive(table, plain, findings) for name, table in joined.items()}
    return whole | unions(contracts, whole, findings)


def _parts(
    name: str,
    raw: Mapping[str, RawTable],
    contracts: Mapping[str, Contract],
    matcher: OrgMatcher | None,
    findings: Findings,
) -> list[Columns]:
    contract = contracts[name]
    header, rows = raw[name]
    if contract.period and contract.period.column not in header:
        header = [*header, contract.period.column]
        year = str(DEFAULT_YEAR) if contract.period.spring_of else str(Period.of_spring(DEFAULT_YEAR))
        rows = [[*row, year] for row in rows]
    layout = Layout(layout="text", dataset=name, title="таблица", recognise=Recognise(headers=header))
    columns = {column: (header.index(column),) if column in header else () for column in contract.columns}
    named = {index: member for index, cell in enumerate(header) if (member := _MEMBER.fullmatch(cell)) is not None}
    families = {
        family: tuple(
            (member["label"], float(member["max"]) if member["max"] else None, index)
            for index, member in named.items()
            if member["family"] == family
        )
        for family, column in contract.columns.items()
        if column.type == "numbers"
    }
    marks = [(named[index]["mark"] if index in named else None) or None for index in range(len(header))]
    above = [[*marks, _MARKS]] if any(marks) else []
    layout = layout.model_copy(update={"marks": dict.fromkeys(families, _MARKS)})
    sheet = RawSheet(name, "", [*above, header, *([cell or None for cell in row] for row in rows)])
    found = Recognised(sheet, layout, contract, len(above), columns, families)
    builder = SheetBuilder(found, matcher, findings, Pseudonyms(lambda: bytes(KEY_SIZE)))
    part = builder.build()
    if (told := builder.blank) is not None:
        tell_blanks([Blank(contract, Place(name), told)], {}, findings)
    return [] if part is None else [part]
