"""What the office of education wants reached: the table «Целевые значения», beside the targets of the concept.

Each row shows something: a target that a fact reaches or misses, one that a single organisation has of its own, one
that few children cannot prove to have reached whatever they do (vo-09), and one that is a matter of chance.
"""

Row = tuple[str | int | None, ...]

HEADER: Row = ("Учебный год", "Показатель", "Часть", "Кому", "Организация", "Не менее", "Не более", "Основание")
ORDER = "приказ управления образования от 01.09.2025 № 112"
ROWS: list[Row] = [
    ("2.4.3-m12", None, "муниципалитет", None, 90, None, ORDER),
    ("2.4.3-m12", None, None, "ds-03", 50, None, f"{ORDER}, п. 3"),
    ("1.1.2-m1", None, "муниципалитет", None, None, 20, ORDER),
    ("1.1.4-s1", "share", "организации", None, None, 30, ORDER),
    ("1.1.4-s1", "share", None, "vo-09", None, 10, f"{ORDER}, п. 5"),
    ("2.2.4-m1", None, "муниципалитет", None, 50, None, ORDER),
]


def tables(spring: int) -> dict[str, list[Row]]:
    """The table of a school year by its file name, its header first."""
    return {"Целевые значения.csv": [HEADER, *((f"{spring - 1}/{spring}", *row) for row in ROWS)]}
