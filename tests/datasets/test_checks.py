"""Checks of contracts: what does not hold is told at its cell, and nothing in the data changes."""

from pathlib import Path

import pytest
from exports import F1_HEADER, F1_ROW, REGISTER, TABLE, cells, f1, only, problems, read, register, works, xlsx

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Findings, Severity
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables

CONTINGENT = """
    Организация | Учебный год | Класс | Категория | Численность
    з-01        | 2025/2026   | 5     | все       | 3
    з-01        | 2025/2026   | 5     | ОВЗ       | 1
    з-02        | 2025/2026   | 5     | все       | 2
"""
CLUBS = """
dataset: клубы
title: Клубы
grain: один клуб
organisation: org
period: {school_year: year}
columns:
  org: {title: Организация, type: organisation, required: yes}
  year: {title: Учебный год, type: period, required: yes}
  name: {title: Клуб, type: text, required: yes}
  grade: {title: Класс клуба, type: integer}
  children: {title: Детей в клубе, type: integer}
  twice: {title: Вдвое, type: number}
checks:
  - id: rule
    title: так не бывает
"""


def own_specs(tmp_path: Path, check: str):
    """The shipped contracts and a dataset of one's own with the check given, indented under its item."""
    folder = tmp_path / "свой" / "datasets"
    folder.mkdir(parents=True)
    (folder / "клубы.yaml").write_text(f"{CLUBS.lstrip()}    {check}\n", encoding="utf-8")
    return load_specs([CATALOGUE, tmp_path / "свой"])


def read_clubs(folder: Path, tmp_path: Path, check: str, text: str) -> Tables:
    xlsx(folder / "клубы.xlsx", cells(f"Организация | Учебный год | Клуб | Класс клуба | Детей в клубе\n{text}"))
    return read_folder(folder, own_specs(tmp_path, check))


def test_columns_of_a_row_contradict(folder: Path) -> None:
    header = (*TABLE, "Первичный балл", "Максимальный первичный балл")
    start = ("з-01", 2026, 5, "Химия")
    rows = [(*start, 1, 5, 20, 20), (*start, 2, 5, 21, 20), (*start, 3, 5, 22, 20), (*start, 4, 5, 22, None)]
    xlsx(folder / "a.xlsx", [header, *rows])
    tables = read(folder)
    score, subject = tables.findings
    assert (subject.code, subject.message, subject.total) == ("check.row", "химию изучают с 8-го класса", 4)
    assert (score.code, score.severity, score.total) == ("check.row", Severity.ERROR, 2)
    assert [(place.cell, place.row) for place in score.places] == [("G3", 3), ("G4", 4)]
    assert score.places[0].note == "Первичный балл — 21; Максимальный первичный балл — 20"
    assert score.hint == "проверьте: «Первичный балл», «Максимальный первичный балл»"
    assert works(tables, "primary") == [20, 21, 22, 22]


@pytest.mark.parametrize(
    ("tasks", "total", "note"),
    [
        ((2, 1, 0), 3, None),
        ((2, "X", 0), 2, None),
        ((None, None, None), 3, None),
        ((2, 1, 0), 4, "указано 4, должно быть 3"),
        ((2, "X", "0,5"), 4, "указано 4, должно быть 2,5"),
    ],
)
def test_a_total_is_compared_with_the_sum_of_the_tasks(
    folder: Path, tasks: tuple[object, ...], total: int, note: str | None
) -> None:
    xlsx(folder / "a.xlsx", f1((*F1_ROW[:6], *tasks, total, 2, 4)))
    tables = read(folder)
    assert [(str(finding.places[0]), finding.places[0].note) for finding in tables.findings] == (
        [("a.xlsx · Лист1 · J10", note)] if note else []
    )
    assert works(tables, "primary") == [total]


def test_a_mark_is_compared_with_the_scale(folder: Path) -> None:
    scores = [(9, 2), (9, 3), (16, 4), (24, 4), (12, None)]
    rows = [(*F1_ROW[:3], 40000 + n, 1, 1, None, None, None, *pair, 4) for n, pair in enumerate(scores)]
    header = [*F1_HEADER[:6], "1 (20б)", *F1_HEADER[7:]]
    xlsx(folder / "a.xlsx", f1(*rows, header=header, top=24))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.severity, finding.total) == ("check.derived", Severity.WARNING, 2)
    assert "«Отметка» не соответствует таблице «Шкалы перевода баллов ВПР в отметки»" in finding.message
    assert [(place.cell, place.note) for place in finding.places] == [
        ("K11", "указано 3, должно быть 2"),
        ("K13", "указано 4, должно быть 5"),
    ]
    assert works(tables, "mark") == [2, 3, 4, 4, 3]


def test_a_score_above_the_maximum_of_its_task_is_not_understood(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1((*F1_ROW[:6], 3, 1, 0, None, 2, 4)))
    finding = only(read(folder))
    assert (finding.code, finding.places[0].cell) == ("cell.value", "G10")
    assert finding.hint == "ожидается число от 0 до 2"


