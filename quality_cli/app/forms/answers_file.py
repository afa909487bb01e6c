"""What was gathered from forms, in the data folder: a table of the dataset of answers (or of statements that there is
nothing), one row for each.

Beside the columns of the contract it names the form each answer came from; readers of the data folder pass that over.
"""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from quality_cli.catalogue.questions import QUESTION, ROUND, in_round_of
from quality_cli.core.errors import OutputError, reason
from quality_cli.core.files import replace, require_free
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.text import guarded, unguarded
from quality_cli.core.where import Scalar
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import UnreadableFileError
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.datasets.values.parse import is_empty

SOURCE, RECEIVED = "Файл", "Дата файла"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as the file holds it: cells by column title, without the organisation, the year and the question (with
    the round it is put in)."""

    unit: str
    question: str
    cells: Mapping[str, str]


def answers_path(data: Path, period: Period) -> Path:
    """Where the answers of a school year are gathered."""
    return data / f"Ответы на формы {str(period).replace('/', '-')}.csv"


def statements_path(data: Path, period: Period) -> Path:
    """Where what organisations say they have nothing of is gathered for a school year."""
    return data / f"Сведений нет по формам {str(period).replace('/', '-')}.csv"


class AnswersFile:
    """Reads and writes one such file; ``contract`` is that of its dataset, ``question`` its column of what is
    answered."""

    def __init__(self, path: Path, period: Period, contract: Contract, tree: OrgTree, question: str = QUESTION) -> None:
        self.path, self._period, self._tree = path, period, tree
        self._matcher = OrgMatcher(tree)
        self._titles = {name: column.title for name, column in contract.columns.items()}
        rule = contract.period
        self._org, self._year = self._titles[contract.organisation or ""], self._titles[rule.column if rule else ""]
        self._may_be_absent = {column.title for column in contract.columns.values() if column.optional}
        self._question, self._round = self._titles[question], self._titles.get(ROUND, "")
        self._rounds = contract.rounds
        self.values = tuple(name for name, title in self._titles.items()
                            if title not in (self._org, self._year, self._question, self._round)
                            and contract.columns[name].derive is None)  # fmt: skip

    def read(self) -> dict[tuple[str, str], AnswerRow]:
        """Rows by unit and question; a row of an organisation that is not in the register keeps its own words.

        Raises :class:`OutputError` where the file is something else: it would be overwritten.
        """
        if not os.path.lexists(self.path):
            return {}
        try:
            require_free(self.path)
            sheets = read_file(self.path, self.path.name, Findings())
            rows = sheets[0].rows if sheets else []
        except OSError as error:
            raise OutputError(f"прежние ответы «{self.path}» не прочитать: {reason(error)}; уберите это") from error
        except UnreadableFileError as error:
            raise OutputError(f"прежние ответы не прочитать, поэтому файл не тронут: {error.finding}") from error
        header = [normalise(cell) for cell in rows[0]] if rows else []
        wanted = (
            self._org,
            self._year,
            self._question,
            self._round,
            *(self._titles[name] for name in self.values),
            SOURCE,
            RECEIVED,
        )
        places = {title: header.index(normalise(title)) for title in wanted if normalise(title) in header}
        if not {self._org, self._question} <= places.keys():
            message = f"в файле «{self.path}» нет столбцов «{self._org}» и «{self._question}»: это не ответы на формы"
            raise OutputError(f"{message}; переименуйте его")
        found: dict[tuple[str, str], AnswerRow] = {}
        for row in rows[1:]:
            cells = {title: _bare(row[index]) for title, index in places.items() if index < len(row)}
            name, question = cells.pop(self._org, ""), cells.pop(self._question, "")
            cells.pop(self._year, None)
            question = in_round_of(question, cells.pop(self._round, ""))
            if name or question:
                unit = self._matcher.find((name,)).unit_id or name
                found[unit, question] = AnswerRow(unit, question, cells)
        return found

    def row(self, unit: str, question: str, values: Mapping[str, Scalar], source: str, received: str) -> AnswerRow:
        """An answer as the file will hold it."""
        cells = {self._titles[name]: written(values[name]) for name in self.values if name in values}
        return AnswerRow(unit, question, {**cells, SOURCE: source, RECEIVED: received})

    def same(self, one: AnswerRow, other: AnswerRow, columns: Iterable[str]) -> bool:
        """Whether two rows give the same answer in the columns that figures read."""
        titles = [self._titles[name] for name in columns]
        return all(normalise(one.cells.get(title, "")) == normalise(other.cells.get(title, "")) for title in titles)

    def told(self, row: AnswerRow, columns: Iterable[str]) -> str:
        """The answer for a message: a text is not repeated."""
        cells = [row.cells.get(self._titles[name], "") for name in columns]
        return ", ".join(cell if len(cell) <= len("-100000,25") else "текст" for cell in cells if cell) or "пусто"

    def write(self, rows: Mapping[tuple[str, str], AnswerRow], questions: Sequence[str]) -> None:
        """Replace the file in one step; organisations stand in register order, questions in that of the catalogue."""
        units = {unit.id: number for number, unit in enumerate(self._tree)}
        order = {question: number for number, question in enumerate(questions)}
        ordered = sorted(
            rows.values(),
            key=lambda row: (
                units.get(row.unit, len(units)),
                row.unit,
                order.get(row.question, len(order)),
                row.question,
            ),
        )
        filled = {title for row in ordered for title, cell in row.cells.items() if cell}
        titles = [
            *(title for title in map(self._titles.__getitem__, self.values)
              if title in filled or title not in self._may_be_absent),
            SOURCE, RECEIVED,
        ]  # fmt: skip
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        rounds = any(self._split(row.question)[1] for row in ordered)
        writer.writerow([self._org, self._year, self._question, *([self._round] if rounds else []), *titles])
        for row in ordered:
            cells = (row.cells.get(title, "") for title in titles)
            question = self._split(row.question)[: 1 + rounds]
            writer.writerow([guarded(self._name(row.unit)), self._period, *question, *map(guarded, cells)])
        try:
            replace(self.path, text.getvalue().encode("utf-8-sig"))
        except OSError as error:
            raise OutputError(f"не записать в «{self.path}»: {reason(error)}") from error

    def _split(self, question: str) -> tuple[str, str]:
        """A question as the dataset names it, and the round."""
        found = next((word for word in self._rounds if question.endswith(f":{word}")), "")
        return question.removesuffix(f":{found}") if found else question, found

    def _name(self, unit: str) -> str:
        """What the register calls the unit, where it is told from others by it; else its code."""
        name = self._tree[unit].name if unit in self._tree else unit
        return name if self._matcher.find((name,)).unit_id == unit else unit


def written(value: Scalar) -> str:
    """A value as a cell of the file: да or нет, a decimal comma."""
    match value:
        case bool():
            return "да" if value else "нет"
        case float():
            return format(Decimal(repr(value)).normalize(), "f").replace(".", ",")
        case _:
            return str(value)


def _bare(cell: object) -> str:
    """A cell of the file as it was before it was made safe."""
    return "" if is_empty(cell) else unguarded(str(cell))
