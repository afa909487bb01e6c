"""What a template receives: plain values, the same after a journey through JSON."""

import json
from dataclasses import fields, is_dataclass, replace
from types import FunctionType, MethodType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_model import DISTRICT, MODEL, NAMES, NOW, SCHOOL, cell, figures

from quality_cli.core.names import UnknownNameError
from quality_cli.documents.templates import model
from quality_cli.documents.templates.jinja import GLOBALS, Environment
from quality_cli.documents.templates.lookup import Lookup
from quality_cli.documents.templates.model import (
    Cell,
    Conclusions,
    ConclusionView,
    Figures,
    JudgedView,
    OpenQuestion,
    PooledView,
    Reminder,
    Report,
    School,
)
from quality_cli.documents.templates.plain import as_record, dump_model, load_model
from quality_cli.documents.templates.worker import COUNTERS, Shelf, context_of

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
CELLS = st.builds(Cell, value=st.none() | NUMBERS)
FIGURES = st.builds(Figures, cells=st.lists(CELLS, max_size=3).map(tuple))
POOLED = st.builds(PooledView, years=st.integers(), value=NUMBERS, low=st.none(), high=NUMBERS)
SERIES = st.lists(st.tuples(st.text(), CELLS), max_size=1).map(tuple)
JUDGED = st.builds(
    JudgedView,
    **dict.fromkeys(("now", "before"), CELLS),
    **dict.fromkeys(("change", "rest"), st.none() | NUMBERS),
    series=SERIES,
    pooled=POOLED,
)
LINES = st.lists(st.builds(ConclusionView, figure=JUDGED), max_size=2).map(tuple)
CONCLUSIONS = st.builds(
    Conclusions,
    lines=LINES,
    targets=st.lists(JUDGED, max_size=1).map(tuple),
    moved=st.just(()),
    **dict.fromkeys(("years", "pooled"), st.just(())),
)
REPORTS = st.builds(
    replace,
    st.just(MODEL),
    own=FIGURES,
    schools=st.lists(st.builds(School, figures=FIGURES), max_size=2).map(tuple),
    conclusions=CONCLUSIONS,
    title=st.text(),
)


@given(REPORTS)
def test_a_report_survives_json(report: Report) -> None:
    text = dump_model(report)
    assert "\n" not in text
    assert load_model(Report, text) == report


