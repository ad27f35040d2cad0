"""A run's folder: made safely, written whole, read back."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from clusteract.errors import ClusteractError, InputError

STORE = "run.sqlite"
STUDY = "study.toml"
SUMMARY = "summary.json"
PREDICTIONS = "predictions.csv"
REPORT = "report.html"
MARKDOWN = "report.md"
FIGURES = "figures"
MODELS = "models"


def prepare_run_folder(folder: Path) -> Path:
    """Make a run's folder, or take the one that a run to resume has left.

    Raises
    ------
    InputError
        Where the path is a file, can't be written, or is a folder with other things in it.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; give a folder for the run (--out)")
    if folder.is_dir() and any(folder.iterdir()) and not _is_run(folder):
        raise InputError(
            f"{folder}: holds other files and no run; give an empty or a new folder (--out)"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder


def _is_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in (STORE, STUDY))


def unwritable(path: Path, error: OSError) -> ClusteractError:
    """Say in one line why something can't be written."""
    if error.errno == errno.ENOSPC:
        return ClusteractError(
            f"{path}: the disk is full; what was finished is kept: free some space and run the "
            "same command again"
        )
    return InputError(f"{path}: cannot be written ({error.strerror}); give another --out")


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that it is there whole or not at all.

    Raises
    ------
    ClusteractError
        Where the disk is full or the folder can't be written.
    """
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise unwritable(path, error) from None
    return path


def to_json(document: Mapping[str, Any]) -> str:
    """Return a document as strict JSON text (no NaN), the same bytes for the same content."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