def test_a_key_must_stand_in_the_other_table(folder: Path) -> None:
    xlsx(folder / "контингент.xlsx", cells(CONTINGENT))
    rows = """
        Организация | Учебный год | Класс | Код обучающегося | Реестр
        з-01        | 2025/2026   | 5     | а                | Талант и успех
        з-01        | 2025/2026   | 6     | б                | Талант и успех
        з-02        | 2025/2026   |       | в                | Талант и успех
        з-02        | 2024/2025   | 6     | г                | Талант и успех
    """
    xlsx(folder / "реестр.xlsx", cells(rows))
    finding = only(read(folder))
    assert (finding.code, finding.severity) == ("check.absent", Severity.WARNING)
    assert [(place.cell, place.note) for place in finding.places] == [("C3", "Организация — з-01; Класс — 6")]
    assert "дополните таблицу «Контингент»" in finding.hint


def test_a_table_that_is_not_loaded_is_not_asked(folder: Path) -> None:
    rows = "Организация | Учебный год | Класс | Код обучающегося | Реестр\nз-01 | 2025/2026 | 6 | б | Талант и успех"
    xlsx(folder / "реестр.xlsx", cells(rows))
    assert problems(read(folder)) == []


def test_children_are_not_more_than_the_class(folder: Path) -> None:
    xlsx(folder / "контингент.xlsx", cells(CONTINGENT))
    header = "Организация | Учебный год | Класс | Код обучающегося | Форма"
    taking = [("з-01", "3"), ("з-02", "3")]
    rows = [f"{org} | 2025/2026 | 5 | {org}-{n} | рынок труда" for org, size in taking for n in range(int(size))]
    more = "з-02 | 2025/2026 | 5 | з-02-1 | каникулярная занятость"
    xlsx(folder / "участие.xlsx", cells("\n".join([header, *rows, more])))
    finding = only(read(folder))
    assert (finding.code, finding.message) == ("check.total", "участников больше, чем обучающихся в классе")
    (place,) = finding.places
    assert (place.cell, place.row) == ("D5", 5)
    assert place.note.startswith("3, а в таблице «Контингент» — 2; Организация — з-02; Класс — 5")
    assert "з-02-1" not in place.note


def test_a_part_of_the_contingent_is_not_more_than_the_whole(folder: Path) -> None:
    xlsx(folder / "контингент.xlsx", cells(f"{CONTINGENT}з-02 | 2025/2026 | 5 | ОВЗ | 3"))
    finding = only(read(folder))
    assert (finding.severity, finding.message) == (Severity.ERROR, "обучающихся с ОВЗ больше, чем всех")
    assert str(finding.places[0]) == "контингент.xlsx · Лист1 · E5"


def test_a_child_in_two_schools_is_a_warning_and_stays_in_both(folder: Path) -> None:
    rows = """
        Организация | Учебный год | Код обучающегося | Учёт КДН
        з-01        | 2025/2026   | а                | да
        з-02        | 2025/2026   | а                | да
        з-01        | 2025/2026   | б                | да
        з-02        | 2024/2025   | б                | да
        з-01        | 2025/2026   |                  | да
        з-02        | 2025/2026   |                  | да
    """
    xlsx(folder / "учёт.xlsx", cells(rows))
    tables = read(folder)
    *nameless, finding = tables.findings
    assert [(found.code, found.total, str(found.places[0])) for found in nameless] == [
        ("person.missing", 2, "учёт.xlsx · Лист1 · C6")
    ]
    assert (finding.code, finding.severity, finding.total) == ("check.single", Severity.WARNING, 2)
    assert [(place.cell, place.note) for place in finding.places] == [
        ("A2", "Организация — з-01"),
        ("A3", "Организация — з-02"),
    ]
    assert len(tables["prevention"].frame) == 6


def test_a_row_of_an_organisation_that_the_dataset_does_not_concern(tmp_path: Path) -> None:
    register(tmp_path, f"{REGISTER}д-01 | район | детский сад | Детский сад | |")
    xlsx(tmp_path / "контингент.xlsx", cells(CONTINGENT))
    xlsx(tmp_path / "a.xlsx", [TABLE, ("з-01", 2026, 5, "Химия", 1, 5), ("д-01", 2026, 9, "История", 1, 5)])
    tables = read(tmp_path)
    foreign = next(finding for finding in tables.findings if finding.code == "row.concern")
    assert foreign.severity is Severity.ERROR
    assert str(foreign.places[0]) == "a.xlsx · Лист1 · A3"
    assert foreign.places[0].note == "Организация — д-01"
    assert [finding.code for finding in tables.findings] == ["row.concern", "check.row"]
    assert works(tables, "org") == ["з-01", "д-01"]


