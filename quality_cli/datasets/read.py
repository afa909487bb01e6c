"""A folder of exports to tables: every file is recognised by its content, every problem is a finding."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq

from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Findings, Place, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.checks import run_checks
from quality_cli.datasets.contracts.contract import REGISTER, STATEMENTS, Contract
from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.derivation.blanks import Blank, tell_blanks
from quality_cli.datasets.derivation.derive import derive
from quality_cli.datasets.derivation.join import join
from quality_cli.datasets.derivation.roots import with_roots
from quality_cli.datasets.derivation.totals import without_totals
from quality_cli.datasets.derivation.union import unions
from quality_cli.datasets.quoting import quoted, sheet_name, words_of
from quality_cli.datasets.readers.content import read_sheets
from quality_cli.datasets.readers.folder import read_bytes
from quality_cli.datasets.readers.inputs import PASSED_OVER, UNREADABLE, InputFile, Inputs, changed_file, inputs_of
from quality_cli.datasets.readers.kinds import Kind, kind_of
from quality_cli.datasets.readers.sheets import RawSheet, UnreadableFileError
from quality_cli.datasets.readers.zipped import unpack
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.own_work import is_form, own_file
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.recognition.several import tables_in
from quality_cli.datasets.recognition.sheet_warnings import noted
from quality_cli.datasets.recognition.unread import report_columns, report_sheets, without_repeated
from quality_cli.datasets.tables.prepared import PreparedTable, dataset_of, rows_of
from quality_cli.datasets.tables.provenance import Trace
from quality_cli.datasets.tables.stored import unsuitable
from quality_cli.datasets.tables.table import PREPARED, ROW, SHIPPED, Columns, SourceFile, Table, Tables
from quality_cli.datasets.unmatched import tell_unmatched
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.build import SheetBuilder
from quality_cli.datasets.values.namesakes import tell_apart
from quality_cli.datasets.values.organisations import OrgMatcher, absence, build_tree
from quality_cli.datasets.values.people import Pseudonyms

_SHOWN = 5


class Forms(Protocol):
    """Understands collection forms that lie among the data: what they ask is known to later layers."""

    def __call__(
        self, files: Mapping[str, Sequence[RawSheet]], register: Tables, findings: Findings
    ) -> Iterable[RawSheet]:
        """Tables of datasets made of the forms, each of whose rows knows the cell it stands in."""


@dataclass
class _Reading:
    """What one pass over the files has gathered so far."""

    specs: Specs
    recogniser: Recogniser
    findings: Findings
    pseudonyms: Pseudonyms
    files: dict[str, SourceFile] = field(default_factory=dict)
    sheets: list[Recognised] = field(default_factory=list)
    prepared: dict[str, list[Path]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    forms: dict[str, Sequence[RawSheet]] | None = None

    @cached_property
    def words(self) -> frozenset[str]:
        """What messages may repeat of any cell: words of the spellings that contracts know, and those listed."""
        columns = (column for contract in self.specs.contracts.values() for column in contract.columns.values())
        spelled = (text for column in columns for value, words in column.values.items() for text in (value, *words))
        return words_of((*spelled, *self.specs.words.shown))


def read_folder(
    folder: Path,
    specs: Specs,
    progress: Progress = silent,
    findings: Findings | None = None,
    pseudonyms: Pseudonyms | None = None,
    inputs: Inputs | None = None,
    forms: Forms | None = None,
) -> Tables:
    """Read every file under ``folder`` (and the catalogue's scales) into tables and check them; people become
    ``pseudonyms``.

    The files are those of ``inputs``, else those found now; one whose content is another by now is told. Collection
    forms are read by ``forms``; without it they are told and left out.
    Problems go to ``findings``: give your own collector to keep every place of each instead of a sample.
    Raises :class:`NothingToDoError` where the folder or the register of organisations is missing: nothing can be
    placed in a district without it. Everything else is a finding, and the good files are still read.
    """
    if not folder.is_dir():
        raise NothingToDoError(f"нет папки с данными «{folder}»; укажите её: --data ПАПКА")
    recogniser = Recogniser(specs.layouts, specs.contracts)
    reading = _Reading(specs, recogniser, Findings() if findings is None else findings, pseudonyms or Pseudonyms())
    reading.forms = None if forms is None else {}
    inputs = inputs or inputs_of(folder)
    reading.findings.extend(inputs.oddities)
    for number, file in enumerate(inputs.files):
        progress("Чтение", file.name, number, len(inputs.files))
        dataset = dataset_of(file.path, specs.contracts)
        if dataset and _is_suitable(reading, file, specs.contracts[dataset]):
            reading.prepared.setdefault(dataset, []).append(file.path)
            reading.files[file.name] = _prepared_file(file, dataset)
        elif dataset is None and _read_file(reading, file.path, file.name) not in (None, file.sha256):
            reading.changed.append(file.name)
            reading.findings.add(changed_file(file.name))
    for path in specs.scale_files:
        _read_file(reading, path, f"{SHIPPED}{path.name}")
    progress("Чтение", "", len(inputs.files), len(inputs.files))
    _report_skipped(reading)
    report_columns(reading.findings, reading.sheets, specs.uses)
    register, tree = _register(reading)
    if forms is not None and reading.forms:
        for sheet in forms(reading.forms, Tables({REGISTER: register}, tree), reading.findings):
            found = recogniser.recognise(sheet)
            assert isinstance(found, Recognised), "a table in the words of its contract"
            reading.sheets.append(found)
    of_lists, totals = _tables(reading, OrgMatcher(tree), register)
    tables = {REGISTER: register, **of_lists}
    run_checks(tables, Trace(reading.sheets), reading.findings)
    tell_unmatched(tables, specs.links, reading.pseudonyms, reading.findings)
    whole = tables | _prepared(reading, tables, tree)
    united = unions(specs.contracts, whole, reading.findings)
    whole |= united
    run_checks(whole, Trace(reading.sheets), reading.findings, tuple(united))
    return Tables(whole, tree, tuple(reading.files.values()), reading.findings, tuple(reading.changed), totals)


def _report_skipped(reading: _Reading) -> None:
    """Tell of files that are no tables: our own among them each, for they do not belong there."""
    own = {name: finding for name in reading.skipped if (finding := own_file(name)) is not None}
    reading.findings.extend(own.values())
    others = [name for name in reading.skipped if name not in own]
    if others:
        message = f"файлы, которые не являются таблицами, пропущены: {', '.join(others[:_SHOWN])}"
        reading.findings.info("file.not_table", message, total=len(others))


def _is_suitable(reading: _Reading, file: InputFile, contract: Contract) -> bool:
    """Whether a prepared table can be read; what is wrong with it is told."""
    if not rows_of(file.path):
        message = f"в подготовленной таблице «{contract.title}» нет ни одной строки: она не прочитана"
        reading.findings.error("file.empty", message, Place(file.name), "подготовьте таблицу ещё раз")
        return False
    wrong = list(unsuitable(pq.read_schema(file.path), contract))
    for column, kind in wrong:
        message = f"подготовленная таблица не прочитана: в столбце «{column}» нужны {kind}"
        reading.findings.error("file.columns", message, Place(file.name), "сохраните столбец в этом виде")
    return not wrong


def _prepared_file(file: InputFile, dataset: str) -> SourceFile:
    return SourceFile(file.name, file.path.stat().st_size, file.sha256, (dataset,), (PREPARED,), rows_of(file.path))


def _prepared(reading: _Reading, tables: Mapping[str, Table], tree: OrgTree) -> dict[str, Table]:
    """Prepared tables; exports of the same dataset give way, and rows of unknown organisations are told."""
    found: dict[str, Table] = {}
    for dataset, paths in reading.prepared.items():
        if dataset == REGISTER:
            continue
        table = found[dataset] = PreparedTable(reading.specs.contracts[dataset], paths)
        if dataset in tables:
            for file in tables[dataset].files(None):
                message = f"не учтено: набор «{table.contract.title}» взят из подготовленной таблицы «{paths[0].name}»"
                reading.findings.error("file.prepared", message, Place(file), "оставьте что-то одно")
        for name, (file, rows) in table.strangers({unit.id for unit in tree}).items():
            message = f"в реестре нет организации «{quoted(name, frozenset())}»: строки не учтены"
            hint = "в подготовленной таблице организация названа кодом из реестра"
            reading.findings.error("org.unknown", message, Place(file), hint, total=rows)
        for (name, year), (file, rows) in table.misdated(tree).items():
            code, message, hint = absence(tree[name], year)
            reading.findings.error(code, f"{message}: строки не учтены", Place(file), hint, total=rows)
        for file, rows in table.undated().items():
            message = "в строке нет учебного года: она не учтена"
            hint = "в столбце period — первый календарный год учебного года"
            reading.findings.error("row.rejected", message, Place(file), hint, total=rows)
    return found


def _read_file(reading: _Reading, path: Path, name: str) -> str | None:
    """Read a file of the folder, or every file of an archive; gives what :class:`InputFile` calls its content, None
    where that has not been read to the end (a file that is too big)."""
    try:
        content = read_bytes(path, name)
    except UnreadableFileError as error:
        reading.findings.add(error.finding)
        return UNREADABLE if error.finding.code == "file.unreadable" else None
    if content is None:
        reading.skipped.append(name)
        return PASSED_OVER
    digest = hashlib.sha256(content).hexdigest()
    try:
        if kind_of(content, name) is Kind.ARCHIVE:
            for member, inside in unpack(content, name, reading.findings):
                _read_content(reading, member, inside, hashlib.sha256(inside).hexdigest())
        else:
            _read_content(reading, name, content, digest)
    except UnreadableFileError as error:
        reading.findings.add(error.finding)
    return digest


def _read_content(reading: _Reading, name: str, content: bytes, digest: str) -> None:
    reading.files[name] = SourceFile(name, len(content), digest)
    try:
        sheets = read_sheets(content, name, reading.findings)
    except UnreadableFileError as error:
        reading.findings.add(error.finding)
        return
    if sheets is None:
        del reading.files[name]
        reading.skipped.append(name)
        return
    sheets = [replace(sheet, sheet=sheet_name(sheet.sheet, number)) for number, sheet in enumerate(sheets, start=1)]
    results = [(sheet, reading.recogniser.recognise(sheet)) for sheet in sheets]
    are_forms = reading.forms is not None and any(map(is_form, (result for _, result in results)))
    if reading.forms is not None and are_forms:
        reading.forms[name] = sheets
    report_sheets(reading.findings, name, results, reading.recogniser.resembling, with_forms=not are_forms)
    found = [noted(result, reading.findings) for _, result in results if isinstance(result, Recognised)]
    for sheet in found:
        if without_repeated(sheet, reading.findings):
            reading.sheets += tables_in(sheet, reading.recogniser, reading.findings)


def _register(reading: _Reading) -> tuple[Table, OrgTree]:
    if paths := reading.prepared.get(REGISTER):
        prepared = PreparedTable(reading.specs.contracts[REGISTER], paths)
        return prepared, build_tree(prepared.records(), reading.findings)
    sheets = [sheet for sheet in reading.sheets if sheet.contract.dataset == REGISTER]
    if not sheets:
        unread = [str(finding) for finding in reading.findings if finding.severity is Severity.ERROR]
        raise NothingToDoError(
            "в папке данных нет реестра организаций: таблицы со столбцами «Код», «Вышестоящая», «Вид», "
            "«Краткое наименование» (образец — sample_data/Реестр организаций.xlsx); если у него другие "
            "заголовки, готовую запись предложит quality check --suggest ФАЙЛ"
            + "".join(f"\nне прочитано: {finding}" for finding in unread[:_SHOWN])
        )
    parts = _parts(reading, sheets, None)
    if not parts:
        raise NothingToDoError("в реестре организаций нет ни одной заполненной строки")
    table = with_roots(join(sheets[0].contract, parts, reading.findings), reading.findings)
    return table, build_tree(table.records(), reading.findings, Trace(sheets))


def _tables(reading: _Reading, matcher: OrgMatcher, register: Table) -> tuple[dict[str, Table], dict[str, Table]]:
    """The tables by dataset, and of each the totals that are below their parts."""
    by_dataset: dict[str, list[Recognised]] = defaultdict(list)
    for sheet in reading.sheets:
        if sheet.contract.dataset != REGISTER:
            by_dataset[sheet.contract.dataset].append(sheet)
    contracts = reading.specs.contracts
    parts = {dataset: _parts(reading, by_dataset.get(dataset, []), matcher) for dataset in contracts}
    tell_apart(parts, contracts, reading.pseudonyms, reading.findings)
    collected = reading.forms or ()
    joined = {name: join(contracts[name], given, reading.findings, collected) for name, given in parts.items() if given}
    frames_now = {name: table.frame for name, table in joined.items()}
    tell_blanks(reading.blanks, joined, reading.findings)
    trace = Trace(reading.sheets)
    totals: dict[str, Table] = {}
    for name, table in joined.items():
        joined[name], below = without_totals(table, register.frame, matcher.tree, frames_now, trace, reading.findings)
        totals |= {} if below is None else {name: below}
    frames_now = {name: table.frame for name, table in joined.items()}
    return {name: derive(table, frames_now, reading.findings) for name, table in joined.items()}, totals


def _parts(reading: _Reading, sheets: Iterable[Recognised], matcher: OrgMatcher | None) -> list[Columns]:
    stating = {
        sheet.sheet.file
        for sheet in reading.sheets
        if sheet.contract.dataset == STATEMENTS and len(Body(sheet, matcher).rows)
    }
    parts = []
    for sheet in sheets:
        is_excused = sheet.sheet.file in stating
        builder = SheetBuilder(
            sheet, matcher, reading.findings, reading.pseudonyms, reading.words, is_excused=is_excused
        )
        part = builder.build()
        if (told := builder.blank) is not None:
            reading.blanks.append(Blank(sheet.contract, Place(sheet.sheet.file, sheet.sheet.sheet), told))
        file = reading.files[sheet.sheet.file]
        reading.files[sheet.sheet.file] = replace(
            file,
            datasets=tuple(dict.fromkeys((*file.datasets, sheet.contract.dataset))),
            layouts=tuple(dict.fromkeys((*file.layouts, sheet.layout.layout))),
            rows=file.rows + (0 if part is None else len(part[ROW])),
        )
        if part is not None:
            parts.append(part)
    return parts
