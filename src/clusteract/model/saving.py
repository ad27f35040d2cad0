"""save_model and load_model: a model as one file without pickle, and back with suspicion."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path

import numpy as np

from clusteract.errors import InputError
from clusteract.model.archive import SCHEMA, STATE, Archive, pack, read_bytes, refuse
from clusteract.model.learned import Unsound, check_learned
from clusteract.model.saved_model import SavedModel
from clusteract.model.schema import Schema, write_schema
from clusteract.model.state import put_together, take_apart
from clusteract.runs.folder import unwritable, write_whole
from clusteract.versions import library_versions

SUFFIX = ".clusteract"

# Processors and library versions move the last digits of a prediction, not these (relative
# above 1, absolute below).
_PROBE_TOLERANCE = 1e-6


def _say_on_stderr(text: str) -> None:
    print(text, file=sys.stderr)


def model_path(path: str | PathLike[str]) -> Path:
    """Return the path of a model's file, its extension added where it has none.

    Raises
    ------
    InputError
        Where it has another extension, so that no table is written over by mistake, or where
        nothing can be written there.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a file name that ends in {SUFFIX}")
    if path.suffix == "":
        path = path.with_name(path.name + SUFFIX)
    if path.suffix != SUFFIX:
        raise InputError(f"{path}: a model's file name ends in {SUFFIX}, not {path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise unwritable(path, error) from None
    return path


def save_model(model: SavedModel, path: str | PathLike[str]) -> Path:
    """Write a model as one file: readable schema, arrays, no pickle.

    The same model gives the same bytes. What was written has been read back and predicts the
    same.

    Parameters
    ----------
    model : SavedModel
    path : str or path
        Ends in ``.clusteract``, which is added where there is no extension.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        Where the file can't be written, or the pipeline holds a type that is not on the list.
    """
    path = model_path(path)
    data = dump_model(model)
    parse_model(data, str(path), say=lambda text: None)
    return write_whole(path, data)


def load_model(
    path: str | PathLike[str], *, say: Callable[[str], None] = _say_on_stderr
) -> SavedModel:
    """Read a model that `save_model` wrote; any other file is refused before anything runs.

    Parameters
    ----------
    path : str or path
    say : callable
        Gets one line where another scikit-learn saved the model; by default on standard error.

    Raises
    ------
    InputError
        Where the file is no saved model, is damaged or too large, of a newer protocol, holds a
        type that no recipe consists of, or predicts otherwise than when it was saved.
    """
    path = Path(path).expanduser()
    return parse_model(read_bytes(path), str(path), say)


def dump_model(model: SavedModel) -> bytes:
    """Return a model's file as bytes."""
    state, arrays = take_apart(model.pipeline)
    return pack({SCHEMA: write_schema(model), STATE: state}, arrays)


def parse_model(data: bytes, where: str, say: Callable[[str], None]) -> SavedModel:
    """Rebuild a model from the bytes of its file."""
    archive = Archive(data, where)
    schema = Schema(archive.document(SCHEMA), where)
    pipeline, same_version = put_together(archive.document(STATE), archive)
    model = schema.model(pipeline)
    try:
        check_learned(pipeline, len(model.descriptors))
    except Unsound as problem:
        raise refuse(where, f"its pipeline is not sound: {problem}") from None
    versions = _versions(schema)
    _check_probe(model, *schema.probe(), where, versions)
    if not same_version:
        say(f"{where}: {versions}; its test predictions are the same here")
    return model


def _versions(schema: Schema) -> str:
    saved, here = (v.get("scikit-learn", "unknown") for v in (schema.versions, library_versions()))
    return f"saved with scikit-learn {saved}, read with {here}"


def _check_probe(
    model: SavedModel, X: np.ndarray, expected: np.ndarray, where: str, versions: str
) -> None:
    try:
        found = model.pipeline.predict(X)
        apart = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))
    except Exception as error:  # whatever a damaged state makes scikit-learn raise
        raise refuse(where, f"can't predict ({error}; {versions})") from None
    if not apart <= _PROBE_TOLERANCE:
        raise refuse(where, f"predicts otherwise than when saved, by {apart:.3g} ({versions})")
