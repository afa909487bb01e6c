"""A fingerprint of everything that a reading depends on, except the key of the pseudonyms."""

import hashlib
import json
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

import quality_cli
from quality_cli.core.findings import Findings
from quality_cli.core.paths import shown_path
from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.readers.folder import data_files, read_bytes
from quality_cli.datasets.readers.sheets import UnreadableFileError

CODE = tuple(Path(quality_cli.__file__).parent / layer for layer in ("core", "datasets"))
"""Where the code of reading lies: no lower layer is used, and nobody has to remember to raise a number."""


def fingerprint(folder: Path, specs: Specs) -> str:
    """SHA-256, in hexadecimal, of the data files by name and content as reading sees them, contracts, layouts and
    scales in force, the program and the libraries."""
    oddities = Findings()
    paths = data_files(folder, oddities)
    files = [(name := shown_path(path.relative_to(folder)), _content(path, name)) for path in paths]
    told = json.dumps([_program(), _specs(specs), [str(finding) for finding in oddities], files])
    return hashlib.sha256(told.encode()).hexdigest()


def _content(path: Path, name: str) -> str:
    """The hash of a file that reading takes, what is told of one that it cannot open, nothing for one it skips."""
    try:
        content = read_bytes(path, name)
    except UnreadableFileError as error:
        return str(error.finding)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _program() -> list[str]:
    libraries = [np.__version__, pd.__version__, pa.__version__, version("python-calamine"), version("pydantic")]
    code = _hash(path.read_bytes() for folder in CODE for path in sorted(folder.rglob("*.py")))
    return [quality_cli.__version__, code, sys.version, *libraries]


def _specs(specs: Specs) -> list[str]:
    models = (*specs.contracts.values(), *specs.layouts)
    return [
        _hash(model.model_dump_json().encode() for model in models),
        json.dumps(specs.uses),
        *(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in specs.scale_files),
    ]


def _hash(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
