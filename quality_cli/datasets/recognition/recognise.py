"""What a sheet is: a table of a dataset, nearly one, the program's own work, or nothing known.

Headers are weighed, because most of them prove little: «Организация» stands in nearly every table. A header known to
``n`` datasets, as a column or as one to ignore, speaks for each of them with 1/n; one that means nothing to a dataset
speaks against it with 1/2: it belongs to some other table, or to the school that added it. A layout claims a sheet only
where

- all that it is recognised by is there: its headers and the texts above them;
- its headers are not fewer than those that mean nothing to it, and weigh as much; no other dataset knows more of them;
- no other dataset, complete or not, has as much for it less what is against it: a near miss of a better dataset wins
  over a full match of a poor one, and of two datasets that explain a sheet equally well neither is taken.

A sheet with *every* column of a dataset is a full table with something added: strange headers, however many, and a near
miss of a dataset that knows no more headers do not speak against it.

How many datasets know a header is counted in the contracts and layouts in force; no list of common words is kept.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from quality_cli.datasets.contracts.column import Column, places_in
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import AddsUp, Layout, match_text, normalise
from quality_cli.datasets.quoting import header_text, quoted, words_of
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.attempts import SAMPLE_ROWS, Attempt, claim, is_outdone
from quality_cli.datasets.recognition.header import Header, headers, known_spelling
from quality_cli.datasets.recognition.header_similarity import best_like
from quality_cli.datasets.recognition.laid import Recognised, laid
from quality_cli.datasets.recognition.near_miss import NearMiss, Resemblance, near_miss
from quality_cli.datasets.recognition.own_work import OwnWork, own_work
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.recognition.unpivoted import series_of
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells
from quality_cli.datasets.values.people import name_columns, personal_kind

_NEUTRAL = frozenset(map(normalise, ("№", "№ п/п", "п/п", "Примечание", "Примечания", "Комментарий")))
"""They stand in tables of any kind and tell nothing of what the table is."""

_NEAR = 0.5
"""So much of what a layout is recognised by must be there for a sheet to be nearly of it."""
_NUMBER = 0.1
"""How much less a number proves than a word: some reports have it for a header, all have it in their rows."""
_ROUNDED = 0.5
"""So far a share written as a whole number may be from itself."""
_NUMBERS = Column(title="число", type="number")
_COUNT = re.compile(r"кол-?во|количеств|числен|число|всего|итого|дол[яи]|участник|человек|чел\b|%", re.IGNORECASE)
"""What stands in headers of numbers of people and of shares."""
_SHOWN = 3


class Recogniser:
    """Recognises sheets by ``layouts`` of the datasets whose ``contracts`` are given."""

    def __init__(self, layouts: Sequence[Layout], contracts: Mapping[str, Contract]) -> None:
        self.layouts, self.contracts = tuple(layouts), contracts
        self._needed = [needed_spellings(layout, contracts[layout.dataset]) for layout in layouts]
        self._needing: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, needed in enumerate(self._needed):
            for position, texts in enumerate(needed):
                for text in texts:
                    self._needing[text].append((number, position))
        self._known: dict[str, set[str]] = defaultdict(set)
        for layout, needed in zip(self.layouts, self._needed, strict=True):
            columns = contracts[layout.dataset].columns.values()
            own = chain.from_iterable((column.title, *column.headers) for column in columns)
            ignored = contracts[layout.dataset].ignored
            # A layout that turns a series of columns is told by the series: its other headers tell no dataset apart.
            written = (*layout.columns.values(), *needed) if layout.unpivot is None else ()
            for text in map(normalise, {*own, *ignored, *chain(*written)}):
                self._known[text].add(layout.dataset)

    def knows(self, text: str) -> bool:
        """Whether a text is a header of any dataset."""
        return normalise(text) in self._known

    def recognise(self, sheet: RawSheet) -> Recognised | NearMiss | OwnWork | None:
        """What the sheet is or nearly is; None where nothing explains it better than everything else."""
        candidates = list(headers(sheet))
        own = own_work(sheet, candidates)
        if own is not None:
            return own
        every = list(self._attempts(sheet, candidates))
        attempts = [attempt for attempt in every if not attempt.counted]
        best = claim(attempts)
        if best is not None and best.is_whole and best.explains and not is_outdone(best, attempts):
            found = best.found
            return replace(found, unread={index: found.names[index] for index in sorted(best.against - found.read)})
        nearest = claim([self._with_alike(attempt.read()) for attempt in attempts], whole=False)
        if nearest is not None and nearest.explains:
            return near_miss(nearest)
        aggregates = [attempt for attempt in every if attempt.counted and attempt.is_whole]
        return self._aggregate(max(aggregates, key=lambda attempt: attempt.rank)) if aggregates else None

    def _aggregate(self, attempt: Attempt) -> NearMiss:
        """What is said of a table of totals: what gives it away and which dataset of totals knows most of it."""
        contract = attempt.found.contract
        shown = ", ".join(f"«{header_text(name)}»" for name in attempt.counted[:_SHOWN])
        person = next(contract.columns[name].title for name in contract.key if contract.columns[name].personal)
        known = Counter(
            dataset
            for text in attempt.header.texts
            for dataset in self._known.get(text, ())
            if _is_of_totals(self.contracts[dataset])
        )
        most = max(known.values(), default=0)
        nearest = [f"«{self.contracts[dataset].title}»" for dataset in sorted(known) if known[dataset] == most]
        hint = (
            f"столбца «{person}» и имён нет, а под {shown} числа: это сводная таблица, её строки — не люди и не работы"
        )
        hint += f"; ближе всего к ней: {', '.join(nearest[:_SHOWN])}" if nearest else ""
        return NearMiss(attempt.found.layout, attempt.header.row, hint, is_aggregate=True)

    def resembling(self, sheet: RawSheet) -> Resemblance | None:
        """The layout whose headers an unknown sheet has most of, for a hint only; None where no dataset stands out."""
        scores: dict[str, tuple[float, int, int, Layout, tuple[str, ...]]] = {}
        for header in headers(sheet):
            known = {text: self._known[text] for text in header.texts & self._known.keys()}
            for layout, needed in zip(self.layouts, self._needed, strict=True) if known else ():
                own = [1 / len(datasets) for datasets in known.values() if layout.dataset in datasets]
                pairs = zip(layout.recognise.headers, needed, strict=True)
                lacking = tuple(text for text, spellings in pairs if not spellings & header.texts)
                score = (round(sum(own), 9), -len(lacking), -header.row, layout, lacking)
                if own and score[:3] > scores.get(layout.dataset, (0.0, 0, 0))[:3]:
                    scores[layout.dataset] = score
        first, second = [*sorted(scores.values(), key=lambda score: score[:3], reverse=True), None, None][:2]
        if first is None or (second is not None and first[:2] == second[:2]):
            return None
        return Resemblance(first[3], first[4])

    def _attempts(self, sheet: RawSheet, candidates: Sequence[Header]) -> Iterator[Attempt]:
        numbers: dict[tuple[int, int], bool] = {}
        there: dict[tuple[int, int], set[int]] = defaultdict(set)
        for place, header in enumerate(candidates):
            for text in header.texts & self._needing.keys():
                for number, position in self._needing[text]:
                    there[number, place].add(position)
        for (number, place), found in sorted(there.items()):
            layout, needed, header = self.layouts[number], self._needed[number], candidates[place]
            by = layout.recognise
            if len(found) < _NEAR * len(needed):
                continue
            lacking = [text for position, text in enumerate(by.headers) if position not in found]
            contract = self.contracts[layout.dataset]
            if layout.unpivot is not None and series_of(header, layout.unpivot, contract) is None:
                continue
            above = [text for text in by.above if not fits_above([text], contract, sheet, header)]
            if len(lacking) + len(above) <= (1 - _NEAR) * (len(needed) + len(by.above)):
                attempt = self._attempt(sheet, layout, header, frozenset(chain(*needed)), numbers)
                if by.adds_up is None or adds_up(attempt.found, by.adds_up):
                    yield replace(attempt, lacking=tuple(lacking), above=tuple(above))

    def _attempt(
        self,
        sheet: RawSheet,
        layout: Layout,
        header: Header,
        needed: frozenset[str],
        numbers: dict[tuple[int, int], bool],
    ) -> Attempt:
        """``numbers``: what :func:`_is_of_numbers` has said of columns of the sheet, by the row of the header."""
        contract = self.contracts[layout.dataset]
        found, header = laid(sheet, layout, contract, header)
        unclaimed, follows = found.unclaimed, _follows(found)
        weights: dict[str, tuple[int, float]] = {}  # a header that is repeated speaks once
        against = []
        for index in header.named:
            names = header.spellings[index]
            if index in follows:
                against.append(index)
            elif index not in unclaimed or not needed.isdisjoint(names) or _is_ignored(unclaimed[index], contract):
                weights[names[0]] = index, self._speaks(names, layout.dataset)
            elif not means_nothing(unclaimed[index]):
                against.append(index)
        for index, names in found.series.items():
            weights[f"{names[0]} {index}"] = index, self._speaks(list(map(normalise, names)), layout.dataset)
        is_full = _is_full(found) and sum(weight for _, weight in weights.values()) >= 1
        counted = _counted(found, against, numbers if found.sheet is sheet else {})
        return Attempt(found, header, dict(weights.values()), frozenset(against), is_full=is_full, counted=counted)

    def _speaks(self, names: Sequence[str], dataset: str) -> float:
        """What a column called so weighs for a dataset that understands it; members of a family are its own."""
        known = [self._known[name] for name in names if dataset in self._known.get(name, ())]
        weight = max((1 / len(datasets) for datasets in known), default=1.0)
        return weight * _NUMBER if all(map(str.isdigit, names)) else weight

    def _with_alike(self, attempt: Attempt) -> Attempt:
        """The attempt where headers like those that the layout misses count as if they were those."""
        found, contract = attempt.found, attempt.found.contract
        known = words_of((*contract.vocabulary, *found.layout.recognise.headers))
        there = {text: at for at in attempt.against if (text := attempt.header.spellings[at][-1])}
        shown = [text for text in sorted(there) if quoted(text, known, misspelt=True) == text]
        missed = {
            column.title: found.layout.columns.get(name, [column.title, *column.headers])
            for name, column in contract.columns.items()
            if not found.columns.get(name) and column.type != "numbers"
        }
        missed = {text: missed.get(text, [text]) for text in (*attempt.lacking, *missed)}
        alike: dict[str, str] = {}
        weights = dict(attempt.weights)
        for title, spellings in missed.items():
            like, _ = best_like([text for text in shown if text not in alike.values()], spellings)
            if like:
                alike[title] = like
                weights[there[like]] = self._speaks(list(map(normalise, spellings)), attempt.dataset)
        against = attempt.against - weights.keys()
        return replace(attempt, weights=weights, against=against, alike=alike)


def _follows(found: Recognised) -> frozenset[int]:
    """Sheet columns that follow from others and need not be there: what they are called tells of no table, though their
    values are read."""
    columns = found.contract.columns
    made = (where for name, where in found.columns.items() if columns[name].optional and columns[name].derive)
    return frozenset(chain.from_iterable(made))


def needed_spellings(layout: Layout, contract: Contract) -> list[set[str]]:
    """What each header that a layout is recognised by may look like, normalised."""
    return [required_spellings(layout, contract, header) for header in layout.recognise.headers]


def required_spellings(layout: Layout, contract: Contract, header: str) -> set[str]:
    """What a required header may look like: as written, or where that is allowed in any way its column is known by."""
    for name, column in contract.columns.items():
        if layout.recognise.any_spelling and header == column.title:
            return {normalise(spelling) for spelling in (header, *column.headers, *layout.columns.get(name, []))}
    return {normalise(header)}


def fits_above(texts: Sequence[str], contract: Contract, sheet: RawSheet, header: Header) -> bool:
    """Whether every one of the texts stands above the header."""
    if not texts:
        return True
    above = [str(cell) for row in sheet.rows[: header.row] for cell in row if not is_empty(cell)]
    return all(any(match_text(text, cell, contract) is not None for cell in above) for text in texts)


def adds_up(found: Recognised, rule: AddsUp) -> bool:
    """Whether the numbers of most rows make up the whole, as nearly as numbers with one digit after the point do."""
    rows = found.sheet.rows[found.header + 1 :][:SAMPLE_ROWS]
    names = [*rule.parts, *([rule.whole] if isinstance(rule.whole, str) else [])]
    if not all(found.columns.get(name) for name in names):
        return False
    places = [found.columns[name][0] for name in names]
    cells = ([row[at] if at < len(row) else None for row in rows] for at in places)
    numbers = [parse_cells(column, found.contract.columns[name]) for name, column in zip(names, cells, strict=True)]
    whole = numbers[len(rule.parts)] if isinstance(rule.whole, str) else [rule.whole] * len(rows)
    room = 0 if isinstance(rule.whole, str) else _ROUNDED * len(rule.parts)
    told = [
        abs(sum(parts) - total) <= room
        for *parts, total in zip(*numbers[: len(rule.parts)], whole, strict=True)
        if all(isinstance(number, int | float) and not isinstance(number, bool) for number in (*parts, total))
    ]
    return bool(told) and 2 * sum(told) > len(told)


def means_nothing(header: str) -> bool:
    """Whether a header tells nothing of the table: it stands in tables of any kind or is personal."""
    return known_spelling(header) in _NEUTRAL or personal_kind(header) is not None


def _is_ignored(header: str, contract: Contract) -> bool:
    return known_spelling(header) in map(known_spelling, contract.ignored)


def _is_full(found: Recognised) -> bool:
    """Whether every column is there but those that are derived or that a table may come without."""
    layout = found.layout
    there = {name for name, where in (*found.columns.items(), *found.families.items()) if where}
    lacking = {
        name
        for name, column in found.contract.columns.items()
        if not (name in there or name in layout.optional or column.derive is not None or column.optional)
    }
    may_be_told = layout.fill.keys() | {name for fact in layout.facts for name in places_in(fact.text)}
    return not lacking or (lacking <= may_be_told and lacking <= facts_of(found).keys())


def _counted(found: Recognised, against: Sequence[int], known: dict[tuple[int, int], bool]) -> tuple[str, ...]:
    """Columns of numbers in a sheet that tells nobody, for a dataset with a row for each person: a column called a
    number of something, or several of any name, make each row a row of a table of totals."""
    contract = found.contract
    personal = {name for name in contract.key if contract.columns[name].personal}
    told = {name for name in personal if found.columns.get(name)}
    if not personal or told or personal & name_columns(found.unclaimed, contract.columns).keys():
        return ()
    for index in against:
        if (found.header, index) not in known:
            known[found.header, index] = _is_of_numbers(found, index)
    names = tuple(found.names[index] for index in against if known[found.header, index])
    return names if len(names) > 1 or any(map(_COUNT.search, names)) else ()


def _is_of_numbers(found: Recognised, index: int) -> bool:
    rows = found.sheet.rows[found.header + 1 :][:SAMPLE_ROWS]
    cells = [row[index] for row in rows if index < len(row) and not is_empty(row[index])]
    return bool(cells) and not any(value is BAD for value in parse_cells(cells, _NUMBERS))


def _is_of_totals(contract: Contract) -> bool:
    """Whether a row is numbers about an organisation: nobody stands in its key, and it has numbers beside the key."""
    own = [column for name, column in contract.columns.items() if name not in contract.key]
    numbers = any(column.is_numeric or column.type == "numbers" for column in own)
    return numbers and not any(contract.columns[name].personal for name in contract.key)
