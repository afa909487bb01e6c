"""What is written: subjects of a year and a grade, their tasks, scales, and which school drew which subject."""

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

from district import ABILITY_SPREAD, SCHOOLS, School, stream

YEARS = (2025, 2026)
GRADES = (4, 5, 6, 7, 8, 10)

RU, MA, OM, LC, EN = "Русский язык", "Математика", "Окружающий мир", "Литературное чтение", "Английский язык"
IS, OB, LI = "История", "Обществознание", "Литература"
BI, GG, FI, HI, IN = "Биология", "География", "Физика", "Химия", "Информатика"

# Subjects drawn by school, per grade: (humanities, sciences). A repeated subject is drawn more often.
POOLS: dict[int, dict[int, tuple[tuple[str, ...], ...]]] = {
    2025: {
        4: ((OM, LC, EN),),
        5: ((IS, LI, EN), (BI, GG)),
        6: ((IS, OB, LI, EN), (GG, GG, BI)),
        7: ((IS, IS, OB, LI, EN), (BI, GG, FI)),
        8: ((IS, OB, LI, EN), (BI, GG, FI, HI)),
        10: ((IS, OB, LI), (GG, FI, HI)),
    },
    2026: {
        4: ((OM, LC, EN),),
        5: ((IS, LI, EN), (BI, GG)),
        6: ((IS, LI, EN), (GG, BI)),
        7: ((IS, LI, EN), (BI, GG, FI, IN)),
        8: ((EN,), (BI, GG, FI, HI, IN)),
        10: ((IS, OB, LI), (BI, FI, HI)),
    },
}

