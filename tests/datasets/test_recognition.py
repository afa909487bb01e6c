"""A sheet is claimed by the dataset that explains it, or by none (all tables invented)."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from exports import F1_ROW, SPECS, Remembered, cells, f1, problems, read, xlsx

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.findings import Findings, Severity
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.own_work import OwnWork
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.values.parse import is_empty

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
CATALOGUE = load_catalogue()
RECOGNISER = Recogniser(SPECS.layouts, SPECS.contracts)
FOREIGN = sorted({column.title for contract in SPECS.contracts.values() for column in contract.columns.values()})

STRANGERS = """
    Организация | Учебный год | Завтраков
    Организация | Учебный год | Завтраков | Обедов | Сумма
    Организация | Учебный год | Класс | Вид | Порций
    Организация | Учебный год | Класс | Завтраков
    Организация | Учебный год | Название | Статус | Сумма | Подрядчик
    Организация | Учебный год | Вид | Название | Количество | Цена
    Организация | Учебный год | Вид | Дата | Сумма
    Организация | Учебный год | Класс | Код обучающегося | Маршрут | Остановка
    Организация | Учебный год | Класс | Код обучающегося | Категория | Размер выплаты
    Организация | Учебный год
    Организация | Учебный год | Класс
    Организация | Год | Класс | Предмет | Учебников | Не хватает
    Организация | Класс | Предмет | Часов в неделю
    Организация | Год | Показание счётчика | Потреблено
    ОО | Класс | Предмет | Кабинет | Звонок
    ОО | Логин | Пароль выдан | Роль
    Школа | Класс | Вакансий
    Организация | Учебный год | Уровень | Предмет | Ставок | Вакансий
    Код | Вид | Название | Остаток | Счёт
    Название | Статус | Категория | Стоимость
    Организация | Учебный год | Должность | Дней отпуска | Приказ | Начало | Конец
    Класс | Понедельник | Вторник | Среда
"""


@pytest.mark.parametrize("header", STRANGERS.strip().splitlines())
def test_a_foreign_table_with_a_few_common_words_is_unknown(folder: Path, header: str) -> None:
    (names,) = cells(header)
    xlsx(folder / "чужое.xlsx", [names, *[["з-01", "2025/2026", *("что-то" for _ in names[2:])]] * 2])
    tables = read(folder)
    assert set(tables.by_dataset) <= {"organisations", "vpr_scales"}
    (finding,) = tables.findings
    assert (finding.code, finding.severity) in {("file.unknown", Severity.ERROR), ("header.missing", Severity.ERROR)}


def test_a_near_miss_of_a_better_dataset_wins_over_a_full_match_of_a_poor_one(folder: Path) -> None:
    """«Партнёр» makes it a whole table of contracts, and yet the observation of procedures explains as much."""
    table = """
        Организация | Учебный год | Партнёр | Независимое наблюдение
        з-01        | 2025/2026   | ВПР     | да
    """
    xlsx(folder / "a.xlsx", cells(table))
    assert problems(read(folder)) == [("file.unknown", "a.xlsx")]


def test_a_header_that_differs_is_named_with_its_row(folder: Path) -> None:
    table = """
        Организация | Учебный год | Процедура ВПР | Независимое наблюдение
        з-01        | 2025/2026   | ВПР           | да
    """
    xlsx(folder / "a.xlsx", cells(table))
    (finding,) = read(folder).findings
    assert (finding.code, str(finding.places[0])) == ("header.missing", "a.xlsx · Лист1 · строка 1")
    assert finding.message.startswith("видимо, это таблица «Наблюдение при проведении процедур», но в заголовке нет")
    assert "«Процедура»; возможно, «процедура впр»?" in finding.message


def test_a_column_of_the_same_name_with_other_words_is_another_column(folder: Path) -> None:
    table = """
        Организация | Учебный год | Класс | Код обучающегося | Форма   | ОВЗ | Инвалидность
        з-01        | 2025/2026   | 5     | к-1              | очная   | да  | нет
        з-01        | 2025/2026   | 6     | к-2              | заочная | нет | нет
    """
    xlsx(folder / "a.xlsx", cells(table))
    tables = read(folder)
    assert "participation" not in tables.by_dataset
    assert [code for code, _ in problems(tables)] in (["file.unknown"], ["header.missing"])


def test_a_title_that_a_report_lacks_is_told(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1(F1_ROW, title="Отчёт"))
    (finding,) = read(folder).findings
    assert finding.code == "header.missing"
    assert finding.message.endswith("над таблицей нет строки: «ВПР … … … класс»")


CONTRACTS = """
    Организация | Учебный год | Партнёр | Вид партнёра | {}
    з-01        | 2025/2026   | Завод   | предприятие  | да
