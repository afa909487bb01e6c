"""Facts: what an indicator counts in a list, asked of an organisation as a number instead.

A list that no information system exports (its contract has ``facts``) may be answered by numbers: how many rows, people
or hours it would hold that satisfy a condition. Such a number is a *fact*. It follows from the definitions, so that a
definition that changes changes what is asked; two indicators that count the same share one fact. A figure over such
lists has other sources made of facts: one with each of its sides replaced that can be, in order of preference after the
list itself.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from quality_cli.catalogue.figures import Count, Figure, question_of
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.rounds import is_of_rounds
from quality_cli.core.strata import Stratum
from quality_cli.core.truth import truth
from quality_cli.core.where import (
    TRUE,
    AllOf,
    AlsoIn,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    Scalar,
    all_of,
    columns_of,
    walk,
)
from quality_cli.datasets.contracts.contract import REGISTER, Contract, FactTitle

QUESTION, ROUND, NUMBER = "question", "round", "number"
"""Columns of the dataset of answers by which figures read facts."""

UNDIVIDED = "numbers"
"""The dataset of the same answers without strata: what is the same in every stratum of a figure."""

TOP, BASE = "числитель", "знаменатель"
_OFFICE = "муниципалитет"
SOURCE = "числа из форм"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that stands for rows of ``dataset``: how many there are where ``count.where``, or what it counts in
    them. ``figure`` is the first that uses it, ``within`` the fact it is a part of, ``round`` the round it is asked in,
    ``stratum`` what the answer says in the columns of strata."""

    id: str
    count: Count
    figure: Figure
    round: str = ""
    stratum: Stratum = ()
    within: str = ""

    @property
    def dataset(self) -> str:
        """The list that it stands for."""
        return self.count.dataset


FactSource: TypeAlias = tuple[Figure, tuple[frozenset[str], ...]]
"""A figure by facts, and for each of its sides that is made of them their ids."""


def is_by_numbers(rows: Condition, contract: Contract) -> bool:
    """Whether all these rows of a list are of those that are only asked for as numbers."""
    if contract.by_numbers is None:
        return False
    return all(any(_within(own, item) for own in _items(rows)) for item in _items(contract.by_numbers))


def _within(own: Condition, other: Condition) -> bool:
    """Whether one condition on a column leaves nothing that the other does not."""
    match own, other:
        case (Compare(one, "eq", value), OneOf(two, values)):
            return one == two and value in values
        case (OneOf(one, some), OneOf(two, values)):
            return one == two and set(some) <= set(values)
        case _:
            return own == other


def facts_among(questions: Iterable[str]) -> frozenset[str]:
    """Those of the questions that ask for facts."""
    return frozenset(name for name in questions if f":{TOP}" in name or f":{BASE}" in name)


def with_answers(
    figures: Sequence[Figure], contracts: Mapping[str, Contract], answered: frozenset[str], supplied: Collection[str]
) -> Sequence[Figure]:
    """The figures with those sources made of facts that any of the ``answered`` facts are in and whose datasets are
    ``supplied``."""
    if not answered:
        return figures
    facts = Facts.of(figures, contracts)
    return [facts.with_answers(figure, answered, supplied) for figure in figures]


