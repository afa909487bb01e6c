"""Periods, ids, findings, reproducible containers."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from quality_cli.core.archive import reproducible
from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.ids import INDICATOR_ID, closest, indicator_order, normalise_indicator_id
from quality_cli.core.periods import Period


@pytest.mark.parametrize("text", ["2025/2026", "2025-2026", "2025–2026", "2025/26", " 2025 / 2026 ", "2025\\2026"])
def test_a_school_year_may_be_written_in_several_ways(text: str) -> None:
    assert Period.parse(text) == Period(2025)


@pytest.mark.parametrize("text", ["2025", "2025/2027", "2026/2025", "2025/1926", "2025/226", "25/26", "", "2025/2026г"])
def test_what_is_no_school_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="учебный год пишется как 2025/2026"):
        Period.parse(text)


def test_school_years_are_shown_shifted_and_ordered() -> None:
    assert str(Period.of_spring(2026)) == "2025/2026"
    assert Period.parse("1999/00").shifted(-1) == Period(1998)
    assert Period(2024) < Period(2025)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("1.1.2-М1", "1.1.2-m1"),
        ("1.1.2-м1", "1.1.2-m1"),
        ("1.1.2-M1", "1.1.2-m1"),
        ("1.1.2-О12", "1.1.2-s12"),
        ("1.1.2-о1", "1.1.2-s1"),
        ("1.1.2-O1", "1.1.2-s1"),
        ("1.1.2-S1", "1.1.2-s1"),
        ("1.1.2-с1", "1.1.2-s1"),
        (" 1.1.2-m1 ", "1.1.2-m1"),
        ("1.1.2", "1.1.2"),
    ],
)
def test_an_indicator_may_be_named_in_either_alphabet_and_any_case(text: str, normal: str) -> None:
    assert normalise_indicator_id(text) == normal


def test_ids_of_indicators() -> None:
    assert INDICATOR_ID.match("1.1.2-m1")
    assert INDICATOR_ID.match("own.x_1-s12")
    assert not any(map(INDICATOR_ID.match, ("1.1.2-М1", "1.1.2", "1.1.2-m", "1..2-m1", "1.1.2-M1", "1.1.2-m1 ")))
    ordered = ["1.1.2-m1", "1.1.10-m1", "1.3.9-m1", "1.3.9-m2", "1.3.9-m10", "1.3.9-s1", "2.1.1-m1"]
    assert sorted(set(ordered), key=indicator_order) == ordered


def test_the_nearest_word_is_suggested_only_when_it_is_near() -> None:
    assert closest("subjet", ["grade", "subject"]) == "; возможно, «subject»?"
    assert closest("щщщ", ["grade", "subject"]) == ""


def test_equal_problems_of_one_sheet_are_merged_with_an_exact_total() -> None:
    findings = Findings()
    for row in range(20):
        findings.error("cell.value", "не понять «х»", Place("а.xlsx", "Лист", f"B{row}"), "число")
    findings.error("cell.value", "не понять «х»", Place("а.xlsx", "Другой", "B1"), "число", total=3)
    findings.warning("cell.value", "не понять «х»", Place("а.xlsx", "Лист", "B1"), "число")
    findings.info("file.note", "без места", total=7)
    assert [(item.severity, item.total, len(item.places)) for item in findings] == [
        (Severity.ERROR, 20, 5),
        (Severity.ERROR, 3, 1),
        (Severity.WARNING, 1, 1),
        (Severity.INFO, 7, 0),
    ]
    assert (findings.total(Severity.ERROR), len(findings), findings.has_errors) == (23, 4, True)
    assert str(next(iter(findings))) == "а.xlsx · Лист · B0: не понять «х» (всего таких мест: 20); число"


def test_collectors_are_joined_and_samples_stay_capped() -> None:
    place = Place("а.xlsx", "Лист", "B1")
    many = Finding("code", Severity.WARNING, "текст", (place,) * 30, total=30)
    findings = Findings()
    findings.extend([many])
    findings.extend([many])
    (merged,) = findings
    assert (merged.total, len(merged.places)) == (60, 5)
    assert not findings.has_errors


def test_a_place_in_a_text_file_has_line_and_column() -> None:
    assert str(Place("а.yaml", line=3, column=7)) == "а.yaml:3:7"
    assert str(Place("а.xlsx", "Лист", "B2")) == "а.xlsx · Лист · B2"
    assert str(Place("а.csv", cell="A1")) == "а.csv · A1"


def _workbook(value: object, stamp: str) -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = value
    buffer = io.BytesIO()
    book.save(buffer)
    stamped = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(stamped, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                start, _, rest = data.partition(b'W3CDTF">')
                data = start + b'W3CDTF">' + stamp.encode() + rest[rest.index(b"<") :]
            entry.date_time = (int(stamp[:4]), 1, 1, 0, 0, 0)
            target.writestr(entry, data)
    return stamped.getvalue()


def test_equal_workbooks_saved_at_different_times_are_equal_files(tmp_path: Path) -> None:
    early, late = (_workbook("слово", f"{year}-05-05T00:00:00Z") for year in (2020, 2030))
    assert early != late
    assert reproducible(early) == reproducible(late)
    assert reproducible(early) != reproducible(_workbook("другое", "2020-05-05T00:00:00Z"))
    path = tmp_path / "а.xlsx"
    path.write_bytes(reproducible(late))
    assert openpyxl.load_workbook(path).worksheets[0]["A1"].value == "слово"
