"""Frames of tables by dataset, each made when a condition first looks into it: prepared tables are long."""

from collections.abc import Iterator, Mapping

import pandas as pd

from quality_cli.datasets.tables.table import PERIOD, Tables


class Frames(Mapping[str, pd.DataFrame]):
    """All rows of each table, or with ``period`` those of one school year (and those valid for every year)."""

    def __init__(self, tables: Tables, period: int | None = None) -> None:
        self._tables = tables.by_dataset
        self._period = period
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, dataset: str) -> pd.DataFrame:
        if dataset not in self._made:
            frame = self._tables[dataset].frame
            if self._period is not None:
                frame = frame[(frame[PERIOD] == self._period) | frame[PERIOD].isna()]
            self._made[dataset] = frame
        return self._made[dataset]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)