# Tasks as «name:maximum»; an asterisk marks the advanced level (П), two the high one (В). A grade without a line takes
# the line below it.
_RU_WRITING = "1К1:4 1К2:3 1К3:2 2К1:3 2К2:3"
BLUEPRINTS: dict[str, dict[int, str]] = {
    RU: {
        4: "1:2 2:3 3.1:1 3.2:2 4:2 5:1 6:2 7:3* 8:1 9:1 10:2 11:2 12.1:1* 12.2:1*",
        5: f"{_RU_WRITING} 3.1:1 3.2:1 4:2 5:2 6:2* 7:2* 8:3* 9:1",
        6: f"{_RU_WRITING} 2К3:3 3.1:1 3.2:1 4:2 5:2 6:2* 7:2* 8:1 9:2*",
        7: f"{_RU_WRITING} 2К3:3 3.1:1 3.2:1 4:2 5:2* 6:1 7:2* 8:2 9.1:1 9.2:1*",
        8: f"{_RU_WRITING} 3:2 4:2 5:1 6:2* 7:1 8:2 9:2* 10:1 11:2*",
        10: "1:1 2:1 3:1 4:1 5:1* 6:1 7:1 8:2* 9К1:1 9К2:3 9К3:2* 9К4:2 9К5:2 9К6:2",
    },
    MA: {
        4: "1:1 2:1 3:2 4:1 5(1):1 5(2):1 6(1):1 6(2):1 7:1 8:2 9(1):1* 9(2):1* 10:2* 11:2 12:2*",
        5: "1:1 2:1 3:1 4:1 5:1 6:2 7:1 8:1* 9:2 10:2* 11(1):1 11(2):1 12(1):1 12(2):1* 13:1* 14:2*",
        6: "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:2 10:1 11:2* 12:1 13:2*",
        7: "1:1 2:1 3:1 4:1 5(1):1 5(2):1 6:1 7:1 8:1 9:1 10:2* 11:1 12:1 13:1 14:2* 15:1 16:2*",
        8: "1:1 2:1 3:1 4:1 5:1 6:2 7:1 8:2 9:1 10:1* 11:1 12:1 13:1 14:1 15:2* 16(1):1 16(2):1 17:1* 18:2* 19:2**",
        10: "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1* 10:1* 11:1 12:2* 13:2* 14:2*",
    },
    OM: {4: "1:2 2:2 3.1:2 3.2:1 3.3:3 4:2 5:1 6.1:1 6.2:1 6.3:2* 7.1:1 7.2:2 8К1:1 8К2:1 8К3:1* 9:2"},
    LC: {4: "1:1 2:1 3:2 4:1 5:2 6:1 7:2 8:2* 9:1 10:2* 11:2 12:3*"},
    IN: {7: "1:1 2:1 3:1 4:1 5:2 6:1* 7:2* 8:1 9:2 10:1 11:2* 12:2*"},
    EN: {
        4: "1:5 2:5 3:5 4:4* 5:3*",
        5: "1:5 2:5 3:5 4:5 5К1:2* 5К2:2 5К3:2* 5К4:2",
        8: "1:5 2:5 3К1:2 3К2:2 3К3:2* 3К4:2 4К1:4* 4К2:2 4К3:2* 4К4:2",
    },
    IS: {
        5: "1:2 2:1 3:2 4:3* 5:1 6:2* 7:1 8:2",
        6: "1:2 2:1 3:2 4:3* 5:1 6:2 7:2* 8:1 9:2* 10:2",
        7: "1:1 2:2 3:1 4:2 5:1 6:2* 7:2 8:1 9(1):1 9(2):2* 10:3*",
        8: "1:1 2:2 3:2 4:1 5:2* 6:2 7:1 8:2 9:2* 10:3* 11:2 12:2*",
    },
    OB: {6: "1:2 2:1 3:2 4:1 5(1):1 5(2):1 5(3):2* 6:1 7:2 8:3* 9:2", 8: "1:3 2:1 3:2* 4:1 5:3 6:1 7:2 8:2* 9:3* 10:2"},
    LI: {
        5: "1:1 2:1 3:2 4:2 5:1 6:2* 7:3 8К1:2 8К2:2* 8К3:1",
        8: "1:1 2:1 3:2 4:2 5:1 6:2* 7:3* 8К1:2 8К2:2* 8К3:2 9:2",
    },
    BI: {
        5: "1.1:1 1.2:1 1.3:2 2.1:1 2.2:1 3:2 4.1:1 4.2:1 4.3:2* 5:2 6.1:1 6.2:1* 7.1:2 7.2:3* 8:2 9:2 10К1:1 10К2:1*",
        8: "1:2 2:1 3:2 4:2 5.1:2 5.2:1* 6:1 7:2 8:2 9:2* 10.1:1 10.2:2* 11:2 12:2* 13:2",
    },
    GG: {
        5: "1.1:1 1.2:2 2.1:1 2.2:1 3.1:1 3.2:2* 4.1:1 4.2:2 5.1:2 5.2:1 6.1:1 6.2:2* 7:2 8К1:1 8К2:2*",
        6: "1.1:1 1.2:1 2.1:1 2.2:2 3.1:1 3.2:1 4:2 5(1):1 5(2):1 6К1:1 6К2:2* 7:2 8.1:1 8.2:1* 9.3 k1:2* 9.3 k2:1*",
        7: "1.1:2 1.2:1 1.3:2* 2.1:1 2.2:2 3.1:1 3.2:2 4:2 5.1:1 5.2:2* 6.1:1 6.2:2 7.1:2* 7.2:3*",
    },
    FI: {7: "1:1 2:2 3:1 4:1 5:1 6:1 7:1* 8:1 9:2 10:3* 11:3*", 10: "1:1 2:2 3:1 4:1 5:1 6:2 7:1 8:2* 9:2 10:3* 11:3*"},
    HI: {8: "1.1:1 1.2:3 2.1:1 2.2:1 3.1:3 3.2:2 4.1:2 4.2:2* 5.1:1 5.2:1 6.1:3 6.2:2* 7.1:3 7.2:2* 8:2 9:2*"},
}

# The share of «2» the difficulty is fitted to; the district then comes out near it, with noise.
TARGET_TWO = {4: 0.04, 5: 0.06, 6: 0.08, 7: 0.1, 8: 0.115, 10: 0.13}
TARGET_SHIFT = {RU: 0.01, MA: 0.02, EN: 0.015, FI: 0.02, HI: 0.01, OM: -0.015, LC: -0.015, LI: -0.01, IN: -0.01}
THRESHOLDS = {4: (0.42, 0.70, 0.88), 5: (0.41, 0.67, 0.87), 6: (0.39, 0.66, 0.86)}
THRESHOLDS_SENIOR = (0.37, 0.65, 0.84)

BASIC, ADVANCED, HIGH = "Б", "П", "В"
LEVEL_SHIFT = {BASIC: -0.25, ADVANCED: 0.65, HIGH: 0.65}
SUBJECT_SPREAD, YEAR_SPREAD, SCHOOL_SPREAD = 0.35, 0.2, 0.3


def logistic(x: float) -> float:
    """Probability of a point for a pupil who is ``x`` above the difficulty."""
    return 1.0 / (1.0 + math.exp(-x))


@dataclass(frozen=True, slots=True)
class Task:
    """A task or a criterion of it."""

    name: str
    maximum: int
    level: str
    shift: float

    @property
    def heading(self) -> str:
        """Column heading with the maximum: «5(1) (1б)»."""
        return f"{self.name} ({self.maximum}б)"


