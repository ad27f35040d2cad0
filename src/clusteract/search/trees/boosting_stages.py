"""Gradient boosting of squared error, stage by stage, with scikit-learn's trees.

The first two stages are held against scikit-learn's own; if a bit differs, scikit-learn fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingRegressor

from clusteract.search import sklearn_internals as internals
from clusteract.search.rules.base import Training
from clusteract.search.trees.growing import plain_growth

FEWEST = 20  # stages below which the check costs more than it saves
_LARGEST_INT = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Stages:
    """The trees of a boosted model, enough to predict with the first so many of them.

    Attributes
    ----------
    model : GradientBoostingRegressor
        Unfitted.
    n_estimators : int
        How many stages count.
    start : float
        The prediction before the first stage.
    trees : list of Tree
    training : Training
    """

    model: Any
    n_estimators: int
    start: float
    trees: list[Any]
    training: Training

    def refit(self) -> Any:
        """Fit the estimator itself, for a caller that needs more than predictions."""
        return clone(self.model).fit(*self.training.data)

    def predict_at(self, X: np.ndarray, stops: set[int]) -> dict[int, np.ndarray]:
        """Predict after each of some numbers of stages.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), single precision
        stops : set of int
        """
        total = np.full(len(X), self.start)
        totals = {}
        for count, tree in enumerate(self.trees[: max(stops)], start=1):
            total += self.model.learning_rate * tree.predict(X)[:, 0]
            if count in stops:
                totals[count] = total.copy()
        return totals


def applies(model: Any, training: Training) -> bool:
    """Tell whether stages can be fitted here outside the model's ``fit``."""
    return (
        type(model) is GradientBoostingRegressor
        and training.formula
        and not training.fit_params
        and model.n_estimators >= FEWEST
        and model.loss == "squared_error"
        and model.init is None
        and isinstance(model.learning_rate, Real)
        and model.subsample == 1.0
        and plain_growth(model, training)
    )


def fit(model: Any, training: Training) -> Stages | None:
    """Fit all stages, or return None where scikit-learn's first two differ from ours."""
    first = clone(model).set_params(n_estimators=2).fit(*training.data)
    X = np.ascontiguousarray(training.X, dtype=np.float32)
    y = training.y
    weight = np.ones(len(y))
    stream = np.random.RandomState(int(model.random_state))
    grower = internals.TreeGrower(first.estimators_[0, 0], len(y), model.max_depth)
    start = internals.boosting_start(first)
    total = np.full(len(y), start)
    trees: list[Any] = []
    for stage in range(int(model.n_estimators)):
        residual = np.ascontiguousarray((-(total - y)).reshape(-1, 1))
        tree = grower.grow(X, residual, weight, int(stream.randint(0, _LARGEST_INT)))
        if stage < 2 and not internals.same_tree(tree, first.estimators_[stage, 0].tree_):
            return None
        total += model.learning_rate * tree.value[:, 0, 0].take(tree.apply(X))
        trees.append(tree)
    return Stages(model, int(model.n_estimators), start, trees, training)
