"""Every private name of scikit-learn that the exact tier needs, each with its reason.

`tests/search/test_sklearn_internals.py` fails when one of them changes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, clone
from sklearn.feature_selection._base import _get_feature_importances
from sklearn.metrics._scorer import _MultimetricScorer, _PassthroughScorer, _Scorer
from sklearn.model_selection import GridSearchCV
from sklearn.model_selection._validation import (
    _fit_and_score,
    _insert_error_scores,
    _score,
    _warn_or_raise_about_fit_failures,
)
from sklearn.svm import _libsvm
from sklearn.tree._classes import CRITERIA_REG, DENSE_SPLITTERS
from sklearn.tree._tree import DepthFirstTreeBuilder, Tree
from sklearn.utils import _safe_indexing
from sklearn.utils.metadata_routing import _routing_enabled
from sklearn.utils.validation import _check_method_params, validate_data

_EPSILON_SVR = 3  # libsvm's number for the problem


def take_rows(array: Any, rows: Any) -> Any:
    """Cut rows exactly as GridSearchCV cuts a fold out of lists, arrays, frames and sparse."""
    return None if array is None else _safe_indexing(array, rows)


def take_params(X: Any, params: dict[str, Any], rows: Any = None) -> dict[str, Any]:
    """Cut those fit arguments that have one entry per row of `X`, as GridSearchCV does."""
    return _check_method_params(X, params=params, indices=rows)


def score_or_raise(estimator: Any, X: Any, y: Any, scorer: Any, params: dict[str, Any]) -> Any:
    """Score as GridSearchCV does where it works; a scorer that fails raises."""
    return _score(estimator, X, y, scorer, params, "raise")


def fit_and_score(estimator: Any, X: Any, y: Any, **how: Any) -> dict[str, Any]:
    """Fit and score one candidate on one split, with GridSearchCV's own function."""
    return _fit_and_score(clone(estimator), X, y, verbose=0, return_times=True, **how)


def report_failures(fits: list[dict[str, Any]], error_score: Any) -> None:
    """Warn that some fits failed, or raise where all did, in scikit-learn's words."""
    _warn_or_raise_about_fit_failures(fits, error_score)


def insert_error_scores(fits: list[dict[str, Any]], error_score: Any) -> None:
    """Give failed fits one error score for each of a callable's several scores."""
    _insert_error_scores(fits, error_score)


