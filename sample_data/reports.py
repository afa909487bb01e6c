"""Writers of summary reports that tell the same as the rows they sum up: «Аналитика» of ФИС ОКО, an olympiad."""

from collections import Counter
from collections.abc import Callable, Sequence

import direction_1_3
from assessments import Assessment
from district import MUNICIPALITY, REGION, stream
from layouts import Target, by_site, save_workbook
from quirks import Grid, Value
from simulation import Work

MARKS = (2, 3, 4, 5)
TASKS = (7, 7, 7, 7, 7)
"""Maximum scores of the tasks of the olympiad."""
OLYMPIAD_SUBJECT, OLYMPIAD_SUBJECT_DATIVE = "Математика", "математике"
LEAST = {"победитель": 27, "призёр": 20, "участник": 2}
MOST = {"победитель": 33, "призёр": 26, "участник": 17}
REGIONAL_MARKS = {"Вся выборка": (1_412_350, (4.74, 30.02, 44.25, 20.99)), REGION: (31_218, (5.31, 31.4, 43.27, 20.02))}
"""Participants and shares of marks, invented, of rows above the municipality."""
REGIONAL_JOURNAL = {REGION: (29_874, (12.4, 76.1, 11.5))}


def write_f3(target: Target, assessment: Assessment, works: Sequence[Work], date: str) -> None:
    """«Статистика по отметкам»: shares of marks of the whole sample, the region, the municipality, every login."""
    grid = _report(target, "Статистика по отметкам", assessment, date)
    grid.add("Группы участников", "Кол-во ОО", "Кол-во участников", *MARKS, None)

    def shares(group: Sequence[Work]) -> list[Value]:
        return [len(group), *_percents([work.mark for work in group], MARKS)]

    for name, (total, regional) in REGIONAL_MARKS.items():
        grid.add(name, 900 if name == REGION else 38_112, total, *regional)
    present = [work for work in works if work.present]
    schools = len({work.pupil.site.login for work in present})
    grid.add(f"{MUNICIPALITY}(reg99_m001)", schools, *shares(present))
    _rows_of_logins(grid, present, lambda group: [None, *shares(group)])
    save_workbook(target, grid)


def write_journal_comparison(target: Target, assessment: Assessment, works: Sequence[Work], date: str) -> None:
    """«Сравнение отметок с отметками по журналу»: lowered, confirmed and raised marks in per cent and in numbers."""
    title = "Сравнение отметок с отметками по журналу"
    grid = _report(target, title, assessment, date)
    headings = (
        "Понизили (Отметка < Отметка по журналу)",
        "Подтвердили (Отметка = Отметке по журналу)",
        "Повысили (Отметка > Отметка по журналу)",
    )
    grid.add(
        *("Группы участников", "Кол-во участников(всего)"),
        *(f"{heading} {kind}" for heading in headings for kind in ("%", "Кол-во участников")),
    )

    def compared(group: Sequence[Work]) -> list[Value]:
        signs = [(work.mark > work.journal) - (work.mark < work.journal) for work in group]
        pairs = zip(_percents(signs, (-1, 0, 1)), (signs.count(sign) for sign in (-1, 0, 1)), strict=True)
        return [len(group), *(cell for pair in pairs for cell in pair)]

    for name, (total, regional) in REGIONAL_JOURNAL.items():
        grid.add(name, total, *(cell for share in regional for cell in (share, round(total * share / 100))))
    present = [work for work in works if work.present]
    grid.add(f"{MUNICIPALITY}(reg99_m001)", *compared(present))
    _rows_of_logins(grid, present, compared)
    save_workbook(target, grid)


def write_olympiad(target: Target, spring: int) -> None:
    """Protocol of the municipal stage: the rows of «Достижения.csv» with scores; codes stand in place of names."""
    rng = stream("olympiad", spring)
    rows = direction_1_3.tables(spring)["Достижения.csv"]
    header = rows[0]
    found = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    wanted = ("ВсОШ", "муниципальный", OLYMPIAD_SUBJECT)
    scored = []
    for row in found:
        if (row["Мероприятие"], row["Этап"], row["Предмет"]) == wanted:
            status = str(row["Статус"])
            total = rng.randint(LEAST[status], MOST[status])
            scored.append((total, row))
    scored.sort(key=lambda pair: -pair[0])
    maximum = sum(TASKS)
    grid = target.grid("Протокол")
    grid.add(
        f"Протокол муниципального этапа Всероссийской Олимпиады школьников в {spring - 1} - {spring} "
        f"по {OLYMPIAD_SUBJECT_DATIVE}"
    )
    grid.add("Максимальное количество баллов", maximum)
    grid.add()
    grid.add(
        *("№", "Фамилия, имя, отчество", "Шифр", "ОО", "Класс"),
        *("Количество баллов за задание", *[None] * (len(TASKS) - 1), "Итог", "% выполнения", "Рейтинг", "Статус"),
    )
    grid.add(*[None] * 5, *range(1, len(TASKS) + 1))
    for number, (total, row) in enumerate(scored, start=1):
        rank = 1 + sum(other > total for other, _ in scored)
        about = (number, row["Код обучающегося"], f"М-{row['Класс']}-{number:02}", row["Организация"], row["Класс"])
        share = round(100 * total / maximum, 2)
        grid.add(*about, *_points(total), total, share, rank, row["Статус"])
    grid.add()
    grid.add("Дата проведения:", f"05.12.{spring - 1}")
    grid.add("Председатель жюри:", "____________")
    grid.add("Члены жюри:", "____________")
    save_workbook(target, grid)


def _report(target: Target, title: str, assessment: Assessment, date: str) -> Grid:
    """A sheet with the frame of every report: the header comes in row 8."""
    grid = target.grid(title[:31])
    grid.add(title)
    grid.add()
    grid.add(f"ВПР {assessment.year} {assessment.subject} {assessment.grade} класс")
    grid.add("Предмет:", assessment.subject)
    grid.add("Максимальный первичный балл:", assessment.maximum)
    grid.add("Дата:", date)
    grid.add()
    return grid


def _rows_of_logins(grid: Grid, works: Sequence[Work], cells: Callable[[Sequence[Work]], Sequence[Value]]) -> None:
    for site, group in by_site(works):
        grid.add(f"{site.name}({site.login})", *cells(group))


def _percents(values: Sequence[int], kinds: Sequence[int]) -> list[Value]:
    counts = Counter(values)
    return [round(100 * counts[kind] / len(values), 2) for kind in kinds]


def _points(total: int) -> list[Value]:
    """Scores of the tasks that make up the total, the easier tasks first."""
    points: list[Value] = []
    for top in TASKS:
        scored = min(top, total)
        points.append(scored)
        total -= scored
    return points
