"""What is not there is unknown and told: rows cut short, totals over nothing, tables that contradict themselves."""

import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from exports import (
    EXPORT_2021,
    F1_HEADER,
    F1_ROW,
    FORM_2026_NAME,
    TABLE,
    Rows,
    f1,
    form_2026,
    only,
    problems,
    read,
    table,
    works,
    xlsx,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import csv_bytes

from quality_cli.core.findings import Severity
from quality_cli.datasets.tables.batches import ArrowBatch

LONG = (*F1_HEADER[:6], "1 (20б)", "2.1 (10б)", "3К1 (8б)", *F1_HEADER[9:])
"""A work with a scale: 38 points."""


def csv(path: Path, rows: Rows, cut: dict[int, int]) -> None:
    """A text table; of some rows (by number, from 1) only so many cells."""
    kept = [list(row)[: cut.get(number)] for number, row in enumerate(rows, start=1)]
    path.write_bytes(csv_bytes(kept))


@pytest.mark.parametrize("kept", range(1, len(F1_HEADER)))
def test_a_row_cut_short_is_told_and_what_it_lacks_is_unknown(folder: Path, kept: int) -> None:
    """Whatever is left of a row, no total of a part of its tasks becomes a mark."""
    rows = [[*F1_ROW[:3], 40000 + n, 1, 1, 12, 6, 4, None, None, 4] for n in range(3)]
    csv(folder / "a.csv", f1(*rows, header=LONG, top=38), {11: kept})
    tables = read(folder)
    finding = next(finding for finding in tables.findings if finding.code == "row.short")
    assert (finding.severity, finding.total, finding.places[0].cell[1:]) == (Severity.ERROR, 1, "11")
    marks = works(tables, "mark", "primary")
    whole = [(5, 22)]
    assert [pair for pair in marks if pair in whole] == whole * (3 if kept >= 9 else 2)
    assert [pair for pair in marks if pair not in whole] == [(None, None)] * (0 if kept >= 9 else 1)


def test_a_default_is_no_value_of_a_cell_that_is_cut_off(folder: Path) -> None:
    rows = [[*TABLE, "Уровень"], ["з-01", 2026, 4, "Математика", 1, 5, None], ["з-01", 2026, 4, "Математика", 2, 5]]
    csv(folder / "a.csv", rows, {3: 6})
    assert works(read(folder), "level") == ["базовый", None]


def test_rows_divided_otherwise_than_the_header_are_told(folder: Path) -> None:
    rows = f1(*[[*F1_ROW[:3], 40000 + n, *F1_ROW[4:]] for n in range(4)])
    text = csv_bytes(rows).decode().splitlines()
    (folder / "a.csv").write_text("\n".join([*text[:9], *(line.replace(";", "|") for line in text[9:])]))
    tables = read(folder)
    short = next(finding for finding in tables.findings if finding.code == "row.short")
    assert short.total == 4
    assert "разделены иначе" in short.hint
    assert set(works(tables, "mark")) <= {None}


@pytest.mark.parametrize("total", [0, None])
def test_a_form_that_nobody_has_filled_in_tells_nothing(folder: Path, total: int | None) -> None:
    """Codes, classes and variants stand there already, and a formula says 0."""
    rows = [(80000 + n, 1, None, None, 1, None, total) for n in range(4)]
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026(*rows))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.total) == ("check.row", 4)
    assert "работа не оценена" in finding.message
    assert finding.places[0].cell == "G2"
    assert works(tables, "primary", "mark", "present") == [(None, None, 1)] * 4


@pytest.mark.parametrize(
    ("tasks", "total", "primary"),
    [
        ((0, 0), None, 0),
        ((0, None), 0, 0),
        (("X", "X"), 0, 0),
        (("X", "X"), None, None),
        ((None, None), 0, None),
        (("-", None), 0, None),
        ((None, None), 7, 7),
        ((5, None), None, 5),
        ((5, "?"), None, None),
        ((5, "?"), 6, 6),
        ((5, 99), None, None),
    ],
)
def test_a_zero_is_told_by_somebody(
    folder: Path, tasks: tuple[object, object], total: int | None, primary: int | None
) -> None:
    """A child who solved nothing has zeros or «X»; a part that is not understood leaves the sum unknown."""
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026((80001, 1, *tasks, 1, 4, total)))
    assert works(read(folder), "primary") == [primary]


def test_an_absent_pupil_without_scores_is_nothing_to_tell(folder: Path) -> None:
    rows = [(80001, "отсутствовал", None, None, None, None, 0), (80002, 1, 5, 1, 1, 4, 6)]
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026(*rows))
    assert [finding.code for finding in read(folder).findings] == ["scale.missing"]


def test_a_layout_without_maxima_tells_of_an_empty_work(folder: Path) -> None:
    row = ["sch770101", 77, 1, 60001, 4, "м", "6а", 1, 0, None, None, None, None]
    xlsx(folder / "География 6 класс ВПР 2021.xlsx", [EXPORT_2021, row, [*row[:3], 60002, *row[4:8], 7, 3, 4]])
    tables = read(folder)
    assert "check.row" in [finding.code for finding in tables.findings]
    assert works(tables, "primary") == [None, 7]


