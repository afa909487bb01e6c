"""Columns of datasets: their types, and how a column is filled where the export leaves it empty."""

import re
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

from pydantic import Field, model_validator

from quality_cli.core.conditions import Where
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, Scalar, columns_in_order
from quality_cli.core.yamlfile import Strict, wrong

ColumnType: TypeAlias = Literal[
    "organisation", "integer", "number", "flag", "year", "period", "date", "category", "text", "letter", "numbers"
]

Person: TypeAlias = Literal["pupil", "employee"]
"""Whom a personal column tells: children join children and employees join employees."""

Counted: TypeAlias = Literal[
    "children", "staff", "organisations", "documents", "works", "answers", "events", "people", "records"
]
"""What a number is a number of; ``answers``: to tasks of works; ``people``: parents and others; ``records``: the
contract says no more."""

YES, NO = "да", "нет"
"""The values of a flag, as its spellings are written beside them."""

OPEN = "…"
"""The end of a spelling that stands for every text that begins with it."""

NUMERIC: frozenset[ColumnType] = frozenset({"integer", "number", "flag", "year", "period"})
"""Kept as float64 with NaN for unknown; every other type is a categorical. ``numbers`` is a family of columns.

An ordered scale of words (levels) is an integer whose ``values`` spell each number; a ``year`` is a calendar year, a
``period`` a school year by its first calendar year: dates are understood in both. A ``letter`` is the one letter of a
cell («4А», «а(1)»), unknown where there is none or several. A ``date`` is a word in ISO form («2026-04-20»): so written
days compare as they follow each other."""


FAMILY_MAX, FAMILY_FILLED, FAMILY_HEADS = "max", "filled", "heads"
"""Members of a family of columns that tell of the others: the sum of the maxima that their headers state, whether
the row fills any of them (with a word for «not attempted», too), and what the headers of the row's sheet say
(:class:`Head`, as one text)."""

FAMILY_ABOUT = (FAMILY_MAX, FAMILY_FILLED, FAMILY_HEADS)

PLACE = re.compile(r"\{(\w+)\}")


def places_in(text: str) -> list[str]:
    """Names of the {column} places of a text."""
    return PLACE.findall(text)


class Head(NamedTuple):
    """What stands above a column of a family: its label, its greatest value and its mark, as they are written."""

    label: str
    top: str = ""
    mark: str = ""

    @classmethod
    def told(cls, text: str) -> "list[Head]":
        """The heads of a sheet from their text."""
        return [cls(*line.split("\t")) for line in text.split("\n")]

    def __str__(self) -> str:
        return "\t".join(" ".join(part.split()) for part in self)


class ScaleLookup(Strict):
    """A value found by thresholds: the last threshold column whose number the score reaches; or the ``distance``, the
    score less the nearest threshold (of two as near the lower)."""

    dataset: str
    match: list[str]
    score: str
    lowest: int
    thresholds: dict[str, int]
    gives: Literal["mark", "distance"] = "mark"


class WordMap(Strict):
    """A word found by the word of another column of the same row."""

    column: str
    words: dict[str, str]


class EarlierValue(Strict):
    """A value of an earlier row of a dataset with the same keys: the same child's former result.

    ``match`` maps own columns to columns of ``dataset``; of several earlier school years the latest counts, of several
    rows of that year the greatest value. Where fewer than ``least_found`` per cent of the rows find one, what is made
    of those that do is not whole.
    """

    dataset: str
    match: dict[str, str]
    value: str
    least_found: int = Field(default=0, ge=0, le=100)


class ShareOf(Strict):
    """A count told only as a share: ``share`` per cent of the number in the column ``of``, rounded to a whole."""

    share: str
    of: str


_WAYS = (
    *("where", "scale", "sum_of", "difference", "max_of", "filled_of", "share_of", "map", "earlier"),
    *("since_main", "latest_round", "text", "percent"),
)


