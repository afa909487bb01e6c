"""What direction 2.4 needs: figures of the kindergartens by year and their answers to the questions of the forms."""

from collections.abc import Iterator

from district import KINDERGARTENS, Kindergarten, stream

Row = tuple[str | int | None, ...]

SIZES = (110, 95, 64, 48, 30, 24, 18, 12)
"""Children of every kindergarten, in the order of the register."""
QUESTIONS = {
    "2.4.1-m1": 0.65,
    "2.4.2-m1": 0.9,
    "2.4.3-m4": 0.6,
    "2.4.3-m5": 0.7,
    "2.4.3-m6": 0.75,
    "2.4.3-m7": 0.85,
    "2.4.3-m8": 0.95,
    "2.4.3-m9": 0.5,
    "2.4.3-m10": 0.5,
    "2.4.3-m11": 0.7,
    "2.4.4-m1": 0.7,
    "2.4.5-m2": 0.85,
    "2.4.5-m3": 0.6,
    "2.4.5-m4": 0.8,
    "2.4.5-m5": 0.7,
    "2.4.5-m6": 0.7,
    "2.4.6-m1": 0.5,
}
"""Question and the chance of «да»."""
FIRST_ANSWERS = 2025
"""The forms were not yet asked in spring 2024."""
WITH_OVZ_ONLY = "2.4.3-m11"
"""The question for those who have children with special needs."""
REPEATED = ("2.4.1-m1", "2.4.2-m1", "2.4.3-m9", "2.4.6-m1")
"""Questions that are asked again in November of those who had answered «нет»; that belongs to the school year of the
first answer, whenever it is held."""
REPEAT = "повторный мониторинг"
SILENT_IN_REPEAT = 3
"""So many kindergartens at the end of the register had not yet answered again when the data of the last year came."""
LAST = 2026


def tables(spring: int) -> dict[str, list[Row]]:
    """Tables of one school year by file name, header first."""
    result = {"Показатели детских садов.csv": facts(spring)}
    if spring >= FIRST_ANSWERS:
        result["Ответы детских садов.csv"] = answers(spring)
    return result


def facts(spring: int) -> list[Row]:
    """Sickness, children and the survey of parents; header first."""
    header: Row = (
        *("Организация", "Учебный год", "Пропущено дней по болезни", "Численность детей"),
        *("Дети с ОВЗ и инвалидностью", "Опрошено родителей", "Удовлетворено родителей"),
    )
    return [header, *(_facts(garden, size, spring) for garden, size in zip(KINDERGARTENS, SIZES, strict=True))]


def answers(spring: int) -> list[Row]:
    """Answers of the kindergartens; header first."""
    header: Row = ("Организация", "Учебный год", "Вопрос", "Этап", "Да или нет", "Подтверждение")
    pairs = zip(KINDERGARTENS, SIZES, strict=True)
    return [header, *(row for garden, size in pairs for row in _answers(garden, size, spring))]


def _facts(garden: Kindergarten, size: int, spring: int) -> Row:
    rng = stream("preschool facts", spring, garden.id)
    children = size + rng.randint(-2, 2)
    asked = round(children * rng.uniform(0.6, 0.9))
    satisfied = round(asked * rng.uniform(0.3, 0.95))
    sick_days = round(children * rng.uniform(7.0, 13.0))
    year = f"{spring - 1}/{spring}"
    return (garden.name, year, sick_days, children, _with_ovz(garden, size, spring), asked, satisfied)


def _with_ovz(garden: Kindergarten, size: int, spring: int) -> int:
    """Children with special needs; the smallest kindergartens have none."""
    return 0 if size < 20 else max(1, round(size * stream("preschool ovz", spring, garden.id).uniform(0.02, 0.07)))


def _answers(garden: Kindergarten, size: int, spring: int) -> Iterator[Row]:
    for question in QUESTIONS:
        if question == WITH_OVZ_ONLY and not _with_ovz(garden, size, spring):
            continue
        yield _answer(garden, spring, question, _positive(garden, spring, question), f"чек-лист от 20.05.{spring}")
    if spring == LAST and garden in KINDERGARTENS[-SILENT_IN_REPEAT:]:
        return
    for question in REPEATED:
        if not _positive(garden, spring, question):
            repaired = stream("preschool repeated", spring, garden.id, question).random() < 0.6
            yield _answer(garden, spring, question, repaired, f"чек-лист от 12.11.{spring}", REPEAT)


def _positive(garden: Kindergarten, spring: int, question: str) -> bool:
    return stream("preschool answers", spring, garden.id, question).random() < QUESTIONS[question]


def _answer(
    garden: Kindergarten, spring: int, question: str, positive: bool, evidence: str, in_round: str | None = None
) -> Row:
    """One answer; only «да» is proved by a document."""
    year = f"{spring - 1}/{spring}"
    return (garden.name, year, question, in_round, "да" if positive else "нет", evidence if positive else None)
