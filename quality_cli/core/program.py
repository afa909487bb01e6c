"""What a computation is done by: our code and the libraries under it, as a component of the identity of a run."""

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent
"""Where our code lies."""

_OURS, _FOR_DEVELOPERS = "quality-cli", "dev"
_CODE = ("*.py", "*.conf")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def program_of(root: Path = PROGRAM) -> dict[str, str]:
    """Each layer of the code under ``root`` with the SHA-256 of its lines; Python and each library with its version.

    Nobody has to remember to raise a number: a changed line is another program.
    """
    layers: dict[str, hashlib._Hash] = {}
    for path in sorted(chain.from_iterable(map(root.rglob, _CODE))):
        name = path.relative_to(root)
        digest = layers.setdefault(name.parts[0] if len(name.parts) > 1 else root.name, hashlib.sha256())
        digest.update(f"{name.as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return {**{name: digest.hexdigest() for name, digest in layers.items()}, "python": sys.version, **_libraries()}


@lru_cache(maxsize=1)
def _libraries() -> Mapping[str, str]:
    """Versions of what we need and of what that needs, as far as it is installed."""
    found: dict[str, str] = {}
    needed = [_OURS]
    while needed:
        name = needed.pop()
        if name not in found:
            try:
                installed = distribution(name)
            except PackageNotFoundError:  # an engine that nobody has installed, or a package of another system
                continue
            found[name] = installed.version
            needed += _needs(name, installed.requires or ())
    found.pop(_OURS, None)  # its code is told line by line
    return dict(sorted(found.items()))


def _needs(name: str, requirements: "list[str] | tuple[str, ...]") -> Iterator[str]:
    for requirement in requirements:
        extra = requirement.partition("extra ==")[2]
        if (not extra or name == _OURS) and _FOR_DEVELOPERS not in extra and (found := _NAME.match(requirement)):
            yield found[0].lower().replace("_", "-")
