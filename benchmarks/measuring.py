"""Measures of docs/accuracy.md and docs/trust.md that no verb makes: each chooses and fits anew.

The product measures intervals and domain by the fits of a study (`validation.fold_trust`); these
ask the same of any splits, and hold the product's interval against CV+.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import KFold, ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from clusteract.chemistry.groups import main_metal
from clusteract.recipes import Recipe
from clusteract.search import SharedGridSearchCV
from clusteract.search.budget import draw_candidates
from clusteract.table import Table
from clusteract.validation import OuterFolds
from clusteract.validation.applicability import ApplicabilityCheck, ApplicabilityDomain
from clusteract.validation.applicability.left_out_blocks import left_out_blocks, raised_limits
from clusteract.validation.fold_search import clone_params
from clusteract.validation.intervals import Coverage, LocalDifficulty
from clusteract.validation.intervals.coverage import LEVELS
from clusteract.validation.splits import Split

_BUDGET = 20


def chosen_pipeline(
    recipe: Recipe,
    X: np.ndarray,
    y: np.ndarray,
    *,
    folds: int = 10,
    budget: int | None = _BUDGET,
    seed: int = 42,
) -> Pipeline:
    """Return the unfitted pipeline that inner folds of a training set choose.

    Parameters
    ----------
    recipe : Recipe
    X : ndarray, (n_rows, n_descriptors)
        What the recipe sees of the training set (`Recipe.see`).
    y : ndarray, (n_rows,)
    folds : int
    budget : int or None
        Candidates drawn from a larger search space.
    seed : int
    """
    pipeline = recipe.pipeline(seed, impute=True)
    grid = draw_candidates(recipe.grid_for(X.shape[1]), budget, seed, recipe.halving)
    candidates = list(ParameterGrid(grid))
    if len(candidates) == 1:
        best = candidates[0]
    else:
        search = SharedGridSearchCV(pipeline, grid, cv=folds, scoring=recipe.scoring, refit=False)
        best = search.fit(X, y).best_params_
    return clone(pipeline).set_params(**clone_params(best))


def unseen_errors(
    model: Pipeline, X: np.ndarray, y: np.ndarray, splits: Iterable[Split]
) -> np.ndarray:
    """Return target minus prediction by a model that had not seen the cluster's part, (n,)."""
    errors = np.zeros(len(y))
    for train, test in splits:
        errors[test] = y[test] - clone(model).fit(X[train], y[train]).predict(X[test])
    return errors


def check_applicability(
    table: Table, recipe: Recipe, outer: OuterFolds, question: str, *, seed: int = 42
) -> ApplicabilityCheck:
    """Compare errors inside and outside over outer folds.

    Parameters
    ----------
    table : Table
        With a target.
    recipe : Recipe
    outer : OuterFolds
        Random ones or `hard_folds`.
    question : str
        What the folds leave out.
    seed : int
    """
    used = table.mask_sentinels()
    seen, y = recipe.see(used), np.asarray(table.target)
    found, rows = [], []
    for train, test in outer.split(table.descriptors):
        pipeline = chosen_pipeline(recipe, seen.descriptors[train], y[train], seed=seed)
        pipeline.fit(seen.descriptors[train], y[train])
        judged = ApplicabilityDomain(seen.take(train), _tested(pipeline, seen.take(train))).judge(
            seen.take(test)
        )
        found.append((judged, pipeline.predict(seen.descriptors[test]) - y[test]))
        rows += test.tolist()
    return ApplicabilityCheck(
        recipe=recipe.name,
        question=question,
        inside=np.concatenate([j.inside for j, _ in found]),
        error=np.concatenate([e for _, e in found]),
        distance=np.concatenate([j.distance for j, _ in found]),
        reasons=tuple(r for j, _ in found for r in j.reasons),
        rows=tuple(rows),
        remarks=tuple(r for j, _ in found for r in j.remarks),
    )


def _tested(pipeline: Pipeline, training: Table) -> np.ndarray:
    X, y = training.descriptors, np.asarray(training.target)
    blocks = left_out_blocks(X)
    return raised_limits(training, blocks, unseen_errors(pipeline, X, y, blocks))


def measure_coverage(
    table: Table,
    recipe: Recipe,
    *,
    outer: OuterFolds | None = None,
    levels: Sequence[float] = LEVELS,
    inner_folds: int = 10,
    adaptive: bool = True,
    seed: int = 42,
) -> Coverage:
    """Measure on outer folds whether a recipe's intervals hold what they promise.

    Parameters
    ----------
    table : Table
        With a target.
    recipe : Recipe
        Its settings are chosen inside each outer training set, as are the intervals.
    outer : OuterFolds, optional
        10 folds shuffled with `seed` by default.
    levels : sequence of float
    inner_folds : int
        For the choice and for the intervals.
    adaptive : bool
    seed : int
    """
    used = table.mask_sentinels()
    seen, y = recipe.see(used), np.asarray(table.target)
    X, names = seen.descriptors, main_metal(table)
    parts = []
    for train, test in (outer or OuterFolds(seed=seed)).split(table.descriptors):
        pipeline = chosen_pipeline(recipe, X[train], y[train], folds=inner_folds, seed=seed)
        model = CrossConformal(pipeline, inner_folds, adaptive, seed).fit(X[train], y[train])
        ends = [model.predict_interval(X[test], level) for level in levels]
        parts.append((test, model.predict(X[test]), ends))
    rows = np.concatenate([p[0] for p in parts])
    return Coverage(
        recipe=recipe.name,
        rows=tuple(rows.tolist()),
        measured=tuple(y[rows].tolist()),
        predicted=tuple(np.concatenate([p[1] for p in parts]).tolist()),
        ends={
            level: (_joined(parts, i, 0), _joined(parts, i, 1)) for i, level in enumerate(levels)
        },
        groups=tuple(names[i] for i in rows),
    )


