"""Use case: blank tables of datasets, for those who have no list to export."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.forms.publishing import publish_files
from quality_cli.app.workspace.publish import refuse
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.findings import Findings
from quality_cli.core.ids import closest
from quality_cli.core.organisations import Unit
from quality_cli.core.paths import distinct_names
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.blank import written_by_hand
from quality_cli.datasets.contracts.contract import REGISTER, STATEMENTS, Contract
from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.frames import Frames
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.documents.forms.blank import FILE_NAME, BlankTable, blank_workbook
from quality_cli.engine.completeness.statements import dataset_named


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A blank table that was written."""

    dataset: str
    title: str
    file: str


def make_tables(
    workspace: Workspace, out: Path, chosen: Sequence[str] = (), findings: Findings | None = None
) -> list[MadeTable]:
    """Write a blank table of every dataset (or of those named, by name or title) that people can fill in.

    Where the data folder has a register, the names of its organisations are offered. Raises
    :class:`ConfigurationError` for a dataset that there is not, or that nobody fills in.
    """
    specs, period = workspace.catalogue.specs, workspace.options.period
    refuse(out, workspace.options.data)
    datasets = (
        _named(chosen, specs) if chosen else [name for name in specs.contracts if is_fillable(specs.contracts[name])]
    )
    try:
        tables = workspace.tables if workspace.options.data.is_dir() else None
    except NothingToDoError:  # the register itself may be what is to be filled in
        tables = None
    names = distinct_names(
        {name: (f"{FILE_NAME} {specs.contracts[name].title}", f"{FILE_NAME} {name}") for name in datasets}
    )
    made = [MadeTable(name, specs.contracts[name].title, f"{names[name]}.xlsx") for name in datasets]
    files = {item.file: blank_table(specs, item.dataset, period, tables) for item in made}
    publish_files(out, files, workspace.options, Findings() if findings is None else findings, only=not chosen)
    return made


def is_fillable(contract: Contract) -> bool:
    """Whether people can fill in the table of a dataset: what its rows tell is not in a family of columns alone, which
    only exports have."""
    by_hand = written_by_hand(contract)
    has_families = any(column.type == "numbers" for column in contract.columns.values())
    tells = any(name not in contract.key and not column.required for name, column in by_hand.items())
    return not contract.union and (tells or not has_families)


def blank_table(
    specs: Specs, dataset: str, period: Period | None, tables: Tables | None, units: Iterable[Unit] | None = None
) -> bytes:
    """The blank table of a dataset for the organisations it concerns, or for the ``units``."""
    contract = specs.contracts[dataset]
    names: tuple[str, ...] = ()
    if tables is not None:
        concerned = _concerned(contract, tables, period) if units is None else units
        matcher = OrgMatcher(tables.organisations)
        names = tuple(unit.name if matcher.find((unit.name,)).unit_id == unit.id else unit.id for unit in concerned)
    owed = bool(contract.obligations) and contract.period is not None
    statements = specs.contracts.get(STATEMENTS) if owed else None
    return blank_workbook(BlankTable(contract, names, period, statements))


def _named(chosen: Sequence[str], specs: Specs) -> list[str]:
    found = []
    for text in chosen:
        name = dataset_named(text, specs.contracts)
        if name is None:
            known = [word for contract in specs.contracts.values() for word in (contract.dataset, contract.title)]
            raise ConfigurationError(f"набора данных «{text}» нет{closest(text, known)}")
        if not is_fillable(specs.contracts[name]):
            raise ConfigurationError(
                f"таблицу «{specs.contracts[name].title}» не заполняют вручную: её строки берут из выгрузки или из "
                "других таблиц"
            )
        found.append(name)
    return list(dict.fromkeys(found))


def _concerned(contract: Contract, tables: Tables, period: Period | None) -> list[Unit]:
    frames = Frames(tables)
    register = frames[REGISTER]
    possible = ~Evaluator(register, frames)(contract.concerns).false
    listed = {str(unit) for unit, fits in zip(register["id"], possible, strict=True) if fits}
    return [unit for unit in tables.organisations
            if unit.id in listed and (period is None or unit.exists(period.start))]  # fmt: skip
