"""What an unknown sheet most resembles, header by header, and what to add to a catalogue so that it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from quality_cli.datasets.contracts.column import places_in
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.layout import Fact, Layout, Recognise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import SEPARATOR, Header, headers
from quality_cli.datasets.recognition.header_similarity import Family, HeaderMatch, best_like, match_headers, names_of
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.near_miss import NearMiss
from quality_cli.datasets.recognition.own_work import OwnWork
from quality_cli.datasets.recognition.recognise import Recogniser, fits_above, required_spellings
from quality_cli.datasets.recognition.register_by_content import register_columns
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.recognition.stacked import unstacked
from quality_cli.datasets.recognition.suggest_series import turned_layout

_NEAR = 0.5
"""Of the headers that a layout is recognised by, so much must be there or alike."""
_COVERED = 0.3
"""Of the headers of the sheet, so much must be understood."""
_ABOVE = 0.3
"""A text of the layout found above the header is worth that much."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The layout that a sheet resembles and what makes the sheet readable.

    ``addition`` is the content of a catalogue's ``datasets/*.yaml`` that extends the dataset. ``lacking`` are
    required columns that neither the sheet nor the texts around it tell; ``readable`` says that with the addition
    the sheet was in fact recognised.
    """

    sheet: RawSheet
    layout: Layout
    contract: Contract
    header: int
    matches: tuple[HeaderMatch, ...]
    addition: Mapping[str, Any]
    lacking: tuple[str, ...]
    readable: bool


def suggest(sheet: RawSheet, recogniser: Recogniser) -> Recognised | OwnWork | Suggestion | None:
    """The sheet as it is recognised, else the best proposal, else None where it resembles nothing.

    What is nearly of a dataset is proposed for that one; what is unknown, only where the proposal makes it readable.
    """
    known = recogniser.recognise(sheet)
    if isinstance(known, Recognised | OwnWork):
        return known
    near = known.layout.dataset if isinstance(known, NearMiss) and not known.is_aggregate else None
    totals = isinstance(known, NearMiss) and known.is_aggregate
    candidates = list(headers(sheet))
    if near in (None, REGISTER) and (register := _register(sheet, candidates, recogniser)) is not None:
        return register
    if (turned := _turned(sheet, candidates, recogniser, near)) is not None:
        return turned
    attempts = (
        attempt
        for layout in recogniser.layouts
        for header in candidates
        if near in (None, layout.dataset)
        and layout.unpivot is None
        and not (totals and _is_of_people(recogniser.contracts[layout.dataset]))
        and (attempt := _Attempt.of(sheet, layout, recogniser, header)) is not None
    )
    best = max(attempts, key=lambda attempt: attempt.score, default=None)
    suggestion = best.suggestion(recogniser) if best else None
    return suggestion if suggestion is None or near or suggestion.readable else None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A layout laid over one header of a sheet."""

    sheet: RawSheet
    layout: Layout
    contract: Contract
    header: Header
    matches: tuple[HeaderMatch, ...]
    families: Mapping[str, Family]
    score: float

    @classmethod
    def of(cls, sheet: RawSheet, layout: Layout, recogniser: Recogniser, header: Header) -> "_Attempt | None":
        """The attempt, or None where the header has too little of what the layout needs."""
        contract = recogniser.contracts[layout.dataset]
        needed = [share for _, share in _needed(layout, contract, header)]
        quality = sum(needed) / len(needed)
        if quality < _NEAR or sum(1 for share in needed if share) < min(2, len(needed)):
            return None
        fits = [fits_above([text], contract, sheet, header) for text in layout.recognise.above]
        laid = sheet
        if layout.stacked:
            laid, header = unstacked(sheet, header, (name for names in layout.columns.values() for name in names))
        matches, families = match_headers(laid, header, layout, contract, recogniser.layouts)
        coverage = sum(match.similarity for match in matches) / len(matches)
        if coverage < _COVERED:
            return None
        score = quality + coverage + _ABOVE * sum(fits)
        return cls(sheet, layout, contract, header, matches, families, score)

    def suggestion(self, recogniser: Recogniser) -> Suggestion:
        """What to add, proved by recognising the sheet with it among all that is known."""
        added = self._spellings_added() if self.layout.recognise.any_spelling and not self.families else {}
        contract, layouts = self.contract, recogniser.layouts
        if added:
            contract = _spelt(contract, added)
            addition = _spelling(added)
            found = self._with(recogniser, layouts, contract)
        if not added or not isinstance(found, Recognised):
            contract = self.contract
            layout = self._new_layout(layouts)
            addition = {"layouts": [layout.model_dump(exclude_defaults=True, exclude={"dataset"})]}
            found = self._with(recogniser, (layout, *layouts), contract)
        told = found if isinstance(found, Recognised) else None
        return Suggestion(
            self.sheet,
            self.layout,
            self.contract,
            self.header.row,
            self.matches,
            {"extends": self.contract.dataset, **addition},
            _lacking(contract, told),
            told is not None,
        )

    def _with(self, recogniser: Recogniser, layouts: Sequence[Layout], contract: Contract) -> object:
        return _recognised(self.sheet, recogniser, layouts, contract)

    def _spellings_added(self) -> dict[str, list[str]]:
        added: dict[str, list[str]] = {}
        for match in self.matches:
            if match.likeness in ("synonym", "close"):
                added.setdefault(match.column, []).append(match.header)
        return added

    def _new_layout(self, layouts: Sequence[Layout]) -> Layout:
        """The layout with the headers of this sheet: those it is recognised by and those it did not know."""
        columns: dict[str, list[str]] = {}
        for match in self.matches:
            if match.column and match.column not in self.families:
                columns.setdefault(match.column, []).append(match.header)
        telling = [name for name, share in _needed(self.layout, self.contract, self.header) if share == 1]
        telling += [
            match.header
            for match in self.matches
            if match.likeness == "close" and match.column not in self.families and SEPARATOR not in match.header
        ]
        above = [
            text for text in self.layout.recognise.above if fits_above([text], self.contract, self.sheet, self.header)
        ]
        by = Recognise(above=above, headers=list(dict.fromkeys(telling)) or names_of(self.header))
        return self.layout.model_copy(
            update={
                "layout": f"{self.contract.dataset}.own",
                "title": f"{self.layout.title}, свой вид",
                "source": "",
                "recognise": by,
                "facts": self.layout.facts or self._facts_elsewhere(layouts, set(columns)),
                "columns": {**columns, **{name: list(family.templates) for name, family in self.families.items()}},
            }
        )

    def _facts_elsewhere(self, layouts: Sequence[Layout], known: set[str]) -> list[Fact]:
        """Facts of the other layouts of the dataset that this sheet tells and its columns do not."""
        facts = [fact for layout in layouts if layout.dataset == self.contract.dataset for fact in layout.facts]
        distinct = list({(fact.source, fact.text): fact for fact in facts}.values())
        return [fact for fact in distinct if not known & set(places_in(fact.text)) and self._tells(fact)]

    def _tells(self, fact: Fact) -> bool:
        only = self.layout.model_copy(update={"facts": [fact]})
        return bool(facts_of(Recognised(self.sheet, only, self.contract, self.header.row, {}, {})))


