"""What the program itself writes, lying among the data: it is told what it is, and never read as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.values.parse import is_empty

Kind: TypeAlias = Literal["results", "notes", "form", "answered form"]

_ANSWER = "Ответ"
_HEADERS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("results", ("Учебный год", "Показатель", "Организация", "Разрез", "Значение", "Состояние")),
    ("results", ("period", "indicator", "org_id", "stratum", "value", "status")),
    ("results", ("period", "indicator", "org_id", "stratum", "source", "taken")),
    ("results", ("period", "indicator", "org_id", "stratum", "state", "moved")),
    ("results", ("period", "direction", "org_id", "rule", "outcome", "measure")),
    ("results", ("Учебный год", "Показатель", "Организация", "Разрез", "Что произошло", "Сигналы")),
    ("results", ("Учебный год", "Направление", "Организация", "Основание", "Мера", "Правило")),
    ("results", ("period", "dataset", "table", "report", "org_id", "state")),
    ("results", ("Учебный год", "Таблица", "Отчёт", "Организация", "Состояние", "Код организации")),
    ("notes", ("Важность", "Лист", "Место", "Что не так", "Код")),
    ("form", ("№ вопроса", "Вопрос", "Что указать", _ANSWER)),
    ("form", ("№ вопроса", "Организация", "Что указать", _ANSWER)),
)
"""Headers that only tables of ours have together; tests hold them to what is really written."""
_COMPARED = tuple((kind, frozenset(map(normalise, texts))) for kind, texts in _HEADERS)

FILES = frozenset({"manifest.json", "findings.json", "answers.json", "organisations.json"})
"""Files beside the results that are no tables: nobody opens them, so they are known by their names."""

_TOLD: Mapping[Kind, tuple[str, str, str]] = {
    "results": (
        "file.results",
        "это результаты самой программы, а не исходные данные: как данные они не прочитаны",
        "уберите файл из папки данных: результаты пишут в другую папку (--out)",
    ),
    "notes": (
        "file.results",
        "это замечания из размеченной копии, а самих данных в файле нет",
        "положите копию целиком: лист с замечаниями в ней не мешает",
    ),
    "form": (
        "file.form",
        "это незаполненная форма сбора сведений: раскладка ей не нужна",
        "заполненную форму расчёт прочитает в папке данных; присланные собирает quality forms collect ПАПКА",
    ),
    "answered form": (
        "file.form",
        "это заполненная форма сбора сведений: раскладка ей не нужна",
        "в папке данных расчёт читает её ответы как есть; присланные собирает quality forms collect ПАПКА",
    ),
}
"""Code, message, hint."""


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A sheet that the program wrote: results, the list of remarks of a marked-up copy, a collection form."""

    sheet: RawSheet
    kind: Kind

    @property
    def finding(self) -> Finding:
        """What is told where it lies among the data."""
        code, message, hint = _TOLD[self.kind]
        return Finding(code, Severity.WARNING, message, (Place(self.sheet.file),), hint)


def own_file(name: str) -> Finding | None:
    """What is told of a file of the data folder that is no table, if it is called as one of ours."""
    if PurePosixPath(name).name not in FILES:
        return None
    code, _, hint = _TOLD["results"]
    message = "судя по имени, это записано самой программой рядом с результатами: как данные файл не прочитан"
    return Finding(code, Severity.WARNING, message, (Place(name),), hint)


def is_form(result: object) -> bool:
    """Whether what a sheet was recognised as is a collection form."""
    return isinstance(result, OwnWork) and result.kind in ("form", "answered form")


def own_work(sheet: RawSheet, candidates: Iterable[Header]) -> OwnWork | None:
    """What of the program's own work the sheet is, or None."""
    for header in candidates:
        for kind, texts in _COMPARED:
            if texts <= header.texts:
                return OwnWork(sheet, "answered form" if kind == "form" and _is_answered(sheet, header) else kind)
    return None


def _is_answered(sheet: RawSheet, header: Header) -> bool:
    (column, *_) = header.where(_ANSWER)
    rows = sheet.rows[header.row + 1 :]
    return any(column < len(row) and not is_empty(row[column]) for row in rows)
