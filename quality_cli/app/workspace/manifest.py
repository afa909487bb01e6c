"""``manifest.json``: what a result was made from and what was made, so that any figure can be traced."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import quality_cli
from quality_cli.app.workspace.identity import Identity
from quality_cli.core import files
from quality_cli.core.findings import Findings, Severity

MANIFEST = "manifest.json"
FORMAT = 2

KEPT = "kept"
"""Key of what stands in the folder and was not made by the program: files of the user, carried from run to run."""

_LARGEST = 64_000_000


def now() -> str:
    """The moment, as the manifest writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_manifest(out: Path) -> dict[str, Any]:
    """The manifest of an output folder; empty where there is none or it cannot be read."""
    try:
        loaded = json.loads(files.content(out / MANIFEST, limit=_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def published_identity(manifest: Mapping[str, Any]) -> Identity | None:
    """The identity of the published results; None where there are none, or those of a program that told none."""
    identity = section(manifest, "identity")
    return identity if identity and all(isinstance(component, dict) for component in identity.values()) else None


def section(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of the manifest that has parts; empty where it is absent or, in a damaged file, something else."""
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def produced(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Files that a manifest says were made, with their hashes, by what made them; nothing of a damaged one."""
    made = {name: manifest.get(name) for name in ("outputs", "forms", "marked")}
    made["documents"] = section(manifest, "documents").get("files")
    return {
        by: {name: digest for name, digest in named.items() if isinstance(digest, str)}
        for by, named in made.items()
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
