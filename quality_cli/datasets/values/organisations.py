"""The register of organisations as a tree, and recognition of an organisation by what an export calls it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from quality_cli.core.findings import Findings
from quality_cli.core.ids import closest
from quality_cli.core.organisations import LEVEL_OF_KIND, Level, OrgTree, Unit
from quality_cli.core.periods import Period, is_day
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.tables.provenance import Trace

LOGIN = re.compile(r"(?<![a-z0-9])(?:sch|edu|ksh)(\d{6})(?!\d)", re.IGNORECASE)
"""A login of an organisation in a text; its digits stay when the letters change."""

_WRITTEN_ALIKE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(expression), short)
    for expression, short in (
        (r"\bд/с\b", "дс"),
        (r"[^\w№#]+", " "),
        (r"(?<=[^\W\d_])(?=\d)", " "),
        (r"(?:№|#|\bno?\b) ?0*(?=\d)", " "),
        (r"\b(?:средняя|основная|начальная)(?: общеобразовательная)? школа\b|\bсш\b", lambda kind: f"{kind[0][0]}ош"),
        (r"\bдетский сад\b|\bдетсад\b|\bдошкольное образовательное учреждение\b|\b[мкг]?[бка]?доу\b", "дс"),
        (r"\bимени\b", "им"),
    )
)
"""On the left what may be written, on the right how it is compared."""
_LEGAL_FORM = re.compile(
    r"\b(?:(?:муниципальн|бюджетн|казенн|автономн|государственн|краев|областн|общеобразовательн|образовательн)\w+"
    r"|учреждение|организация|дополнительного образования|[мкг]{0,2}[бка]?оу|[мкг]?[бка]у|[мкг]?[бка]?удо|до)\b"
)
"""Every file has its own opinion of it."""
_ALIKE = 3
"""How many organisations with a similar name are told."""
_NEARLY = 0.75
"""How alike the letters of two names are for one to be told in place of the other."""


@dataclass(frozen=True, slots=True)
class Match:
    """An organisation found by an export's cell, with the login it was found by; or what it might have been.

    ``rival``: what of the cells points at somebody else, in words; then nobody is found.
    """

    unit_id: str | None
    login: str | None = None
    candidates: tuple[str, ...] = ()
    rival: str = ""


def build_tree(rows: Sequence[Mapping[str, Any]], findings: Findings, trace: Trace | None = None) -> OrgTree:
    """Make the tree from the rows of the register; what is wrong with them is a finding, at the cell where there is a
    ``trace``."""
    units: dict[str, Unit] = {}
    written: dict[str, Mapping[str, Any]] = {}
    trace = trace or Trace(())

    def tell(code: str, unit: Unit, column: str, message: str, hint: str) -> None:
        findings.error(code, message, trace.place(REGISTER, written[unit.id], column), hint)

    for row in rows:
        unit = _unit(row)
        if unit.id in units:
            at = trace.place(REGISTER, row, "id")
            findings.error("register.duplicate", f"в реестре повторён код «{unit.id}»", at, "оставьте одну строку")
            continue
        units[unit.id], written[unit.id] = unit, row
    for unit in list(units.values()):
        # A prepared register is read as it is: a day in another form would be compared as a word.
        for column, title, day in (("opened", "Открыта", unit.opened), ("closed", "Закрыта", unit.closed)):
            if day and not is_day(day):
                message = f"столбец «{title}»: у «{unit.name}» не понять дату, она не учтена"
                tell("cell.value", unit, column, message, "пишите год, месяц и день: 2026-09-01")
        opened, closed = (day if is_day(day) else "" for day in (unit.opened, unit.closed))
        units[unit.id] = replace(unit, opened=opened, closed=closed)
    for unit, message in _shared_logins(units):
        tell("register.login", unit, "logins", message, "оставьте логин одной организации")
    for unit, message in _shared_names(units):
        hint = "уберите прежнее название; если это присоединённая организация, оставьте её строку с датой закрытия"
        tell("register.name", unit, "former_names", message, hint)
    for unit, message in _lost(units):
        hint = "укажите в столбце «Вышестоящая» код муниципалитета (у муниципалитета — региона)"
        tell("register.parent", unit, "parent", message, hint)
    placed = {unit.id: unit for unit in units.values() if _reaches_top(unit, units)}
    wrong = list(_wrong_successors(placed))
    for unit, message, hint in wrong:
        tell("register.successor", unit, "successor", message, hint)
    return OrgTree({**placed, **{unit.id: replace(unit, successor="") for unit, _, _ in wrong}}.values())


def _lost(units: Mapping[str, Unit]) -> Iterator[tuple[Unit, str]]:
    without_region = not any(unit.level is Level.REGION for unit in units.values())
    for unit in units.values():
        if without_region and unit.level is Level.MUNICIPALITY and not unit.parent:
            continue
        if unit.kind != "регион" and unit.parent not in units:
            yield unit, f"у «{unit.name}» нет вышестоящей строки «{quoted(unit.parent, frozenset())}»"
        elif not _reaches_top(unit, units):
            yield unit, f"вышестоящие «{unit.name}» не ведут к муниципалитету"


def _shared_logins(units: Mapping[str, Unit]) -> Iterator[tuple[Unit, str]]:
    owner: dict[str, Unit] = {}
    for unit in units.values():
        for login in unit.logins:
            other = owner.setdefault(login[3:], unit)
            if other is not unit:
                yield unit, f"логин {login} стоит и у «{other.name}», и у «{unit.name}»: по нему никого не узнать"


def _shared_names(units: Mapping[str, Unit]) -> Iterator[tuple[Unit, str]]:
    """Former names by which somebody else is called, too."""
    called: dict[str, dict[str, Unit]] = defaultdict(dict)
    for unit in units.values():
        for name in _names(unit):
            called[name][unit.id] = unit
    for unit in units.values():
        for name in unit.former_names:
            for other in called.get(simplified(name), {}).values():
                if other is not unit:
                    both = f"и у «{unit.name}», и у «{other.name}»"
                    yield unit, f"прежнее название «{name}» стоит {both}: по нему никого не узнать"


def _wrong_successors(units: Mapping[str, Unit]) -> Iterator[tuple[Unit, str, str]]:
    """What is wrong with the successor of a unit, and what to do."""
    for unit in units.values():
        if not unit.successor:
            continue
        other = units.get(unit.successor)
        if other is None:
            known = closest(unit.successor, units)
            message = f"правопреемника «{quoted(unit.successor, frozenset())}» у «{unit.name}» нет в реестре{known}"
            yield unit, message, "укажите код строки реестра (столбец «Код»)"
        elif unit.id in _successors(unit, units):
            message = f"правопреемники «{unit.name}» ведут к ней же самой"
            yield unit, message, "укажите организацию, которая работает дальше"
        elif {unit.level, other.level} != {Level.ORGANISATION}:
            message = f"правопреемником бывает организация у организации, а «{unit.name}» — {unit.kind}"
            message += f", «{other.name}» — {other.kind}"
            yield unit, message, "укажите код организации, к которой эта присоединена, или очистите ячейку"
        elif not unit.closed:
            message = f"у «{unit.name}» есть правопреемник, а даты закрытия нет: она считается действующей"
            yield unit, message, "впишите дату в столбец «Закрыта» или очистите «Правопреемник»"


def _successors(unit: Unit, units: Mapping[str, Unit]) -> set[str]:
    """The ids of those that succeed a unit, one after another; a circle is walked once."""
    found: set[str] = set()
    current: Unit | None = unit
    while current is not None and current.successor not in found:
        found.add(current.successor)
        current = units.get(current.successor)
    return found


def _unit(row: Mapping[str, Any]) -> Unit:
    def text(name: str) -> str:
        return str(row.get(name) or "")

    def several(name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, text(name).split(";"))))

    return Unit(
        id=text("id"),
        name=text("name"),
        full_name=text("full_name") or text("name"),
        kind=text("kind"),
        parent=text("parent"),
        genitive=text("genitive"),
        prepositional=text("prepositional"),
        logins=tuple(match.group(0).lower() for match in LOGIN.finditer(text("logins"))),
        aliases=several("aliases"),
        former_names=several("former_names"),
        opened=text("opened"),
        closed=text("closed"),
        successor=text("successor"),
    )


def _reaches_top(unit: Unit, units: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    while unit.kind not in LEVEL_OF_KIND:
        if unit.parent not in units or unit.id in seen:
            return False
        seen.add(unit.id)
        unit = units[unit.parent]
    return True


def absence(unit: Unit, year: int) -> tuple[str, str, str]:
    """Of a unit that does not exist in a school year, a code, what is told and what to do."""
    told, hint = f"«{unit.name}» в {Period(year)} учебном году", "исправьте год, организацию или дату в реестре"
    if unit.is_to_open(year):
        return "org.not_opened", f"{told} ещё не открыта", hint
    return "org.closed", f"{told} уже закрыта", f"{hint}; если она присоединена, впишите туда правопреемника"


class OrgMatcher:
    """Finds the organisation a cell names: by login, by code, by name; never by guess."""

    def __init__(self, tree: OrgTree) -> None:
        self._tree = tree
        self._by_digits: dict[str, dict[str, str]] = defaultdict(dict)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for unit in tree:
            for login in unit.logins:
                self._by_digits[login[3:]].setdefault(unit.id, login)
            for name in _names(unit):
                self._by_name[name].add(unit.id)
        self._by_code = {normalise(unit.id): unit.id for unit in tree}
        self._above = {unit.parent for unit in tree}
        above = [
            (simplified(name), unit.id)
            for unit in tree
            if unit.level is not Level.ORGANISATION
            for name in (unit.name, unit.full_name, unit.genitive)
        ]
        self._places = [(frozenset(name.split()), unit_id) for name, unit_id in dict.fromkeys(above) if name]
        self._known: dict[tuple[str, ...], Match] = {}

    def find(self, cells: tuple[str, ...]) -> Match:
        """The organisation that the cells of one row name, the first telling cell deciding; nobody where another cell
        contradicts it."""
        if cells not in self._known:
            match = self._find(cells)
            rival = self._rival(match, cells)
            self._known[cells] = Match(None, None, match.candidates, rival) if rival else match
        return self._known[cells]

    def similar(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Names of organisations like the one that no organisation has, the most alike first: for a hint only."""
        told = [set(simplified(LOGIN.sub("", part)).split()) for cell in cells for part in (cell, *cell.split("|"))]
        shares: dict[str, float] = {}
        for name, units in self._by_name.items():
            words = set(name.split())
            for asked in filter(None, told):
                share = len(words & asked) / len(words | asked)
                if 2 * len(words & asked) >= len(asked) and _numbers(words) >= _numbers(asked):
                    shares |= {unit: max(share, shares.get(unit, 0)) for unit in units}
        shares = shares or self._misspelt(told, cells)
        ordered = sorted(shares, key=lambda unit: -shares[unit])
        return tuple(self._tree[unit].name for unit in ordered[:_ALIKE])

    def _misspelt(self, told: Sequence[set[str]], cells: Sequence[str]) -> dict[str, float]:
        """Units of a login one digit away, or of a name with the same numbers and nearly the same letters."""
        shares: dict[str, float] = {}
        for login in {found[1] for cell in cells for found in LOGIN.finditer(cell)}:
            for digits, units in self._by_digits.items():
                if sum(ours != theirs for ours, theirs in zip(digits, login, strict=True)) == 1:
                    shares |= dict.fromkeys(units, 1.0)
        for words in filter(None, told):
            asked, names = (
                " ".join(sorted(words)),
                [n for n in self._by_name if _numbers(set(n.split())) == _numbers(words)],
            )
            for name in get_close_matches(asked, names, _ALIKE, _NEARLY):
                shares |= dict.fromkeys(self._by_name[name], SequenceMatcher(None, asked, name).ratio())
        return shares

    @property
    def tree(self) -> OrgTree:
        """The register."""
        return self._tree

    def is_above(self, unit_id: str | None) -> bool:
        """Whether there are units below this one: its figures sum up theirs."""
        return unit_id in self._above

    def _find(self, cells: tuple[str, ...]) -> Match:
        candidates: list[str] = []
        for cell in cells:
            _, owners = self._by_login(cell)
            if len(owners) == 1:
                return Match(*next(iter(owners)))
            candidates += self._told({unit_id for unit_id, _ in owners})
            for units in self._named(cell):
                if len(units) == 1:
                    unit = self._tree[next(iter(units))]
                    return Match(unit.id, unit.logins[0] if len({login[3:] for login in unit.logins}) == 1 else None)
                candidates += self._told(units)
        return Match(None, None, tuple(dict.fromkeys(candidates)))

    def _told(self, units: Iterable[str]) -> list[str]:
        """Names of units; of those that are called alike with what they lie in."""
        found = [self._tree[unit_id] for unit_id in sorted(units)]
        names = [unit.name for unit in found]
        paths = [self._tree.path(unit.id)[1:2] for unit in found]
        return [
            f"{name} ({path[0].name})" if names.count(name) > 1 and path else name
            for name, path in zip(names, paths, strict=True)
        ]

    def _by_login(self, cell: str) -> tuple[str, set[tuple[str, str]]]:
        """The login in a cell («» where there is none), and whose it is: organisations, each with its spelling."""
        login = LOGIN.search(cell)
        return (login[0].lower(), set(self._by_digits.get(login[1], {}).items())) if login else ("", set())

    def _named(self, cell: str) -> Iterator[set[str]]:
        """The organisations that a cell, or a part of it between «|», may name by code or name."""
        for part in (cell, *cell.split("|")):
            code, name = self._by_code.get(normalise(part)), simplified(LOGIN.sub("", part))
            yield {code} if code else self._by_name.get(name) or self._named_with_place(name)

    def _named_with_place(self, name: str) -> set[str]:
        """The organisations that a name means which says where they are, too: «СОШ № 1 Озёрного района»."""
        words, found = set(name.split()), set[str]()
        for place, unit_id in self._places:
            if place < words:
                rest = self._by_name.get(" ".join(sorted(words - place)), set())
                found |= {unit for unit in rest if self._tree[unit_id] in self._tree.path(unit)[1:]}
        return found

    def _rival(self, match: Match, cells: tuple[str, ...]) -> str:
        """What else the cells tell of: another organisation (not one above or below), or a login of nobody's although
        the logins of the organisation found are known."""
        if match.unit_id is None:
            return ""
        own = self._tree[match.unit_id]
        for cell in cells:
            login, owners = self._by_login(cell)
            if login and not owners and own.logins:
                return f"логина {login} нет в реестре, а названа организация {own.name}"
            for units in ({unit_id for unit_id, _ in owners}, *self._named(cell)):
                other = self._tree[next(iter(units))] if len(units) == 1 else own
                if own not in self._tree.path(other.id) and other not in self._tree.path(own.id):
                    return f"названы разные организации: {own.name} и {other.name}"
        return ""


def _names(unit: Unit) -> set[str]:
    """Everything that a unit is or was called, as names are compared."""
    return set(map(simplified, (unit.name, unit.full_name, *unit.aliases, *unit.former_names))) - {""}


def simplified(name: str) -> str:
    """A name without its legal form, quotes, order of words and long forms, for comparison only."""
    text = normalise(name)
    for pattern, short in _WRITTEN_ALIKE:
        text = pattern.sub(short, text)
    words = set(_LEGAL_FORM.sub(" ", text).split())
    return " ".join(sorted(words if words > _numbers(words) else set(text.split())))


def _numbers(words: set[str]) -> set[str]:
    return set(filter(str.isdigit, words))
