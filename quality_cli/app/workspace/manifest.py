"""``manifest.json``: what a result was made from and what was made, so that any figure can be traced."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import quality_cli
from quality_cli.app.workspace.identity import Identity
from quality_cli.app.workspace.publish import MANIFEST
from quality_cli.core.findings import Findings, Severity

FORMAT = 2


def now() -> str:
    """The moment, as the manifest writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_manifest(out: Path) -> dict[str, Any]:
    """The manifest of an output folder; empty where there is none or it cannot be read."""
    try:
        loaded = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
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


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest; it is the last file of a stage."""
    text = json.dumps({**content, "format": FORMAT, **tool()}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def tool() -> dict[str, Any]:
    """Name and version of the program."""
    return {"tool": {"name": "quality", "version": quality_cli.__version__}}


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of files of a folder by their relative names."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def counts(findings: Findings) -> dict[str, int]:
    """How many problems of each severity."""
    return {str(severity): findings.total(severity) for severity in Severity}
