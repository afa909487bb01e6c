"""Generate the sample data: an invented district, two school years, in the real layouts of the exports.

Usage: ``python sample_data/generate.py [OUTDIR]``. The same code always writes the same bytes.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # works in a checkout where nothing is installed

import layouts
import other_sources
import reports
from assessments import EN, GG, IS, MA, RU, YEARS, Assessment, assessments
from description import Results, readme
from district import SCHOOLS, pupils, register_rows, stream
from quirks import Ledger, plan, share_code
from simulation import District, Work

LAYOUTS = {
    (2026, 8, EN): "форма школы 2026",
    (2025, 6, GG): "форма школы до 2025",
    (2025, 7, MA): "выгрузка 2022",
    (2025, 6, MA): "выгрузка 2021",
    (2025, 7, IS): "своя таблица CSV",
}
"""Everything else comes as ФИС ОКО «Ф1»; nothing comes twice."""
WRITERS = {
    "выгрузка 2022": layouts.write_export_2022,
    "выгрузка 2021": layouts.write_export_2021,
    "своя таблица CSV": layouts.write_table,
}
NUMBERED_FROM = {2025: 2731405, 2026: 2849657}
BLANK_FORM = "edu990106"
"""The school that uploaded the blank form instead of the filled one."""
SHARED = ("2026/Выпускники.csv", 3)
"""The table where a child of one school has the code of a child of another, and the column of the code."""
OBJECTIVITY_LIST = "Перечень ОО с признаками необъективности.xlsx"
OBJECTIVITY_ROWS: dict[int, list[tuple[int, int | None, str | None, str]]] = {
    2025: [(1, 5, MA, "завышенный средний балл")],
    2026: [(6, 4, RU, "завышенный средний балл"), (8, None, None, "несоответствие отметкам")],
}
"""Position in the register, grade, subject, sign; without a grade and a subject the whole school is meant."""
REPORTED = (6, RU)
"""Grade and subject of 2026 that come as summary reports, too: no mark of the journal is blank in their Ф1."""
DIRECTIONS = {
    "direction_1_3": YEARS,
    "direction_1_4": YEARS,
    "direction_2_1": YEARS,
    "direction_2_2": (2024, *YEARS),
    "direction_2_3": YEARS,
    "direction_2_4": (2024, *YEARS),
    "statements": YEARS,
    "targets": (2026,),
}
"""Modules that write what other directions of the concept need: ``tables(spring)`` gives rows by file name."""
SETTINGS = """\
office:
  name: Управление образования администрации Верхнеозёрского муниципального округа
  place: с. Верхнеозёрское
signatory:
  position: Начальник управления образования
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of results, for the description."""

    file: str
    layout: str
    assessment: Assessment
    works: tuple[Work, ...]


def main() -> None:
    """Write everything under the folder given, by default beside this script."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    ledger = Ledger()
    _write_common(out, ledger)
    _write_other_sources(out, ledger)
    district = District(pupils())
    _write_reports(out, district, ledger)
    written = [
        item
        for year in YEARS
        for number, assessment in enumerate(assessments(year))
        for item in _write_results(out, assessment, number, tuple(district.works(assessment)), ledger)
    ]
    rows = [
        Results(
            *(w.file, w.layout, w.assessment.year, w.assessment.grade, w.assessment.subject),
            works=sum(work.present for work in w.works),
            absent=sum(not work.present for work in w.works),
        )
        for w in written
    ]
    (out / "README.md").write_text(readme(rows, ledger), encoding="utf-8", newline="\n")


def _write_common(out: Path, ledger: Ledger) -> None:
    target = layouts.Target(out, "Реестр организаций.xlsx", ledger)
    register = target.grid("Организации")
    for row in register_rows():
        register.add(*row)
    layouts.save_workbook(target, register, widths=(9, 13, 15, 22, 60, 36, 36, 36, 60, 9, 9))
    scales: list[list[str | int]] = [
        ["Год", "Класс", "Предмет", "Уровень", "Максимальный балл", "«3» от", "«4» от", "«5» от", "Источник"]
    ]
    for year in YEARS:
        for item in assessments(year):
            if not item.is_official:  # official scales travel with the catalogue
                row = [year, item.grade, item.subject, "базовый", item.maximum, *item.scale, item.scale_source]
                scales.append(row)
        _write_objectivity_list(out, year, ledger)
    layouts.save_csv(layouts.Target(out, "Шкалы перевода.csv", ledger), scales, "utf-8-sig")
    (out / "quality.yaml").write_text(SETTINGS, encoding="utf-8", newline="\n")


