"""What may be shared: estimators, values and scorers whose fits are known to be repeatable.

Everything else is left to scikit-learn, whole, so that it sees scikit-learn's sequence of calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import OneToOneFeatureMixin
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectorMixin
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC, LinearSVC, LinearSVR, NuSVC
from sklearn.utils import get_tags

from clusteract.search import sklearn_internals as internals
from clusteract.search.fingerprints import NUMBERS_AND_TEXT, params_of
from clusteract.search.rules import has_rule


class Shape(NamedTuple):
    """The size of the training sets: what decides which solver a step will run."""

    fewest_rows: int
    most_rows: int
    n_columns: int | None  # None where an earlier step may have changed it


UNKNOWN = Shape(0, sys.maxsize, None)


def shape_of(X: Any, training_rows: Iterable[int]) -> Shape:
    """Read the size of the training sets off a table and how many rows each takes of it."""
    rows = list(training_rows)
    dense = isinstance(X, (np.ndarray, pd.DataFrame)) and X.ndim == 2
    return Shape(min(rows), max(rows), X.shape[1] if dense else None)


def _pca_draws(pca: Any, shape: Shape) -> bool:
    if pca.svd_solver != "auto":
        return pca.svd_solver not in ("full", "covariance_eigh")
    if shape.n_columns is None:
        return True
    small = max(shape.most_rows, shape.n_columns) <= 500
    tall = shape.n_columns <= 1000 and shape.fewest_rows >= 10 * shape.n_columns
    whole = pca.n_components is None or pca.n_components == "mle" or 0 < pca.n_components < 1
    return not (small or tall or whole)


def _svc_draws(svc: Any, shape: Shape) -> bool:
    return getattr(svc, "probability", False) is True


# Whether an estimator's solver reads the stream of its random_state for anything that it learns.
_DRAWS: dict[type, Callable[[Any, Shape], bool]] = {
    ElasticNet: lambda e, s: e.selection != "cyclic",
    GaussianProcessRegressor: lambda e, s: e.n_restarts_optimizer != 0,
    Lasso: lambda e, s: e.selection != "cyclic",
    LinearSVC: lambda e, s: e.dual is not False,
    LinearSVR: lambda e, s: e.dual is not False,
    LogisticRegression: lambda e, s: e.solver not in ("lbfgs", "newton-cg", "newton-cholesky"),
    NuSVC: _svc_draws,
    PCA: _pca_draws,
    Ridge: lambda e, s: e.solver in ("sag", "saga"),
    SVC: _svc_draws,
}


def why_random(estimator: Any, shape: Shape = UNKNOWN) -> str | None:
    """Say why two fits of an estimator, its parts apart, may differ; None where they can't.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> why_random(RandomForestRegressor(random_state=1)), why_random(Ridge())
    (None, None)
    >>> why_random(RandomForestRegressor())
    'RandomForestRegressor has random_state=None; give it an integer to let its fits be shared'
    """
    name, params = type(estimator).__name__, params_of(estimator)
    if "random_state" not in params:
        return f"{name} is tagged non-deterministic" if _tagged_random(estimator) else None
    state = params["random_state"]
    if isinstance(state, Integral):
        return None
    draws = _DRAWS.get(type(estimator), lambda e, s: True)
    if state is None and not draws(estimator, shape):
        return None
    given = "None" if state is None else f"a {type(state).__name__}"
    return f"{name} has random_state={given}; give it an integer to let its fits be shared"


def _tagged_random(estimator: Any) -> bool:
    has_tags = hasattr(estimator, "fit") and hasattr(estimator, "__sklearn_tags__")
    return has_tags and get_tags(estimator).non_deterministic


def why_value_unshared(value: Any, shape: Shape | None = UNKNOWN) -> str | None:
    """Say why a parameter's value, or an estimator, keeps a search from being shared.

    Without a shape nothing is said of randomness.

    Examples
    --------
    >>> why_value_unshared({"C": [1, 2.0], "kernel": "rbf"}) is None
    True
    >>> why_value_unshared(lambda x: x)
    'function <lambda> is not known to return the same for the same'
    """
    if isinstance(value, str) and value == "precomputed":
        return "the input is pairwise (precomputed)"
    if isinstance(value, NUMBERS_AND_TEXT) or _is_library_code(value):
        return None
    if isinstance(value, np.ndarray) and value.dtype != object:
        return None
    if isinstance(value, Mapping):
        return _first([*value, *value.values()], shape)
    if isinstance(value, (tuple, list, range)):
        return _first(value, shape)
    if hasattr(value, "get_params") and not isinstance(value, type):
        return _why_estimator_unshared(value, shape)
    named = getattr(value, "__qualname__", type(value).__qualname__).rpartition(".")[2]
    return f"{type(value).__name__} {named} is not known to return the same for the same"


def _first(values: Iterable[Any], shape: Shape | None) -> str | None:
    inner = None if shape is None else UNKNOWN
    reasons = (why_value_unshared(value, inner) for value in values)
    return next((reason for reason in reasons if reason), None)


def _is_library_code(value: Any) -> bool:
    """Accept NumPy's functions and number types, and functions of scikit-learn and of ours."""
    if isinstance(value, (np.ufunc, np.dtype)):
        return True
    if isinstance(value, type):
        return issubclass(value, (np.generic, int, float)) and value.__module__ in _PLAIN_HOMES
    return callable(value) and not hasattr(value, "get_params") and _is_at_home(value)


