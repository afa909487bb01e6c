"""A figure taken apart counts what the results count, whatever it asks for."""

from hypothesis import given, settings

from quality_cli.engine.explain.explanation import Explainer
from quality_cli.engine.plan.plan import make_plan
from tests.engine.generated import CONTRACTS, GENERATED, YEARS, Case, by_key, cases, count, read


@settings(GENERATED, max_examples=40)
@given(cases())
def test_an_explanation_counts_what_the_results_count(case: Case) -> None:
    tables = read(case)
    cube, figures = count(case, tables)
    explainer = Explainer(make_plan(case.indicators, figures, tables, CONTRACTS, YEARS), tables)
    for key, counted in by_key(cube).items():
        figure = figures[key.figure]
        if figure.condition is not None:
            continue
        trace = explainer(figure, key.unit, key.period, dict(key.stratum))
        roles = ("numerator", "denominator", *(() if figure.other_sources else ("excluded", "unknown")))
        for role in roles:
            last = {step.source: step.amount for step in trace.steps if step.role == role}
            assert sum(last.values()) == getattr(counted, role), (key, role)
