"""Works of the pupils: task scores from ability and difficulty, then the total, the mark and the school's mark."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from assessments import BASIC, FI, GG, MA, RU, SUBJECT_SPREAD, YEAR_SPREAD, Assessment, Task, logistic, writers
from district import Pupil, stream

ABSENT_SHARE = 0.065
SKIPPED, NOT_TAUGHT = "X", "не пройд."

# What the mark says about the school's mark: «2» at ВПР is nearly always a «3» in the journal.
JOURNAL: dict[int, tuple[float, float, float, float]] = {
    2: (0.20, 0.76, 0.04, 0.00),
    3: (0.01, 0.75, 0.235, 0.005),
    4: (0.00, 0.08, 0.73, 0.19),
    5: (0.00, 0.00, 0.18, 0.82),
}
TOO_GOOD = {(2026, 4, RU, "vo-07"): 2.2, (2026, 4, MA, "vo-07"): 0.5, (2025, 5, MA, "vo-02"): 1.5}
"""Inflated results: the first and the last are on the official list of their year."""
FALLEN = {(2026, grade, MA, "vo-02"): -0.55 for grade in (5, 6, 7, 8)}
"""A school whose mathematics fell in 2026, and not by chance: in the other subjects it only looks so."""
WEAK = {
    (2025, 4, MA, "vo-05"): -0.6,  # the same class writes far better a year later
    **{(2026, grade, FI, "vo-08"): -0.5 for grade in (7, 8)},  # not even the tasks of the advanced level
}
"""Where a school did worse than it usually does."""
ROUNDED = {(2026, "vo-03"): 0.7}
"""A school that rounds up: of so many works that lack one point to the next mark the point is found."""
STRICT_JOURNAL = {(2026, 7, RU, "vo-05")}
"""School marks mostly one below what the works are worth."""
INVERTED_JOURNAL = {(2026, "vo-09")}
"""School marks that contradict the scores (Spearman's coefficient below zero): on the list of 2026 as well."""
UNTAUGHT = {(2025, 6, GG, "vo-04"): "9.3 k2", (2025, 6, MA, "vo-08"): "12", (2025, 7, MA, "vo-06"): "15"}
"""Topics a school had not taught by the time of the test."""


@dataclass(frozen=True, slots=True)
class Work:
    """One pupil at one ВПР; an absent pupil has no scores."""

    pupil: Pupil
    code: int
    klass: int
    variant: int
    scores: tuple[int | str, ...]
    mark: int
    journal: int

    @property
    def present(self) -> bool:
        """Whether the pupil took part."""
        return bool(self.scores)

    @property
    def total(self) -> int:
        """Primary score."""
        return _total(self.scores)


class District:
    """Pupils by year and grade with the codes of that year."""

    def __init__(self, pupils: Sequence[Pupil]) -> None:
        self._pupils = pupils
        self._rolls: dict[tuple[int, int], list[tuple[int, Pupil]]] = {}

    def works(self, assessment: Assessment) -> list[Work]:
        """Works in register order, by login, class and code."""
        schools = {school.id for school in writers(assessment)}
        roll = self._roll(assessment.year, assessment.grade)
        works = [_work(assessment, code, pupil) for code, pupil in roll if pupil.school.id in schools]
        order = {login: i for i, login in enumerate(dict.fromkeys(work.pupil.site.login for work in works))}
        return sorted(works, key=lambda work: (order[work.pupil.site.login], work.klass, work.code))

    def _roll(self, year: int, grade: int) -> list[tuple[int, Pupil]]:
        if (year, grade) not in self._rolls:
            by_login: dict[str, list[Pupil]] = defaultdict(list)
            for pupil in self._pupils:
                if pupil.grade(year) == grade and year in pupil.years and (grade < 10 or _is_senior(pupil)):
                    by_login[pupil.site.login].append(pupil)
            self._rolls[year, grade] = [
                pair for login, group in by_login.items() for pair in _coded(group, stream("codes", year, grade, login))
            ]
        return self._rolls[year, grade]


def _is_senior(pupil: Pupil) -> bool:
    return pupil.goes_to_senior and pupil.site.last_grade > 9


def _coded(group: list[Pupil], rng: Random) -> list[tuple[int, Pupil]]:
    """Pupils numbered anew each year within each login, class by class: the codes repeat across schools."""
    shuffled = list(group)
    rng.shuffle(shuffled)
    shuffled.sort(key=lambda pupil: pupil.klass)
    return list(enumerate(shuffled, start=1))


def _work(assessment: Assessment, number: int, pupil: Pupil) -> Work:
    key = (assessment.year, assessment.grade, assessment.subject)
    rng = stream("work", *key, pupil.id)
    code = int(f"{assessment.grade}{number:0{5 - len(str(assessment.grade))}}")
    klass = 1 if assessment.grade == 10 else pupil.klass
    variant = 1 + (number + klass) % 2
    if stream("absence", *key, pupil.id).random() < ABSENT_SHARE:
        return Work(pupil, code, klass, variant, (), 0, 0)
    ability = _ability(assessment, pupil, rng)
    untaught = UNTAUGHT.get((*key, pupil.school.id))
    scores = tuple(
        _score(task, ability - assessment.difficulty, rng, task.name == untaught) for task in assessment.tasks
    )
    if stream("rounding", *key, pupil.id).random() < ROUNDED.get((assessment.year, pupil.school.id), 0.0):
        scores = _rounded(assessment, scores)
    mark = assessment.mark(_total(scores))
    inverted = (assessment.year, pupil.school.id) in INVERTED_JOURNAL
    journal = _journal(mark, inverted, rng)
    if (*key, pupil.school.id) in STRICT_JOURNAL and stream("strictness", *key, pupil.id).random() < 0.75:
        journal = max(2, mark - 1)
    return Work(pupil, code, klass, variant, scores, mark, journal)


def _ability(assessment: Assessment, pupil: Pupil, rng: Random) -> float:
    key = (assessment.year, assessment.grade, assessment.subject, pupil.school.id)
    inclination = stream("inclination", pupil.id, assessment.subject).gauss(0.0, SUBJECT_SPREAD)
    teaching = stream("teaching", *key).gauss(0.0, 0.15)
    school = pupil.school.level + (pupil.school.change if assessment.year == 2026 else 0.0)
    return (
        pupil.ability
        + inclination
        + teaching
        + school
        + rng.gauss(0.0, YEAR_SPREAD)
        + (TOO_GOOD | FALLEN | WEAK).get(key, 0.0)
    )


def _total(scores: Sequence[int | str]) -> int:
    return sum(score for score in scores if isinstance(score, int))


def _rounded(assessment: Assessment, scores: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The scores with the one point that they lack to a better mark, if they do."""
    if _total(scores) + 1 not in assessment.scale:
        return scores
    tasks = zip(assessment.tasks, scores, strict=True)
    place = next(n for n, (task, score) in enumerate(tasks) if isinstance(score, int) and score < task.maximum)
    return *scores[:place], int(scores[place]) + 1, *scores[place + 1 :]


def _score(task: Task, advantage: float, rng: Random, untaught: bool) -> int | str:
    chance = logistic(advantage - task.shift)
    points = sum(rng.random() < chance for _ in range(task.maximum))
    skipped = rng.random() < (0.15 if task.level == BASIC else 0.35)
    if untaught:
        return NOT_TAUGHT
    return SKIPPED if not points and skipped else points


def _journal(mark: int, inverted: bool, rng: Random) -> int:
    chosen = rng.choices((2, 3, 4, 5), JOURNAL[mark])[0]
    return {2: 5, 3: 4, 4: 3, 5: 3}[mark] if inverted and rng.random() < 0.75 else chosen