@dataclass(slots=True)
class Facts:
    """Collects facts of figures in their order; the same fact of several figures is one.

    ``found`` are the facts by id, ``used`` the figures of each. ``sources``
    are the figures as facts make them.
    """

    contracts: Mapping[str, Contract]
    sources: dict[Figure, tuple[FactSource, ...]] = field(default_factory=dict)
    found: dict[str, Fact] = field(default_factory=dict)
    used: dict[str, list[Figure]] = field(default_factory=dict)
    _known: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, figures: Iterable[Figure], contracts: Mapping[str, Contract]) -> "Facts":
        """The facts of figures."""
        facts = cls(contracts)
        for figure in figures:
            facts.sources[figure] = tuple(facts._sources(figure))
        return facts

    def with_answers(self, figure: Figure, answered: frozenset[str], supplied: Collection[str]) -> Figure:
        """The figure with those sources made of facts that have any answers, and tables for what is not made of them,
        after those that it has already."""
        speaking = tuple(
            own
            for own, sides in self.sources.get(figure, ())
            if all(side & answered for side in sides) and all(dataset in supplied for dataset in own.datasets)
        )
        return replace(figure, other_sources=(*figure.other_sources, *speaking)) if speaking else figure

    def _sources(self, figure: Figure) -> Iterator[FactSource]:
        sides = _sides(figure)
        lists = [name for name, side in sides.items() if self._adds_up_over_organisations(side)]
        told_by_top = figure.factor is None  # a number or a flag
        if (
            not lists
            or (told_by_top and TOP not in lists)
            or not set(figure.by) <= self.contracts[ANSWERS].columns.keys()
        ):
            return
        together = figure.inside and (figure.factor is not None or figure.measure == "flag")
        chosen = [lists] if together else [[TOP]] if told_by_top else [[TOP], [BASE], [BASE, TOP]]
        margins = [None] if self._adds_up(figure, sides.values()) else _margins(figure.by)
        for asked in chosen:
            if set(asked) <= set(lists):
                yield from (self._source(figure, sides, asked, margin) for margin in margins)

    def _adds_up_over_organisations(self, count: Count) -> bool:
        """Whether numbers may stand for a list: not where organisations have values in common (a network programme),
        which only the list of all tells. A person is taken to belong to one."""
        contract = self.contracts[count.dataset]
        own = (name == contract.organisation or contract.columns[name].personal for name in count.columns)
        return contract.facts is not None and (count.kind != "distinct" or all(own) or self._is_of_rows(count))

    def _adds_up(self, figure: Figure, sides: Iterable[Count]) -> bool:
        """Whether numbers of strata make up their total: rows and sums do, distinct values where a row is one."""
        split = (side for side in sides if set(figure.by) & self.contracts[side.dataset].columns.keys())
        return not figure.by or all(map(self._is_of_rows, split))

    def _is_of_rows(self, count: Count) -> bool:
        contract = self.contracts[count.dataset]
        year = contract.period.column if contract.period else None
        known = {contract.organisation, year, contract.round, *count.columns}
        return count.kind != "distinct" or (bool(contract.key) and set(contract.key) <= known)

    def _source(
        self,
        figure: Figure,
        sides: Mapping[str, Count],
        asked: Sequence[str],
        margin: tuple[str, ...] | None,
    ) -> FactSource:
        """The figure with some of its sides made of facts, which tells of a margin only where they do not add up."""
        by = figure.by if margin is None else margin
        made = {name: self._asked_for(figure, name, sides, by) for name in asked}
        every = tuple((fact, self._is_of_office(fact.count)) for facts, _ in made.values() for fact in facts)

        def answered(count: Count, of_office: bool) -> Condition:
            """Who answers is one and the same, but for what the office says of all."""
            own = self.contracts[count.dataset].organisation or "id"
            here = _questions(count) if count.dataset in (ANSWERS, UNDIVIDED) else ()
            others = (fact for fact, theirs in every if theirs == of_office and fact.id not in here)
            return all_of(*(_answered(fact, own) for fact in others))

        def side(name: str) -> Count:
            count = made[name][1] if name in made else sides[name]
            judged = _judged(made[TOP][1]) if name == BASE and figure.inside and TOP in made else TRUE
            return replace(count, where=all_of(count.where, judged, answered(count, self._is_of_office(sides[name]))))

        top = side(TOP)
        base = _answers(top) if figure.factor is None and BASE not in made else side(BASE)
        tables = [own for own in dict.fromkeys((base, top)) if own.dataset not in (ANSWERS, UNDIVIDED, REGISTER)]
        made_of_facts = replace(
            figure,
            population=base.dataset,
            denominator=base,
            numerator=top,
            exclude=None,
            inside=False,
            margin=margin,
            rounds="",
            source=" и ".join([SOURCE, *(f"таблица «{self.contracts[own.dataset].title}»" for own in tables)]),
            other_sources=(),
        )
        return made_of_facts, tuple(frozenset(fact.id for fact in facts) for facts, _ in made.values())

    def _is_of_office(self, count: Count) -> bool:
        """Whether the education office alone reports the rows."""
        contract = self.contracts[count.dataset]
        owed = [
            own
            for own in contract.reports or ()
            if all(set(_values(name, count.where, contract)) & {str(word) for word in words}
                   for name, words in own.each.items() if contract.columns[name].values)
        ]  # fmt: skip
        return bool(owed) and all(own.by == "office" or _kinds(own.who) == {_OFFICE} for own in owed)

    def _asked_for(
        self, figure: Figure, name: str, sides: Mapping[str, Count], by: tuple[str, ...]
    ) -> tuple[tuple[Fact, ...], Count]:
        """The facts of one side of a figure, one for each stratum by some stratifiers, and what is counted of their
        answers."""
        count = sides[name]
        contract = self.contracts[count.dataset]
        rows, of_units, in_round = self._split(figure, count, name)
        of_organisations = count.kind == "distinct" and set(count.columns) == {contract.organisation}
        plain = of_organisations or (count.kind == "distinct" and self._is_of_rows(count))
        of_rows = Count(count.dataset, rows) if plain else replace(count, where=rows)
        of_whole = name == TOP and figure.inside and figure.factor is not None and not of_organisations
        whole = self._asked_for(figure, BASE, sides, by)[0] if of_whole else ()
        facts = tuple(
            self._fact(figure, name, replace(of_rows, where=within), stratum, in_round, whole)
            for stratum, within in _strata(by, of_rows, contract)
        )
        among = OneOf(QUESTION, tuple(fact.id for fact in facts))
        where = all_of(among if len(facts) > 1 else Compare(QUESTION, "eq", facts[0].id), _in_round(in_round), of_units)
        divided = set(figure.by) & contract.columns.keys()
        dataset = UNDIVIDED if figure.by and not divided else ANSWERS
        if of_organisations:
            some = all_of(where, Compare(NUMBER, "ge", 1))
            return facts, Count(dataset, some, "distinct", (self.contracts[ANSWERS].organisation or "",))
        return facts, Count(dataset, where, "sum", (NUMBER,))

    def _split(self, figure: Figure, count: Count, side: str) -> tuple[Condition, Condition, str]:
        """A condition over rows of a list in three: what chooses rows, what chooses organisations (over answers), and
        the round."""
        contract = self.contracts[count.dataset]
        rows, units, in_round = [], [], ""
        for item in _items(count.where):
            if contract.round and is_of_rounds(item, contract):
                in_round = next((str(node.value) for node in walk(item) if isinstance(node, Compare)), in_round)
            elif isinstance(item, AlsoIn) and (moved := self._of_units(figure, item, contract, side)) is not None:
                units.append(moved)
            else:
                rows.append(item)
        return canonical(all_of(*rows)), all_of(*units), in_round

    def _of_units(self, figure: Figure, item: AlsoIn, contract: Contract, side: str) -> Condition | None:
        """What a condition asks of the organisation alone, over a row of answers; None where it asks of the row."""
        year = contract.period.column if contract.period else None
        names = {contract.organisation: self.contracts[ANSWERS].organisation or "", year: "year"}
        if not set(item.own) <= names.keys():
            return None
        on = tuple((names[own], theirs) for own, theirs in item.on)
        other = self.contracts[item.dataset]
        if other.facts is None:
            return replace(item, on=on)
        wanted = item.where if item.among is None else all_of(item.among, item.where)
        rows, units, in_round = self._split(figure, Count(item.dataset, wanted), side)
        fact = self._fact(figure, f"{side}: {other.title}", Count(item.dataset, rows), (), in_round, ())
        asked = all_of(Compare(QUESTION, "eq", fact.id), _in_round(in_round), units)
        own_org = self.contracts[ANSWERS].organisation or ""
        return AlsoIn(ANSWERS, ((own_org, own_org),), Compare(NUMBER, "ge", 1), among=asked)

    def _fact(
        self, figure: Figure, side: str, count: Count, stratum: Stratum, in_round: str, whole: Sequence[Fact]
    ) -> Fact:
        name = ", ".join([f"{question_of(figure.indicator, figure.part)}:{side}", *(str(word) for _, word in stratum)])
        key = (count.dataset, count.what, count.where, in_round)
        known = self._known.setdefault(key, name)
        same = (own for own in whole if own.stratum in ((), stratum) and own.count.what == count.what)
        within = next((own.id for own in same if own.id != known), "")
        if known not in self.found:
            self.found[known] = Fact(known, count, figure, in_round, stratum, within)
        else:
            fact = self.found[known]
            self.found[known] = replace(fact, within=fact.within or within, stratum=fact.stratum or stratum)
        using = self.used.setdefault(known, [])
        if figure not in using:
            using.append(figure)
        return self.found[known]


