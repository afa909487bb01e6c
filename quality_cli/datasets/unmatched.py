"""Two tables of the same people of which (almost) none match: what rests on their match is wrong, and that is told.

Compared are the people of rows that a link (:mod:`quality_cli.datasets.contracts.links`) might bring together: those of
one organisation and, as the link says, school year and other columns. They are taken by file, so that one file of
other codes among many is found. How codes are written is told by their form, never by a code.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.russian import counted
from quality_cli.core.where import TRUE, AnyOf, Condition
from quality_cli.datasets.contracts.links import Link, Links
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.keys import NO_KEY, keys
from quality_cli.datasets.tables.table import FILE, PERIOD, Table
from quality_cli.datasets.values.people import Pseudonyms
from quality_cli.datasets.values.person_codes import REDUCTIONS, form_of, kind_of_form

FEW = 10
"""Where either table has fewer people nothing is told: a list of a handful may well have nobody of another one."""
FEW_UNLIKE = 3
"""The same where the tables write codes in different forms: then none of them could match."""
_ALMOST_NONE = 20
"""Of so many people at most one matches."""
_MOST = 2
"""What matches in another way is told where it is one of so many people at least."""


def tell_unmatched(tables: Mapping[str, Table], links: Links, pseudonyms: Pseudonyms, findings: Findings) -> None:
    """A finding for each two files between which a link looks for people, and (almost) none match."""
    alike: dict[Link, list[Link]] = defaultdict(list)
    for link in links:
        if link.dataset in tables and link.other in tables:
            alike[replace(link, where=TRUE)].append(link)
    for link, of_one in alike.items():
        using = dict.fromkeys(name for one in of_one for name in links[one])
        pair = _Pair(link, AnyOf(tuple(one.where for one in of_one)), tables, tuple(using), pseudonyms)
        findings.extend(pair.findings())


class _Pair:
    """Two tables between which people are looked for; ``where``: among which rows of the other."""

    def __init__(
        self,
        link: Link,
        where: Condition,
        tables: Mapping[str, Table],
        using: tuple[str, ...],
        pseudonyms: Pseudonyms,
    ) -> None:
        self._link, self._using, self._pseudonyms = link, using, pseudonyms
        self._own, self._other = tables[link.dataset], tables[link.other]
        frames = {name: table.frame for name, table in tables.items()}
        self._listed = self._other.frame[Evaluator(self._other.frame, frames)(where).true]

    def findings(self) -> Iterator[Finding]:
        """One for each two files of which neither has its people in the other table."""
        for own, listed in self._compared():
            sides = [side[["cell", "file"]].drop_duplicates() for side in (own, listed)]
            cells = sides[0].merge(sides[1], on="cell", suffixes=("", "_other"))
            both = [set(own["who"]), set(listed["who"])]
            for (one, other), shared in cells.groupby(["file", "file_other"], observed=True):
                here = set(own["who"][(own["file"] == one) & own["cell"].isin(shared["cell"])])
                there = set(listed["who"][(listed["file"] == other) & listed["cell"].isin(shared["cell"])])
                matched = max(len(here & both[1]), len(there & both[0]))
                if matched * _ALMOST_NONE <= min(len(here), len(there)):
                    yield from self._told(here, there, matched, (str(one), str(other)))

    def _compared(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """People of both tables that might match: at once, or for each school year with those of the years before."""
        frame = self._own.frame
        if self._link.years != "earlier":
            yield self._people(frame, self._listed)
            return
        for year in self._own.periods():
            yield self._people(frame[frame[PERIOD] == year], self._listed[self._listed[PERIOD] < year])

    def _people(self, frame: pd.DataFrame, listed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Of each table ``who`` stands in which ``file`` and ``cell``; only cells that both have."""
        link, contracts = self._link, (self._own.contract, self._other.contract)
        on = dict(link.on)
        if all(contract.organisation for contract in contracts):
            on[str(contracts[0].organisation)] = str(contracts[1].organisation)
        if link.years == "same" and all(contract.period for contract in contracts):
            on[PERIOD] = PERIOD
        cells = keys((frame, [*on]), (listed, [*on.values()]))
        own, other = (
            pd.DataFrame({"who": side[name], "file": side[FILE], "cell": cell})
            for side, name, cell in zip((frame, listed), link.person, cells, strict=True)
        )
        own, other = (side[side["who"].notna() & (side["cell"] != NO_KEY)] for side in (own, other))
        return own[own["cell"].isin(other["cell"])], other[other["cell"].isin(own["cell"])]

    def _told(self, here: set[str], there: set[str], matched: int, files: tuple[str, str]) -> Iterator[Finding]:
        """What is told of the people of two files, if they are enough."""
        fewer = min(len(here), len(there))
        told = [[self._pseudonyms.first_told(who) for who in sorted(side)] for side in (here, there)]
        kinds = [set(map(kind_of_form, side)) for side in told]
        is_unlike = kinds[0].isdisjoint(kinds[1])
        if fewer < (FEW_UNLIKE if is_unlike else FEW):
            return
        forms = [Counter(map(form_of, side)).most_common(1)[0][0] for side in told]
        titles = [f"«{table.contract.title}»" for table in (self._own, self._other)]
        people = counted(len(here), "человека", "человек", "человек")
        message = (
            f"{titles[0]} и {titles[1]} (файл «{files[1]}») — об одних и тех же организациях, но из {people} здесь и "
            f"{len(there)} там {f'совпали только {matched}' if matched else 'не совпал никто'}"
        )
        message += f": здесь {forms[0]}, там {forms[1]}" if is_unlike else f": {forms[0]} и там и там"
        if how := _matching_otherwise(told[0], told[1], fewer):
            message += f"; {how}"
        hint = "назовите людей в обеих таблицах одними и теми же постоянными кодами"
        if not is_unlike:
            hint += ", а если это разные люди, ничего не меняйте"
        hint += f"; на их совпадении держатся {', '.join(self._using)}"
        severity = Severity.ERROR if is_unlike else Severity.WARNING
        yield Finding("person.unmatched", severity, message, tuple(map(Place, dict.fromkeys(files))), hint)


def _matching_otherwise(here: list[str], there: list[str], fewer: int) -> str:
    """In what other way most of the people would match, in words; «» where in none that is known."""
    for words, reduced in REDUCTIONS:
        mine, theirs = ({reduced(told) for told in side} - {None} for side in (here, there))
        if len(mine & theirs) * _MOST >= fewer:
            return f"если сравнивать {words}, совпадают {len(mine & theirs)}: вероятно, это одни и те же люди"
    return ""
