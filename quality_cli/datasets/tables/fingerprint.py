"""The name of a reading: everything that its tables depend on, except the key of the pseudonyms."""

import hashlib
import json
from collections.abc import Mapping

from quality_cli.datasets.contracts.specs import Specs
from quality_cli.datasets.readers.inputs import Inputs

_ABOVE = frozenset({"cli", "app", "documents", "analysis", "engine", "catalogue"})
"""Layers of the code that reading does not know."""


def fingerprint(inputs: Inputs, specs: Specs, program: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of the inputs, the contracts, layouts and scales in force, the code of reading and the
    libraries."""
    code = {name: told for name, told in program.items() if name not in _ABOVE}
    told = json.dumps([inputs.record(), _specs(specs), code])
    return hashlib.sha256(told.encode()).hexdigest()


def _specs(specs: Specs) -> list[str]:
    models = (*specs.contracts.values(), *specs.layouts)
    return [
        *(hashlib.sha256(model.model_dump_json().encode()).hexdigest() for model in models),
        json.dumps(specs.uses, sort_keys=True),
        *(f"{link} {using}" for link, using in specs.links.items()),
        *(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in specs.scale_files),
    ]