def format_results(candidates: list[dict[str, Any]], fits: list[dict[str, Any]]) -> dict[str, Any]:
    """Build ``cv_results_`` as GridSearchCV does."""
    search = GridSearchCV(None, {}, return_train_score="train_scores" in fits[0])
    return search._format_results(candidates, len(fits) // len(candidates), fits)


def best_index(refit: Any, refit_metric: str, results: dict[str, Any]) -> int:
    """Choose the best candidate as GridSearchCV does."""
    return GridSearchCV._select_best_index(refit, refit_metric, results)


STATE_KEPT_BY_CLONES = frozenset({"_skl_callbacks", "_sklearn_output_config"})


def clones_its_own_way(estimator: Any) -> bool:
    """Tell whether ``clone`` does more than to make the class anew from its parameters."""
    cloning = getattr(type(estimator), "__sklearn_clone__", None)
    return cloning is not getattr(BaseEstimator, "__sklearn_clone__", None) and (
        isinstance(estimator, BaseEstimator)
    )


def scorer_parts(scorer: Any) -> dict[str, Any] | None:
    """Name the scorers behind a scorer, or None for a callable of the user's."""
    if isinstance(scorer, _MultimetricScorer):
        return dict(scorer._scorers)
    return {"score": scorer} if isinstance(scorer, (_Scorer, _PassthroughScorer)) else None


def metric_and_arguments(scorer: Any) -> Any:
    """Return what a single scorer of scikit-learn's calls, or None."""
    if type(scorer) is not _Scorer:
        return None
    return [scorer._score_func, scorer._kwargs]


def metric_of(scorer: Any) -> tuple[Any, float] | None:
    """Return (metric, sign) of a scorer that is a bare function of ``predict``, else None."""
    if type(scorer) is not _Scorer or scorer._kwargs or scorer._response_method != "predict":
        return None
    return scorer._score_func, scorer._sign


def is_own_score(scorer: Any) -> bool:
    """Tell whether a scorer is the estimator's own ``score`` method."""
    return type(scorer) is _PassthroughScorer


def why_left_to_sklearn(search: Any, base: type) -> str | None:
    """Say why GridSearchCV itself must run, whatever is searched; None where that depends."""
    if _routing_enabled():
        return "metadata routing is enabled"
    if getattr(search, "_skl_callbacks", None):
        return "callbacks are registered"
    changed = {"_run_search", "_format_results", "_select_best_index", "_get_scorers"}
    if any(getattr(type(search), name) is not getattr(base, name) for name in changed):
        return "a subclass has a search of its own"
    if get_config()["array_api_dispatch"] or get_config()["transform_output"] != "default":
        return "arrays are not NumPy's"
    return "every fit is to be told" if search.verbose > 1 else None


def validate_search(search: Any) -> None:
    """Check the parameters of a GridSearchCV as its ``fit`` does."""
    search._validate_params()


def scorers_and_params(search: Any, X: Any, params: dict[str, Any]) -> tuple[Any, Any]:
    """Resolve a GridSearchCV's scorers, and whom each argument of ``fit`` is meant for."""
    scorers, _ = search._get_scorers()
    return scorers, search._get_routed_params_for_fit(take_params(X, params))


def check_refit(search: Any, scores: dict[str, Any]) -> None:
    """Check that ``refit`` names one of several scores."""
    search._check_refit_for_multimetric(scores)


def public_scorer(scorer: Any) -> Any:
    """Return what GridSearchCV stores as ``scorer_``."""
    return scorer._scorers if isinstance(scorer, _MultimetricScorer) else scorer


def validate_for_rfe(rfe: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """Check and convert the data as the first lines of ``RFE.fit`` do; names go to `rfe`."""
    return validate_data(
        rfe,
        X,
        y,
        accept_sparse="csc",
        ensure_min_features=2,
        ensure_all_finite=False,
        multi_output=True,
    )


def rfe_importances(fitted: Any, getter: Any) -> Any:
    """Read the importances that RFE ranks columns by."""
    return _get_feature_importances(fitted, getter, transform_func="square")


def copy_feature_names(source: Any, target: Any) -> None:
    """Hand on what ``validate_data`` learned about the columns."""
    for name in ("n_features_in_", "feature_names_in_"):
        if hasattr(source, name):
            setattr(target, name, getattr(source, name))


def libsvm_dots(rows: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return dot products, shape (n_rows, n_vectors), as libsvm rounds them.

    A machine with one support vector, coefficient 1 and offset 0 predicts its kernel.
    """
    one, pair = np.zeros(1, dtype=np.int32), np.ones(2, dtype=np.int32)
    unit, zero = np.ones((1, 1)), np.zeros(1)
    out = np.empty((len(rows), len(vectors)))
    for j in range(len(vectors)):
        out[:, j] = _libsvm.predict(
            rows, one, vectors[j : j + 1], pair, unit, zero, svm_type=_EPSILON_SVR, kernel="linear"
        )
    return out


class LibsvmSolution(NamedTuple):
    """What libsvm returns for a regression."""

    support: np.ndarray
    coef: np.ndarray
    intercept: float
    iterations: int
    capped: bool


def libsvm_solve(svr: Any, X: np.ndarray, y: np.ndarray, gamma: float) -> LibsvmSolution:
    """Call the solver behind ``SVR.fit``, without the checks around it."""
    _libsvm.set_verbosity_wrap(0)
    solved = _libsvm.fit(
        X,
        y,
        svm_type=_EPSILON_SVR,
        kernel=svr.kernel,
        C=svr.C,
        degree=svr.degree,
        shrinking=svr.shrinking,
        tol=svr.tol,
        cache_size=svr.cache_size,
        coef0=svr.coef0,
        gamma=gamma,
        epsilon=svr.epsilon,
        max_iter=svr.max_iter,
        random_seed=0,
    )
    support, _, _, coef, intercept, _, _, status, iterations = solved
    return LibsvmSolution(support, coef[0], intercept[0], int(iterations[0]), bool(status))


class TreeGrower:
    """Grow regression trees as a tree's ``fit`` does once its checks are done.

    Of the 1 ms that a forest takes for a tree of 130 rows, the checks take 0.7.

    Parameters
    ----------
    tree : fitted DecisionTreeRegressor or ExtraTreeRegressor
        One output, whole numbers for ``min_samples_split`` and ``min_samples_leaf``, and no
        weight fraction, leaf limit, pruning or monotonicity.
    n_rows : int
    max_depth : int or None
    """

    def __init__(self, tree: Any, n_rows: int, max_depth: int | None):
        self.n_features = tree.n_features_in_
        self.number = _OneNumber()
        leaf = tree.min_samples_leaf
        split = max(tree.min_samples_split, 2 * leaf)
        criterion = CRITERIA_REG[tree.criterion](1, n_rows)
        splitter = DENSE_SPLITTERS[tree.splitter](
            criterion, tree.max_features_, leaf, 0.0, self.number, None
        )
        depth = np.iinfo(np.int32).max if max_depth is None else max_depth
        self.builder = DepthFirstTreeBuilder(
            splitter, split, leaf, 0.0, depth, tree.min_impurity_decrease
        )

    def grow(self, X: np.ndarray, y: np.ndarray, weight: np.ndarray | None, number: int) -> Any:
        """Grow a tree.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), single precision
        y : ndarray of shape (n_rows, 1)
        weight : ndarray of shape (n_rows,) or None
        number : int
            What the splitter draws from its random state.
        """
        self.number.value = number
        grown = Tree(self.n_features, np.ones(1, dtype=np.intp), 1)
        self.builder.build(grown, X, y, weight, None)
        return grown


class _OneNumber:
    """Stand in for the random state of a splitter, which draws a single number from it."""

    value = 0

    def randint(self, low: int, high: int) -> int:
        return self.value


def same_tree(ours: Any, theirs: Any) -> bool:
    """Compare two grown trees bit by bit."""
    names = ("children_left", "children_right", "feature", "threshold", "value", "impurity")
    return all(np.array_equal(getattr(ours, n), getattr(theirs, n)) for n in names)


def rows_in_each_bag(forest: Any) -> int:
    """Return how many rows a fitted forest draws for a tree, or 0 if it draws none."""
    return forest._n_samples_bootstrap or 0


def boosting_start(model: Any) -> float:
    """Return what a fitted boosted regressor predicts before its first stage."""
    return float(model._raw_predict_init(np.zeros((1, model.n_features_in_), np.float32))[0, 0])
