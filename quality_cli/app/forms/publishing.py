"""Files made for others to fill in or to be sent: put into their folder in one step; what was filled in is kept."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.manifest import file_hash, hashes, produced, read_manifest, write_manifest
from quality_cli.app.workspace.publish import lock, publication
from quality_cli.core.errors import OutputError
from quality_cli.core.files import is_ordinary
from quality_cli.core.findings import Findings

FORMS = "forms"
"""Key of the manifest: files of the folder that are ours, with the hash they were written with."""


def publish_files(out: Path, files: Mapping[str, bytes], options: Options, findings: Findings, *, only: bool) -> None:
    """Put the files into ``out`` in one step; with ``only``, those we wrote before and no longer make are removed.

    ``findings`` receives what is told of the folder. Raises :class:`OutputError` for a file of ours that somebody has
    changed since.
    """
    with lock(out, options.data):
        manifest = read_manifest(out)
        before = produced(manifest).get(FORMS, {})
        for name, content in files.items():
            now = file_hash(out / name) if is_ordinary(out / name) else None
            if now not in (None, before.get(name), hashlib.sha256(content).hexdigest()):
                raise OutputError(
                    f"файл «{out / name}» изменён после того, как был составлен (возможно, форма заполнена): "
                    "он не тронут; перенесите его или укажите другую папку: --out ПАПКА"
                )
        with publication(out, findings) as stage:
            for name, content in files.items():
                (stage / name).parent.mkdir(parents=True, exist_ok=True)
                (stage / name).write_bytes(content)
            made = {**({} if only else before), **hashes(stage, files)}
            write_manifest(stage, {**manifest, FORMS: dict(sorted(made.items()))})