@given(st.builds(Reminder, questions=st.lists(st.builds(OpenQuestion), max_size=2).map(tuple)))
def test_a_reminder_survives_json(reminder: Reminder) -> None:
    assert load_model(Reminder, dump_model(reminder)) == reminder


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"x"])
def test_what_is_not_plain_is_no_model(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dump_model(replace(MODEL, title=value))  # type: ignore[arg-type]


def context(report: Report = MODEL) -> dict[str, Any]:
    """What a template sees of a report, as the process that renders makes it."""

    def record(value: Any) -> dict[str, Any]:
        return {**as_record(value), **({"id": id(value)} if isinstance(value, Figures) else {})}

    return context_of("Report", json.loads(dump_model(report, record)), Shelf(NAMES))


PLAIN = (str, int, float, bool, type(None))
RECORDS = tuple(kind for kind in vars(model).values() if isinstance(kind, type) and kind.__module__ == model.__name__)


def test_everything_that_a_template_can_reach_is_plain() -> None:
    """Through fields, items and whatever attribute the sandbox lets through, the private state of look-ups too."""
    environment = Environment({})
    functions: set[str] = set()
    seen: dict[int, Any] = {}  # kept alive: a number may come again for another method otherwise
    heap: list[tuple[str, Any]] = list(context().items())
    assert {name for name, _ in heap} == {*(item.name for item in fields(Report)), *COUNTERS}
    while heap:
        where, value = heap.pop()
        if id(value) in seen or isinstance(value, PLAIN):
            continue
        seen[id(value)] = value
        if isinstance(value, dict):
            heap += [(f"{where}[{key}]", inner) for item in value.items() for key, inner in [(item[0], item[1]), item]]
        elif isinstance(value, tuple | list):
            heap += [(f"{where}[{index}]", inner) for index, inner in enumerate(value)]
        elif isinstance(value, FunctionType | MethodType):
            functions.add(where)
        elif isinstance(value, Lookup):
            functions.add(f"{where}()")
            heap += [(f"{where}.{name}", getattr(value, name)) for name in ("_by_figure", "_cells")]
        else:
            assert type(value) in RECORDS, f"{where}: {type(value)}"
            assert is_dataclass(value)
        if not isinstance(value, dict | list | FunctionType | MethodType):
            for name in dir(value):
                inner = getattr(value, name)
                if environment.is_safe_attribute(value, name, inner) and not _of_tuple(value, name):
                    heap.append((f"{where}.{name}", inner))
    looked = {"own", "own_before", "district"}
    assert functions == {*COUNTERS, *(f"{name}()" for name in looked), *(f"{name}.values" for name in looked)}


def _of_tuple(value: object, name: str) -> bool:
    """``count`` and ``index``: a tuple's own, they only look into it."""
    return isinstance(value, tuple) and name in ("count", "index")


def test_jinja_offers_no_more_than_is_needed() -> None:
    environment = Environment({})
    assert tuple(environment.globals) == GLOBALS == ("range", "namespace", "dict")
    assert not {"attr", "random", "pprint"} & set(environment.filters)


def test_figures_are_asked_for_by_name() -> None:
    own = Lookup(figures(SCHOOL), NAMES)
    assert own("9.9.1-m1").value == 50
    assert own("9.9.1-m1", "two").value == 20
    assert own("9.9.1-m1", grade=5) == own("9.9.1-m1", grade="5") == cell(grade="5", value=60.0)
    assert own("9.9.1-m1", partner="Лес»; договор=2").value == 1
    assert own("9.9.1-m1", partner="Лес»").value is None
    assert own("9.9.2-m1", "same") == Cell("9.9.2-m1", "same")
    assert own("9.9.3-m1", "любая", subject="х").note == "показатель выключен"
    assert own.values("9.9.1-m1", "grade") == ["4", "5"]
    assert own.values("9.9.1-m1", "partner", grade=4) == own.values("9.9.3-m1", "любой") == []
    assert (own.unit, own.period) == (SCHOOL, NOW)


@pytest.mark.parametrize(
    ("arguments", "stratum", "message"),
    [
        (("9.9.1-m2",), {}, "нет показателя «9.9.1-m2»; возможно, «9.9.1-m1»?"),
        (("9.9.1-m1", "tow"), {}, "у показателя 9.9.1-m1 нет части «tow»; возможно, «two»?"),
        (("9.9.2-m1",), {}, "показатель 9.9.2-m1 считается только по частям; есть: «lower», «same»"),
        (("9.9.1-m1",), {"grad": 4}, "у показателя 9.9.1-m1 нет разреза «grad»; возможно, «grade»?"),
        (("9.9.2-m1", "same"), {"grade": 4}, "нет разреза «grade»: показатель не раскладывается"),
        (("9.9.1-m1",), {"grade": 6}, "у разреза «grade» показателя 9.9.1-m1 нет значения «6»; бывает: 4–5"),
    ],
)
def test_an_unknown_name_is_an_error(arguments: tuple[str, ...], stratum: dict[str, int], message: str) -> None:
    own = Lookup(figures(SCHOOL), NAMES)
    with pytest.raises(UnknownNameError) as caught:
        own(*arguments, **stratum)
    assert str(caught.value).endswith(message)


def test_what_the_data_hold_is_known() -> None:
    """Results of another year's catalogue may have a value that this one does not list."""
    assert Lookup(figures(DISTRICT, NOW, cell(grade="6", value=7.0)), NAMES)("9.9.1-m1", grade=6).value == 7