def _write_other_sources(out: Path, ledger: Ledger) -> None:
    everybody = pupils()
    tables = {"2024/КДР.csv": other_sources.kdr(everybody, 2024)}
    for year in YEARS:
        tables[f"{year}/КДР и микроисследования.csv"] = other_sources.kdr(everybody, year)
        tables[f"{year}/Выпускники.csv"] = other_sources.leavers(year)
        tables[f"{year}/Наблюдение.csv"] = other_sources.observation(year)
        tables[f"{year}/Ответы на вопросы.csv"] = other_sources.answers(year)
    for direction, years in DIRECTIONS.items():
        for spring in years:
            found = import_module(direction).tables(spring)
            tables.update({f"{spring}/{name}": rows for name, rows in found.items()})
    share_code(tables[SHARED[0]], SHARED[1], SHARED[0], ledger)
    for file, rows in tables.items():
        layouts.save_csv(layouts.Target(out, file, ledger), rows, "utf-8-sig")


def _write_objectivity_list(out: Path, year: int, ledger: Ledger) -> None:
    target = layouts.Target(out, f"{year}/{OBJECTIVITY_LIST}", ledger)
    grid = target.grid("Перечень")
    grid.add(f"Перечень образовательных организаций с признаками необъективности результатов ВПР {year}")
    grid.add()
    grid.add("Год", "Логин", "Наименование ОО", "Класс", "Предмет", "Признак")
    for position, grade, subject, sign in OBJECTIVITY_ROWS[year]:
        site = SCHOOLS[position].sites[0]
        grid.add(year, site.login, site.name, grade, subject, sign)
    layouts.save_workbook(target, grid)


def _write_reports(out: Path, district: District, ledger: Ledger) -> None:
    """Reports that sum up rows given elsewhere, and the protocol of an olympiad whose rows stand in a table as well."""
    (assessment,) = (item for item in assessments(2026) if (item.grade, item.subject) == REPORTED)
    works, title = district.works(assessment), f"{assessment.subject} {assessment.grade} класс"
    f3 = layouts.Target(out, f"2026/Ф3_{title}.xlsx", ledger)
    reports.write_f3(f3, assessment, works, _date(assessment))
    comparison = layouts.Target(out, f"2026/Сравнение с журналом {title}.xlsx", ledger)
    reports.write_journal_comparison(comparison, assessment, works, _date(assessment))
    olympiad = layouts.Target(out, f"2026/Протокол олимпиады {reports.OLYMPIAD_SUBJECT}.xlsx", ledger)
    reports.write_olympiad(olympiad, 2026)


def _write_results(
    out: Path, assessment: Assessment, number: int, works: tuple[Work, ...], ledger: Ledger
) -> list[Written]:
    year, subject = assessment.year, assessment.subject
    layout = LAYOUTS.get((year, assessment.grade, subject), "Ф1")
    if layout.startswith("форма школы"):
        return _write_forms(out, assessment, layout, works, ledger)
    title = f"{subject} {assessment.grade} класс"
    if layout == "своя таблица CSV":
        file = f"{title} (таблица).csv"
    elif layout == "Ф1":
        file = f"{NUMBERED_FROM[year] + 13 * number}.xlsx" if number % 5 == 0 else f"Ф1_{title}.xlsx"
    else:
        file = f"{title} ВПР {year}.xlsx"
    target = layouts.Target(out, f"{year}/{file}", ledger)
    if layout == "Ф1":
        layouts.write_f1(target, assessment, works, _date(assessment))
    else:
        WRITERS[layout](target, assessment, works)
    return [Written(target.file, layout, assessment, works)]


def _write_forms(
    out: Path, assessment: Assessment, layout: str, works: tuple[Work, ...], ledger: Ledger
) -> list[Written]:
    year = assessment.year
    name = f"Форма сбора результатов {assessment.subject} {assessment.grade} класс ВПР {year}.xlsx"
    chosen = plan(works, stream("forms", year), wrong=2, empty=4, misspelt=2)
    written = []
    for site, group in layouts.by_site(works):
        target = layouts.Target(out, f"{year}/{site.login}/{name}", ledger)
        handed_in = [] if year == 2026 and site.login == BLANK_FORM else group
        if year == 2025:
            layouts.write_form_2025(target, assessment, handed_in, chosen)
        else:
            layouts.write_form_2026(target, assessment, handed_in)
        written.append(Written(target.file, layout, assessment, tuple(handed_in)))
    return written


def _date(assessment: Assessment) -> str:
    """The day of the test: a working day of the spring campaign."""
    if assessment.is_official:
        return "20.04.2026"
    rng = stream("date", assessment.year, assessment.grade, assessment.subject)
    day = date(assessment.year, 4, 13) + timedelta(days=rng.randint(0, 28))
    return (day - timedelta(days=max(day.weekday() - 4, 0))).strftime("%d.%m.%Y")


if __name__ == "__main__":
    main()