class Derivation(Strict):
    """How a column is filled where the export leaves it empty; exactly one way.

    ``max_of`` is the greatest sum that a family of columns allows by the maxima in its headers, ``filled_of`` whether
    the row fills any of them; both are unknown where the table has no such columns.
    ``difference`` is the first of two columns of the row less the second: a paired change, unknown where either is.
    ``since_main``, in a row of a round: the column less what stands there in the row of the year itself, that of the
    same key but for the round. ``latest_round``: whether the row is of the last round that its school year has for the
    same values of these columns; a value that is unknown tells nothing.
    ``percent``: the first of two columns of the row in per cent of the second, unknown where that is 0.
    ``text``: a word made of other cells of the row, by a text with {column} places; unknown where one of them is.
    With ``verify`` a given value is compared with what the rule gives: it stays, a difference is a finding.
    """

    where: Where | None = None
    scale: ScaleLookup | None = None
    sum_of: str | list[str] | None = None
    difference: list[str] | None = Field(default=None, min_length=2, max_length=2)
    max_of: str | None = None
    filled_of: str | None = None
    share_of: ShareOf | None = None
    map: WordMap | None = None
    earlier: EarlierValue | None = None
    since_main: str | None = None
    latest_round: list[str] | None = Field(default=None, min_length=1)
    text: str | None = None
    percent: list[str] | None = Field(default=None, min_length=2, max_length=2)
    only: Where = Field(default=TRUE)
    verify: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Derivation":
        if sum(getattr(self, way) is not None for way in _WAYS) != 1:
            known = f"{', '.join(_WAYS[:-1])} или {_WAYS[-1]}"
            raise ValueError(f"у «derive» должен быть ровно один способ: {known}")
        return self

    @property
    def gives_numbers(self) -> bool:
        """Whether the way gives numbers or flags: a word or a former value may be anything."""
        return self.map is None and self.earlier is None and self.text is None

    @property
    def summed(self) -> list[str]:
        """Columns (or the one family) that are added up."""
        return [self.sum_of] if isinstance(self.sum_of, str) else list(self.sum_of or ())

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the row (not families of them) that the rule looks at, each once."""
        found = [*columns_in_order(self.only), *self.summed, *(self.difference or ()), *(self.percent or ())]
        if self.where is not None:
            found += columns_in_order(self.where)
        if self.scale is not None:
            found += [*self.scale.match, self.scale.score]
        if self.share_of is not None:
            found += [self.share_of.share, self.share_of.of]
        if self.map is not None:
            found.append(self.map.column)
        if self.earlier is not None:
            found += self.earlier.match
        found += [self.since_main] if self.since_main else self.latest_round or ()
        found += places_in(self.text or "")
        return tuple(dict.fromkeys(found))


class Column(Strict):
    """A column: its title is the header of our own table; ``headers`` are spellings in real exports.

    ``values_of: vpr.subject`` takes the values of another column, so that both understand the same spellings.
    Cells of a ``personal`` column tell a person: whatever stands there, a pseudonym is kept in its place. A table may
    come without an ``optional`` column and lose nothing by it; of any other that figures rest on it is told.
    A flag may have ``values``, too, spellings of «да» and «нет»; those of every flag are in
    :mod:`quality_cli.datasets.contracts.words`. A number may be ``spelled`` as a grade
    («8-й класс», «VIII») or even as one class of it («8А»): not where the numbers of a grade stand in one row. A text
    that is ``spelled`` as a class stays as it is and tells namesakes apart.
    With ``several`` a cell holds any number of values, kept with :data:`~quality_cli.core.where.BETWEEN` between them.
    """

    title: str
    type: ColumnType
    headers: list[str] = []
    required: bool = False
    personal: Person | None = None
    counted: Counted | None = None
    values: dict[str, list[str]] = {}
    values_of: str = ""
    spelled: Literal["grade", "class"] | None = None
    missing: list[str] = []
    min: float | None = None
    max: float | None = None
    default: Scalar | None = None
    derive: Derivation | None = None
    optional: bool = False
    several: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _person_is_text(self) -> "Column":
        if self.personal and (self.type != "text" or self.values or self.derive or self.default is not None):
            raise ValueError("столбец с ключом «personal» — текст: без values, default и derive")
        return self

    @model_validator(mode="after")
    def _values_are_sound(self) -> "Column":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise wrong(f"наименьшее значение (min: {self.min:g}) больше наибольшего (max: {self.max:g})", "min")
        if self.type == "category" and not self.values and not self.values_of:
            raise wrong("у столбца category перечисляют значения: values: {значение: [написания]}", "type")
        if self.type == "flag" and (strange := [word for word in self.values if word not in (YES, NO)]):
            raise wrong(f"у столбца flag бывают только «{YES}» и «{NO}», а здесь «{strange[0]}»", "values")
        if self.spelled and self.type != "integer" and (self.spelled, self.type) != ("class", "text"):
            raise wrong("классом («8 класс», «8А») пишут целое число: type: integer, а с буквой — и текст", "spelled")
        if self.type == "category" and self.values and self.default is not None and self.default not in self.values:
            raise wrong(f"значения «{self.default}» нет в values{closest(self.default, self.values)}", "default")
        meant: dict[str, str] = {}
        for value, words in self.values.items():
            for word in (value, *words):
                if meant.setdefault(word.casefold(), value) != value:
                    raise wrong(f"написание «{word}» — и у «{meant[word.casefold()]}», и у «{value}»", "values", value)
        return self

    @model_validator(mode="after")
    def _several_words(self) -> "Column":
        if not self.several:
            return self
        if self.type not in ("category", "text") or self.personal:
            raise ValueError("«several» (несколько значений в ячейке) бывает у столбцов category и text без personal")
        spellings = [word for value, words in self.values.items() for word in (value, *words)]
        if any(mark in word for word in spellings for mark in ";\n"):
            raise ValueError(
                "значение столбца с «several» не может содержать «;» и перевод строки: они разделяют значения"
            )
        return self

    @cached_property
    def place(self) -> str:
        """The expression that a {place} of this column matches in a text: known spellings only, or digits."""
        if self.type in ("integer", "year"):
            return r"\d+"
        if self.type == "number":
            return r"\d+(?:[.,]\d+)?"
        if self.type == "period":
            return r"\d{4}\s*[/\\–-]\s*(?:\d{4}|\d{2})(?!\d)"
        if self.type == "category":
            spellings = {word for value, words in self.values.items() for word in (value, *words)}
            ordered = sorted(spellings, key=lambda word: (-len(word), word))
            known = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)
            return rf"(?<![^\W\d_])(?:{known})"
        return ".+?" if self.type != "organisation" else ".+"

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers or flags rather than words."""
        return self.type in NUMERIC

    @property
    def in_percent(self) -> bool:
        """Whether its numbers are per cents: its title ends so. Then «85 %» is 85; elsewhere it is no number."""
        return self.type in ("integer", "number", "numbers") and self.title.rstrip().endswith("%")

    @property
    def things(self) -> Counted | None:
        """What its distinct values (or its sum) are: as declared, else what follows from the type."""
        if self.counted or not self.personal:
            return self.counted or ("organisations" if self.type == "organisation" else None)
        return "children" if self.personal == "pupil" else "staff"
