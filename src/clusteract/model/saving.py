"""save_model and load_model: a model as one file without pickle, and back with suspicion."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.model.allowed import REFITTED
from clusteract.model.archive import REFIT, SCHEMA, STATE, Archive, pack, read_bytes, refuse
from clusteract.model.learned import Unsound, check_learned
from clusteract.model.refit import (
    Builder,
    describe,
    foreign_types,
    names_in,
    saving_way,
    without_memory,
)
from clusteract.model.saved_model import SavedModel
from clusteract.model.schema import Schema, write_schema
from clusteract.model.state import put_together, take_apart
from clusteract.paths import user_path
from clusteract.runs.folder import unwritable, write_whole
from clusteract.validation.training_memory import STEP, TrainingMemory
from clusteract.versions import library_versions

SUFFIX = ".clusteract"

# Processors and library versions move the last digits of a prediction, not these (relative
# above 1, absolute below).
_PROBE_TOLERANCE = 1e-6
_LONGEST_NAME = 200


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
    path = user_path(path)
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
        Where the file can't be written, or the pipeline can be saved in no way (`saving_way`), or
        predicts otherwise when it is fitted again.
    """
    path = model_path(path)
    data = dump_model(model)
    trusted = foreign_types(model.pipeline)  # those of this process
    parse_model(data, str(path), say=lambda text: None, trusted=trusted)
    return write_whole(path, data)


def load_model(
    path: str | PathLike[str],
    *,
    trusted: Collection[str] = (),
    say: Callable[[str], None] = _say_on_stderr,
) -> SavedModel:
    """Read a model that `save_model` wrote; any other file is refused before anything runs.

    Parameters
    ----------
    path : str or path
    trusted : collection of str
        Full names of foreign types that may be imported, built and fitted, such as
        ``catboost.core.CatBoostRegressor``; `describe_file` lists what a file asks for.
    say : callable
        Gets one line where another scikit-learn saved the model; by default on standard error.

    Raises
    ------
    InputError
        Where the file is no saved model, is damaged or too large, of a newer protocol, holds a
        type that no recipe consists of, or predicts otherwise than when it was saved.
    """
    path = user_path(path)
    return parse_model(read_bytes(path), str(path), say, trusted)


def dump_model(model: SavedModel) -> bytes:
    """Return a model's file as bytes."""
    if saving_way(model.pipeline) == "stored":
        state, arrays = take_apart(model.pipeline)
        return pack({SCHEMA: write_schema(model), STATE: state}, arrays)
    memory = dict(model.pipeline.steps).get(STEP)
    if memory is None:
        names = ", ".join(foreign_types(model.pipeline))
        raise InputError(
            f"{model.label}: holds foreign types ({names}) and no training rows to fit them again "
            "from; make it with `clusteract fit`"
        )
    state, arrays = take_apart(memory)
    description = describe(without_memory(model.pipeline))
    return pack({SCHEMA: write_schema(model), STATE: state, REFIT: description}, arrays)


def parse_model(
    data: bytes, where: str, say: Callable[[str], None], trusted: Collection[str] = ()
) -> SavedModel:
    """Rebuild a model from the bytes of its file."""
    archive = Archive(data, where)
    schema = Schema(archive.document(SCHEMA), where)
    description = archive.document(REFIT) if REFIT in archive else None
    if description is not None:
        _check_trust(description, trusted, where)
    stored, same_version = put_together(archive.document(STATE), archive)
    model = schema.model(stored)
    try:
        handed_on = check_learned(stored, len(model.descriptors))
    except Unsound as problem:
        raise refuse(where, f"its pipeline is not sound: {problem}") from None
    versions = _versions(schema)
    if description is not None:
        if not isinstance(stored, TrainingMemory):
            raise refuse(where, "it is to be fitted again, and holds no training rows")
        model = replace(model, pipeline=_refitted(description, stored, trusted, where))
    elif handed_on or not isinstance(stored, Pipeline):
        raise refuse(where, "its pipeline is not sound: it is none")
    _check_probe(model, *schema.probe(), where, versions)
    if not same_version:
        say(f"{where}: {versions}; its test predictions are the same here")
    return model


def describe_file(path: str | PathLike[str]) -> dict[str, Any]:
    """Return what a model's file says of itself, and what it asks trust in; nothing is built.

    Returns
    -------
    dict
        ``way`` (``"stored"`` or ``"refit"``), ``trust`` (names of foreign types) and the
        ``schema``'s content.

    Raises
    ------
    InputError
        Where it is no saved model.
    """
    path = user_path(path)
    archive = Archive(read_bytes(path), str(path))
    document = archive.document(SCHEMA)
    Schema(document, str(path)).model(Pipeline([("model", "passthrough")]))
    names = names_in(archive.document(REFIT)) if REFIT in archive else ()
    _check_names(names, str(path))
    trust = tuple(name for name in names if name not in REFITTED)
    return {"way": "refit" if REFIT in archive else "stored", "trust": trust, "schema": document}


def _check_names(names: Collection[str], where: str) -> None:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")) or len(name) > _LONGEST_NAME:
            raise refuse(where, f"asks for a type that is no name: {ascii(name)[:60]}")


def _check_trust(description: Any, trusted: Collection[str], where: str) -> None:
    names = names_in(description)
    _check_names(names, where)
    if not names:
        raise refuse(where, "it is to be fitted again, and holds no foreign type")
    lacking = sorted(set(names) - set(trusted) - set(REFITTED))
    if lacking:
        options = " ".join(f"--trust {name}" for name in lacking)
        raise InputError(
            f"{where}: is fitted again when loaded, by types that are not ours: "
            f"{', '.join(lacking)}; nothing of them was imported: if you trust them, and where "
            f"the file comes from, add {options}"
        )


def _refitted(
    description: Any, memory: TrainingMemory, trusted: Collection[str], where: str
) -> Pipeline:
    try:
        pipeline = Builder(trusted).build(description)
        if type(pipeline) is not Pipeline:
            raise ValueError("no pipeline")
        pipeline.fit(memory.clusters_, memory.targets_)
    except ImportError as error:
        missing = (error.name or str(error)).split(".")[0]
        raise InputError(
            f"{where}: needs {missing}, which is not installed: pip install {missing}"
        ) from None
    except Exception as error:  # foreign code raises anything
        raise refuse(where, f"can't be fitted again ({error})") from None
    return Pipeline([(STEP, memory), *pipeline.steps])


def _versions(schema: Schema) -> str:
    saved, here = (v.get("scikit-learn", "unknown") for v in (schema.versions, library_versions()))
    return f"saved with scikit-learn {saved}, read with {here}"


def _check_probe(
    model: SavedModel, X: np.ndarray, expected: np.ndarray, where: str, versions: str
) -> None:
    try:
        predicted = model.pipeline.predict(X)
        apart = float(np.max(np.abs(predicted - expected) / np.maximum(1, np.abs(expected))))
    except Exception as error:  # whatever a damaged state makes scikit-learn raise
        raise refuse(where, f"can't predict ({error}; {versions})") from None
    if not apart <= _PROBE_TOLERANCE:
        raise refuse(where, f"predicts otherwise than when saved, by {apart:.3g} ({versions})")
