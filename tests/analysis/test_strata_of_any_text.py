"""Strata by words that people wrote: no two merge, whatever stands in a cell."""

from pathlib import Path

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import ResultKey, Results
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan

CONTRACTS = {
    **load_specs([CATALOGUE]).contracts,
    "partners": Contract.model_validate(
        {
            "dataset": "partners",
            "title": "Партнёры",
            "organisation": "school",
            "period": {"spring_of": "year"},
            "grain": "договор",
            "columns": {
                "school": {"title": "Школа", "type": "organisation", "required": True},
                "year": {"title": "Год", "type": "integer", "required": True},
                "partner": {"title": "Партнёр", "type": "text"},
                "contract": {"title": "Договор", "type": "integer"},
            },
        }
    ),
}
INDICATOR = Indicator.model_validate(
    {
        "id": "9.9.1-s1",
        "name": "договоры",
        "level": "organisation",
        "measure": "count",
        "unit": "шт.",
        "method": "на бумаге",
        "by": ["partner", "contract"],
        "population": {"dataset": "partners"},
        "examples": [{"data": {}, "expect": [{"value": 0}]}],
    }
)
ROWS = """
school | partner              | contract
А      | Лес»                 | 2
А      | Лес»; договор=2      | 2
А      | Лес»;contract=2      | 2
А      | Лес\\;contract\\=2   | 2
А      | =                    | 2
"""


def counted() -> Results:
    tables = tables_from_text({"partners": ROWS}, CONTRACTS)
    plan = make_plan([INDICATOR], list(figures_of(INDICATOR)), tables, CONTRACTS)
    return assess(Executor(plan, tables).run(), 1)


def test_partners_of_awkward_names_do_not_merge(tmp_path: Path) -> None:
    counted().write_parquet(tmp_path / "results.parquet")
    for results in (counted(), Results.read(tmp_path / "results.parquet")):
        key = ResultKey("9.9.1-s1", "", "А", results.periods()[-1])
        alone = [row.stratum for row in results.strata(key, ("partner",))]
        assert {dict(stratum)["partner"] for stratum in alone} == {
            "Лес»", "Лес»; договор=2", "Лес»;contract=2", "Лес\\;contract\\=2", "="
        }  # fmt: skip
        assert [row.value for row in results.strata(key, ("contract", "partner"))] == [1] * 5
        assert len({row.key for row in results}) == len(results)
        texts = results.table.filter([row.by == "partner" for row in results])["stratum"].to_pylist()
        assert len(set(texts)) == 5
        assert "partner=Лес»" in texts
        assert r"partner=Лес»\; договор\=2" in texts
