"""Engines other than our own, as tests ask for them."""

from collections.abc import Iterator

import pytest

from quality_cli.engine.scan.engines import engine_named
from quality_cli.engine.scan.scanning import Engine


@pytest.fixture(params=["polars", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine that any machine has."""
    return engine_named(request.param)


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """Spark in this process, on two cores; small tables need no more than one partition."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", 1).config("spark.default.parallelism", 1).getOrCreate()
    yield engine_named("pyspark")
    session.stop()
