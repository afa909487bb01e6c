"""What organisations say they have nothing of: the table «Сведений нет».

Without it nobody knows whether a school has no such children or has not sent its table. A statement without words is of
everything that the table of the school does not have. Some keep silent on purpose: vo-10 of its plans, contracts and
participation in olympiads, vo-09 of the preventive register, both of some forms of participation.
"""

from collections.abc import Sequence

Row = tuple[str | int | None, ...]

HEADER: Row = ("Организация", "Учебный год", "Таблица без сведений", "Чего нет")
WHOLE: dict[str, dict[int, Sequence[int]]] = {
    "Договоры с партнёрами": {2025: (9,), 2026: (9,)},
    "Проведённые мероприятия": {2025: (10,), 2026: (10,)},
    "Обучающиеся с неродным русским языком": {2025: (3, 4, 6, 8, 9, 10), 2026: (3, 4, 6, 8, 9, 10)},
    "Профилактический учёт": {2025: (4, 7), 2026: (4,)},
}
"""Tables of one report: by the spring, schools that have none of it."""
REST: dict[str, Sequence[int]] = {
    "Участие в олимпиадах и конкурсах": range(1, 10),
    "Участие обучающихся в формах работы": range(1, 9),
    "Индивидуальные планы и программы обучающихся": range(1, 10),
    "Реализуемые программы": range(1, 11),
}
"""Tables of several reports: schools that have nothing more than what is in them."""


def tables(spring: int) -> dict[str, list[Row]]:
    """The table of a school year by its file name, its header first."""
    said: list[tuple[str, Sequence[int]]] = [*((title, years[spring]) for title, years in WHOLE.items()), *REST.items()]
    year = f"{spring - 1}/{spring}"
    rows = [(f"vo-{school:02}", year, title, None) for title, schools in said for school in schools]
    return {"Сведений нет.csv": [HEADER, *rows]}
