"""The report model: what a template receives. Plain frozen values and nothing else.

Text, numbers, да/нет, None, tuples, mappings and the records below, made of these: no object of the program, no
method, no file. A document's model holds the figures of its unit and of the unit's municipality, a municipality's also
those of its organisations; nothing of other schools. ``dump_model`` makes JSON of it and ``load_model`` the equal model
of that, so the model is also the seam for whatever shows it: a template, a page, another renderer. docs/templates.md
describes it to authors of templates.
"""

from dataclasses import dataclass
from typing import NamedTuple

from quality_cli.core.russian import NO_DATA
from quality_cli.core.strata import TOTAL, Stratum


class Cell(NamedTuple):
    """One figure of one unit; without its defaults it is a row of the results.

    ``n`` and ``d`` are numerator and denominator, ``shown`` is the value as tables print it; ``lacking`` says where not
    everybody whose reports it needs has handed them in: «отчитались 8 из 10»; there ``marked`` is ``shown`` with
    «†». A figure that the results do not have is a cell too: no value, «н/д».
    """

    indicator: str
    part: str = ""
    stratum: Stratum = TOTAL
    value: float | None = None
    n: int | None = None
    d: int | None = None
    excluded: int = 0
    unknown: int = 0
    status: str = "no_data"
    small: bool = False
    unit: str = ""
    shown: str = NO_DATA
    marked: str = NO_DATA
    lacking: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation, a municipality or a region as documents name it; case forms may be empty."""

    id: str
    name: str
    full_name: str
    kind: str
    level: str
    parent: str = ""
    genitive: str = ""
    prepositional: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a unit in a school year. A template asks them: ``own("1.1.2-m1", grade=5)``."""

    unit: Unit
    period: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class School:
    """An organisation in the municipality's document."""

    unit: Unit
    figures: Figures


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered in words to a question of a form, and what proves it."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class IndicatorText:
    """What the catalogue says of an indicator: ``name`` is the official wording, ``title`` what documents print."""

    id: str
    name: str
    title: str
    level: str
    unit: str
    by: tuple[str, ...] = ()
    by_organisation: bool = False
    better: str = ""
    method: str = ""
    source: str = ""
    subsection: str = ""
    owner: str = ""
    checked: str = ""
    next_review: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator of the document with its figures (title of the part, cell) for the unit.

    ``beside``: figures beside them that say something else; ``answers``: what the unit answered in words (title of
    the part, answer).
    """

    indicator: IndicatorText
    figures: tuple[tuple[str, Cell], ...]
    beside: tuple[tuple[str, Cell], ...]
    answers: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures of a group by one stratifier: a column for each figure, a row for each value.

    ``title`` is the stratifier; ``what``: the indicator where the columns are the parts of one, else "".
    """

    title: str
    what: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of indicators with what the concept assigns to the level of the document's unit.

    ``missing``: figures without a value (which, the status in words, why); ``left_out``: figures that leave rows out
    (which, how many excluded, how many unknown); ``partial``: figures with a value for which not all reports came
    (which, who has not handed them in); ``answers``: what was answered in words (to which, the answer); ``cycles``:
    management cycles (indicators, (stage, what it is)); ``sources``: what the figures rest on.
    """

    group: str
    title: str
    indicators: tuple[IndicatorView, ...]
    breakdowns: tuple[Breakdown, ...]
    actions: tuple[str, ...]
    documents: tuple[str, ...]
    missing: tuple[tuple[str, str, str], ...]
    left_out: tuple[tuple[str, int, int], ...]
    partial: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, Answer], ...]
    cycles: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A table that figures of the document rest on and somebody has not handed in: how many of those ``expected`` have
    handed in all of it, who nothing, who (of an organisation's own document: what) not all; ``owing`` names both."""

    table: str
    received: int
    expected: int
    silent: tuple[str, ...]
    partly: tuple[str, ...]
    owing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal of the document's direction and the tasks that lead to it, in the words of the concept."""

    text: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PooledView:
    """A share of several school years put together, the first of them ``since``, with its 95 % interval in per cent;
    no years where there is nothing to put together."""

    years: int = 0
    since: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class JudgedView:
    """A figure and what is judged of it, in the words of :class:`quality_cli.analysis.judgement.assessment.Assessment`.

    ``what`` is how the figure is called, ``whom`` the stratum in words («8-е классы, физика»), ``base`` what the share
    is of («23 работы»); ``before`` is the figure in ``earlier_period``. ``missed_by``: in a municipality's document the
    organisations that miss the same target, in the order of the register. ``series``: the figure in the year before
    and as far back as each year can be compared with the next; the last one is ``now``. ``improved``, ``unchanged``,
    ``worsened``: of the same children at two times, how many; None where the figure is not about them. ``whole`` is the
    value of the municipality and ``usual`` the least and the greatest that a share of so many children usually is
    beside it.
    """

    indicator: str
    what: str
    whom: str
    base: str
    now: Cell
    target: str
    target_source: str
    state: str
    unstable: bool
    state_reason: str
    missed_by: tuple[str, ...]
    earlier_period: str
    before: Cell
    change: float | None
    moved: str
    progress: str
    rest: float | None
    stands: str
    stands_reason: str
    series: tuple[tuple[str, Cell], ...]
    trend: str
    trend_since: str
    pooled: PooledView
    improved: int | None
    unchanged: int | None
    worsened: int | None
    same_children: str
    same_children_reason: str
    whole: float | None = None
    usual: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ConclusionView:
    """One line of what the figures say, one for a figure. ``kind``, the first that is so: ``missed`` (a target),
    ``improved``, ``worsened``, ``moved``, ``same_children`` (more of them moved one way), ``trend`` (over the years),
    ``stands`` (beside the other organisations)."""

    kind: str
    figure: JudgedView


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal that has to be looked into, what it may mean besides, and where it is raised: strata in words, in a
    municipality's document the names of organisations; ``told``: the same with the strata of these and with what
    stands beside each."""

    text: str
    caveat: str
    where: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What is judged of the figures of a document.

    ``lines``: what is worth the first page, ``more`` how many are left out of it; ``targets``: all figures that have
    one; ``moved``: all that changed, have a trend or stand out, and those with a target that have three years or more;
    ``years``: those of their series that a table has room for; ``pooled``: figures of which years were put together;
    ``followed``: all about the same children at two times. Of figures of which no word of change is said, how many:
    ``same`` are equal, ``few`` rest on too few children, ``unclear`` (why, how many) do not carry the word for another
    reason, ``incomparable`` (why, how many); ``alone`` have nothing to be compared with.
    Of the shares ``beside`` the municipality's so many are ``inside`` the limits usual for as many children; ``far``
    are those beyond the outer limits.
    """

    lines: tuple[ConclusionView, ...] = ()
    more: int = 0
    targets: tuple[JudgedView, ...] = ()
    moved: tuple[JudgedView, ...] = ()
    years: tuple[str, ...] = ()
    pooled: tuple[JudgedView, ...] = ()
    followed: tuple[JudgedView, ...] = ()
    signals: tuple[SignalView, ...] = ()
    same: int = 0
    few: int = 0
    unclear: tuple[tuple[str, int], ...] = ()
    incomparable: tuple[tuple[str, int], ...] = ()
    alone: int = 0
    beside: int = 0
    inside: int = 0
    far: tuple[JudgedView, ...] = ()