_PLAIN_HOMES = ("builtins", "numpy")


def _is_at_home(thing: Any) -> bool:
    """Tell whether a class or function is the one of its name in scikit-learn or clusteract."""
    module, name = getattr(thing, "__module__", "") or "", getattr(thing, "__qualname__", "")
    ours = module.partition(".")[0] in ("sklearn", "clusteract")
    return ours and getattr(sys.modules.get(module), name, None) is thing


def _why_estimator_unshared(estimator: Any, shape: Shape | None) -> str | None:
    cls = type(estimator)
    name = cls.__name__
    if not (has_rule(cls) or _is_at_home(cls)):
        return f"{name} is no estimator that sharing was written for"
    if internals.clones_its_own_way(estimator):
        return f"{name} has a clone of its own"
    if not vars(estimator).keys().isdisjoint(internals.STATE_KEPT_BY_CLONES):
        return f"{name} has callbacks or an output format of its own"
    params = params_of(estimator)
    if any(key.startswith("copy") and on is not True for key, on in params.items()):
        return f"{name} may write into its input"
    if cls is Pipeline:
        return _why_pipeline_unshared(estimator, shape)
    return (shape and why_random(estimator, shape)) or _first(params.values(), shape)


def _why_pipeline_unshared(pipeline: Pipeline, shape: Shape | None) -> str | None:
    if pipeline.memory is not None or pipeline.verbose or pipeline.transform_input is not None:
        return "Pipeline has memory, verbose or transform_input"
    names = [name for name, _ in pipeline.steps]
    if len(set(names)) < len(names) or any("__" in str(name) for name in names):
        return "Pipeline has names that it will refuse"
    for _, step in pipeline.steps:
        if reason := why_value_unshared(step, shape):
            return reason
        shape = shape and behind(step, shape)
    return None


def behind(step: Any, shape: Shape) -> Shape:
    """Return what is known of the size behind a step."""
    return shape if _keeps_columns(step) else shape._replace(n_columns=None)


def _keeps_columns(step: Any) -> bool:
    fewer_or_same = isinstance(step, (OneToOneFeatureMixin, SelectorMixin))
    return fewer_or_same or step in (None, "passthrough")


def why_scoring_unshared(scoring: Any) -> str | None:
    """Say why a scorer keeps a search from being shared: it may look at more than predictions."""
    if scoring is None or isinstance(scoring, str):
        return None
    if isinstance(scoring, Mapping):
        reasons: Iterator[str | None] = map(why_scoring_unshared, scoring.values())
        return next((reason for reason in reasons if reason), None)
    if isinstance(scoring, (list, tuple, set)):
        return None
    parts = internals.scorer_parts(scoring)
    metric = parts and internals.metric_and_arguments(scoring)
    if not metric or why_value_unshared(metric):
        return "the scorer is a function of the user's"
    return None


def is_plain_table(data: Any) -> bool:
    """Accept arrays, lists, frames and sparse matrices."""
    return (
        data is None
        or type(data) in (np.ndarray, list, pd.DataFrame, pd.Series)
        or (sparse.issparse(data))
    )
