"""Of whom nothing of some rows of a table has come: what may be asked for as numbers instead."""

import numpy as np

from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.completeness.needs import Cases
from quality_cli.engine.completeness.reports import MISSING, Completeness


def lacking(
    completeness: Completeness, contract: Contract, rows: Condition, period: int, tree: OrgTree
) -> frozenset[str] | None:
    """Units that lack a report of a table which may hold ``rows``, or are under one that lacks it for all; None where
    nobody is known to owe any."""
    ledger = completeness.ledgers.get(contract.dataset)
    if ledger is None or period not in completeness.years:
        return None
    cases = Cases(ledger.reports, contract)
    _, may = cases.reports(cases.touched([rows]))
    missing: Array = ledger.codes[may, completeness.years.index(period)] >= MISSING
    shared = ledger.shared[may]
    own = {completeness.units[place] for place in np.flatnonzero(missing[~shared].any(axis=0))}
    for_all = {completeness.units[place] for place in np.flatnonzero(missing[shared].any(axis=0))}
    under = (unit.id for unit in tree if (above := tree.ancestor(unit.id, Level.MUNICIPALITY)) and above.id in for_all)
    return frozenset(own.union(under))
