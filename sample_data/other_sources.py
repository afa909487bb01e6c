"""What direction 1.1 needs beside ВПР: КДР and micro-studies, leavers, observation, answers to the forms.

Their real exports are unknown, so they come as our own tables (headers are the titles of the contracts).
"""

from collections.abc import Iterator, Sequence
from random import Random

from district import MUNICIPALITY, SCHOOLS, Pupil, School, stream

Row = tuple[str | int | None, ...]

STUDIES = {
    "КДР4 чтение": 4,
    "КДР6 чтение": 6,
    "КДР7 математика": 7,
    "КДР8 естествознание": 8,
    "МИ5 чтение": 5,
    "МИ8 финансы": 8,
    "МИ9 финансы": 9,
}
"""Study and its grade. In spring 2024 only КДР4 is kept: the former result of the sixth graders of 2026."""
LEVELS = ((-0.9, "недостаточный"), (-0.2, "пониженный"), (0.9, "базовый"), (99.0, "повышенный"))
PROCEDURES = {"ВПР": 0.8, "муниципальный этап ВсОШ": 0.9}
DESTINATIONS = {
    9: (("ПОО", "10-й класс", "работа"), (0.5, 0.46, 0.04)),
    11: (("ОО ВО", "ПОО", "работа"), (0.55, 0.35, 0.1)),
}
"""Where leavers of a grade with a certificate go, with weights."""
FELL_BACK = {(2026, "КДР6 чтение", "vo-01"): -0.4}
"""A school whose sixth graders read worse than the same children did in the fourth grade, and not by chance."""
SILENT = "vo-08"
"""The school that did not answer the form of 2026."""


def school_year(spring: int) -> str:
    """«2025/2026» for 2026."""
    return f"{spring - 1}/{spring}"


def kdr(everybody: Sequence[Pupil], spring: int) -> list[Row]:
    """Works of one school year, header first; a pupil absent on the day has no level."""
    rows: list[Row] = [
        ("Организация", "Учебный год", "Работа", "Класс", "Код обучающегося", "Уровень", "Объективность")
    ]
    studies = {"КДР4 чтение": 4} if spring == 2024 else STUDIES
    for study, grade in studies.items():
        for pupil in everybody:
            if pupil.grade(spring) == grade and (spring == 2024 or spring in pupil.years):
                rng = stream("kdr", study, spring, pupil.id)
                suspicious = pupil.school.id == "vo-07" and study == "КДР7 математика" and spring == 2026
                level = "отсутствовал" if rng.random() < 0.05 else _level(pupil, spring, study, rng)
                head = (pupil.site.login, school_year(spring), study, pupil.klass, f"у-{pupil.id}")
                rows.append((*head, level, "нет" if suspicious else None))
    return rows


def leavers(spring: int) -> list[Row]:
    """Leavers of grades 9 and 11: certificate, where they went, subjects studied at advanced level; header first."""
    rows: list[Row] = [
        (
            *("Организация", "Учебный год", "Класс", "Код выпускника", "Получил аттестат", "Поступил"),
            *("Специальность близка к предметам ГИА", "Изучал предметы углублённо"),
            "Выбрал на ГИА углублённые предметы",
        )
    ]
    for school in SCHOOLS:
        for grade in (9, 11) if school.last_grade == 11 else (9,):
            rng = stream("leavers", spring, school.id, grade)
            after = stream("after school", spring, school.id, grade)
            size = max(2, round(sum(site.pupils for site in school.sites) * (0.9 if grade == 9 else 0.4)))
            for number in range(1, size + 1):
                certificate = "да" if rng.random() < 0.97 else "нет"
                head = (school.name, school_year(spring), grade, f"в-{school.id}-{grade}-{number}", certificate)
                rows.append((*head, *_after_school(grade, certificate, after)))
    return rows


def observation(spring: int) -> list[Row]:
    """Independent observation in schools, header first."""
    rows: list[Row] = [("Организация", "Учебный год", "Процедура", "Независимое наблюдение")]
    for procedure, share in PROCEDURES.items():
        rng = stream("observation", spring, procedure)
        rows += [
            (school.name, school_year(spring), procedure, "да" if rng.random() < share else "нет") for school in SCHOOLS
        ]
    return rows


def answers(spring: int) -> list[Row]:
    """Answers of the office and of the schools to the questions of the catalogue, header first."""
    header: Row = ("Организация", "Учебный год", "Вопрос", "Да или нет", "Подтверждение")
    return [header, *_of_office(spring), *(row for school in SCHOOLS for row in _of_school(school, spring))]


def _of_office(spring: int) -> Iterator[Row]:
    year = school_year(spring)
    yield (MUNICIPALITY, year, "1.1.6-m1", "да", f"приказ управления образования от 01.10.{spring - 1}")
    yield (MUNICIPALITY, year, "1.1.6-m2", "да" if spring == 2026 else "нет", None)


def _of_school(school: School, spring: int) -> Iterator[Row]:
    if school.id == SILENT and spring == 2026:
        return
    rng = stream("answers", spring, school.id)
    yield (school.name, school_year(spring), "1.1.6-s1", "да", f"приказ школы от 15.09.{spring - 1}")
    yield (school.name, school_year(spring), "1.1.6-s2", "да" if rng.random() < 0.7 else "нет", None)


def _after_school(grade: int, certificate: str, rng: Random) -> Row:
    """Destination, closeness of the speciality, advanced subjects studied and chosen; only seniors study them."""
    places, weights = DESTINATIONS[grade]
    destination = "иное" if certificate == "нет" else rng.choices(places, weights)[0]
    entered = destination in ("ПОО", "ОО ВО")
    close = ("да" if rng.random() < 0.62 else "нет") if entered else None
    advanced = grade == 11 and rng.random() < 0.6
    chosen = ("да" if rng.random() < 0.75 else "нет") if advanced else None
    return (destination, close, "да" if advanced else "нет", chosen)


def _level(pupil: Pupil, spring: int, study: str, rng: Random) -> str:
    change = pupil.school.change if spring == 2026 else 0.0
    change += FELL_BACK.get((spring, study, pupil.school.id), 0.0)
    score = pupil.ability + pupil.school.level + change + rng.gauss(0.0, 0.5)
    return next(word for limit, word in LEVELS if score < limit)
