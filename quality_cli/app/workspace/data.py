"""Reading of the data folder as the options of a call say, or taking up what an earlier call has read."""

from collections.abc import Iterable, Mapping, Sequence

from quality_cli.app.workspace.cache import PLACE, Cache
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.key import KeyFile
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.findings import SAMPLE, Findings
from quality_cli.core.progress import Progress
from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.readers.inputs import Inputs
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.tables.fingerprint import fingerprint
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.people import Pseudonyms


class FormsAmongData:
    """Understands collection forms of the data folder by the questions of a catalogue; ``fingerprint`` tells whether
    another call would understand them alike."""

    def __init__(self, catalogue: Catalogue, fingerprint: str) -> None:
        self._catalogue = catalogue
        self.fingerprint = fingerprint
        self.used = False

    def __call__(
        self, files: Mapping[str, Sequence[RawSheet]], register: Tables, findings: Findings
    ) -> Iterable[RawSheet]:
        """What they say, as tables; see :func:`quality_cli.app.forms.among_data.tables_of`."""
        from quality_cli.app.forms.among_data import tables_of

        self.used = True
        return tables_of(files, self._catalogue, register, findings)


def read_data(
    options: Options, specs: Specs, inputs: Inputs, code: Mapping[str, str], progress: Progress, findings: Findings,
    forms: FormsAmongData,
) -> Tables:  # fmt: skip
    """Read the files, people under pseudonyms, collection forms by ``forms``; raises as :func:`read_folder` and the
    key's file do.

    What is kept of an earlier reading is taken where nothing has changed. It holds a sample of places of each finding:
    a collector of all places makes a reading of its own.
    """
    key = KeyFile.of(options)
    pseudonyms = Pseudonyms(key)
    if options.cache and findings.sample == SAMPLE:
        cache, name = Cache(options.data / PLACE), fingerprint(inputs, specs, code)
        tables = _kept(cache, name, specs, findings, pseudonyms, forms)
        if tables is not None:
            progress("Чтение", "прочитано раньше", 1, 1)
        else:
            tables = _read(options, specs, inputs, progress, findings, pseudonyms, forms)
            _keep(cache, name, tables, pseudonyms, forms)
    else:
        tables = _read(options, specs, inputs, progress, findings, pseudonyms, forms)
    tables.findings.extend(key.findings)
    return tables


def _read(
    options: Options, specs: Specs, inputs: Inputs, progress: Progress, findings: Findings, pseudonyms: Pseudonyms,
    forms: FormsAmongData,
) -> Tables:  # fmt: skip
    from quality_cli.datasets.read import read_folder

    return read_folder(options.data, specs, progress, findings, pseudonyms, inputs, forms)


def _kept(
    cache: Cache, name: str, specs: Specs, findings: Findings, pseudonyms: Pseudonyms, forms: FormsAmongData
) -> Tables | None:
    from quality_cli.datasets.tables.snapshot import unpacked

    kept = cache.load(name)
    return None if kept is None else unpacked(kept, specs.contracts, findings, pseudonyms, forms.fingerprint)


def _keep(cache: Cache, name: str, tables: Tables, pseudonyms: Pseudonyms, forms: FormsAmongData) -> None:
    """Keep what was read, unless it is not what the name says; prepared tables need no reading."""
    from quality_cli.datasets.tables.prepared import PreparedTable
    from quality_cli.datasets.tables.snapshot import packed

    if not tables.changed and not any(isinstance(table, PreparedTable) for table in tables.by_dataset.values()):
        cache.store(name, packed(tables, pseudonyms, forms.fingerprint if forms.used else None))
