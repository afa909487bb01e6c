"""Filled forms that lie in the data folder: their answers as the tables that ``collect`` would make of them."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from openpyxl.utils.cell import coordinate_to_tuple

from quality_cli.app.forms.answers_file import written
from quality_cli.app.forms.gathered import Gathered, together
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import everything_asked
from quality_cli.core.findings import Findings, Place
from quality_cli.core.periods import Period
from quality_cli.core.where import Scalar
from quality_cli.datasets.contracts.contract import STATEMENTS, Contract
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.unpivoted import Unpivoted
from quality_cli.datasets.tables.table import Tables
from quality_cli.documents.forms.returned import FormReader

_Row: TypeAlias = tuple[Place, Mapping[str, Scalar]]
"""A row of a table: the cell of the form it stands in, values by column."""

_NO_TIME = datetime.datetime.min
"""When a file was written is no part of what it says: of two forms that later made counts, then the last by name."""


def tables_of(
    files: Mapping[str, Sequence[RawSheet]], catalogue: Catalogue, register: Tables, findings: Findings
) -> Iterator[RawSheet]:
    """What forms say, by their sheets: a row for each answer, and for each table that there is nothing for."""
    reader = FormReader(everything_asked(catalogue), register.organisations, findings)
    forms = [form for name, sheets in files.items() for form in reader.understand(sheets, name, None, _NO_TIME)]
    gathered = together(forms, catalogue, register, findings)
    contracts = catalogue.specs.contracts
    yield from _sheets(contracts[ANSWERS], _answers(gathered, catalogue))
    yield from _sheets(contracts[STATEMENTS], _statements(gathered, contracts))


def _answers(gathered: Gathered, catalogue: Catalogue) -> Iterator[_Row]:
    questions, contract = everything_asked(catalogue), catalogue.specs.contracts[ANSWERS]
    for period, answers in gathered.answers.items():
        for (unit, asked), taken in answers.items():
            question = questions[asked]
            stratum = question.fact.stratum if question.fact is not None else ()
            told = {**taken.answer.values, **dict(stratum), **dict(question.key)}
            yield taken.answer.place, {**_owner(contract, unit, period), **told}


def _statements(gathered: Gathered, contracts: Mapping[str, Contract]) -> Iterator[_Row]:
    for period, stated in gathered.stated.items():
        for (unit, dataset), (said, _) in stated.items():
            told = {"table": contracts[dataset].title}
            yield said.place, {**_owner(contracts[STATEMENTS], unit, period), **told}


def _owner(contract: Contract, unit: str, period: Period) -> Mapping[str, Scalar]:
    year = contract.period.column if contract.period else ""
    return {str(contract.organisation): unit, year: str(period)}


def _sheets(contract: Contract, rows: Iterator[_Row]) -> Iterator[RawSheet]:
    """Tables in the words of a contract, one for each sheet that the rows stand in."""
    by_sheet: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for place, told in rows:
        by_sheet[place.file, place.sheet].append((place, told))
    for (file, sheet), own in sorted(by_sheet.items()):
        own.sort(key=lambda row: coordinate_to_tuple(row[0].cell))
        cells = [coordinate_to_tuple(place.cell) for place, _ in own]
        filled = [name for name in contract.columns if any(name in told for _, told in own)]
        body = [[written(told[name]) if name in told else None for name in filled] for _, told in own]
        yield Unpivoted(
            file,
            sheet,
            [[contract.columns[name].title for name in filled], *body],
            lines=[0, *(row - 1 for row, _ in cells)],
            sources={-1: 0, **{number: column - 1 for number, (_, column) in enumerate(cells, start=1)}},
        )
