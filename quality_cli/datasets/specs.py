"""Loading of dataset contracts, their layouts and the scales that travel with the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.yamlfile import Document, read_yaml, validate
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.layout import Layout, canonical_layout


class DatasetFile(Contract):
    """A file of ``indicator_specs/datasets``: a contract and the layouts of its real exports."""

    layouts: list[Layout] = []


@dataclass(frozen=True, slots=True)
class Specs:
    """Everything the readers need: contracts by dataset, layouts, tables that travel with the catalogue."""

    contracts: Mapping[str, Contract]
    layouts: tuple[Layout, ...]
    scale_files: tuple[Path, ...]


def load_specs(catalogues: Sequence[Path]) -> Specs:
    """Load ``datasets/*.yaml`` and ``scales/*.csv`` of the catalogue folders; a later folder overrides an earlier.

    Raises :class:`CatalogueError` with every mistake of every file.
    """
    files: dict[str, DatasetFile] = {}
    scales: list[Path] = []
    mistakes: list[Finding] = []
    for catalogue in catalogues:
        for path in sorted((catalogue / "datasets").glob("*.yaml")):
            try:
                document = read_yaml(path, f"{catalogue.name}/datasets/{path.name}")
                dataset = validate(DatasetFile, document)
                mistakes += _misspelt(dataset, document)
                files[dataset.dataset] = dataset
            except CatalogueError as error:
                mistakes += error.findings
        scales += sorted((catalogue / "scales").glob("*.csv"))
    if mistakes:
        raise CatalogueError(mistakes)
    layouts = [
        layout.model_copy(update={"dataset": name}) for name, dataset in files.items() for layout in dataset.layouts
    ]
    layouts += [canonical_layout(dataset) for dataset in files.values()]
    return Specs(dict(files), tuple(layouts), tuple(scales))


def _misspelt(dataset: DatasetFile, document: Document) -> list[Finding]:
    """Columns that a layout names but the contract does not have."""
    mistakes = []
    for index, layout in enumerate(dataset.layouts):
        for key in ("columns", "blank_ignoring"):
            for position, name in enumerate(getattr(layout, key)):
                if name not in dataset.columns:
                    step = name if key == "columns" else position
                    message = f"в наборе «{dataset.dataset}» нет столбца «{name}»{closest(name, dataset.columns)}"
                    mistakes.append(document.mistake(message, ("layouts", index, key, step)))
    return mistakes