def _turned(
    sheet: RawSheet, candidates: Sequence[Header], recogniser: Recogniser, near: str | None
) -> Suggestion | None:
    """The sheet with columns that become rows, where a layout that says so makes it read."""
    for header, layout in product(candidates, recogniser.layouts):
        contract = recogniser.contracts[layout.dataset]
        if layout.unpivot is None or near not in (None, layout.dataset):
            continue
        turned = turned_layout(sheet, header, layout, contract, recogniser.layouts)
        if turned is None:
            continue
        own, matches = turned
        found = _recognised(sheet, recogniser, (own, *recogniser.layouts), contract)
        if isinstance(found, Recognised) and found.layout == own:
            addition = {
                "extends": contract.dataset,
                "layouts": [own.model_dump(exclude_defaults=True, exclude={"dataset"})],
            }
            lacking = _lacking(contract, found)
            return Suggestion(sheet, layout, contract, header.row, matches, addition, lacking, readable=True)
    return None


def _is_of_people(contract: Contract) -> bool:
    """Whether a row is about one person: a table of totals is never proposed for such a dataset."""
    return any(contract.columns[name].personal for name in contract.key)


def _register(sheet: RawSheet, candidates: Sequence[Header], recogniser: Recogniser) -> Suggestion | None:
    """The sheet as a register under other headers, where its cells make it one and the headers added make it read."""
    contract = recogniser.contracts[REGISTER]
    layout = next(layout for layout in reversed(recogniser.layouts) if layout.dataset == REGISTER)
    for header in candidates:
        matches = register_columns(sheet, header, contract)
        added = {match.column: [match.header] for match in matches if match.likeness == "content"}
        found = _recognised(sheet, recogniser, recogniser.layouts, _spelt(contract, added)) if added else None
        if isinstance(found, Recognised) and found.contract.dataset == REGISTER:
            addition = {"extends": REGISTER, **_spelling(added)}
            return Suggestion(sheet, layout, contract, header.row, matches, addition, (), readable=True)
    return None


def _spelt(contract: Contract, added: Mapping[str, list[str]]) -> Contract:
    """The contract where columns have more spellings."""
    columns = {
        name: column.model_copy(update={"headers": [*column.headers, *added.get(name, [])]})
        for name, column in contract.columns.items()
    }
    return contract.model_copy(update={"columns": columns})


def _spelling(added: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"columns": {name: {"headers": texts} for name, texts in added.items()}}


def _recognised(sheet: RawSheet, recogniser: Recogniser, layouts: Sequence[Layout], contract: Contract) -> object:
    return Recogniser(layouts, {**recogniser.contracts, contract.dataset: contract}).recognise(sheet)


def _needed(layout: Layout, contract: Contract, header: Header) -> list[tuple[str, float]]:
    """For each header that the layout is recognised by, the header most like it and how alike."""
    names = names_of(header)
    return [best_like(names, sorted(required_spellings(layout, contract, text))) for text in layout.recognise.headers]


def _lacking(contract: Contract, found: Recognised | None) -> tuple[str, ...]:
    told = set(facts_of(found)) | {name for name, where in found.columns.items() if where} if found else set()
    return tuple(
        column.title
        for name, column in contract.columns.items()
        if column.required and column.default is None and name not in told
    )
