"""The organisations of one sheet: whose each row is, and what is told where that is not clear."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from quality_cli.core.findings import Severity
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.quoting import HIDDEN
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.cells import DISTINCT, Cells, grouped
from quality_cli.datasets.values.organisations import Match, OrgMatcher, absence
from quality_cli.datasets.values.sheet_findings import SheetFindings


class SheetUnits:
    """Organisations of a sheet; ``facts`` is what the texts around the table say of each column."""

    def __init__(
        self, found: Recognised, body: Body, matcher: OrgMatcher, facts: Mapping[str, tuple[str, ...]],
        findings: SheetFindings,
    ) -> None:  # fmt: skip
        self._columns = found.columns
        self._contract = found.contract
        self._body = body
        self._matcher = matcher
        self._facts = facts
        self._findings = findings
        self.unknown = np.zeros(len(body.rows), dtype=bool)
        """Rows of nobody, found by :meth:`of`: of an organisation that must be known and is not."""

    def of(self, name: str, column: Column) -> dict[str, np.ndarray]:
        """The organisation of each row, and the login that told it."""
        where = self._columns[name]
        if where:
            codes, told = self._body.named(where)
        else:
            codes, told = np.zeros(len(self._body.rows), dtype=np.intp), [self._facts.get(name, ())]
        matches = [self._matcher.find(cells) for cells in told]
        codes, matches = self._with_totals(codes, told, matches)
        if column.required:
            unknown = np.array([match.unit_id is None for match in matches], dtype=bool)[codes] & ~self._body.sums
            self.unknown |= unknown
            problems = grouped(Cells(codes[unknown], told), np.flatnonzero(unknown))
            for number, (cells, positions) in enumerate(problems):
                self._tell_unknown(cells, positions, where, apart=number < DISTINCT)
        by_match = Cells(codes, matches)
        return {name: by_match.each(lambda match: match.unit_id), "login": by_match.each(lambda match: match.login)}

    def follow_register(self, values: Mapping[str, np.ndarray], rejected: np.ndarray) -> None:
        """Rows of organisations that are not there in the row's school year: of a closed one they become its
        successor's, else they are ``rejected``, too."""
        name, rule = self._contract.organisation, self._contract.period
        if name is None or rule is None:
            return
        tree, years = self._matcher.tree, values[rule.column] + rule.shift
        dated = {unit.id for unit in tree if unit.is_dated}
        rows = np.flatnonzero(~rejected & pd.Series(values[name]).isin(dated).to_numpy() & ~np.isnan(years))
        asked = Cells.of([(unit_id, int(year)) for unit_id, year in zip(values[name][rows], years[rows], strict=True)])
        for (unit_id, year), positions in grouped(asked, rows):
            unit, successor = tree[unit_id], tree.successor(unit_id, year)
            if successor is unit:
                continue
            code, message, hint = absence(unit, year)
            severity = Severity.ERROR
            if successor is None:
                rejected[positions] = True
                message += ": строки пропущены"
            else:
                values[name][positions] = successor.id
                code, severity = "org.succeeded", Severity.WARNING
                message += f": строки отнесены к правопреемнику «{successor.name}»"
                hint = "если это не так, исправьте год, организацию или дату в реестре"
            self._findings.at_cells(code, severity, message, self._columns[name], positions, hint)

    def _with_totals(
        self, codes: np.ndarray, told: list[tuple[str, ...]], matches: list[Match]
    ) -> tuple[np.ndarray, list[Match]]:
        """The same where a total that names nobody is of the nearest unit above all that its rows name: those since the
        total before it, or all of the sheet."""
        sums = self._body.sums
        silent = sums & np.array([not cells for cells in told], dtype=bool)[codes]
        units = [match.unit_id for match in matches]
        before = -1
        for row in np.flatnonzero(sums).tolist():
            chosen = slice(before + 1, row) if row > before + 1 else slice(None)
            before = row
            if silent[row]:
                named = {unit for code in np.unique(codes[chosen][~sums[chosen]]) if (unit := units[code]) is not None}
                codes[row] = len(matches)
                matches.append(Match(self._matcher.tree.nearest_above(named)))
        return codes, matches

    def _tell_unknown(
        self, cells: tuple[str, ...], positions: np.ndarray, where: Sequence[int], *, apart: bool
    ) -> None:
        match = self._matcher.find(cells)
        candidates = match.candidates
        similar = self._matcher.similar(cells) if apart else ()
        shown = " | ".join(map(self._findings.quoted, cells)) if apart else HIDDEN
        code = "org.unknown"
        if where:
            message = f"организации «{shown}» нет в реестре" if cells else "организация не указана"
            hint = "добавьте её логин или написание названия в реестр организаций"
        else:
            message = "не понять, какая организация сдала форму"
            hint = "положите файл в папку с логином организации, например edu240101"
        if match.rival:
            code, message = "org.conflict", match.rival
            hint = "исправьте неверное; если это логин той же организации, добавьте его в реестр организаций"
        elif candidates:
            code, message = "org.ambiguous", f"«{shown}» может быть любой из организаций: {'; '.join(candidates)}"
            hint = "укажите логин или полное название"
        elif similar and where:
            hint = f"похожи: {'; '.join(similar)}; {hint}"
        about = self._columns[self._contract.organisation or ""]
        self._findings.at_cells(code, Severity.ERROR, f"{message}; строки пропущены", about, positions, hint)
