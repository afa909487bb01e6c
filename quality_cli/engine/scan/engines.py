"""Engines by name; those of others are loaded when they are chosen."""

from collections.abc import Mapping
from importlib.util import find_spec

from quality_cli.core.errors import ConfigurationError
from quality_cli.core.ids import choice
from quality_cli.engine.scan.scanning import Engine, run_scan

OWN = "pandas"
"""The engine that needs no other package."""

EXTRAS: Mapping[str, str] = {"polars": "engines", "duckdb": "engines", "pyspark": "spark"}
"""The other engines, and the extra of our package that brings what each needs."""


def engine_named(name: str) -> Engine:
    """An engine by its name; raises :class:`ConfigurationError` where there is none or its packages are lacking."""
    if name == OWN:
        return run_scan
    if name not in EXTRAS:
        known = (OWN, *EXTRAS)
        raise ConfigurationError(f"нет движка «{name}»{choice(name, known)}")
    lacking = [package for package in ("narwhals", name) if find_spec(package) is None]
    if lacking:
        raise ConfigurationError(
            f"для движка «{name}» не установлено: {', '.join(lacking)}; "
            f"в папке программы выполните: pip install -c constraints.txt -e '.[{EXTRAS[name]}]'"
        )
    from quality_cli.engine.scan.other_engines import GroupingEngine

    return GroupingEngine(name)