def test_a_foreign_login_beside_the_name_of_a_school(folder: Path) -> None:
    foreign = ("edu999999", *F1_ROW[1:3], 40002, *F1_ROW[4:])
    xlsx(folder / "a.xlsx", f1(F1_ROW, foreign))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.severity, finding.total) == ("org.conflict", Severity.ERROR, 1)
    assert str(finding.places[0]) == "a.xlsx · Лист1 · A11"
    assert "логина edu999999 нет в реестре, а названа организация МБОУ «Заречная СОШ № 1»" in finding.message
    assert "добавьте его в реестр" in finding.hint
    assert works(tables, "login") == ["edu770101"]


def test_a_banner_that_announces_other_rows(folder: Path) -> None:
    second = ("edu770102", F1_ROW[1], "МБОУ «Лесная СОШ»", *F1_ROW[3:])
    banner = ["МБОУ «Лесная СОШ»(edu770102) | Кол-во участников: 2"]
    xlsx(folder / "a.xlsx", f1(F1_ROW, banner, second, announced=1))
    finding = only(read(folder))
    assert (finding.code, finding.severity) == ("sheet.count", Severity.ERROR)
    assert finding.message == "указано строк: 2, а в таблице их 1"
    assert str(finding.places[0]) == "a.xlsx · Лист1 · строка 11"
    xlsx(folder / "a.xlsx", f1(F1_ROW, announced=89))
    assert only(read(folder)).message == "указано строк: 89, а в таблице их 1"


def test_a_title_against_a_column(folder: Path) -> None:
    header, row = [*F1_HEADER, "Предмет", "Год"], [*F1_ROW, "Химия", 2026]
    xlsx(folder / "a.xlsx", f1(row, [*F1_ROW[:3], 40002, *F1_ROW[4:], "Русский язык", None], header=header))
    tables = read(folder)
    found = [finding for finding in tables.findings if finding.code == "fact.conflict"]
    assert [(finding.message, finding.total, finding.places[0].cell) for finding in found] == [
        ("столбец «Предмет» не соответствует сказанному вокруг таблицы: «Русский язык»", 1, "M10")
    ]


def test_a_title_against_another_text(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1(F1_ROW, subject="Математика"))
    finding = only(read(folder))
    assert (finding.code, str(finding.places[0])) == ("fact.conflict", "a.xlsx · Лист1")
    assert "«Русский язык» и «Математика»; взято «Русский язык»" in finding.message


def test_a_maximum_against_those_of_the_tasks(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1(F1_ROW, top=24))
    finding = only(read(folder))
    assert (finding.code, finding.places[0].note) == ("check.derived", "указано 24, должно быть 6")
    assert "сумме максимумов в заголовках столбцов «Баллы за задания»" in finding.message


def test_pupils_without_codes_are_told_with_their_number(folder: Path) -> None:
    xlsx(folder / "a.xlsx", table((1, 5), (None, 4), (None, 4)))
    xlsx(folder / "б.xlsx", [[*TABLE[:4], TABLE[5]], ["з-01", 2026, 5, "Математика", 5]])
    tables = read(folder)
    assert [(finding.severity, finding.total, str(finding.places[0])) for finding in tables.findings] == [
        (Severity.WARNING, 2, "a.xlsx · Лист1 · E3"),
        (Severity.INFO, 1, "б.xlsx · Лист1"),
    ]
    assert len(works(tables, "code")) == 4


def test_an_empty_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.mkdir("пусто")
    assert problems(read(folder)) == [("file.empty", "a.zip")]


def test_a_small_workbook_may_grow_any_number_of_times(folder: Path) -> None:
    rows = table(*((code, 5) for code in range(1, 9)))
    plain = xlsx(folder / "a.xlsx", rows).read_bytes()
    (folder / "a.xlsx").unlink()
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xlsx", plain)
        archive.writestr("b.csv", csv_bytes(table((99, 5))) + b"\n" * 5_000_000)
    assert (folder / "a.zip").stat().st_size * 200 < 5_000_000
    assert len(works(read(folder), "code")) == 9


_KINDS = {
    **{kind: np.iinfo(kind.to_pandas_dtype()) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())},
    **{kind: np.iinfo(kind.to_pandas_dtype()) for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())},
}


@st.composite
def _stored(draw: st.DrawFn) -> pa.Array:
    """A column of whole numbers of any width, near the ends of the type or close together."""
    kind = draw(st.sampled_from(list(_KINDS)))
    low, high = int(_KINDS[kind].min), int(_KINDS[kind].max)
    start = draw(st.sampled_from([low, max(low, -100), max(low, -1), 0, 100, high - 3]))
    numbers = st.none() | st.integers(start, min(high, start + 3)) | st.integers(max(low, -128), 127)
    values = draw(st.lists(numbers, max_size=12))
    wide = [*range(max(low, -128), 128)] if draw(st.booleans()) else []  # every value of the narrowest type
    return pa.array([*values, *wide], kind)


@settings(max_examples=200)
@given(_stored(), st.booleans())
def test_whole_numbers_of_any_width_are_the_same_numbers(column: pa.Array, encoded: bool) -> None:
    stored = column.cast(pa.decimal128(20)) if encoded else column
    coded = ArrowBatch(pa.table({"x": stored})).encoded("x")
    expected = [None if value is None else float(value) for value in column.to_pylist()]
    assert coded.decoded().to_pylist() == expected
    assert coded.codes.dtype.kind in "iu"
    assert coded.codes.dtype != np.uint64