def test_a_value_told_over_the_table_is_told_by_its_row(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1((*F1_ROW[:6], None, None, None, 25, 5, 4)))
    finding = only(read(folder))
    assert (finding.message, finding.places[0].cell) == ("первичный балл больше максимального", "J10")
    xlsx(folder / "a.xlsx", f1(F1_ROW, title="ВПР 2026 Химия 4 класс"))
    chemistry = next(finding for finding in read(folder).findings if finding.code == "check.row")
    assert (str(chemistry.places[0]), chemistry.places[0].cell) == ("a.xlsx · Лист1 · строка 10", "")


def test_every_place_is_kept_when_asked(folder: Path) -> None:
    rows = [("з-01", 2026, 4, "Химия", n, 5) for n in range(1, 31)]
    xlsx(folder / "a.xlsx", [TABLE, *rows])
    specs = load_specs([CATALOGUE])
    sampled, whole = read(folder).findings, read_folder(folder, specs, findings=Findings(sample=None)).findings
    assert [(finding.total, len(finding.places)) for finding in sampled] == [(30, 5)]
    assert [(finding.total, len(finding.places)) for finding in whole] == [(30, 30)]
    assert [place.row for finding in whole for place in finding.places] == list(range(2, 32))


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("must: {children: {le: 9}}", ["E3"]),
        ("only: {grade: 5}\n    must: {children: {le: 9}}", []),
        ("only: {grade: {ge: 6}}\n    must: {not: {children: {gt: 9}}}", ["E3"]),
        ("must: {grade: {lt: {column: children}}}", ["D2"]),
        ("exists_in: {dataset: клубы, match: {children: grade}}", ["E2", "E3"]),
        ("total: {by: [org], sum: children, at_most: {dataset: клубы, match: {org: org}, sum: grade}}", ["E2"]),
        ("total: {by: [org], at_most: {dataset: клубы, match: {org: org}, distinct: name}}", ["A2"]),
        ("total: {by: [org], sum: children, at_most: {dataset: клубы, match: {org: org}, sum: grade, times: 1.5}}", []),
        ("one: {value: grade, per: [name]}", ["D2", "D3"]),
        ("one: {value: grade, per: [org, children]}", []),
    ],
)
def test_a_check_of_ones_own_needs_no_python(folder: Path, tmp_path: Path, check: str, found: list[str]) -> None:
    rows = """
        з-01 | 2025/2026 | Лес | 5 | 3
        з-01 | 2025/2026 | Лес | 6 | 10
        з-02 | 2025/2026 | Лес | 5 |
    """
    told = [finding for finding in read_clubs(folder, tmp_path, check, rows).findings if finding.places]
    assert [place.cell for finding in told for place in finding.places] == found
    assert {finding.message for finding in told} <= {"так не бывает"}


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("must: {chldren: 1}", "16:12: в наборе «клубы» нет столбца «chldren»; возможно, «children»?"),
        ('must: {children: "1"}', "16:12: столбец «children»: нужно число"),
        ("must: {}", "у «must» нет ни одного столбца"),
        ("only: {grad: 5}\n    must: {grade: 5}", "16:12: в наборе «клубы» нет столбца «grad»; возможно, «grade»?"),
        (
            "exists_in: {dataset: contingnt, match: {org: org}}",
            "16:17: нет набора данных «contingnt»; возможно, «contingent»?",
        ),
        (
            "exists_in: {dataset: contingent, match: {org: orgg}}",
            "16:46: в наборе «contingent» нет столбца «orgg»; возможно, «org»?",
        ),
        ("exists_in: {dataset: contingent, match: {}}", "16:38:"),
        (
            "total: {by: [org], sum: childrn, at_most: {dataset: contingent, match: {org: org}}}",
            "16:24: в наборе «клубы» нет столбца «childrn»; возможно, «children»?",
        ),
        (
            "total: {by: [org], at_most: {dataset: contingent, match: {org: org}, sum: pupil}}",
            "16:74: в наборе «contingent» нет столбца «pupil»; возможно, «pupils»?",
        ),
        (
            "total: {by: [org], at_most: {dataset: contingent, match: {grade: grade}}}",
            "ключа «grade» из «at_most» нет в «by»",
        ),
        ("one: {value: orgg, per: [name]}", "16:11: в наборе «клубы» нет столбца «orgg»; возможно, «org»?"),
        ("one: {value: org, per: [nam]}", "16:29: в наборе «клубы» нет столбца «nam»; возможно, «name»?"),
        ("severity: fatal\n    must: {grade: 5}", '16:5: "fatal" здесь не годится'),
        ("must: {grade: 5}\n    one: {value: org, per: [name]}", "ровно один вид: must, exists_in, total или one"),
        ("must: {grade: 5}\n  - {id: rule, title: ещё, must: {grade: 5}}", "не должны повторяться"),
    ],
)
def test_a_mistake_in_a_check_is_told_at_its_place(tmp_path: Path, check: str, told: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        own_specs(tmp_path, check)
    assert str(raised.value).startswith("свой/datasets/клубы.yaml:")
    assert told in str(raised.value)