def _sides(figure: Figure) -> dict[str, Count]:
    """Numerator and denominator as counts of their own: rows that are excluded are in neither."""
    out = TRUE if figure.exclude is None else Not(figure.exclude)
    base, top = figure.denominator, figure.numerator
    base = replace(base, where=all_of(base.where, out)) if base.dataset == figure.population else base
    # Of whom one of two values that are compared is not known is in no part of the whole.
    compared = [
        node.value.column for node in walk(top.where) if isinstance(node, Compare) and isinstance(node.value, ColumnRef)
    ]
    if figure.inside:
        base = replace(base, where=all_of(base.where, *(Known(name, True) for name in dict.fromkeys(compared))))
    return {BASE: base, TOP: replace(top, where=all_of(base.where, top.where)) if figure.inside else top}


def _items(condition: Condition) -> Sequence[Condition]:
    return condition.items if isinstance(condition, AllOf) else (condition,)


def _kinds(who: Condition | None) -> set[Scalar]:
    """The kinds of organisations that a condition over the register names."""
    found: set[Scalar] = set()
    for node in walk(who) if who is not None else ():
        match node:
            case Compare("kind", "eq", value) if not isinstance(value, ColumnRef):
                found.add(value)
            case OneOf("kind", values):
                found.update(values)
    return found


