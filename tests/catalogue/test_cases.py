"""A case is found where a row may exist, and only there: every row is tried by the engine's own evaluator."""

from itertools import product

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.catalogue.cases import case, conflict
from quality_cli.core.where import AllKnown, AllOf, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import column_array

COLUMNS = {
    "grade": Column(title="Класс", type="integer", min=1, max=4),
    "mark": Column(title="Отметка", type="integer", min=2, max=5),
    "came": Column(title="Писал", type="flag"),
    "kind": Column(title="Вид", type="category", values={"а": [], "б": [], "в": []}),
}
CELLS = {
    "grade": [1.0, 2.0, 3.0, 4.0, None],
    "mark": [2.0, 3.0, 4.0, 5.0, None],
    "came": [True, False, None],
    "kind": ["а", "б", "в", None],
}
ROWS = list(zip(*product(*CELLS.values()), strict=True))
FRAME = pd.DataFrame(
    {name: column_array(list(cells), numeric=COLUMNS[name].is_numeric) for name, cells in zip(CELLS, ROWS, strict=True)}
)
OPS = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])
CLAUSES = st.one_of(
    st.builds(Compare, st.just("grade"), OPS, st.integers(1, 4)),
    st.builds(Compare, st.just("mark"), OPS, st.integers(2, 5)),
    st.builds(Compare, st.just("mark"), OPS, st.just(ColumnRef("grade"))),
    st.builds(Compare, st.just("came"), st.sampled_from(["eq", "ne"]), st.booleans()),
    st.builds(OneOf, st.just("kind"), st.lists(st.sampled_from("абв"), min_size=1, max_size=3, unique=True).map(tuple)),
    st.builds(Known, st.sampled_from([*COLUMNS]), st.booleans()),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(AllKnown, inner),
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(CONDITIONS, st.booleans()), min_size=1, max_size=3))
def test_a_case_is_found_where_a_row_exists(asked: list[tuple[Condition, bool]]) -> None:
    evaluate = Evaluator(FRAME, {})
    held = pd.Series(True, index=FRAME.index)
    for condition, wanted in asked:
        truth = evaluate(condition)
        held &= truth.true if wanted else truth.false
    assert (case(COLUMNS, *asked) is not None) == held.any()


@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_a_conflict_names_conditions_that_no_row_satisfies(conditions: list[Condition]) -> None:
    named = conflict(COLUMNS, *conditions)
    assert bool(named) == (case(COLUMNS, *((condition, True) for condition in conditions)) is None)
    assert case(COLUMNS, *((condition, True) for condition in named[1:])) is not None
