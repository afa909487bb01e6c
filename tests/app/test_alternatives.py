"""What is written of those who contradict themselves: ``alternatives.*`` beside the results."""

import csv
from pathlib import Path

import pyarrow.parquet
import pytest

from quality_cli.analysis.alternatives import COLUMNS, SCHEMA
from quality_cli.app.compute import compute
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace

REGISTER = "Код;Вышестоящая;Вид;Краткое наименование\nк;;регион;Край\nр;к;муниципалитет;Район\nш;р;школа;Школа\n"
CONTINGENT = "Организация;Учебный год;Класс;Категория;Численность\nш;2025/2026;5;все;100\n"
HEADER = "Организация;Учебный год;Класс;Код обучающегося;Мероприятие;Этап;Статус;Предмет"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A school of a hundred children."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "Реестр.csv").write_text(REGISTER, encoding="utf-8")
    (folder / "Контингент.csv").write_text(CONTINGENT, encoding="utf-8")
    return folder


def written(data: Path, children: int) -> Path:
    """Results where so many of the school have taken part."""
    rows = (f"ш;2025/2026;5;а-{n};значимый конкурс;региональный;участник;Конкурс" for n in range(children))
    (data / "Достижения.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    out = data.parent / f"out{children}"
    compute(Workspace(Options(data=data, out=out, indicators=("1.3.10-m1",))))
    return out


def test_a_school_of_a_hundred_with_a_hundred_and_fifty_participants(data: Path) -> None:
    out = written(data, 150)
    table = pyarrow.parquet.read_table(out / "alternatives.parquet")
    assert table.schema.equals(SCHEMA)
    (own,) = [row for row in table.to_pylist() if row["part"] == ""]
    assert list(own.values()) == [
        "2025/2026", "1.3.10-m1", "", "organisation", "ш", "Школа", "", "",
        "Участие в олимпиадах и конкурсах: Достижения.csv; Контингент: Контингент.csv", 150, 100, None, "%", True
    ]  # fmt: skip
    with (out / "alternatives.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["numerator"] for row in rows] == ["150"] * len(table)


def test_where_nothing_is_contradicted_the_table_is_there_and_empty(data: Path) -> None:
    out = written(data, 50)
    table = pyarrow.parquet.read_table(out / "alternatives.parquet")
    assert table.schema.equals(SCHEMA)
    assert len(table) == 0
    assert (out / "alternatives.csv").read_bytes().decode("utf-8-sig") == ";".join(COLUMNS) + "\r\n"
