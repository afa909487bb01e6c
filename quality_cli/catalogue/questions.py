"""Questions of the collection forms: what is asked, of whom, by when, and what kind of answer it takes."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType

import numpy as np

from quality_cli.catalogue.facts import Fact, Facts, title_of
from quality_cli.catalogue.figures import Figure, figures_of, question_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS, NEXT_YEAR, Indicator, Respondent
from quality_cli.catalogue.wording import COUNTED, describe
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum
from quality_cli.core.where import AllOf, AlsoIn, Compare, Condition, Known, OneOf, all_of, columns_of, walk
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.frames import Frames
from quality_cli.datasets.tables.table import PERIOD, Table, Tables
from quality_cli.datasets.tables.yearly import yearly

QUESTION, ROUND, NUMBER, NOTE, EVIDENCE = "question", "round", "number", "text", "evidence"
"""Columns of the dataset of answers that a form treats apart: what every answer may carry beside its value."""

_POINTS = "п. п."
_PERCENT = frozenset({"%", _POINTS})
_FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class Field:
    """One answer cell: the column of the dataset of answers that it fills, with the values it accepts here."""

    name: str
    column: Column
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form. ``figure`` is the figure it is asked for, ``direction`` its place in the catalogue,
    ``due`` the month of its term, ``round`` the round of the school year that it is asked in («»: the year itself),
    ``respondent`` who answers it of an organisation. ``fact``: its answer stands for rows of a list (:mod:`.facts`),
    ``figures`` are all that count them.

    In a round the ``id`` is that of the year with the round added: ``2.4.1-m1:повторный мониторинг``."""

    id: str
    text: str
    direction: str
    indicator: Indicator
    figure: Figure
    fields: tuple[Field, ...]
    due: str = ""
    round: str = ""
    respondent: Respondent = "organisation"
    fact: Fact | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def section(self) -> str:
        """What its form puts it under: its direction, or the list that its answer stands for."""
        return self.direction if self.fact is None else self.fact.dataset

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that need its answer: a fact is asked once, whichever of them it is called after."""
        return frozenset((self.indicator.id, *(figure.indicator for figure in self.figures)))

    def is_answered_by(self, unit: Unit) -> bool:
        """Whether the unit that it is put to answers it itself; else its respondent does, for all units at once."""
        return self.respondent == "organisation" or unit.level is not Level.ORGANISATION

    @property
    def key(self) -> Stratum:
        """What its answers say in the columns of the dataset that tell questions apart."""
        asked = self.id.removesuffix(f":{self.round}")
        return ((QUESTION, asked), *(((ROUND, self.round),) if self.round else ()))

    @property
    def exported(self) -> bool:
        """Whether exports may give the same figure; then the answer is only reconciled with them."""
        return bool(self.figure.source) or not any(True for _ in _over_answers(self.figure))


@lru_cache(maxsize=1)  # a call has one catalogue
def questions_of(catalogue: Catalogue) -> Mapping[str, Question]:
    """Every question of the catalogue by its id, in the order of the catalogue."""
    contract = catalogue.specs.contracts[ANSWERS]
    read = _columns_read(catalogue.figures)
    rounds = contract.rounds
    found: dict[str, Question] = {}
    for group in catalogue.groups:
        for indicator in group.indicators:
            for text, figure, due, respondent in _asked(indicator):
                in_round = figure.rounds if figure.rounds in rounds else ""
                put = f"{in_round[0].upper()}{in_round[1:]}. {text}" if in_round else text
                for asked in _ids(figure) or (question_of(figure.indicator, figure.part),):
                    fields = _fields(figure, read.get(asked, set()), contract)
                    question_id = in_round_of(asked, in_round)
                    question = Question(
                        question_id, put, group.direction, indicator, figure, fields, due, in_round, respondent
                    )
                    found.setdefault(question_id, question)
    return MappingProxyType(found)


def questions_of_facts(catalogue: Catalogue) -> Mapping[str, Question]:
    """Every question whose answer is a number instead of a list, by its id; those of one list stand together."""
    facts = Facts.of(catalogue.figures, catalogue.specs.contracts)
    found: dict[str, Question] = {}
    for fact in sorted(facts.found.values(), key=lambda one: list(catalogue.specs.contracts).index(one.dataset)):
        indicator = catalogue.indicators[fact.figure.indicator]
        question_id = in_round_of(fact.id, fact.round)
        found[question_id] = Question(
            question_id,
            _words(fact, catalogue.specs.contracts),
            catalogue.group_of(indicator.id).direction,
            indicator,
            fact.figure,
            (Field(NUMBER, _number_of(fact, catalogue.specs.contracts)),),
            indicator.due,
            fact.round,
            fact=fact,
            figures=tuple(facts.used[fact.id]),
        )
    return MappingProxyType(found)


def everything_asked(catalogue: Catalogue) -> Mapping[str, Question]:
    """The questions of the catalogue and those whose answers are numbers instead of a list."""
    return MappingProxyType({**questions_of(catalogue), **questions_of_facts(catalogue)})


def _words(fact: Fact, contracts: Mapping[str, Contract]) -> str:
    """How a fact is asked for: as its list says, else by its condition."""
    contract = contracts[fact.dataset]
    in_round = f"{fact.round[0].upper()}{fact.round[1:]}. " if fact.round else ""
    told_first = sorted(contract.facts or (), key=lambda own: own.distinct is None)  # values before rows
    if told := next((title for own in told_first if (title := title_of(fact, own))), ""):
        return in_round + told
    column = contract.columns[fact.count.columns[-1]] if fact.count.columns else None
    if fact.count.kind == "sum" and column is not None:
        what = f"{column.title}, всего"
    else:
        things = (column.things if column is not None else None) or contract.counted
        what = f"число ({COUNTED[things]})"
    where = describe(fact.count.where, contract, contracts)
    return f"{in_round}{contract.title} — {what}{f': {where}' if where else ''}"


def _number_of(fact: Fact, contracts: Mapping[str, Contract]) -> Column:
    """What is a number of rows or people is whole and not below zero; a sum is as its column."""
    if fact.count.kind == "sum":
        column = contracts[fact.dataset].columns[fact.count.columns[0]]
        return Column(title="Число", type="integer" if column.type == "integer" else "number", min=column.min)
    return Column(title="Число", type="integer", min=0)


def in_round_of(question: str, in_round: str | None) -> str:
    """The id of a question of the dataset as it is put in a round."""
    return f"{question}:{in_round}" if in_round else question


def asked_of_units(
    questions: Sequence[Question], tables: Tables, contracts: Mapping[str, Contract], period: Period
) -> Mapping[str, tuple[Question, ...]]:
    """Questions by the unit they are put to, units in the order of the register.

    A question goes to the units its indicator makes sense for (``organisations``, the dataset's ``concerns``): to
    those of the indicator's own level, else to all of them — a municipality's figure over schools is asked of schools.
    A unit that another table puts outside the denominator is not asked, nor in a round one that has answered «да» in
    the year itself: what is repeated is what was found wanting.
    """
    tables = yearly(tables, (period.start,))
    frames = Frames(tables)
    over = cache(lambda dataset: Evaluator(frames[dataset], frames))
    rows = cache(lambda dataset: _Rows.of(tables[dataset], period))
    holds = over(REGISTER)
    listed = [str(unit_id) for unit_id in frames[REGISTER]["id"]]
    asked: dict[str, list[Question]] = {unit.id: [] for unit in tables.organisations}
    for question in questions:
        figures = question.figures or (question.figure,)
        wheres = {all_of(contracts[figure.population].concerns, figure.organisations) for figure in figures}
        possible = dict(zip(listed, np.any([~holds(where).false for where in wheres], axis=0), strict=True))
        units = [unit for unit in tables.organisations if possible.get(unit.id, False) and unit.exists(period.start)]
        own = [unit for unit in units if question.fact or unit.level is question.indicator.level]
        outside = set() if question.fact else _outside(question.figure, tables, over, rows)
        outside |= _settled(question, tables, over, rows)
        for unit in own or units:
            if unit.id not in outside:
                asked[unit.id].append(question)
    return {unit_id: tuple(chosen) for unit_id, chosen in asked.items() if chosen}


def term(due: str, period: Period) -> date | None:
    """The last day of the month ``due`` (``"06"``) within the school year, September to August, or within the next one
    (``"11+"``); None where not set."""
    told = due.removesuffix(NEXT_YEAR)
    if not told.isdecimal() or not 1 <= int(told) <= 12:
        return None
    month = int(told)
    year = period.start + (month < _FIRST_MONTH) + due.endswith(NEXT_YEAR)
    return date(year, month, monthrange(year, month)[1])


def _asked(indicator: Indicator) -> Iterator[tuple[str, Figure, str, Respondent]]:
    """Figures of an indicator that are asked for, each with the question put, the month of its term and who answers."""
    written = product(indicator.parts or (None,), (None, *indicator.beside))
    for (part, beside), figure in zip(written, figures_of(indicator), strict=True):
        layers = [layer for layer in (beside, part, indicator) if layer is not None]
        due = next((layer.due for layer in layers if layer.due), "")
        respondent: Respondent = next((layer.respondent for layer in layers if layer.respondent), "organisation")
        # What has a population of its own is something else than what is asked for further out.
        text = next((layer.asked for layer in layers if layer.asked or layer.population is not None), None)
        if text:
            yield text, figure, due, respondent
        asked = {source.title: source.asked for source in indicator.also}
        for other in figure.other_sources:
            if put := asked[other.source]:
                yield put, other, due, respondent


def _ids(figure: Figure) -> tuple[str, ...]:
    """Questions whose answers the figure counts."""
    found: dict[str, None] = {}
    for condition in _over_answers(figure):
        for node in walk(condition):
            match node:
                case Compare(column, "eq", value) if column == QUESTION and isinstance(value, str):
                    found[value] = None
                case OneOf(column, values) if column == QUESTION:
                    found.update(dict.fromkeys(map(str, values)))
    return tuple(found)


def _over_answers(figure: Figure) -> Iterator[Condition]:
    """Conditions over rows of answers by which the figure counts them, or what it counts by what was answered of it."""
    for count in (figure.denominator, figure.numerator):
        if count.dataset == ANSWERS:
            yield count.where
        for node in walk(count.where):
            if isinstance(node, AlsoIn) and node.dataset == ANSWERS and node.among is not None:
                yield all_of(node.among, node.where)


def _columns_read(figures: Sequence[Figure]) -> dict[str, set[str]]:
    """Columns of the answers that figures read, by question."""
    read: dict[str, set[str]] = {}
    for figure in figures:
        columns: set[str] = set().union(*map(columns_of, _over_answers(figure)))
        columns.update(*(count.columns for count in (figure.denominator, figure.numerator) if count.dataset == ANSWERS))
        if figure.exclude is not None and figure.population == ANSWERS:
            columns |= columns_of(figure.exclude)
        for question_id in _ids(figure):
            read.setdefault(question_id, set()).update(columns)
    return read


def _fields(figure: Figure, read: set[str], contract: Contract) -> tuple[Field, ...]:
    """Answer cells: the columns that figures read; for a figure counted from exports, the one that can hold it."""
    service = {*contract.key, EVIDENCE}
    names = [name for name, column in contract.columns.items() if name in read - service and column.derive is None]
    if not names:
        flags = [name for name, column in contract.columns.items() if column.type == "flag"]
        names = flags[:1] if figure.measure == "flag" else [NUMBER]
    return tuple(_field(name, contract.columns[name], figure) for name in names)


def _field(name: str, column: Column, figure: Figure) -> Field:
    """Limits follow from the figure where the number is its value: a count is whole, a percentage is 0 to 100."""
    summed = figure.numerator.dataset == ANSWERS and figure.numerator.what == ("sum", (name,))
    if column.type != "number" or not (summed or ANSWERS not in figure.datasets):
        return Field(name, column)
    if figure.measure == "count":
        return Field(name, column.model_copy(update={"type": "integer", "min": column.min or 0}))
    if figure.unit in _PERCENT:
        difference = figure.unit == _POINTS and not figure.change  # asked as such: it may be below zero
        return Field(name, column.model_copy(update={"min": -100 * difference, "max": 100}), percent=not difference)
    return Field(name, column)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Of each row of a table the unit that it is of, and whether it is of a school year."""

    units: Array
    now: Array

    @classmethod
    def of(cls, table: Table, period: Period) -> "_Rows":
        units = table.frame[table.contract.organisation].astype(str).to_numpy(dtype=object)
        return cls(units, (table.frame[PERIOD] == period.start).to_numpy())


def _settled(
    question: Question, tables: Tables, over: Callable[[str], Evaluator], rows: Callable[[str], _Rows]
) -> set[str]:
    """Units whose answer of the year itself is «да» to a question of a round."""
    if not question.round or ANSWERS not in tables:
        return set()
    own = rows(ANSWERS)
    flags = [field.name for field in question.fields if field.column.type == "flag"]
    if not flags or not own.now.any():
        return set()
    asked = all_of(Compare(QUESTION, "eq", question.key[0][1]), Known(ROUND, False))
    said = over(ANSWERS)(all_of(asked, *(Compare(name, "eq", True) for name in flags))).true
    return set(own.units[own.now & said])


def _outside(
    figure: Figure, tables: Tables, over: Callable[[str], Evaluator], rows: Callable[[str], _Rows]
) -> set[str]:
    """Units that the denominator certainly does not hold: by its own table, or a list it requires (``also_in``).

    Only tables that name organisations tell so; a unit that such a table does not name may yet belong.
    """
    outside: set[str] = set()
    where = figure.denominator.where
    own = figure.denominator.dataset
    conditions = [(own, where)] if own != ANSWERS and any(True for _ in _over_answers(figure)) else []
    for node in where.items if isinstance(where, AllOf) else (where,):
        if isinstance(node, AlsoIn) and node.dataset in tables:
            rule, organisation = tables[node.dataset].contract.period, tables[node.dataset].contract.organisation
            if organisation is not None and set(node.theirs) <= {organisation, rule.column if rule else organisation}:
                conditions.append((node.dataset, node.where))
    for dataset, condition in conditions:
        if dataset not in tables:
            continue
        listed = rows(dataset)
        if not listed.now.any():
            continue
        never = over(dataset)(condition).false
        outside |= set(listed.units[listed.now & never]) - set(listed.units[listed.now & ~never])
    return outside
