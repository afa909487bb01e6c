"""Writers of the real layouts: ФИС ОКО «Ф1», the school forms of 2025 and 2026, the exports of 2022 and 2021, CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from assessments import Assessment
from district import KINDERGARTENS, MUNICIPALITY, SCHOOLS, Site, stream
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from quirks import (
    LETTERS,
    LOW_TOP,
    NO_MARK,
    NO_SCHOOL,
    SHIFTED,
    SKIPPED_KINDS,
    Cell,
    Grid,
    Ledger,
    Plan,
    Planted,
    Value,
    class_cell,
    class_letter,
    key_of,
    mark_cell,
    plan,
    score_cells,
    sex_cell,
)
from simulation import SKIPPED, Work

from quality_cli.core.archive import reproducible

JOURNAL_HEADING = "Отметка за предыдущий триместр/ четверть/полугодие"
LETTER_HEADING = 'Буква (цифра) класса. Введите "нет" - если отсутствует'
BOOK_HEADINGS = ("Основной учебник по предмету", "Другое (автор учебника)", "Другое (название учебника)")
BOOK = "Учебник из федерального перечня"
BLANK_ROWS = 300
REGION_CELL, MUNICIPALITY_CELL = "reg990000 | Приенисейский край", f"reg99_m001 | {MUNICIPALITY}"


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be written: its path inside ``out`` and the ledger of what gets planted in it."""

    out: Path
    file: str
    ledger: Ledger

    def grid(self, sheet: str) -> Grid:
        """An empty sheet of this file."""
        return Grid(self.file, sheet, self.ledger)

    def write(self, content: bytes) -> None:
        """Write the file, making its folder."""
        path = self.out / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def save_workbook(target: Target, *grids: Grid, widths: Sequence[int] = ()) -> None:
    """Write the sheets; the same rows always give the same bytes. ``widths`` of columns are for people to read."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        sheet = book.create_sheet(grid.sheet)
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        for number, row in enumerate(grid.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    target.write(reproducible(buffer.getvalue()))


def by_site(works: Sequence[Work]) -> list[tuple[Site, list[Work]]]:
    """Works in the order given, grouped by login."""
    return [(site, list(group)) for site, group in groupby(works, key=lambda work: work.pupil.site)]


def quoted(name: str) -> str:
    """The name with straight quotes, as the collection system shows it."""
    return name.replace("«", '"').replace("»", '"')


def write_f1(target: Target, assessment: Assessment, works: Sequence[Work], date: str) -> None:
    """ФИС ОКО, «Индивидуальные результаты»: participants only, a banner row before every login."""
    rng = stream("f1", target.file)
    short = {"Русский язык": "РУ", "Математика": "МА"}.get(assessment.subject, assessment.subject[:4])
    grid = target.grid(f"{short} {assessment.grade} Индивидуальные результаты участников"[:31])
    grid.add("Индивидуальные результаты")
    grid.add()
    grid.add(f"ВПР {assessment.year} {assessment.subject} {assessment.grade} класс")
    grid.add("Предмет:", assessment.subject)
    grid.add("Максимальный первичный балл:", assessment.maximum)
    grid.add("Дата:", date)
    grid.add(*[None] * 5, "Уровень сложности задания", *(task.level for task in assessment.tasks))
    grid.add(
        *("ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант"),
        *(task.heading for task in assessment.tasks),
        *("Первичный балл", "Отметка", "Отметка по журналу"),
    )
    for site, group in by_site([work for work in works if work.present]):
        grid.add(f"{site.name}({site.login}) | Кол-во участников: {len(group)}")
        for work in group:
            scores: list[Cell] = [Planted(s, SKIPPED_KINDS[SKIPPED]) if isinstance(s, str) else s for s in work.scores]
            journal: Cell = Planted(None, NO_MARK) if rng.random() < 0.006 else work.journal
            grid.add(
                *(site.login, MUNICIPALITY, site.name, work.code, work.klass, work.variant),
                *(*scores, work.total, work.mark, journal),
            )
    save_workbook(target, grid)


def write_form_2026(target: Target, assessment: Assessment, works: Sequence[Work]) -> None:
    """The school form of 2026: the school is known by the folder only; without works it is the blank form."""
    rng = stream("form2026", target.file)
    grid = target.grid("Протокол")
    tasks = [task.heading for task in assessment.tasks]
    helpers = ("", "Проверка кода", "Проверка варианта", "Проверка баллов", "Проверка класса", "Заполнено")
    grid.add("Код участника", "Вариант", *tasks, "Порядковый номер класса", JOURNAL_HEADING, "Итого баллов", *helpers)
    chosen = plan(works, rng)
    for work in works:
        if work.present:
            cells = score_cells(work.scores, rng, as_text=0.01)
            mark = mark_cell(work.journal, rng)
            grid.add(work.code, work.variant, *cells, work.klass, mark, work.total, "", 1, 1, 1, 1, 1)
        else:
            grid.add(work.code, chosen.absent(work), *[None] * len(tasks), None, None, 0, "", 1, 1, 0, 0, 1)
    for _ in range(BLANK_ROWS - len(works)):
        grid.add(None, None, *[None] * len(tasks), None, None, 0, "", 0, 0, 0, 0, 0)
    if not works:
        target.ledger.note(target.file, "сдан пустой бланк вместо заполненного", "Протокол")
    allowed = target.grid("Служебный")
    allowed.add("Вариант", "Баллы", "Отметка")
    words = ("X", "не пройд.")
    points: list[Value] = [*range(max(task.maximum for task in assessment.tasks) + 1), *words]
    columns: tuple[list[Value], ...] = ([1, 2, "отсутствовал"], points, [2, 3, 4, 5, "нет отметки", "н/а"])
    for i in range(max(map(len, columns))):
        allowed.add(*(column[i] if i < len(column) else None for column in columns))
    numbers = target.grid("Порядковый номер класса")
    numbers.add("Порядковый номер класса")
    for number in range(1, 51):
        numbers.add(number)
    save_workbook(target, grid, allowed, numbers)


def write_form_2025(target: Target, assessment: Assessment, works: Sequence[Work], chosen: Plan) -> None:
    """The school form up to 2025: the second part has a variant of its own amid the tasks."""
    rng = stream("form2025", target.file)
    site, school = works[0].pupil.site, works[0].pupil.school
    half = len(assessment.tasks) // 2 + 1
    tasks = [task.heading for task in assessment.tasks]
    classes = target.grid("Классы")
    classes.add("№", LETTER_HEADING, *BOOK_HEADINGS)
    for number in range(1, site.classes + 1):
        classes.add(number, class_letter(site, school.level, number), BOOK)
    grid = target.grid("Протокол")
    klass = 'Класс № (список формируется из листа "Классы")'
    grid.add(
        *("Код", "Вариант (часть 1)", *tasks[:half], "Вариант (часть 2)", *tasks[half:]),
        *(klass, "Пол", JOURNAL_HEADING, "Итого баллов"),
    )
    for work in works:
        total = chosen.total(work, rng, assessment.maximum)
        if not work.present:
            grid.add(work.code, chosen.absent(work), *[None] * (len(tasks) + 4), total)
            continue
        cells = score_cells(work.scores, rng, as_text=0.02)
        sex, mark = sex_cell(work.pupil.sex, rng), mark_cell(work.journal, rng)
        letter = class_cell(work, assessment.grade, rng)
        grid.add(work.code, work.variant, *cells[:half], 3 - work.variant, *cells[half:], letter, sex, mark, total)
    save_workbook(target, classes, grid)


def write_export_2022(target: Target, assessment: Assessment, works: Sequence[Work]) -> None:
    """The export of 2022: all schools in one sheet, composite cells «login | name», classes on a sheet of their own."""
    rng = stream("export2022", target.file)
    chosen = plan(works, rng, wrong=3, misspelt=2)
    tasks = [task.heading for task in assessment.tasks]
    common = ("Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки")
    grid, classes = target.grid("Протокол"), target.grid("Классы")
    grid.add(*common, "Код", "Вариант", *tasks, "Наименование класса", "Пол", JOURNAL_HEADING, "Итого баллов")
    classes.add(*common, LETTER_HEADING, *BOOK_HEADINGS)
    for site, group in by_site(works):
        stamp = f"{rng.randint(22, 29)}.04.{assessment.year} {rng.randint(8, 18):02}:{rng.randint(0, 59):02}"
        school_cell = f"{site.login} | {quoted(site.name)}"
        head = (site.login, 99, REGION_CELL, MUNICIPALITY_CELL, school_cell, stamp)
        as_text = 0.5 if site is SCHOOLS[7].sites[0] else 0.0  # one school typed half of its scores as text
        for work in group:
            total = chosen.total(work, rng, assessment.maximum)
            if not work.present:
                grid.add(*head, work.code, chosen.absent(work), *[None] * (len(tasks) + 3), total)
                continue
            letter, sex = class_cell(work, assessment.grade, rng), sex_cell(work.pupil.sex, rng)
            mark = mark_cell(work.journal, rng)
            cells = score_cells(work.scores, rng, as_text=as_text)
            grid.add(*head, work.code, work.variant, *cells, letter, sex, mark, total)
        for number in range(1, site.classes + 1):
            classes.add(*head, class_letter(site, group[0].pupil.school.level, number), BOOK)
    save_workbook(target, grid, classes)


def write_export_2021(target: Target, assessment: Assessment, works: Sequence[Work]) -> None:
    """The export of 2021: old logins, «регион» holds the municipality, no maxima in the headings, empty columns."""
    rng = stream("export2021", target.file)
    chosen = plan(works, rng, wrong=2, shifted=1, misspelt=1)
    grid = target.grid("Sheet")
    grid.add(
        *("логин школы", "регион", "номер обучающегося", "код обучающегося"),
        *("отметка за предыдущую четверть/триместр", "пол", "класс", "вариант", "всего баллов"),
        *(f"балл за {task.name}" for task in assessment.tasks),
        *("Учебник", "Др.уч. автор", "Др.уч. название", "", "", "", ""),
    )
    for site, group in by_site(works):
        for number, work in enumerate(group, start=1):
            head = (site.old_login, MUNICIPALITY, number, work.code)
            tail = (BOOK, None, None, "", "", "", "")
            total = chosen.total(work, rng, assessment.maximum)
            if not work.present:
                empty = [None] * len(assessment.tasks)
                grid.add(*head, None, None, None, chosen.absent(work), total, *empty, *tail)
                continue
            about: tuple[Cell, ...] = (
                mark_cell(work.journal, rng),
                sex_cell(work.pupil.sex, rng),
                class_cell(work, assessment.grade, rng),
            )
            if (site.login, work.code) in chosen.shifted:
                about = (Planted(work.pupil.sex, SHIFTED), LETTERS[work.klass - 1], None)
            grid.add(*head, *about, work.variant, total, *score_cells(work.scores, rng), *tail)
    save_workbook(target, grid)


def write_table(target: Target, assessment: Assessment, works: Sequence[Work]) -> None:
    """The tool's own canonical table, cp1251 with decimal commas; the school is its name or its login."""
    headings = "Организация;Год;Класс;Буква класса;Предмет;Уровень;Код участника;Вариант;Присутствовал;Первичный балл"
    headings += ";Максимальный первичный балл;Отметка;Отметка по журналу;Пол"
    rows: list[list[Value]] = [list(headings.split(";"))]
    chosen = plan(works, stream("table", target.file), wrong=1)
    last_absent = max(number for number, work in enumerate(works, start=2) if not work.present)
    for number, work in enumerate(works, start=2):
        letter = class_letter(work.pupil.site, work.pupil.school.level, work.klass)
        organisation, top = _organisation(work.pupil.site), assessment.maximum
        if number == last_absent:
            organisation = KINDERGARTENS[0].name
            target.ledger.note(target.file, NO_SCHOOL, f"строка {number}")
        if key_of(work) in chosen.wrong:
            top = work.total - 1
            target.ledger.note(target.file, LOW_TOP, f"строка {number}")
        about: list[Value] = [organisation, assessment.year, assessment.grade, letter]
        about += [assessment.subject, "базовый", work.code]
        if work.present:
            results: list[Value] = [work.variant, "да", f"{work.total},0", top, work.mark, work.journal]
        else:
            results = [None, "нет", None, top, None, None]
            target.ledger.note(target.file, "Присутствовал = нет", f"строка {number}")
        rows.append([*about, *results, work.pupil.sex])
    save_csv(target, rows, "cp1251")


def _organisation(site: Site) -> str:
    """Half of the schools write their login, the others their name."""
    return site.login if int(site.digits) % 2 == 0 else site.name


def save_csv(target: Target, rows: Sequence[Sequence[Value]], encoding: str) -> None:
    """Write a table as the office's Excel does: semicolons, CRLF."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    target.write(text.getvalue().encode(encoding))
