"""What computes a result: versions of the libraries, and a fingerprint of this package's source."""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import clusteract

# Whose arithmetic moves a score, beside our own.
LIBRARIES = ("numba", "numpy", "scipy", "scikit-learn")
# Rooms that read, carry and show, and compute nothing that is kept.
_NOT_ARITHMETIC = {"app", "audit", "cli", "report", "runs", "table"}


@lru_cache
def library_versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of the libraries that move a score."""
    versions = {"python": platform.python_version(), "clusteract": clusteract.__version__}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions


@lru_cache
def arithmetic() -> str:
    """Return a hash of what every kept result depends on, beside its own arguments.

    Python itself does not count: its patch releases change no number.
    """
    versions = {name: v for name, v in library_versions().items() if name != "python"}
    folder = Path(clusteract.__file__).parent
    digest = hashlib.sha256(repr(sorted(versions.items())).encode())
    for path in sorted(folder.rglob("*.py")):
        if path.relative_to(folder).parts[0] not in _NOT_ARITHMETIC:
            digest.update(str(path.relative_to(folder).as_posix()).encode() + path.read_bytes())
    return digest.hexdigest()


@lru_cache
def source_of(module: str) -> str:
    """Return a hash of a module's file where it is none of this package; "" where there is none."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if module.partition(".")[0] == clusteract.__name__ or path is None:
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
