"""Sentences of the shipped templates: what opens a document and what its plan of measures says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from report_model import ADVICE, GREW, MODEL, cell

from quality_cli.core.names import Names
from quality_cli.core.resources import TEMPLATES
from quality_cli.documents.templates.model import (
    Conclusions,
    ConclusionView,
    JudgedView,
    Lacking,
    PooledView,
    Report,
    SignalView,
)
from quality_cli.documents.templates.renderer import Renderer, read_templates

FIRST = (
    "{% import 'common.md.j2' as common %}"
    "{{ common.main_conclusions(conclusions, lacking, unit.level == 'organisation', previous) }}"
)
JUDGED = "{% import 'common.md.j2' as common %}{{ common.judged(conclusions, previous, table) }}"
PLAN = "{% import 'common.md.j2' as common %}{{ common.measures(recommendations, unjudged, 7) }}"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    templates = {**read_templates([TEMPLATES]), "first.md.j2": FIRST, "plan.md.j2": PLAN, "judged.md.j2": JUDGED}
    with Renderer(templates, Names({})) as process:
        yield process


def lines(renderer: Renderer, template: str, **changes: Any) -> list[str]:
    """What a template prints, with plain spaces and without empty lines."""
    report: Report = replace(MODEL, **{"lacking": (), **changes})
    text = renderer.render(template, report).replace("\u00a0", " ")
    return [line.removeprefix("- ") for line in text.splitlines() if line]


def sentence(renderer: Renderer, kind: str, **changes: Any) -> str:
    """The line of one conclusion."""
    figure = replace(GREW, **{"what": "Доля «2»", **changes})
    return lines(renderer, "first.md.j2", conclusions=Conclusions((ConclusionView(kind, figure),)))[-1]


def shown(value: float | None, unit: str = "%", text: str = "") -> Any:
    return cell(value=value)._replace(unit=unit, shown=text or f"{value:.1f}".replace(".", ","), n=9, d=10)


PER_CENT: dict[str, Any] = {
    "before": shown(15.8),
    "now": shown(4.3),
    "change": -11.5,
    "moved": "fell",
    "base": "23 работы",
}
YES: dict[str, Any] = {"before": shown(0, "да/нет", "нет"), "now": shown(1, "да/нет", "да"), "whom": "", "base": ""}
COUNT: dict[str, Any] = {"before": shown(1, "ед.", "1"), "now": shown(2, "ед.", "2"), "change": 1.0, "base": ""}
GOAL: dict[str, Any] = {"now": shown(90), "state": "missed", "target": "не менее 100 %", "whom": "", "moved": ""}
SERIES: dict[str, Any] = {
    "series": tuple((f"20{year}/20{year + 1}", shown(year)) for year in range(21, 26)),
    "trend": "up",
    "trend_since": "2021/2022",
}


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        (
            "improved",
            PER_CENT,
            "Доля «2» (4-е классы): снизилась на 11,5 п. п. — с 15,8 до 4,3 % (23 работы) — улучшение.",
        ),
        (
            "moved",
            {**COUNT, "what": "Число школ", "progress": ""},
            "Число школ (4-е классы): выросло на 1 ед. — с 1 до 2 ед.",
        ),
        ("improved", {**YES, "what": "Имеется кабинет"}, "Имеется кабинет: было «нет», стало «да» — улучшение."),
        ("missed", GOAL, "Доля «2»: 90,0 % (9 из 10), цель — не менее 100 %: не достигнута."),
        (
            "missed",
            {**GOAL, "unstable": True, "missed_by": ("Школа А", "Школа Б")},
            "Доля «2»: 90,0 % (9 из 10), цель — не менее 100 %: не достигнута, неустойчиво: вывод изменил бы один "
            "ребёнок. Не достигли: Школа А, Школа Б.",
        ),
        ("missed", {**GOAL, **YES, "now": shown(0, "да/нет", "нет")}, "Доля «2»: нет, цель — да: не достигнута."),
        (
            "stands",
            {**PER_CENT, "stands": "above", "rest": 3.0},
            "Доля «2» (4-е классы): 4,3 % (23 работы) — выше, чем у остальных организаций муниципалитета (3,0 %).",
        ),
        (
            "trend",
            {**SERIES, "now": shown(25), "moved": "same"},
            "Доля «2» (4-е классы): растёт с 2021/2022 года — 21,0; 22,0; 23,0; 24,0; 25,0 % (10 работ).",
        ),
        (
            "missed",
            {**GOAL, **PER_CENT, **SERIES, "now": shown(90), "progress": "worsened", "stands": "below", "rest": 95.0},
            "Доля «2»: 90,0 % (9 из 10), цель — не менее 100 %: не достигнута. За год снизилась на 11,5 п. п. — "
            "ухудшение. С 2021/2022 года растёт. Сейчас ниже, чем у остальных организаций муниципалитета (95,0 %).",
        ),
    ],
)
def test_a_conclusion_is_a_sentence(renderer: Renderer, kind: str, changes: dict[str, Any], told: str) -> None:
    assert sentence(renderer, kind, **changes) == told


def test_the_rest_is_counted_in_one_sentence(renderer: Renderer) -> None:
    conclusions = Conclusions(same=3, unclear=(("случайно", 2),), incomparable=(("другая шкала", 1),), alone=4)
    assert lines(renderer, "judged.md.j2", conclusions=conclusions) == [
        "Прочие значения: не изменились — 3; случайно — 2; с прошлым годом несравнимы (другая шкала) — 1; сравнивать "
        "не с чем — 4."
    ]


def test_years_stand_side_by_side(renderer: Renderer) -> None:
    years = tuple(year for year, _ in SERIES["series"][1:])
    series = tuple((year, figure._replace(marked=figure.shown)) for year, figure in SERIES["series"])
    figure = replace(
        GREW, **{**SERIES, "series": series}, what="Доля", pooled=PooledView(3, "2023/2024", 50.0, 31.5, 68.5)
    )
    told = lines(renderer, "judged.md.j2", conclusions=Conclusions(moved=(figure,), years=years, pooled=(figure,)))
    assert told[2:] == [
        "| Показатель | 2022/2023 | 2023/2024 | 2024/2025 | 2025/2026 | Что показывает сравнение |",
        "|:--|:-:|:-:|:-:|:-:|:--|",
        "| Доля (4-е классы) | 22,0 % | 23,0 % | 24,0 % | 25,0 % (10 работ) | "
        "выросла на 30,0 п. п.: улучшение; растёт с 2021/2022 года |",
        "Детей за один год мало, поэтому годы сложены (ребёнок, писавший в разные годы, сосчитан в каждом):",
        "Доля (4-е классы): 40 % (10 работ), за три года вместе: 50,0 % (интервал 95 %: от 31,5 до 68,5 %).",
    ]


def test_a_signal_is_not_a_verdict(renderer: Renderer) -> None:
    signal = SignalView("пик на границе отметок", "бывает и случайно", ("А", "Б", "В", "Г"), ("А", "Б", "В", "Г"))
    assert lines(renderer, "first.md.j2", conclusions=Conclusions(signals=(signal,)))[-1] == (
        "Сигнал, требующий проверки: пик на границе отметок — А; Б; В и ещё 1."
    )


def test_a_school_sees_its_own_point_and_the_limits_for_as_many_children(renderer: Renderer) -> None:
    far = replace(GREW, what="Доля «2»", now=shown(80), whole=52.0, usual=(36.0, 66.0))
    assert lines(renderer, "judged.md.j2", conclusions=Conclusions(beside=22, inside=20, far=(far,))) == [
        "Рядом с муниципалитетом: из 22 долей в пределах, обычных для такого числа детей, — 20 (за них случайно "
        "выходит примерно одна из двадцати). Далеко за ними: Доля «2» (4-е классы) — 80,0 % (10 работ), по "
        "муниципалитету 52,0 %, обычно от 36,0 до 66,0 %."
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, "Сравнивать не с чем: за 2024/2025 учебный год таких значений нет."),
        ({"alone": 5}, "Сравнивать не с чем: за 2024/2025 учебный год таких значений нет."),
        ({"few": 3}, "Об изменениях за год вывода сделать нельзя: детей слишком мало."),
        ({"same": 1}, "Значимых изменений по сравнению с 2024/2025 годом данные не показывают."),
        (
            {"unclear": (("случайно", 1),), "few": 2},
            "Значимых изменений по сравнению с 2024/2025 годом данные не показывают; ещё для 2 значений детей слишком "
            "мало для вывода.",
        ),
        ({"incomparable": (("другая шкала", 2),)}, "С 2024/2025 годом результаты несравнимы: другая шкала."),
    ],
)
def test_no_change_is_another_thing_than_no_answer(renderer: Renderer, counts: dict[str, Any], told: str) -> None:
    assert lines(renderer, "first.md.j2", conclusions=Conclusions(**counts))[1:] == [told]


def test_no_word_of_change_without_a_claim(renderer: Renderer) -> None:
    """Whatever is counted, no sentence says that something grew, fell, improved or worsened."""
    told = "\n".join(
        lines(renderer, "first.md.j2", conclusions=Conclusions(same=1, few=1, unclear=(("случайно", 1),), alone=1))
    )
    assert not re.search("вырос|снизил|улучш|ухудш|выше|ниже", told)


def test_completeness_is_one_line(renderer: Renderer) -> None:
    tables = tuple(Lacking(f"Таблица {n}", 1, 3, ("А",), (), owing=("А", f"Б{n}")) for n in range(5))
    district = replace(MODEL.unit, level="municipality")
    assert lines(renderer, "first.md.j2")[0] == "Все нужные таблицы представлены."
    assert lines(renderer, "first.md.j2", lacking=tables, unit=district)[0] == (
        "Сведения неполны: 5 таблиц представили не все (А, Б0, Б1, Б2 и ещё 2)."
    )
    assert lines(renderer, "first.md.j2", lacking=tables[:1])[0] == (
        "Организация представила не всё, не хватает: Таблица 0."
    )


def test_targets_are_counted(renderer: Renderer) -> None:
    views: tuple[JudgedView, ...] = tuple(replace(GREW, state=state) for state in ("reached", "missed", "missed"))
    assert "Цели: достигнуто — 1, не достигнуто — 2, данных недостаточно — 0." in lines(
        renderer, "first.md.j2", conclusions=Conclusions(targets=views)
    )


def test_the_plan_is_filled_with_recommendations_and_leaves_room(renderer: Renderer) -> None:
    told = lines(renderer, "plan.md.j2", unjudged=MODEL.unjudged, recommendations=(ADVICE,))
    assert "| 1 | мера | руководитель | до мая | итог | показатель |" in told
    assert "| 2 | | | | | |" in told
    assert told[0] == "1. основание"
    assert "Правила каталога и действия концепции: 1 — rule-1 (действие)." in told
    assert "Не оценено: Доля — нет данных. Правила: rule-2, rule-3." in told
    assert "::: blanks 4" in told


def test_a_plan_without_recommendations_says_so(renderer: Renderer) -> None:
    told = lines(renderer, "plan.md.j2", unjudged=(), recommendations=())
    assert told[0] == "По этим данным правила каталога мер не рекомендуют."
    assert [line for line in told if line.startswith("| ") and "№" not in line] == [
        "| 1 | | | | | |",
        "| 2 | | | | | |",
    ]
