"""The completeness of a plan: what is owed by the contracts and the register, and what has become of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import Question, asked_of_units
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.ids import closest
from quality_cli.core.periods import Period
from quality_cli.core.strata import names_of
from quality_cli.core.where import TRUE
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.completeness.needs import Cases, Needs, needs_beside, needs_of
from quality_cli.engine.completeness.owing import Owed, Owing
from quality_cli.engine.completeness.reports import (
    MISSING,
    NONE,
    NOT_OWED,
    NUMBERS,
    RECEIVED,
    Completeness,
    Ledger,
    Report,
)
from quality_cli.engine.completeness.statements import Statement, dataset_named, names
from quality_cli.engine.plan.plan import Plan


def completeness(
    plan: Plan,
    tables: Tables,
    questions: Sequence[Question],
    statements: Iterable[Statement],
    numbers: Sequence[Question] = (),
) -> Completeness:
    """Where every report stands that the figures of the plan rest on, in the school years it reads.

    ``questions`` are those of the catalogue: an answer is a report where nothing else can give the figure. ``numbers``
    are those whose answers stand for rows of lists.
    """
    asked = [item for item in questions if item.indicator.id in plan.indicators and not item.exported]
    wanted = [item for item in numbers if any(figure.indicator in plan.indicators for figure in item.figures)]
    return _Reckoning(plan, tables, asked, tuple(statements)).completeness(wanted)


class _Reckoning:
    """What is read of the tables on the way, each once."""

    def __init__(
        self, plan: Plan, tables: Tables, questions: Sequence[Question], statements: Sequence[Statement]
    ) -> None:
        self._plan = plan
        self._tables = tables
        self._contracts = plan.contracts
        self._questions = questions
        self._statements = statements
        self._datasets = {item.table: dataset_named(item.table, self._contracts) for item in statements}
        self._owing = Owing(tables, plan.contracts, plan.read)
        self._units = {unit.id: place for place, unit in enumerate(tables.organisations)}

    def completeness(self, numbers: Sequence[Question]) -> Completeness:
        """Everything owed and where it stands."""
        needs = needs_of(self._plan.figures, self._contracts)
        ledgers = self._ledgers(needs, self._questions)
        beside = self._ledgers(needs_beside(self._plan.figures, self._contracts, needs))
        for kept in (ledgers, beside):
            self._by_numbers(kept, numbers)
        self._stated(beside)
        findings = tuple(self._told(*self._stated(ledgers)))
        return Completeness(ledgers, self._plan.read, tuple(self._units), self._plan.periods, findings, beside)

    def _ledgers(self, needs: Needs, questions: Sequence[Question] = ()) -> dict[str, Ledger]:
        """Where the reports stand that may have the rows needed and answers to questions, before anybody has stated
        anything."""
        ledgers = {}
        for dataset, contract in self._contracts.items():
            owed = list(self._answers(questions)) if dataset == ANSWERS else []
            owed += self._owing.of(contract, needs[dataset]) if dataset in needs else []
            owed = [own for own in owed if own[2].any()]
            if owed:
                ledgers[dataset] = _ledger(dataset, owed)
        return ledgers

    def _answers(self, questions: Sequence[Question]) -> Iterator[Owed]:
        """Answers to questions: who is asked, and who has given them."""
        owes = {question.key: np.zeros_like(self._owing.existing) for question in questions}
        for number, year in enumerate(self._plan.read):
            asked = asked_of_units(questions, self._tables, self._contracts, Period(year))
            for unit, put in asked.items():
                for question in put:
                    owes[question.key][number, self._units[unit]] = True
        for key, own in owes.items():
            rows = self._owing.rows_of(ANSWERS, names_of(key))
            came = rows[key][:, :-1] if key in rows else np.zeros_like(own)
            yield Report(ANSWERS, key), False, own, came

    def _by_numbers(self, ledgers: Mapping[str, Ledger], numbers: Sequence[Question]) -> None:
        """Write into the ledgers which reports have no rows, but an answer to every number that stands for any."""
        if not numbers:
            return
        answers = {report.key: (owes, came) for report, _, owes, came in self._answers(numbers)}
        for dataset, ledger in ledgers.items():
            facts = [item for item in numbers if item.fact is not None and item.fact.dataset == dataset]
            for place, report in enumerate(ledger.reports):
                cases = Cases([report], self._contracts[dataset])
                touching = [
                    answers[item.key] for item in facts if item.fact and cases.touched([item.fact.count.where]).any()
                ]
                if touching:
                    asked, given = (np.array(own) for own in zip(*touching, strict=True))
                    whole = asked.any(axis=0) & (given | ~asked).all(axis=0)
                    ledger.codes[place][whole & (ledger.codes[place] == MISSING)] = NUMBERS

    def _stated(self, ledgers: Mapping[str, Ledger]) -> tuple[set[Statement], set[Statement]]:
        """Write into the ledgers what is stated to be empty; the statements that speak of something owed, and those
        that the tables deny."""
        heard: set[Statement] = set()
        denied: set[Statement] = set()
        named: dict[tuple[str, str], Array] = {}
        for item in self._statements:
            ledger = ledgers.get(self._datasets[item.table] or "")
            if ledger is None:
                continue
            key = (ledger.dataset, item.report)
            if key not in named:
                contract = self._contracts[ledger.dataset]
                found = [names(item.report, report.key, contract) for report in ledger.reports]
                named[key] = np.flatnonzero(found)
            place = np.ix_(named[key], *self._said_of(item))
            codes = ledger.codes[place]
            if codes.any():
                heard.add(item)
            # Without words a statement is of the rest of the table: what has rows is not denied by it.
            own = [bool(item.report) or not ledger.reports[report].key for report in place[0].ravel()]
            if np.any(codes[own] == RECEIVED):
                denied.add(item)
            codes[codes == MISSING] = NONE
            ledger.codes[place] = codes
        return heard, denied

    def _said_of(self, item: Statement) -> tuple[Array, Array]:
        """Positions of the school years and units that a statement is of."""
        years = np.array([item.period in (None, year) for year in self._plan.read], dtype=bool)
        units = np.array([item.unit in ("", unit) for unit in self._units], dtype=bool)
        return np.flatnonzero(years), np.flatnonzero(units)

    def _is_owed(self, item: Statement) -> bool:
        """Whether what a statement speaks of is owed by anybody it speaks of, be it needed or not."""
        dataset = self._datasets[item.table] or ""
        if dataset == ANSWERS:
            return True
        contract, place = self._contracts[dataset], np.ix_(*self._said_of(item))
        owed = self._owing.of(contract, [TRUE])
        return any(bool(owes[place].any()) and names(item.report, report.key, contract) for report, _, owes, _ in owed)

    def _told(self, heard: set[Statement], denied: set[Statement]) -> Iterator[Finding]:
        """What is wrong with statements, in their order."""
        known = words_of(
            text for contract in self._contracts.values() for text in (contract.title, *contract.vocabulary)
        )
        for item in self._statements:
            dataset = self._datasets[item.table]
            table = self._contracts[dataset].title if dataset else quoted(item.table, known, misspelt=True)
            report = quoted(item.report, known, misspelt=True)
            what = f"«{table}»" + f", «{report}»" * bool(report)
            if dataset is None:
                titles = [contract.title for contract in self._contracts.values()]
                message = f"заявлено, что сведений нет, но таблицы «{table}» нет{closest(item.table, titles)}"
                hint = "назовите таблицу так, как она называется в каталоге: quality check"
            elif item in denied:
                message = f"заявлено, что сведений нет, а строки есть: {what}"
                hint = "уберите заявление или строки; пока верны строки"
            elif item not in heard and item.period in (None, *self._plan.periods) and not self._is_owed(item):
                message = f"заявлено, что сведений нет, но такого отчёта от этой организации не ждут: {what}"
                hint = "проверьте организацию, учебный год и слова столбца «Чего нет»"
            else:
                continue
            yield Finding("report.statement", Severity.WARNING, message, (item.place,), hint)


def _ledger(dataset: str, owed: Iterable[Owed]) -> Ledger:
    """Where reports stand before anybody has stated anything; what several obligations ask for is one report."""
    codes: dict[tuple[Report, bool], Array] = {}
    for report, shared, owes, came in owed:
        own = np.where(owes, np.where(came, RECEIVED, MISSING), NOT_OWED).astype(np.int8)
        known = codes.get((report, shared))
        codes[report, shared] = own if known is None else np.maximum(known, own)
    reports, shared_of = zip(*codes, strict=True)
    return Ledger(dataset, reports, np.array(shared_of, dtype=bool), np.array(list(codes.values())))