@dataclass(frozen=True)
class Assessment:
    """One ВПР: a subject in a grade in a year."""

    year: int
    grade: int
    subject: str
    tasks: tuple[Task, ...]
    scale: tuple[int, int, int]

    @property
    def maximum(self) -> int:
        """Maximum primary score."""
        return sum(task.maximum for task in self.tasks)

    def mark(self, total: int) -> int:
        """Mark by the scale."""
        return 2 + sum(total >= bound for bound in self.scale)

    @property
    def scale_source(self) -> str:
        """What the register of scales says of this one."""
        return "рекомендации ФИОКО, ВПР 2026" if self.is_official else "условная шкала учебного примера"

    @property
    def is_official(self) -> bool:
        """Whether the scale is a real one (Russian, grade 4, 2026)."""
        return (self.year, self.grade, self.subject) == (2026, 4, RU)

    @cached_property
    def difficulty(self) -> float:
        """Difficulty at which an average district gets the share of «2» aimed at."""
        target = TARGET_TWO[self.grade] + TARGET_SHIFT.get(self.subject, 0.0)
        target += stream("target", self.year, self.grade, self.subject).uniform(-0.015, 0.015)
        low, high = -4.0, 3.0
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if self._share_of_two(middle) < target else (low, middle)
        return low

    def _share_of_two(self, difficulty: float) -> float:
        mean = 0.35 if self.grade == 10 else 0.0
        spread = math.hypot(ABILITY_SPREAD, SUBJECT_SPREAD, YEAR_SPREAD, SCHOOL_SPREAD)
        quantiles = [NormalDist(mean, spread).inv_cdf((i + 0.5) / 60) for i in range(60)]
        return sum(self._chance_of_two(ability, difficulty) for ability in quantiles) / len(quantiles)

    def _chance_of_two(self, ability: float, difficulty: float) -> float:
        chances = [(task.maximum, logistic(ability - difficulty - task.shift)) for task in self.tasks]
        mean = sum(points * p for points, p in chances)
        deviation = math.sqrt(sum(points * p * (1 - p) for points, p in chances))
        return NormalDist(mean, max(deviation, 0.01)).cdf(self.scale[0] - 0.5)


def _tasks(year: int, grade: int, subject: str) -> tuple[Task, ...]:
    by_grade = BLUEPRINTS[subject]
    known = [g for g in by_grade if g <= grade]
    text = by_grade[max(known)] if known else next(iter(by_grade.values()))
    if (year, grade, subject) == (2025, 4, RU):
        text = text.replace("5:1 ", "5:2 ")  # last year's variant: one point more, hence another scale
    rng = stream("tasks", year, grade, subject)
    tasks = []
    for item in text.replace(" k", "_k").split():
        name, _, points = item.replace("_k", " k").partition(":")
        level = (BASIC, ADVANCED, HIGH)[points.count("*")]
        tasks.append(Task(name, int(points.rstrip("*")), level, LEVEL_SHIFT[level] + rng.gauss(0.0, 0.35)))
    return tuple(tasks)


def _assessment(year: int, grade: int, subject: str) -> Assessment:
    tasks = _tasks(year, grade, subject)
    maximum = sum(task.maximum for task in tasks)
    three, four, five = (math.ceil(part * maximum) for part in THRESHOLDS.get(grade, THRESHOLDS_SENIOR))
    assessment = Assessment(year, grade, subject, tasks, (three, four, five))
    return Assessment(year, grade, subject, tasks, (10, 16, 21)) if assessment.is_official else assessment


def assessments(year: int) -> list[Assessment]:
    """Everything written in a year, by grade, compulsory subjects first."""
    found = []
    for grade in GRADES:
        drawn = dict.fromkeys(subject for pool in POOLS[year][grade] for subject in pool)
        found += [_assessment(year, grade, subject) for subject in (RU, MA, *drawn)]
    return found


def writers(assessment: Assessment) -> list[School]:
    """Schools that write this ВПР: all of them, or those that drew the subject."""
    year, grade, subject = assessment.year, assessment.grade, assessment.subject
    taking = [school for school in SCHOOLS if school.last_grade >= grade]
    if subject in (RU, MA):
        return taking
    number, pool = next((n, pool) for n, pool in enumerate(POOLS[year][grade]) if subject in pool)
    shuffled = list(taking)
    stream("draw", year, grade, number).shuffle(shuffled)
    chosen = {school.id for i, school in enumerate(shuffled) if pool[i % len(pool)] == subject}
    return [school for school in taking if school.id in chosen]