"""


@pytest.mark.parametrize(
    ("header", "told", "severity"),
    [
        ("Срок договора", "столбец «Срок договора» не прочитан", Severity.INFO),
        ("Абрикосова Василиса", "столбец «…» не прочитан", Severity.INFO),
        ("ГОРЫНЫЧЕВ К", "столбец «…» не прочитан", Severity.INFO),
    ],
)
def test_a_header_that_means_nothing_is_told(folder: Path, header: str, told: str, severity: Severity) -> None:
    xlsx(folder / "a.xlsx", cells(CONTRACTS.format(header)))
    tables = read(folder)
    assert len(tables["contracts"]) == 1
    (finding,) = tables.findings
    assert (finding.code, finding.severity, str(finding.places[0])) == (
        "column.unread",
        severity,
        "a.xlsx · Лист1 · E1",
    )
    assert finding.message.startswith(told)


def test_a_misspelt_header_is_a_warning_with_the_column_it_may_be(folder: Path) -> None:
    xlsx(folder / "a.xlsx", cells(CONTRACTS.format("№").replace("Вид партнёра", "Вид партнеров")))
    (finding,) = read(folder).findings
    assert (finding.code, finding.severity) == ("column.unread", Severity.WARNING)
    assert finding.hint == "возможно, это «Вид партнёра»: исправьте заголовок"


@pytest.mark.parametrize(("header", "rows"), [("Партнёр", 1), ("Организация", 0)])
def test_of_two_columns_of_one_name_none_is_chosen(folder: Path, header: str, rows: int) -> None:
    xlsx(folder / "a.xlsx", cells(CONTRACTS.format(header)))
    tables = read(folder)
    (finding,) = tables.findings
    assert (finding.code, finding.severity) == ("header.repeated", Severity.ERROR)
    assert len(finding.places) == 2
    assert header in finding.message
    contracts = tables.by_dataset.get("contracts")
    assert (0 if contracts is None else len(contracts)) == rows
    assert contracts is None or contracts.records()[0]["partner"] is None


def test_a_sheet_of_remarks_without_its_data_is_known(folder: Path) -> None:
    xlsx(folder / "a.xlsx", {"Замечания": [["Важность", "Лист", "Место", "Что не так", "Подробно", "Код"], ["ошибка"]]})
    assert problems(read(folder)) == [("file.results", "a.xlsx")]


@cache
def sheets() -> dict[str, tuple[RawSheet, Recognised]]:
    """One sheet of the sample for each layout and number of columns; of reports with tasks, for each layout."""
    found: dict[str, tuple[RawSheet, Recognised]] = {}
    for path in sorted(SAMPLE.rglob("*.*")):
        if path.suffix in {".csv", ".xlsx"} and not any(part.startswith(".") for part in path.parts):
            for sheet in read_file(path, str(path.relative_to(SAMPLE)), Findings()) or ():
                result = RECOGNISER.recognise(sheet)
                if isinstance(result, Recognised):
                    width = 0 if result.families else len(sheet.rows[result.header])
                    found.setdefault(f"{result.layout.layout} {width}", (sheet, result))
    return found


def mutants(sheet: RawSheet, row: int, foreign: int) -> Iterator[tuple[str, RawSheet]]:
    """The sheet with every header in turn renamed to nonsense and to headers of other datasets, dropped, doubled.

    The first rows are enough: of so many the content is judged. ``foreign``: of so many headers of others one is taken.
    """
    rows = [list(cells_of) for cells_of in sheet.rows[: row + 60]]
    for at, cell in enumerate(rows[row]):
        if is_empty(cell):
            continue
        names = ["Абракадабра", *FOREIGN[at % foreign :: foreign]]
        for name in names:
            renamed = [*rows[row][:at], name, *rows[row][at + 1 :]]
            yield f"{cell} → {name}", replace(sheet, rows=[*rows[:row], renamed, *rows[row + 1 :]])
        yield f"{cell} dropped", replace(sheet, rows=[line[:at] + line[at + 1 :] for line in rows])
        yield f"{cell} doubled", replace(sheet, rows=[line[: at + 1] + line[at:] for line in rows])


def _others(foreign: int, every: int) -> list[str]:
    """Mutants (one of ``every``) that are read as something else than what they were."""
    wrong = []
    for layout, (sheet, found) in sheets().items():
        for how, mutant in islice(mutants(sheet, found.header, foreign), None, None, every):
            result = RECOGNISER.recognise(mutant)
            if isinstance(result, OwnWork) or (
                isinstance(result, Recognised) and result.contract.dataset != found.contract.dataset
            ):
                wrong.append(f"{layout}: {how}")
    return wrong


def test_every_dataset_of_the_sample_is_tried() -> None:
    unions = {name for name, contract in SPECS.contracts.items() if contract.union}
    assert {found.contract.dataset for _, found in sheets().values()} == set(SPECS.contracts) - {"vpr_scores", *unions}


def test_no_change_of_one_header_makes_it_another_dataset() -> None:
    assert _others(foreign=len(FOREIGN), every=3) == []


OF_ONE_ROW = [
    "vpr_objectivity.table 6: Признак → Отметка",
    "vpr_objectivity.table 6: Признак → Порядковый номер класса",
]
"""The list has one row, too few to judge by what stands in it; with its telling header renamed it is like works."""


@pytest.mark.long
def test_no_change_of_one_header_to_others_makes_it_another_dataset() -> None:
    assert _others(foreign=8, every=1) == OF_ONE_ROW


def _read(folder: Path, sheet: RawSheet) -> tuple[dict[str, list[str]], str]:
    """Columns that figures rest on, as texts, and all that is told."""
    path = xlsx(folder / Path(sheet.file).with_suffix(".xlsx"), {sheet.sheet or "Лист1": sheet.rows})
    tables = read_folder(folder, CATALOGUE.specs, pseudonyms=Remembered())
    path.unlink()
    columns = {
        f"{dataset}.{name}": tables[dataset].frame[name].astype(str).tolist()
        for dataset, uses in CATALOGUE.specs.uses.items()
        for name in uses
        if dataset in tables.by_dataset and name in tables[dataset].frame
    }
    said = (f"{finding.code} {finding.message} {finding.hint}" for finding in tables.findings)
    return columns, "\n".join(said)


def _silent(folder: Path, every: int) -> list[str]:
    """Mutants (one of ``every``) that change what figures rest on while no finding names the column."""
    shutil.copy(SAMPLE / "Реестр организаций.xlsx", folder)
    wrong = []
    number = 0
    for layout, (sheet, found) in sheets().items():
        if found.contract.dataset == "organisations":
            continue
        short = replace(sheet, rows=[list(row) for row in sheet.rows[: found.header + 60]])
        before, _ = _read(folder, short)
        for how, mutant in mutants(short, found.header, len(FOREIGN)):
            number += 1
            if number % every:
                continue
            after, said = _read(folder, mutant)
            header = how.partition(" → ")[0].removesuffix(" dropped").removesuffix(" doubled")
            at = [str(cell) for cell in short.rows[found.header]].index(header)
            if any(at == place for family in found.families.values() for *_, place in family):
                continue  # how many tasks a work has no contract knows; a total that differs is told by a check
            titles = [found.contract.columns[name].title for name, where in found.columns.items() if at in where]
            unread = any(code in said for code in ("file.unknown", "header.missing"))
            named = (header, how.partition(" → ")[2], *titles)  # a header that is there already is told as repeated
            if after != before and not unread and not any(name in said for name in named if name):
                wrong.append(f"{layout}: {how}")
    return wrong


def test_no_figure_changes_without_a_finding_that_names_the_column(tmp_path: Path) -> None:
    assert _silent(tmp_path, every=51) == []


@pytest.mark.long
def test_no_figure_changes_without_a_finding_that_names_the_column_whichever(tmp_path: Path) -> None:
    assert _silent(tmp_path, every=1) == []
