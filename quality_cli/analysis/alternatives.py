"""``alternatives.*``: what each source says where sources contradict each other. A public contract, as the results are.

A row of the results in conflict has no value; here stand those it could have: a row for every source that says one,
or the two numbers of which neither can be right where a numerator is above its denominator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import pyarrow as pa

from quality_cli.analysis.assess import is_bare
from quality_cli.analysis.notes import source_words
from quality_cli.analysis.results import COLUMNS as OF_RESULTS
from quality_cli.analysis.results import about, schema_of
from quality_cli.catalogue.figures import Figure
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, encode_stratum
from quality_cli.engine.combine.cube import CONTRADICTIONS, Block, Cube, Reason, Remark, SourceValue


@dataclass(frozen=True, slots=True)
class Alternative:
    """One row of the table. **These fields are the list of its columns**; the first eight say which row of the results
    it belongs to."""

    period: str = field(metadata=OF_RESULTS["period"])
    indicator: str = field(metadata=OF_RESULTS["indicator"])
    part: str = field(metadata=OF_RESULTS["part"])
    level: str = field(metadata=OF_RESULTS["level"])
    org_id: str = field(metadata=OF_RESULTS["org_id"])
    org_name: str = field(metadata=OF_RESULTS["org_name"])
    by: str = field(metadata=OF_RESULTS["by"])
    stratum: Stratum = field(metadata=OF_RESULTS["stratum"])
    source: str = field(
        metadata=about(
            "Источник",
            "кто сообщает: название источника в каталоге; если числитель больше знаменателя — наборы данных и файлы, "
            "из которых они взяты",
        )
    )
    numerator: float | None = field(metadata=about("Числитель", "числитель по этому источнику"))
    denominator: float | None = field(metadata=about("Знаменатель", "знаменатель по нему; пусто, если его нет"))
    value: float | None = field(
        metadata=about("Значение", "что вышло бы по нему, не округлено; пусто, если числитель больше знаменателя")
    )
    unit: str = field(
        metadata=about(
            "Единица", "единица значения; пусто, если оно — ещё не сам показатель: его изменение, доля таких"
        )
    )
    taken: bool = field(
        metadata=about("Взято", "да, если числитель и знаменатель в таблице результатов — эти; значения там нет")
    )


COLUMNS: Mapping[str, Mapping[str, str]] = {item.name: item.metadata for item in fields(Alternative)}
"""By name in the order of the table: ``title`` and ``meaning`` of each column, in Russian."""

SCHEMA = schema_of(Alternative)


def table_of(cube: Cube) -> pa.Table:
    """The table that files hold, in the order of the results; no row where nothing is contradicted."""
    contradicted = [
        (int(block.figure[row]), number, row)
        for number, block in enumerate(cube.blocks)
        for row in np.flatnonzero(np.isin(block.reason, CONTRADICTIONS) & np.isin(block.period, cube.periods)).tolist()
    ]
    found = [one for _, number, row in sorted(contradicted) for one in _alternatives(cube, cube.blocks[number], row)]
    columns = {name: [getattr(one, name) for one in found] for name in COLUMNS}
    columns["stratum"] = [encode_stratum(one.stratum) for one in found]
    return pa.table(
        [pa.array(columns[name], SCHEMA.field(name).type, from_pandas=True) for name in COLUMNS], schema=SCHEMA
    )


def _alternatives(cube: Cube, block: Block, row: int) -> Iterator[Alternative]:
    """What is said instead of the value of one row."""
    number, year = int(block.figure[row]), int(block.period[row])
    figure, unit = cube.figures[number], tuple(cube.organisations)[block.org[row]]
    for one in _said(block, row):
        yield Alternative(
            str(Period(year)),
            figure.indicator,
            figure.part,
            str(block.level),
            unit.id,
            unit.name,
            block.by,
            block.strata[block.stratum[row]],
            one.source or source_words(cube.sources[number, year], cube.contracts),
            one.numerator,
            np.nan if is_bare(figure) else one.denominator,
            one.value,
            _unit(figure),
            one.taken,
        )


def _said(block: Block, row: int) -> tuple[SourceValue, ...]:
    remark: Remark = block.remarks[block.remark[row]]
    if remark.values or remark.reason is not Reason.EXCEEDING:
        return remark.values
    numerator, denominator = (float(block.counts[name][row]) for name in ("numerator", "denominator"))
    return (SourceValue("", numerator, denominator, np.nan, taken=True),)


def _unit(figure: Figure) -> str:
    """The unit of what sources say: they are compared before organisations or school years are."""
    return "" if figure.condition is not None or figure.change else figure.unit