@dataclass(frozen=True, slots=True)
class RecommendationView:
    """A recommendation in ready sentences, the rule that gave it and what raised it."""

    rule: str
    addressee: str
    finding: str
    measure: str
    deadline: str
    expected: str
    effect: str
    action: str


@dataclass(frozen=True, slots=True)
class UnjudgedView:
    """What could not be judged for one reason, as a sentence, and the rules that ask about it."""

    finding: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """The education office as documents name it."""

    name: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs; without a name a line is left for it."""

    position: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The model of a document: each field is a variable of its template.

    ``unjudged``: of which the data cannot tell whether anything is recommended, once for each reason.
    """

    title: str
    unit: Unit
    municipality: Unit
    period: str
    previous: str
    has_previous: bool
    own: Figures
    own_before: Figures
    district: Figures
    schools: tuple[School, ...]
    indicators: tuple[IndicatorView, ...]
    goals: tuple[GoalView, ...]
    groups: tuple[GroupView, ...]
    conclusions: Conclusions
    recommendations: tuple[RecommendationView, ...]
    unjudged: tuple[UnjudgedView, ...]
    lacking: tuple[Lacking, ...]
    images: tuple[str, ...]
    sources: tuple[str, ...]
    small_below: int
    office: Office
    signatory: Signatory


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of a collection form that nobody has answered yet."""

    id: str
    text: str
    term: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table that was not handed in whole: ``lacking`` says what of it («» where all of it is)."""

    title: str
    lacking: str
    term: str


REMINDER = "reminder.md.j2"
"""The template of reminders."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """The model of a reminder of a collection form: each field is a variable of its template."""

    unit: Unit
    period: str
    office: str
    signatory: Signatory
    asked: int
    answered: int
    overdue: int
    questions: tuple[OpenQuestion, ...]
    tables: tuple[OpenTable, ...] = ()


WHOSE = {
    "Cell": "значения показателя",
    "Unit": "организации",
    "Figures": "показателей",
    "Lookup": "показателей",
    "School": "организации муниципалитета",
    "Answer": "ответа",
    "IndicatorText": "показателя",
    "IndicatorView": "показателя документа",
    "Breakdown": "разреза группы",
    "GroupView": "группы",
    "Lacking": "таблицы, представленной не всеми",
    "GoalView": "цели направления",
    "PooledView": "значения за несколько лет вместе",
    "JudgedView": "оценки показателя",
    "ConclusionView": "вывода",
    "Conclusions": "выводов",
    "SignalView": "сигнала",
    "RecommendationView": "рекомендации",
    "UnjudgedView": "того, что не оценено",
    "Office": "управления",
    "Signatory": "подписывающего",
    "OpenQuestion": "вопроса",
}
"""Records by name as messages call them: «у организации нет «nme»»."""