def _order(value: Scalar) -> tuple[bool, Scalar]:
    return isinstance(value, str), value


def canonical(condition: Condition) -> Condition:
    """The same «and», however it was put together: definitions that mean the same ask for one fact."""
    ordered = [replace(item, values=tuple(sorted(item.values, key=_order))) if isinstance(item, OneOf) else item
               for item in _items(condition)]  # fmt: skip
    known = {name for item in ordered for name in columns_of(item) if not isinstance(item, Known | Not | AlsoIn)}
    kept = [
        item for item in dict.fromkeys(ordered) if not (isinstance(item, Known) and item.known and item.column in known)
    ]
    return all_of(*sorted(kept, key=repr))


def title_of(fact: Fact, told: FactTitle) -> str:
    """A title of a list with the words of the fact's stratum put into it, if it is meant for it."""
    counted = told.sum is None and told.distinct in (None, *fact.count.columns)
    if not ((told.sum,) == fact.count.columns if fact.count.kind == "sum" else counted):
        return ""
    stratum = tuple(pair for pair in fact.stratum if f"{{{pair[0]}}}" in told.title)
    within = (Compare(name, "eq", word) for name, word in stratum)
    if canonical(all_of(told.where, *within)) != canonical(fact.count.where):
        return ""
    words = told.title
    for name, word in stratum:
        words = words.replace(f"{{{name}}}", str(word))
    return "" if "{" in words else words[0].upper() + words[1:]


