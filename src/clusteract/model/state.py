"""A fitted pipeline as skops writes it, tidied: the same JSON and arrays for the same model."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from typing import Any

import numpy as np
import skops.io
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

from clusteract.model.allowed import TRAINING_ONLY, TRUSTED, current_names, stable_names
from clusteract.model.archive import Archive, parse_array, refuse
from clusteract.model.grammar import StateAudit

# What skops calls its own JSON, inside the zips that it writes and reads.
_SKOPS_SCHEMA = "schema.json"

# How skops writes None.
_NONE = {
    "__class__": "str",
    "__module__": "builtins",
    "__loader__": "JsonNode",
    "content": "null",
    "is_json": True,
}


def take_apart(pipeline: BaseEstimator) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a fitted pipeline's state as JSON values, and its arrays as .npy bytes by entry.

    skops numbers objects by their memory address; here nothing depends on addresses, and equal
    arrays are kept once.
    """
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(pipeline))) as written:
        state = json.loads(written.read(_SKOPS_SCHEMA))
        entries: dict[bytes, str] = {}
        tidy = _tidy(state, written, entries)
    return stable_names(tidy), {name: data for data, name in entries.items()}


def _tidy(node: Any, written: zipfile.ZipFile, entries: dict[bytes, str]) -> Any:
    if isinstance(node, list):
        return [_tidy(n, written, entries) for n in node]
    if not isinstance(node, dict):
        return node
    if node.get("__loader__") == "RandomStateNode":
        return dict(_NONE)
    if node.get("__loader__") == "DictNode":
        node = _without_training_state(node)
    kept = {k: _tidy(v, written, entries) for k, v in node.items() if k not in ("__id__", "file")}
    if "file" in node:
        data = _without_padding(written.read(node["file"]))
        kept["file"] = entries.setdefault(data, f"arrays/{len(entries) + 1}.npy")
    return kept


def _without_padding(data: bytes) -> bytes:
    """Zero the bytes between the fields of a tree's nodes: whatever was in memory there."""
    array = parse_array(data, "the fitted pipeline")
    if array.dtype.names is None:
        return data
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def _without_training_state(node: dict[str, Any]) -> dict[str, Any]:
    keep = [k not in TRAINING_ONLY for k in node["content"]]
    types = node["key_types"]
    kept_types = [t for t, k in zip(types["content"], keep, strict=True) if k]
    content = {k: v for k, v in node["content"].items() if k not in TRAINING_ONLY}
    return {**node, "content": content, "key_types": {**types, "content": kept_types}}


def put_together(state: Any, archive: Archive) -> tuple[Any, bool]:
    """Audit a state, then let skops build the pipeline from it.

    Returns
    -------
    pipeline : Pipeline, or its one step that is stored
    same_version : bool
        False where another version of scikit-learn wrote it.

    Raises
    ------
    InputError
        Where the state holds a type that no recipe consists of, or can't be built.
    """
    audit = StateAudit(archive)
    audit.check(current_names(state))
    data = _as_skops(state, archive, sorted(audit.files))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            foreign = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
            pipeline = None if foreign else skops.io.loads(data, trusted=list(TRUSTED))
        except Exception as error:  # contradictory states raise many types
            raise refuse(archive.where, f"can't be built ({error})") from None
    if foreign:
        raise refuse(archive.where, f"holds a foreign type: {foreign[0]}")
    return pipeline, not any(w.category is InconsistentVersionWarning for w in warned)


def _as_skops(state: Any, archive: Archive, files: list[str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as rebuilt:
        rebuilt.writestr(_SKOPS_SCHEMA, json.dumps(state))
        for name in files:
            rebuilt.writestr(name, archive.entry(name))
    return buffer.getvalue()
