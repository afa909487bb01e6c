"""Reading of the data folder as the options of a call say, or taking up what an earlier call has read."""

from quality_cli.app.workspace.cache import PLACE, Cache
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.key import KeyFile
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.findings import SAMPLE, Findings
from quality_cli.core.progress import Progress, silent
from quality_cli.datasets.tables.fingerprint import fingerprint
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.people import Pseudonyms


def read_data(
    options: Options, catalogue: Catalogue, progress: Progress = silent, findings: Findings | None = None
) -> Tables:
    """Read the data folder, people under pseudonyms; raises as :func:`read_folder` and the key's file do.

    What is kept of an earlier reading is taken where nothing has changed. It holds a sample of places of each finding:
    a collector of all places makes a reading of its own.
    """
    key = KeyFile.of(options)
    told = Findings() if findings is None else findings
    cached = options.cache and told.sample == SAMPLE
    reading = _cached if cached else _read
    tables = reading(options, catalogue, progress, told, Pseudonyms(key))
    tables.findings.extend(key.findings)
    return tables


def _read(
    options: Options, catalogue: Catalogue, progress: Progress, findings: Findings, pseudonyms: Pseudonyms
) -> Tables:
    from quality_cli.datasets.read import read_folder

    return read_folder(options.data, catalogue.specs, progress, findings, pseudonyms)


def _cached(
    options: Options, catalogue: Catalogue, progress: Progress, findings: Findings, pseudonyms: Pseudonyms
) -> Tables:
    from quality_cli.datasets.tables.prepared import PreparedTable
    from quality_cli.datasets.tables.snapshot import packed, unpacked

    cache = Cache(options.data / PLACE)
    name = fingerprint(options.data, catalogue.specs)
    kept = cache.load(name)
    tables = None if kept is None else unpacked(kept, catalogue.specs.contracts, findings, pseudonyms)
    if tables is not None:
        progress("Чтение", "прочитано раньше", 1, 1)
        return tables
    tables = _read(options, catalogue, progress, findings, pseudonyms)
    prepared = any(isinstance(table, PreparedTable) for table in tables.by_dataset.values())  # and need no reading
    if not prepared and fingerprint(options.data, catalogue.specs) == name:  # no file has changed meanwhile
        cache.store(name, packed(tables, pseudonyms))
    return tables
