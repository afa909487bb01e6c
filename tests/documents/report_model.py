"""A small report model for tests of templates: a school «А», its municipality «М»."""

from quality_cli.core.names import IndicatorNames, Names
from quality_cli.documents.templates.model import (
    Answer,
    Breakdown,
    Cell,
    Conclusions,
    ConclusionView,
    Figures,
    GoalView,
    GroupView,
    IndicatorText,
    IndicatorView,
    JudgedView,
    Lacking,
    Office,
    PooledView,
    RecommendationView,
    Report,
    Signatory,
    Unit,
    UnjudgedView,
)

NOW, BEFORE = "2025/2026", "2024/2025"

NAMES = Names(
    {
        "9.9.1-m1": IndicatorNames(("", "two"), {"grade": ("4", "5"), "partner": None}),
        "9.9.2-m1": IndicatorNames(("lower", "same"), {}),
    },
    ("9.9.3-m1",),
)


def cell(part: str = "", value: float | None = 50.0, **stratum: str) -> Cell:
    """A figure of 9.9.1-m1."""
    shown = "н/д" if value is None else f"{value:g}"
    return Cell("9.9.1-m1", part, tuple(stratum.items()), value, 5, 10, 1, 2, "ok", False, "%", shown, "", "Реестр")


def figures(unit: Unit, period: str = NOW, *more: Cell) -> Figures:
    """Figures of a unit: the total, a part, grades 4 and 5, a partner with an awkward name."""
    cells = (cell(), cell("two", 20.0), cell(grade="4", value=40.0), cell(grade="5", value=60.0))
    return Figures(unit, period, (*cells, cell(partner="Лес»; договор=2", value=1.0), *more))


SCHOOL = Unit("А", "Школа А", "Школа А, полностью", "школа", "organisation", "М")
DISTRICT = Unit("М", "Округ", "Муниципальный округ", "муниципалитет", "municipality")
TEXT = IndicatorText("9.9.1-m1", "Доля *всего*", "Доля *всего*", "municipality", "%", ("grade", "partner"))
VIEW = IndicatorView(TEXT, (("", cell()),), (("двойки", cell("two", 20.0)),), (("", Answer("да", "приказ")),))
GROUP = GroupView(
    "9.9.1",
    "Группа",
    (VIEW,),
    (Breakdown("Класс", "", ("Доля",), (("4", (cell(grade="4"),)),)),),
    ("Действие",),
    ("Документ",),
    (("9.9.2-m1", "нет данных", "нет строк"),),
    (("9.9.1-m1", 1, 2),),
    (("9.9.1-m1", "отчитались 8 из 10; не представили: Школа А"),),
    (("9.9.1-m1", Answer("да", "приказ")),),
    (("9.9.1-m1", (("Сбор", "формы"),)),),
    ("Реестр",),
)
GREW = JudgedView(
    indicator="9.9.1-m1",
    what="Доля *всего*",
    whom="4-е классы",
    base="10 работ",
    now=cell(grade="4", value=40.0),
    target="",
    target_source="",
    state="",
    unstable=False,
    state_reason="",
    missed_by=(),
    earlier_period=BEFORE,
    before=cell(grade="4", value=10.0),
    change=30.0,
    moved="grew",
    progress="improved",
    rest=None,
    stands="",
    stands_reason="",
    series=((BEFORE, cell(grade="4", value=10.0)), (NOW, cell(grade="4", value=40.0))),
    trend="",
    trend_since="",
    pooled=PooledView(),
    improved=3,
    unchanged=4,
    worsened=3,
    same_children="unclear",
    same_children_reason="случайно",
)
CONCLUSIONS = Conclusions(
    (ConclusionView("improved", GREW),),
    moved=(GREW,),
    followed=(GREW,),
    years=(BEFORE, NOW),
    unclear=(("случайно", 2),),
)
ADVICE = RecommendationView("rule-1", "руководитель", "основание", "мера", "до мая", "итог", "показатель", "действие")
MODEL = Report(
    title="Справка",
    unit=SCHOOL,
    municipality=DISTRICT,
    period=NOW,
    previous=BEFORE,
    has_previous=True,
    own=figures(SCHOOL),
    own_before=figures(SCHOOL, BEFORE),
    district=figures(DISTRICT),
    schools=(),
    indicators=(VIEW,),
    goals=(GoalView("Цель", ("Задача",)),),
    groups=(GROUP,),
    conclusions=CONCLUSIONS,
    recommendations=(ADVICE,),
    unjudged=(UnjudgedView("Не оценено: Доля — нет данных.", ("rule-2", "rule-3")),),
    lacking=(Lacking("Реестр", 1, 3, ("Школа А",), ("Школа Б (Класс: 4)",)),),
    images=("a.png",),
    sources=("Реестр",),
    small_below=10,
    office=Office("Управление", "город"),
    signatory=Signatory("Начальник", "И. О. Фамилия"),
)
