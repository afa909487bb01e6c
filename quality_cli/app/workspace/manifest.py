"""``manifest.json``: what a result was made from and what was made, so that any figure can be traced."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import quality_cli
from quality_cli.core import files
from quality_cli.core.findings import Findings, Severity

MANIFEST = "manifest.json"
FORMAT = 1

KEPT = "kept"
"""Key of what stands in the folder and was not made by the program: files of the user, carried from run to run."""

_LARGEST = 64_000_000


def now() -> str:
    """The moment, as the manifest writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprint(paths: Iterable[Path], extra: str) -> str:
    """SHA-256 over ``extra`` and the names and contents of files, in a stable order."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(paths):
        digest.update(os.fsencode(path.name))
        digest.update(_content_hash(path))
    return digest.hexdigest()


def _content_hash(path: Path) -> bytes:
    """SHA-256 of a file of any size; nothing for one that cannot be read, of which reading tells."""
    try:
        with files.opened(path, follow=True) as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def tree_files(*folders: Path | None) -> list[Path]:
    """All files of the folders that exist."""
    return [path for folder in folders if folder for path in sorted(folder.rglob("*")) if path.is_file()]


def read_manifest(out: Path) -> dict[str, Any]:
    """The manifest of an output folder; empty where there is none or it cannot be read."""
    try:
        loaded = json.loads(files.content(out / MANIFEST, limit=_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def produced(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Files that a manifest says were made, with their hashes, by what made them; nothing of a damaged one."""
    documents = manifest.get("documents")
    sections = {name: manifest.get(name) for name in ("outputs", "forms", "marked")}
    sections["documents"] = documents.get("files") if isinstance(documents, dict) else None
    return {
        section: {name: digest for name, digest in named.items() if isinstance(digest, str)}
        for section, named in sections.items()
        if isinstance(named, dict)
    }


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest; it is the last file of a stage."""
    text = json.dumps({**content, "format": FORMAT, **tool()}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def tool() -> dict[str, Any]:
    """Name and version of the program."""
    return {"tool": {"name": "quality", "version": quality_cli.__version__}}


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of files of a folder by their relative names; raises ``OSError``."""
    return {name: file_hash(folder / name) for name in names}


def file_hash(path: Path) -> str:
    """SHA-256 of an ordinary file; raises ``OSError``."""
    with files.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def counts(findings: Findings) -> dict[str, int]:
    """How many problems of each severity."""
    return {str(severity): findings.total(severity) for severity in Severity}
