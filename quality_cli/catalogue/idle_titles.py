"""Words of numbers that are asked instead of a list (``facts``) which no number is asked in."""

from collections.abc import Iterator
from pathlib import Path

from quality_cli.catalogue.facts import Facts, title_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.yamlfile import read_yaml


def idle_titles(catalogue: Catalogue, folder: Path) -> Iterator[Finding]:
    """A warning for each title in the dataset files of a folder whose condition is that of no number."""
    contracts = catalogue.specs.contracts
    asked = Facts.of(catalogue.figures, contracts).found.values()
    for path in sorted((folder / "datasets").glob("*.yaml")):
        document = read_yaml(path, f"{folder.name}/datasets/{path.name}")
        dataset = document.data.get("dataset")
        written = document.data.get("facts") or ()
        if dataset not in contracts or not written:
            continue
        facts = [fact for fact in asked if fact.dataset == dataset]
        titles = contracts[dataset].facts or ()
        silent = [fact.id for fact in facts if not any(title_of(fact, told) for told in titles)]
        for place, told in enumerate(titles):
            if not any(title_of(fact, told) for fact in facts):
                hint = "«where», «distinct» и «sum» пишут так, как считает показатель"
                without = f"; без слов остались: {', '.join(silent[:3])}" if silent else ""
                message = f"слова «{told.title}» ни к одному числу не подходят"
                where = (document.place(("facts", place)),)
                yield Finding("catalogue.idle_title", Severity.WARNING, message, where, hint=f"{hint}{without}")
