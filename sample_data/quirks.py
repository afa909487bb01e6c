"""Planted problems: what people really type into the forms, and a ledger of every cell where we did the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from district import Site
from openpyxl.utils import get_column_letter
from simulation import SKIPPED, Work

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Planted:
    """A cell that carries a problem of the named kind."""

    value: Value
    kind: str


Cell = Value | Planted

ABSENT = "отсутствовал"
MISSPELT = ("отсутсвовал", "не присутствовал")
SKIPPED_KINDS = {"X": "X (латинская)", "x": "x (латинская строчная)", "Х": "Х (кириллица)"}
SCORE_AS_TEXT = "балл числом-текстом"
WRONG_TOTAL, EMPTY_TOTAL = "итог не равен сумме заданий", "итог пуст, задания заполнены"
SHIFTED = "сдвиг на столбец: пол стоит в отметке"
NO_MARK = "отметка пуста"
LOW_TOP, NO_SCHOOL = "максимальный балл меньше набранного", "вместо школы выбран детский сад"
SHARED_CODE = "код выпускника другой школы"
MARKS: tuple[tuple[str, str], ...] = (
    ("нет отметки", "отметка «нет отметки»"),
    ("н/а", "отметка «н/а»"),
    ("*", "отметка «*»"),
    ("{}\xa0", "отметка с неразрывным пробелом"),
    ("{}", "отметка числом-текстом"),
    ("", NO_MARK),
)
SEXES = ((" {}", "пол с пробелом впереди"), ("{upper}", "пол прописной буквой"))
LETTERS, NO_LETTER = "аб", "нет"


class Ledger:
    """Where each problem was planted: file → kind → places."""

    def __init__(self) -> None:
        self.places: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def note(self, file: str, kind: str, place: str) -> None:
        """Write down one planted problem."""
        self.places[file][kind].append(place)


class Grid:
    """Rows of a sheet under construction; planted cells go to the ledger with their address."""

    def __init__(self, file: str, sheet: str, ledger: Ledger) -> None:
        self.file, self.sheet, self.rows = file, sheet, list[list[Value]]()
        self._ledger = ledger

    def add(self, *cells: Cell) -> None:
        """Append a row."""
        row: list[Value] = []
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, Planted):
                address = f"{get_column_letter(column)}{len(self.rows) + 1}"
                self._ledger.note(self.file, cell.kind, f"{self.sheet}!{address}")
                cell = cell.value  # noqa: PLW2901
            row.append(cell)
        self.rows.append(row)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which works of a file get which rare problem; the keys are identities of works (login, code)."""

    wrong: frozenset[tuple[str, int]] = frozenset()
    empty: frozenset[tuple[str, int]] = frozenset()
    shifted: frozenset[tuple[str, int]] = frozenset()
    misspelt: tuple[tuple[tuple[str, int], str], ...] = ()

    def absent(self, work: Work) -> Cell:
        """The word in «Вариант» of an absent pupil."""
        word = dict(self.misspelt).get(key_of(work))
        return Planted(word, word) if word else Planted(ABSENT, ABSENT)

    def total(self, work: Work, rng: Random, maximum: int) -> Cell:
        """The total as the file has it."""
        if not work.present:
            return rng.choice((None, 0))
        if key_of(work) in self.empty:
            return Planted(None, EMPTY_TOTAL)
        if key_of(work) in self.wrong:
            return Planted(work.total + (1 if work.total < maximum else -1), WRONG_TOTAL)
        return work.total


def key_of(work: Work) -> tuple[str, int]:
    """Identity of a work inside one file."""
    return work.pupil.site.login, work.code


def plan(
    works: Iterable[Work], rng: Random, *, wrong: int = 0, empty: int = 0, shifted: int = 0, misspelt: int = 0
) -> Plan:
    """Choose the works for the rare problems; no work gets two of them."""
    all_works = list(works)
    present = rng.sample([key_of(work) for work in all_works if work.present], wrong + empty + shifted)
    absent = [key_of(work) for work in all_works if not work.present]
    chosen = rng.sample(absent, min(misspelt, len(absent)))
    return Plan(
        wrong=frozenset(present[:wrong]),
        empty=frozenset(present[wrong : wrong + empty]),
        shifted=frozenset(present[wrong + empty :]),
        misspelt=tuple(zip(chosen, MISSPELT, strict=False)),
    )


def share_code(rows: list[tuple[Value, ...]], column: int, file: str, ledger: Ledger) -> None:
    """Give the last row of a table the code of the first one, whose organisation is another."""
    rows[-1] = (*rows[-1][:column], rows[1][column], *rows[-1][column + 1 :])
    ledger.note(file, SHARED_CODE, f"строка {len(rows)}")


def score_cells(scores: Sequence[int | str], rng: Random, as_text: float = 0.0) -> list[Cell]:
    """Scores as typed by a person: three letters for «not attempted», some numbers stored as text."""
    return [_score_cell(score, rng, as_text) for score in scores]


def _score_cell(score: int | str, rng: Random, as_text: float) -> Cell:
    if score == SKIPPED:
        letter = rng.choices(("X", "x", "Х"), (6, 2, 2))[0]
        return Planted(letter, SKIPPED_KINDS[letter])
    if isinstance(score, str):
        return Planted(score, score)
    return Planted(str(score), SCORE_AS_TEXT) if rng.random() < as_text else score


def mark_cell(mark: int, rng: Random, share: float = 0.05) -> Cell:
    """The school's mark; a share of the cells is not a plain number."""
    if rng.random() >= share:
        return mark
    pattern, kind = rng.choice(MARKS)
    return Planted(pattern.format(mark) or None, kind)


def sex_cell(sex: str, rng: Random, share: float = 0.08) -> Cell:
    """Sex as typed."""
    if rng.random() >= share:
        return sex
    pattern, kind = rng.choice(SEXES)
    return Planted(pattern.format(sex, upper=sex.upper()), kind)


def class_letter(site: Site, level: float, number: int) -> str:
    """The usual letter of a class; where there is one class, some schools write «нет»."""
    return LETTERS[number - 1] if site.classes > 1 or level >= 0 else NO_LETTER


def class_cell(work: Work, grade: int, rng: Random) -> Cell:
    """The letter of the class in one of the spellings of the school."""
    letter = class_letter(work.pupil.site, work.pupil.school.level, work.klass)
    if rng.random() >= 0.3:
        return letter
    upper = letter.upper()
    if letter == NO_LETTER:
        typed = rng.choice((upper, grade))
    elif work.pupil.site.classes == 1:
        typed = upper
    else:
        latin = "a" if letter == "а" else upper
        typed = rng.choice((upper, f"{grade}{upper}", f"{grade} {letter}", f"{letter}(1)", latin))
    return Planted(typed, "класс «a» (латинская)" if typed == "a" else f"класс «{typed}»")
