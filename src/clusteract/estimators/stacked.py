"""StackedRegressor: models averaged by what they predict of rows they have not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.utils.validation import validate_data

from clusteract.estimators.blend import WeightedMean, convex_weights
from clusteract.estimators.log_target import LogTargetRegressor

_LEAST = 0.02  # a member of less weight is left out: it costs more than it moves
_DECADE = 5.0  # largest over smallest target from which logarithms are tried


class StackedRegressor(WeightedMean):
    """A weighted mean of models; weights from inner folds, averaged over resampled rows.

    Each resample of the training rows votes: half for its convex weights (L. Breiman, Stacked
    regressions, Machine Learning 1996, 24, 49, doi:10.1007/BF00117832), half for its best member.
    Where noise decides which of two models is better, resamples disagree and both get a share;
    where it is clear, all agree.

    Parameters
    ----------
    members : list of estimators
    log_members : list of estimators
        Tried on the target's logarithm as well, where all targets are positive and the largest is
        more than five times the smallest.
    folds : int
        Inner folds, shuffled; at most one per row.
    resamples : int
    random_state : int
        Of folds and resamples.
    weights : list of float, optional
        One for each member, then for each log member, as `settled_params` returns them: no inner
        folds are predicted, and members of weight 0 are not fitted.

    Attributes
    ----------
    members_ : list of estimators
        Those with a weight of at least 0.02, fitted on all rows.
    weights_ : ndarray, (n_members,)
        Of those.
    all_weights_ : ndarray, (len(members) + len(log_members),)
    out_of_fold_ : ndarray, (n_rows,), or None where weights were given
        What the stack predicts of each training row where neither members nor weights have seen
        its inner fold: the errors of an honest interval.
    n_features_in_ : int

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.arange(20.0)[:, None]
    >>> stack = StackedRegressor([LinearRegression(), DummyRegressor()]).fit(X, 2 * X[:, 0])
    >>> stack.weights_.round(3).tolist()
    [1.0]
    """

    def __init__(
        self,
        members: list[Any],
        log_members: list[Any] | None = None,
        folds: int = 5,
        resamples: int = 30,
        random_state: int = 0,
        weights: list[float] | None = None,
    ) -> None:
        self.members = members
        self.log_members = log_members
        self.folds = folds
        self.resamples = resamples
        self.random_state = random_state
        self.weights = weights

    def fit(self, X: Any, y: Any) -> StackedRegressor:
        """Predict each inner fold by each member, weigh the members, fit them on all rows.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        if not self.members:
            raise ValueError("a stack needs at least one member")
        members = [*self.members, *(LogTargetRegressor(m) for m in self.log_members or [])]
        self.out_of_fold_: np.ndarray | None = None
        weights = np.zeros(len(members))
        if self.weights is None:
            by_decades = y.min() > 0 and y.max() > _DECADE * y.min()
            n_tried = len(members) if by_decades else len(self.members)
            weights[:n_tried] = self._learn_weights(members[:n_tried], X, y)
        else:
            weights[:] = self.weights
        kept = np.flatnonzero(weights)
        self.all_weights_, self.weights_ = weights, weights[kept]
        self.members_ = [clone(members[i]).fit(X, y) for i in kept]
        return self

    def settled_params(self) -> dict[str, list[float]]:
        """Return the parameters that fit the same stack to other rows without inner folds."""
        return {"weights": self.all_weights_.tolist()}

    def _learn_weights(self, members: list[Any], X: np.ndarray, y: np.ndarray) -> np.ndarray:
        kfold = KFold(min(self.folds, len(y)), shuffle=True, random_state=self.random_state)
        folds = list(kfold.split(X))
        unseen = np.column_stack([cross_val_predict(m, X, y, cv=folds) for m in members])
        out_of_fold = np.empty(len(y))
        for train, test in folds:
            out_of_fold[test] = unseen[test] @ self._weigh(unseen[train], y[train])
        self.out_of_fold_ = out_of_fold
        return self._weigh(unseen, y)

    def _weigh(self, unseen: np.ndarray, y: np.ndarray) -> np.ndarray:
        n, random = len(y), np.random.default_rng(self.random_state)
        weights = np.zeros(unseen.shape[1])
        for _ in range(self.resamples):
            rows = random.integers(0, n, n)
            errors = unseen[rows] - y[rows, None]
            weights += convex_weights(unseen[rows], y[rows])
            weights[np.argmin((errors**2).mean(axis=0))] += 1
        weights /= weights.sum()
        weights[weights < min(_LEAST, weights.max())] = 0.0
        return weights / weights.sum()