def _strata(by: Sequence[str], count: Count, contract: Contract) -> Iterator[tuple[Stratum, Condition]]:
    """The strata of a side, each with the condition of its rows; a table without the columns has one. Of several
    stratifiers together only those are asked for that are reports of their own: the rest would be mostly zeros."""
    own = [name for name in by if name in contract.columns]
    rest = [item for item in _items(count.where) if not columns_of(item) <= set(own)]
    allowed = [_values(name, count.where, contract) for name in own]
    for words in product(*allowed):
        stratum = tuple(zip(own, words, strict=True))
        if _may_hold(count.where, stratum) and (
            len(own) < 2 or any(_is_report(stratum, obligation.each) for obligation in contract.obligations)
        ):
            yield stratum, canonical(all_of(*rest, *(Compare(name, "eq", word) for name, word in stratum)))


def _values(name: str, where: Condition, contract: Contract) -> Sequence[str]:
    """What a condition leaves of the values of a column."""
    values: Sequence[str] = tuple(contract.columns[name].values)
    for item in _items(where):
        match item:
            case Compare(column, "eq", value) if column == name:
                values = [word for word in values if word == value]
            case OneOf(column, some) if column == name:
                values = [word for word in values if word in some]
    return values


def _margins(by: tuple[str, ...]) -> list[tuple[str, ...] | None]:
    """All by which a figure is broken down: its total, each stratifier alone, all of them together."""
    return list(dict.fromkeys([by, (), *((name,) for name in by)]))


def _may_hold(where: Condition, stratum: Stratum) -> bool:
    """Whether the condition leaves any rows to a stratum: «школьный этап ВсОШ» is none of a figure from the next on."""
    plain = (item for item in _items(where) if not any(isinstance(node, Known | AlsoIn) for node in walk(item)))
    return all(truth(item, dict(stratum).get) is not False for item in plain)


def _is_report(stratum: Stratum, each: Mapping[str, Sequence[Scalar]]) -> bool:
    return all(word in each.get(name, ()) for name, word in stratum)


def _in_round(name: str) -> Condition:
    """Rows of answers of the year itself, or of a round."""
    return all_of(Known(ROUND, True), Compare(ROUND, "eq", name)) if name else Known(ROUND, False)


def _questions(count: Count) -> set[str]:
    """The questions whose answers are counted."""
    found: set[str] = set()
    for item in _items(count.where):
        match item:
            case Compare(column, "eq", value) if column == QUESTION:
                found.add(str(value))
            case OneOf(column, values) if column == QUESTION:
                found.update(map(str, values))
    return found


def _answers(count: Count) -> Count:
    """The answers themselves whose numbers are counted."""
    rows = (item for item in _items(count.where) if columns_of(item) != {NUMBER})
    return Count(ANSWERS, all_of(*rows, Known(NUMBER, True)))


def _judged(count: Count) -> Condition:
    """That what a count asks of organisations is known: of whom it is not is in no part of the whole."""
    asked = (item for item in _items(count.where) if isinstance(item, AlsoIn) and item.among is not None)
    return all_of(
        *(
            AlsoIn(
                item.dataset,
                item.on,
                all_of(item.among or TRUE, *(Known(name, True) for name in columns_of(item.where))),
            )
            for item in asked
        )
    )


def _answered(fact: Fact, own: str) -> AlsoIn:
    """That the organisation of a row has answered: of whom only one of two numbers came nothing can be told."""
    asked = all_of(Compare(QUESTION, "eq", fact.id), _in_round(fact.round), Known(NUMBER, True))
    return AlsoIn(ANSWERS, ((own, "org"),), asked)