def _joined(parts: list, level: int, end: int) -> tuple[float, ...]:
    return tuple(np.concatenate([p[2][level][end] for p in parts]).tolist())


class CrossConformal(RegressorMixin, BaseEstimator):
    r"""The CV+ interval with errors scaled by local difficulty.

    Each training cluster i was predicted by a model that had not seen its inner fold; its error
    :math:`R_i`, divided by its difficulty :math:`s_i`, is carried over to the new cluster x:

    .. math:: \mu_{-k(i)}(x) \pm s(x) R_i / s_i

    The interval lies between the quantiles of these ends over all i. With constant difficulty its
    coverage is guaranteed to be at least :math:`1 - 2 \alpha` for exchangeable clusters and is
    close to :math:`1 - \alpha` in practice (R. F. Barber et al., Ann. Statist. 2021, 49, 486,
    doi:10.1214/20-AOS1965). With difficulties estimated from the same errors there is no
    guarantee: `measure_coverage` says what it is.

    Parameters
    ----------
    estimator : estimator
        Any regressor, or a pipeline; missing values are its own affair.
    folds : int
        Inner folds, shuffled; at most one per cluster.
    adaptive : bool
        False gives one width to all clusters.
    random_state : int

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all rows: what `predict` asks.
    members_ : list of estimators
        One per inner fold.
    fold_of_ : ndarray of int, (n_rows,)
    errors_ : ndarray, (n_rows,)
        Absolute errors of the members on clusters that they had not seen.
    difficulty_ : LocalDifficulty or None

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(size=(300, 1))
    >>> y = X[:, 0] + rng.normal(0, 0.1, 300)
    >>> model = CrossConformal(LinearRegression()).fit(X[:200], y[:200])
    >>> low, high = model.predict_interval(X[200:], 0.9)
    >>> bool(0.83 < np.mean((low <= y[200:]) & (y[200:] <= high)) < 0.97)
    True
    """

    def __init__(
        self, estimator: Any, folds: int = 10, adaptive: bool = True, random_state: int = 0
    ) -> None:
        self.estimator = estimator
        self.folds = folds
        self.adaptive = adaptive
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> CrossConformal:
        """Predict every inner fold by a model that has not seen it; fit one on all rows.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = self._checked(X, y)
        folds = KFold(min(self.folds, len(y)), shuffle=True, random_state=self.random_state)
        self.members_, self.fold_of_, self.errors_ = [], np.zeros(len(y), int), np.zeros(len(y))
        for k, (train, test) in enumerate(folds.split(X)):
            member = clone(self.estimator).fit(X[train], y[train])
            self.members_.append(member)
            self.fold_of_[test] = k
            self.errors_[test] = np.abs(y[test] - member.predict(X[test]))
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.difficulty_ = LocalDifficulty(X, self.errors_) if self.adaptive else None
        return self

    def _checked(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        return validate_data(
            self,
            X,
            y,
            dtype=float,
            ensure_min_samples=2,
            ensure_all_finite="allow-nan",
            y_numeric=True,
        )

    def predict(self, X: Any) -> np.ndarray:
        """Predict the target by the model of all rows, (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float, ensure_all_finite="allow-nan")
        return self.estimator_.predict(X)

    def predict_interval(self, X: Any, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper ends for new clusters, each (n,).

        Parameters
        ----------
        X : array-like, (n, n_descriptors)
        level : float
            Between 0 and 1. Too few training clusters for a level give infinite ends.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float, ensure_all_finite="allow-nan")
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; it must be between 0 and 1")
        centres = np.column_stack([m.predict(X) for m in self.members_])[:, self.fold_of_]
        reach = self._reach(X)
        rank = math.ceil(level * (len(self.errors_) + 1))
        if rank > len(self.errors_):
            return np.full(len(X), -np.inf), np.full(len(X), np.inf)
        high = np.partition(centres + reach, rank - 1, axis=1)[:, rank - 1]
        low = -np.partition(reach - centres, rank - 1, axis=1)[:, rank - 1]
        return low, high

    def _reach(self, X: np.ndarray) -> np.ndarray:
        if self.difficulty_ is None:
            return self.errors_[None, :]
        return self.difficulty_.of(X)[:, None] * (self.errors_ / self.difficulty_.own)[None, :]

    def __sklearn_tags__(self):
        """Missing values are passed on to the estimator."""
        tags = super().__sklearn_tags__()
        inner = getattr(self.estimator, "__sklearn_tags__", None)
        tags.input_tags.allow_nan = bool(inner and inner().input_tags.allow_nan)
        return tags
