"""Models that can't be stored: described by names and settings, and fitted again when loaded."""

from __future__ import annotations

import importlib
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.model.allowed import ESTIMATORS, FUNCTIONS, REFITTED, type_name
from clusteract.validation.training_memory import STEP

_OWN = {*ESTIMATORS, *FUNCTIONS}
_DEEPEST = 20  # estimators within estimators


def foreign_types(value: Any) -> tuple[str, ...]:
    """Return the names of what a pipeline consists of beyond the types that are stored, sorted.

    Examples
    --------
    >>> from sklearn.kernel_ridge import KernelRidge
    >>> from sklearn.preprocessing import StandardScaler
    >>> foreign_types(Pipeline([("scaler", StandardScaler()), ("model", KernelRidge())]))
    ('sklearn.kernel_ridge.KernelRidge',)
    """
    return tuple(sorted(set(_names(value, 0)) - _OWN))


def _names(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        yield type_name(value)
    elif hasattr(value, "get_params"):
        yield type_name(type(value))
        for inner in value.get_params(deep=False).values():
            yield from _names(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _names(inner, depth + 1)


def saving_way(pipeline: Pipeline) -> str:
    """Say how a pipeline, fitted or not, would be saved.

    Returns
    -------
    str
        ``"stored"``: all that it learned is in the file. ``"refit"``: its settings and training
        rows are; loading asks for trust in its types by name, and fits it again.

    Raises
    ------
    InputError
        Where it can be saved in neither way.

    Examples
    --------
    >>> from sklearn.kernel_ridge import KernelRidge
    >>> saving_way(Pipeline([("model", KernelRidge())]))
    'refit'
    """
    if not foreign_types(pipeline):
        return "stored"
    describe(pipeline)
    return "refit"


def describe(value: Any, where: str = "the pipeline", depth: int = 0) -> Any:
    """Return a pipeline's types and settings as JSON values, nothing that it learned.

    Raises
    ------
    InputError
        Where a setting is neither a number, a text, a container of them, nor something that
        stands under a name in a module.
    """
    if depth > _DEEPEST:
        raise InputError(f"{where}: more than {_DEEPEST} levels of settings can't be saved")
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        items = [describe(v, where, depth + 1) for v in value]
        return {"list" if isinstance(value, list) else "tuple": items}
    if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        # Pairs: a key of theirs, such as "type", is then no key of ours.
        pairs = [[k, describe(v, f"{where}.{k}", depth + 1)] for k, v in value.items()]
        return {"dict": pairs}
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        return {"name": _findable(value, where)}
    if hasattr(value, "get_params"):
        name = _findable(type(value), where)
        params = value.get_params(deep=False)
        return {
            "type": name,
            "params": {k: describe(v, f"{name} {k}", depth + 1) for k, v in params.items()},
        }
    raise InputError(
        f"{where} is a {type(value).__name__}, which no model file can hold; give a number, a "
        "text, a list or an estimator"
    )


def _findable(kind: Any, where: str) -> str:
    name = type_name(kind)
    if kind.__module__ == "__main__" or "<" in name or "." in kind.__qualname__:
        raise InputError(
            f"{where}: {name} can't be found again when the model is loaded; define it at the top "
            "of a module that can be imported"
        )
    return name


def names_in(description: Any) -> tuple[str, ...]:
    """Return the names that a description would import beyond our own, sorted."""
    names, stack = set(), [description]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += node
        elif isinstance(node, dict):
            names |= {str(node[key]) for key in ("type", "name") if key in node}
            stack += node.values()
    return tuple(sorted(names - _OWN))


class Builder:
    """Builds what a description says from names that are trusted, and from no others.

    Parameters
    ----------
    trusted : collection of str
    """

    def __init__(self, trusted: Collection[str]) -> None:
        self._allowed = _OWN | set(REFITTED) | set(trusted)

    def build(self, node: Any) -> Any:
        """Return the unfitted object.

        Raises
        ------
        ValueError
            Where the description is malformed, or a name is none of an estimator.
        """
        if not isinstance(node, dict):
            return node
        if set(node) == {"type", "params"} and isinstance(node["params"], dict):
            return self._estimator(node["type"], node["params"])
        if len(node) != 1:
            raise ValueError(f"a malformed entry with {sorted(node)[:5]}")
        ((kind, content),) = node.items()
        if kind == "float" and content in ("nan", "inf", "-inf"):
            return float(content)
        if kind == "name":
            return self._import(content)
        if kind in ("list", "tuple") and isinstance(content, list):
            items = [self.build(v) for v in content]
            return items if kind == "list" else tuple(items)
        if kind == "dict" and isinstance(content, list):
            return {key: self.build(v) for key, v in content}
        raise ValueError(f"a malformed entry {kind!r}")

    def _estimator(self, name: str, params: dict[str, Any]) -> Any:
        kind = self._import(name)
        if not (isinstance(kind, type) and hasattr(kind, "get_params")):
            raise ValueError(f"{name} is no estimator")
        if params.get("memory") is not None:
            raise ValueError(f"{name} keeps a cache of pickles")
        return kind(**{key: self.build(value) for key, value in params.items()})

    def _import(self, name: str) -> Any:
        if name not in self._allowed:
            raise ValueError(f"{name} is not trusted")
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module), attribute)


def without_memory(pipeline: Pipeline) -> Pipeline:
    """Return a pipeline without the step that remembers its training rows."""
    return Pipeline([(name, step) for name, step in pipeline.steps if name != STEP])
