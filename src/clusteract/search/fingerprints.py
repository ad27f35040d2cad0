"""What makes two settings the same setting: a text that depends on content alone."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

import joblib
import numpy as np
from sklearn.base import BaseEstimator

NUMBERS_AND_TEXT = (bool, int, float, complex, str, bytes, type(None), np.generic)
_NAMES: dict[type, tuple[str, ...]] = {}


def fingerprint(value: Any) -> str:
    """Write a parameter value, or an unfitted estimator, as a text that names its content.

    Equal texts mean that one may stand in for the other. Types count: ``1``, ``1.0`` and
    ``True`` differ, because an estimator may tell them apart.

    Examples
    --------
    >>> from sklearn.svm import SVR
    >>> fingerprint(SVR(C=2.0)) == fingerprint(SVR().set_params(C=2.0))
    True
    >>> fingerprint(1) == fingerprint(1.0)
    False
    """
    if isinstance(value, NUMBERS_AND_TEXT):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}({','.join(map(fingerprint, value))})"
    if isinstance(value, dict):
        items = sorted((fingerprint(k), fingerprint(v)) for k, v in value.items())
        return f"dict({items})"
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"array({array_digest(value)})"
    if isinstance(value, type):
        name = f"{value.__module__}.{value.__qualname__}"
        return f"class:{name}" if _object_at(name) is value else f"class:{name}:id{id(value)}"
    if hasattr(value, "get_params"):
        params = params_of(value)
        state = {k: v for k, v in vars(value).items() if k not in params}
        content = f"{fingerprint(params)}{fingerprint(state) if state else ''}"
        return f"{fingerprint(type(value))}({content})"
    return _opaque(value)


def params_of(estimator: Any) -> dict[str, Any]:
    """Return ``get_params(deep=False)``, which looks at the signature anew at every call."""
    cls = type(estimator)
    if getattr(cls, "get_params", None) is not BaseEstimator.get_params:
        return estimator.get_params(deep=False)
    if cls not in _NAMES:
        _NAMES[cls] = tuple(estimator.get_params(deep=False))
    return {name: getattr(estimator, name) for name in _NAMES[cls]}


def _opaque(value: Any) -> str:
    """Name a function by where it is found, any other object by its pickled content."""
    name = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    if _object_at(name) is value:
        return f"name:{name}"
    try:
        return f"{type(value).__qualname__}:{joblib.hash(value)}"
    except Exception:  # a lambda, an open file: nothing but itself is known to equal it
        return f"{type(value).__qualname__}:id{id(value)}"


def _object_at(name: str) -> Any:
    """Return the object that a dotted name points to in the loaded modules, or None."""
    module, _, qualname = name.rpartition(".")
    return getattr(sys.modules.get(module), qualname, None)


def array_digest(array: Any) -> str:
    """Hash an array's type, shape, layout and bytes; anything else by its content.

    Layout counts, because a sum over a Fortran-ordered array may round differently.
    """
    if not isinstance(array, np.ndarray) or array.dtype == object:
        return str(joblib.hash(array))
    order = "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "K"
    head = f"{array.dtype.str}{array.shape}{order}".encode()
    return hashlib.sha256(head + array.tobytes(order="A")).hexdigest()
