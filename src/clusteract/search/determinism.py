"""Whether fitting an estimator twice gives the same model twice, and if not, why."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.svm import SVC, NuSVC
from sklearn.utils import get_tags

from clusteract.search.fingerprints import params_of

_PLAIN = (bool, int, float, str, type(None), np.generic)

# Settings at which the estimator never draws from its random_state.
_NEVER_DRAWS: dict[type, Callable[[Any], bool]] = {
    ElasticNet: lambda e: e.selection == "cyclic",
    Lasso: lambda e: e.selection == "cyclic",
    LogisticRegression: lambda e: e.solver in ("lbfgs", "newton-cg", "newton-cholesky"),
    NuSVC: lambda e: not _asks_probability(e),
    PCA: lambda e: e.svd_solver in ("full", "covariance_eigh"),
    Ridge: lambda e: e.solver in ("svd", "cholesky", "lsqr", "sparse_cg", "lbfgs"),
    SVC: lambda e: not _asks_probability(e),
}


def _asks_probability(svc: Any) -> bool:
    return getattr(svc, "probability", False) is True


def why_random(estimator: Any) -> str | None:
    """Say why two fits of an estimator may differ, or None when they cannot.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> why_random(RandomForestRegressor(random_state=1)) is None
    True
    >>> why_random(RandomForestRegressor())
    'RandomForestRegressor has random_state=None; give it an integer to let its fits be shared'
    """
    if not hasattr(estimator, "get_params"):
        return None
    for owner in _with_parts(estimator):
        reason = _why_part_random(owner)
        if reason:
            return reason
    return None


def _with_parts(estimator: Any) -> list[Any]:
    """List an estimator and the estimators among its parameters, at any depth."""
    if all(isinstance(value, _PLAIN) for value in params_of(estimator).values()):
        return [estimator]
    deep = estimator.get_params(deep=True).values()
    return [estimator, *(v for v in deep if hasattr(v, "get_params") and not isinstance(v, type))]


def _why_part_random(estimator: Any) -> str | None:
    name = type(estimator).__name__
    params = params_of(estimator)
    if "random_state" in params and not isinstance(params["random_state"], Integral):
        if _NEVER_DRAWS.get(type(estimator), lambda e: False)(estimator):
            return None
        kind = type(params["random_state"]).__name__
        given = "None" if params["random_state"] is None else f"a {kind}"
        return f"{name} has random_state={given}; give it an integer to let its fits be shared"
    if "random_state" not in params and _tagged_random(estimator):
        return f"{name} is tagged non-deterministic"
    return None


def _tagged_random(estimator: Any) -> bool:
    has_tags = hasattr(estimator, "fit") and hasattr(estimator, "__sklearn_tags__")
    return has_tags and get_tags(estimator).non_deterministic
