"""Words that mean the same in the tables of every dataset: ``words.yaml`` of a catalogue."""

from collections.abc import Sequence
from pathlib import Path

from quality_cli.core.yamlfile import Strict, read_yaml, validate
from quality_cli.datasets.contracts.column import NO, YES, Column

WORDS = "words.yaml"


class Words(Strict):
    """Spellings of «да» and «нет», words for «unknown», headers of the organisation, and words that a message may
    repeat."""

    means_yes: list[str] = []
    means_no: list[str] = []
    missing: list[str] = []
    organisation: list[str] = []
    shown: list[str] = []

    def given_to(self, column: Column) -> Column:
        """The column with what its header and its cells may say besides its own words; these come first."""
        if column.type == "organisation":
            return column.model_copy(update={"headers": [*dict.fromkeys([*column.headers, *self.organisation])]})
        if column.type in ("text", "letter", "numbers"):
            return column
        added = {"missing": [*dict.fromkeys([*column.missing, *self.missing])]}
        if column.type != "flag":
            return column.model_copy(update=added)
        own = {word for words in column.values.values() for word in words}
        common = {YES: self.means_yes, NO: self.means_no}
        values = {
            value: [*dict.fromkeys([*column.values.get(value, ()), *(word for word in words if word not in own)])]
            for value, words in common.items()
        }
        return column.model_copy(update={**added, "values": values})


def read_words(catalogues: Sequence[Path]) -> Words:
    """The words of all catalogue folders together. Raises :class:`CatalogueError` for a mistake in a file."""
    found = Words()
    for folder in catalogues:
        if (folder / WORDS).is_file():
            more = validate(Words, read_yaml(folder / WORDS, f"{folder.name}/{WORDS}"))
            found = Words(
                **{name: [*dict.fromkeys([*getattr(found, name), *getattr(more, name)])] for name in Words.model_fields}
            )
    return found
