"""Forests with an integer seed: the first trees of the largest are the smaller forest."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.utils import check_array

from clusteract.search.rules.base import Failure, Rule, Training, register


@register(ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)
class ForestRule(Rule):
    """A forest draws one seed a tree, in order: trees do not know how many follow."""

    unit = "trees"
    unit_seconds = 0.0007

    def group_key(self, estimator: Any) -> str:
        """Share whatever differs in the number of trees alone."""
        free = ("n_estimators",) if _is_plain(estimator) else ()
        return self.key_without(estimator, *free)

    def units(self, estimator: Any, n_features: int) -> Counter[str]:
        """Count trees."""
        return Counter({self.unit: _n_trees(estimator)})

    def models(self, variants: Sequence[Any]) -> int:
        """Count one: the largest serves the others."""
        return 1

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of the largest forest."""
        return self.unit_seconds * max(map(_n_trees, variants))

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Grow the largest forest; the smaller ones are its first trees."""
        largest = max(variants, key=_n_trees)
        training.count(self.unit, _n_trees(largest))
        forest = clone(largest)
        done = training.attempt(lambda: forest.fit(*training.own(), **training.fit_params))
        if isinstance(done, Failure):
            return [done] * len(variants)
        return [_first_trees(forest, variant.n_estimators) for variant in variants]

    def predict(self, fitted: Sequence[Any], X: Any) -> list[np.ndarray]:
        """Predict with forests that are beginnings of one another, each tree once."""
        largest = max(fitted, key=_n_trees)
        if is_classifier(largest) or largest.n_outputs_ > 1 or not isinstance(X, np.ndarray):
            return super().predict(fitted, X)
        rows = check_array(X, dtype=np.float32)
        sums = _running_sums(largest.estimators_, rows, {_n_trees(f) for f in fitted})
        return [sums[_n_trees(f)] / _n_trees(f) for f in fitted]


def _is_plain(forest: Any) -> bool:
    """Accept forests whose trees do not depend on how many there are."""
    return (
        isinstance(forest.random_state, Integral)
        and isinstance(forest.n_estimators, Integral)
        and int(forest.n_estimators) > 0
        and not forest.warm_start
        and forest.oob_score is False
        and not forest.verbose
    )


def _n_trees(forest: Any) -> int:
    return int(forest.n_estimators) if isinstance(forest.n_estimators, Integral) else 1


def _first_trees(forest: Any, number: int) -> Any:
    view = copy.copy(forest)
    view.n_estimators = number
    view.estimators_ = forest.estimators_[:number]
    return view


def _running_sums(trees: Sequence[Any], X: np.ndarray, stops: set[int]) -> dict[int, np.ndarray]:
    """Add up the trees' predictions in scikit-learn's order, keeping the sums at some counts."""
    total = np.zeros(len(X))
    sums = {}
    for count, tree in enumerate(trees, start=1):
        total += tree.tree_.predict(X)[:, 0]
        if count in stops:
            sums[count] = total.copy()
    return sums
