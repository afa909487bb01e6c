"""What a document says of completeness: which tables that its figures rest on somebody has not handed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from quality_cli.analysis.completeness import report_words
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import QUESTION
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.russian import counted
from quality_cli.core.strata import Stratum, decode_stratum
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.documents.templates.model import Lacking
from quality_cli.engine.completeness.needs import Cases, needs_of
from quality_cli.engine.completeness.reports import Report, State

_LISTED = 6
"""How many reports of one table are named; of more, their number."""


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report as the file of completeness has it."""

    dataset: str
    key: Stratum
    unit: str
    state: State


def owed_reports(table: pa.Table, period: str) -> tuple[OwedReport, ...]:
    """The reports of a school year; ``table`` is that of completeness."""
    columns = (table[name].to_pylist() for name in ("period", "dataset", "report", "org_id", "state"))
    return tuple(
        OwedReport(dataset, decode_stratum(report), unit, State(state))
        for year, dataset, report, unit, state in zip(*columns, strict=True)
        if year == period
    )


def lacking_of(
    reports: Iterable[OwedReport],
    figures: Sequence[Figure],
    unit: Unit,
    organisations: OrgTree,
    contracts: Mapping[str, Contract],
    asked: Mapping[str, str],
) -> tuple[Lacking, ...]:
    """Tables not handed in whole that figures rest on, in the order of contracts: of an organisation what it owes
    itself, of others what anybody under them owes. ``asked`` are the indicators of questions by id."""
    needs = needs_of(figures, contracts)
    indicators = {figure.indicator for figure in figures}
    alone = unit.level is Level.ORGANISATION
    under = {unit.id} if alone else {
        other.id for other, below in zip(organisations, organisations.under({unit.id}), strict=True) if below
    }  # fmt: skip
    known: dict[tuple[str, Stratum], bool] = {}
    by_table: dict[tuple[str, str], dict[str, list[OwedReport]]] = {}
    for report in reports:
        if report.unit in under and report.dataset in needs:
            key = report.dataset, report.key
            if key not in known:
                known[key] = (
                    asked.get(dict(report.key).get(QUESTION, "")) in indicators
                    if report.dataset == ANSWERS
                    else _touched(report, needs[report.dataset], contracts[report.dataset])
                )
            if known[key]:
                of_round = dict(report.key).get(contracts[report.dataset].round or "", "")
                by_table.setdefault((report.dataset, of_round), {}).setdefault(report.unit, []).append(report)
    order = {dataset: place for place, dataset in enumerate(contracts)}
    found = (
        _lacking(contracts[dataset], of_round, by_table[dataset, of_round], organisations, alone=alone)
        for dataset, of_round in sorted(by_table, key=lambda table: (order[table[0]], table[1]))
    )
    return tuple(item for item in found if item is not None)


def _touched(own: OwedReport, conditions: Sequence[Condition], contract: Contract) -> bool:
    """Whether a report may hold rows that satisfy any of the conditions."""
    key = dict(own.key)
    drawn = ((name, item.each[name]) for item in contract.obligations for name in item.drawn)
    found = next(((name, values) for name, values in drawn if key.get(name, values[0]) not in values), None)
    name, values = found or ("", ())
    report = Report(own.dataset, own.key, name, tuple(map(str, values)))
    return bool(Cases([report], contract).touched(conditions).any())


def _lacking(
    contract: Contract,
    of_round: str,
    by_unit: Mapping[str, Sequence[OwedReport]],
    organisations: OrgTree,
    *,
    alone: bool,
) -> Lacking | None:
    silent: list[str] = []
    partly: dict[str, list[str]] = {}
    for unit, reports in by_unit.items():
        missing = _missing(reports)
        name = organisations[unit].name
        if missing and len(missing) == len(reports):
            silent.append(name)
        elif missing:
            partly.setdefault("; ".join(_words(missing, contract)), []).append(name)
    if not silent and not partly:
        return None
    whole = len(by_unit) - len(silent) - sum(map(len, partly.values()))
    told = tuple(words if alone else f"{', '.join(names)} ({words})" for words, names in partly.items())
    title = f"{contract.title}, {of_round}" if of_round else contract.title
    owing = tuple(organisations[unit].name for unit, reports in by_unit.items() if _missing(reports))
    return Lacking(title, whole, len(by_unit), tuple(silent), told, owing)


def _missing(reports: Sequence[OwedReport]) -> list[OwedReport]:
    return [report for report in reports if report.state is State.MISSING]


def _within_round(key: Stratum, contract: Contract) -> Stratum:
    """A report's key without the round, which the table is named by."""
    return tuple(pair for pair in key if pair[0] != contract.round)


def _words(missing: Sequence[OwedReport], contract: Contract) -> Iterator[str]:
    """What is lacking of a table (of one round of the year): reports by name, or how many where that is many."""
    if contract.dataset == ANSWERS and len(missing) <= _LISTED:
        word = "вопрос" if len(missing) == 1 else "вопросы"
        yield f"{word} {', '.join(dict(report.key)[QUESTION] for report in missing)}"
    elif len(missing) > _LISTED:
        forms = ("вопрос", "вопроса", "вопросов") if contract.dataset == ANSWERS else ("отчёт", "отчёта", "отчётов")
        yield counted(len(missing), *forms)
    else:
        yield from (report_words(_within_round(report.key, contract), contract) for report in missing)
