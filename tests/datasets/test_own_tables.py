"""Tables of datasets that a methodologist has described herself (all invented)."""

from pathlib import Path

import pytest
from exports import Remembered, cells, register, xlsx

from quality_cli.app.suggest import proposals
from quality_cli.app.workspace.config import resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.errors import NothingToDoError
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables

FILES = {
    "datasets/loans.yaml": """
        dataset: loans
        title: Книговыдача
        grain: одна выдача
        organisation: org
        period: {school_year: year}
        columns:
          org: {title: Организация, type: organisation, required: да}
          year: {title: Учебный год, type: period, required: да}
          reader: {title: Билет, type: text}
          form: {title: Форма выдачи, type: category, values: {на дом: [], в зал: []}}
          genre: {title: Жанр, type: text}
          on_time: {title: Возвращено в срок, type: flag}
    """,
    "datasets/flat.yaml": """
        dataset: flat
        title: Выдачи разных лет
        grain: одна выдача
        organisation: org
        columns:
          org: {title: Организация, type: organisation, required: да}
          year: {title: Год выдачи, type: year, required: да}
          copies: {title: Выдано книг, type: integer}
        ignored: [Возвращено в срок]
    """,
    "datasets/fund.yaml": """
        dataset: fund
        title: Фонд
        grain: раздел фонда
        organisation: org
        period: {school_year: year}
        columns:
          org: {title: Организация, type: organisation, required: да}
          year: {title: Учебный год, type: period, required: да}
          section: {title: Раздел фонда, type: text, required: да}
          start: {title: Было книг, type: integer}
          end: {title: Стало книг, type: integer}
          gain: {title: Изменение, type: integer, derive: {difference: [end, start]}}
    """,
    "9/9.1.yaml": """
        group: "9.1"
        direction: "1.3"
        title: Библиотеки
        indicators:
          - id: 9.1-s1
            name: Прирост фонда раздела
            measure: mean
            level: organisation
            population: {dataset: fund}
            numerator: {sum: gain}
            unit: книг
            method: Среднее по разделам.
            examples:
              - data: {fund: "org | section | start | end\\nА | ноты | 2 | 5"}
                expect: [{value: 3}]
    """,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("каталог")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def catalogue(written: Path) -> Catalogue:
    return load_catalogue(written)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    register(tmp_path)
    return tmp_path


def _read(folder: Path, catalogue: Catalogue, table: str) -> Tables:
    xlsx(folder / "a.xlsx", cells(table))
    return read_folder(folder, catalogue.specs, pseudonyms=Remembered())


def _told(tables: Tables) -> list[tuple[str, str]]:
    """Code and message of every finding about the table, not the register."""
    return [(found.code, found.message) for found in tables.findings if found.places[0].file == "a.xlsx"]


FUND = """
    Организация | Учебный год | Раздел фонда | Было книг | Стало книг{}
    з-01        | 2025/2026   | ноты         | 3         | 4{}
"""


@pytest.mark.parametrize("strange", [1, 3, 5, 12])
def test_a_table_with_every_column_is_read_however_much_is_added(
    folder: Path, catalogue: Catalogue, strange: int
) -> None:
    names = [f"Полка-{chr(ord('а') + number) * 3}" for number in range(strange)]
    added = FUND.format("".join(f" | {name}" for name in names), " | 1" * strange)
    tables = _read(folder, catalogue, added)
    assert len(tables["fund"]) == 1
    assert [code for code, _ in _told(tables)] == ["column.unread"] * strange


@pytest.mark.parametrize(
    ("added", "dataset"),
    [
        ("Возвращено в срок", "flat"),
        ("Возвращено в срок | Форма выдачи", "flat"),
        ("Форма выдачи | Жанр", "flat"),
        ("Форма выдачи | Жанр | Билет", None),
    ],
)
def test_a_whole_table_yields_only_to_a_dataset_that_knows_more_of_it(
    folder: Path, catalogue: Catalogue, added: str, dataset: str | None
) -> None:
    """What a dataset ignores is known to it."""
    words = {"Возвращено в срок": "да", "Форма выдачи": "на дом", "Жанр": "стихи", "Билет": "б-1"}
    row = " | ".join(words[name] for name in added.split(" | "))
    tables = _read(
        folder,
        catalogue,
        f"""
            Организация | Год выдачи | Выдано книг | {added}
            з-01        | 2025       | 3           | {row}
            з-01        | 2026       | 4           | {row}
        """,
    )
    assert tables.by_dataset.keys() & {"flat", "loans"} == ({dataset} if dataset else set())


def test_nobody_is_asked_for_a_difference(folder: Path, catalogue: Catalogue) -> None:
    assert _told(_read(folder, catalogue, FUND.format("", ""))) == []


def test_what_a_difference_is_taken_of_is_asked_for(folder: Path, catalogue: Catalogue) -> None:
    table = """
        Организация | Учебный год | Раздел фонда | Стало книг
        з-01        | 2025/2026   | ноты         | 4
    """
    ((code, message),) = _told(_read(folder, catalogue, table))
    assert code == "column.absent"
    assert "нет столбца «Было книг»; на нём держатся показатели: 9.1-s1" in message


def test_where_nothing_can_be_proposed_it_is_told_what_the_table_nearly_is(folder: Path, written: Path) -> None:
    table = """
        Организация | Год выдачи | Форма выдачи | Жанр  | Билет
        з-01        | 2025       | на дом       | стихи | б-1
    """
    file = xlsx(folder / "a.xlsx", cells(table))
    with pytest.raises(NothingToDoError, match="видимо, это таблица «Книговыдача», но в заголовке нет: «Учебный год»"):
        proposals(Workspace(resolve_options(data=folder, catalogue=written)), file)
