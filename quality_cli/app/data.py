"""Reading of the data folder as the options of a call say."""

from quality_cli.app.config import Options
from quality_cli.app.key import KeyFile
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.findings import Findings
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.people import Pseudonyms
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.table import Tables


def read_data(
    options: Options, catalogue: Catalogue, progress: Progress = silent, findings: Findings | None = None
) -> Tables:
    """Read the data folder, people under pseudonyms; raises as :func:`read_folder` and the key's file do."""
    key = KeyFile.of(options)
    tables = read_folder(options.data, catalogue.specs, progress, findings, Pseudonyms(key))
    tables.findings.extend(key.findings)
    return tables
