"""Forests with an integer seed: the first trees of the largest are the smaller forest."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from numbers import Integral
from types import SimpleNamespace
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
from clusteract.search.trees import growing


@register(ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)
class ForestRule(Rule):
    """A forest draws one seed a tree, in order: trees do not know how many follow.

    Regression forests are grown tree by tree by `trees.growing`, where a tree that stays above a
    depth limit serves the limited forest too.
    """

    unit = "trees"
    unit_seconds = 0.0004

    def group_key(self, estimator: Any) -> str:
        """Share whatever differs in the number and depth of trees alone."""
        return self.key_without(estimator, *(growing.FREE if _is_plain(estimator) else ()))

    def units(self, estimator: Any, n_features: int) -> Counter[str]:
        """Count trees."""
        return Counter({self.unit: _n_trees(estimator)})

    def models(self, variants: Sequence[Any]) -> int:
        """Count one for each depth: the largest serves the others."""
        return sum(1 for _ in _by_depth(variants))

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of the largest forest of each depth."""
        return self.unit_seconds * sum(_n_trees(_largest(v)) for v in _by_depth(variants))

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Grow the largest forest of each depth; the smaller ones are its first trees."""
        forests: dict[Any, Any] = {}
        for same_depth in _by_depth(variants):
            largest = _largest(same_depth)
            forests[largest.max_depth] = self._grow(largest, training)
        return [_first_trees(forests[v.max_depth], v) for v in variants]

    def _grow(self, forest: Any, training: Training) -> Any:
        if _is_plain(forest) and growing.applies(forest, training):
            grown = training.attempt(lambda: growing.grow(forest, training))
            if grown is not None:
                return grown
        training.count(self.unit, _n_trees(forest))
        return training.attempt(lambda: clone(forest).fit(*training.data, **training.fit_params))

    def with_importances(self, fitted: Any) -> Any:
        """Average the trees' importances as the forest does, without its dispatch."""
        if is_classifier(fitted):
            return fitted
        trees = [e.tree_ for e in fitted.estimators_ if e.tree_.node_count > 1]
        if not trees:
            return fitted
        mean = np.mean([t.compute_feature_importances() for t in trees], axis=0, dtype=np.float64)
        return SimpleNamespace(feature_importances_=mean / np.sum(mean))

    def predict(self, fitted: Sequence[Any], X: Any) -> list[np.ndarray]:
        """Predict with forests of which some are beginnings of others, each tree once."""
        if is_classifier(fitted[0]) or fitted[0].n_outputs_ > 1 or not isinstance(X, np.ndarray):
            return super().predict(fitted, X)
        rows = check_array(X, dtype=np.float32)
        sums: dict[Any, dict[int, np.ndarray]] = {}
        for same_depth in _by_depth(fitted):
            longest = _largest(same_depth)
            stops = {_n_trees(f) for f in same_depth}
            sums[longest.max_depth] = _running_sums(longest.estimators_, rows, stops)
        return [sums[f.max_depth][_n_trees(f)] / _n_trees(f) for f in fitted]


def _is_plain(forest: Any) -> bool:
    """Accept forests whose trees do not depend on how many there are."""
    depth = forest.max_depth
    return (
        isinstance(forest.random_state, Integral)
        and isinstance(forest.n_estimators, Integral)
        and int(forest.n_estimators) > 0
        and (depth is None or (isinstance(depth, Integral) and int(depth) > 0))
        and not forest.warm_start
        and forest.oob_score is False
        and not forest.verbose
    )


def _n_trees(forest: Any) -> int:
    return int(forest.n_estimators) if isinstance(forest.n_estimators, Integral) else 1


def _largest(forests: Sequence[Any]) -> Any:
    return max(forests, key=_n_trees)


def _by_depth(forests: Sequence[Any]) -> list[list[Any]]:
    """Gather forests by depth limit, the deepest first: a deep tree may be a shallow one's."""
    if not all(f.max_depth is None or isinstance(f.max_depth, Integral) for f in forests):
        return [[f] for f in forests]
    depths = {f.max_depth for f in forests}
    deepest_first = sorted(depths, key=lambda d: np.inf if d is None else d, reverse=True)
    return [[f for f in forests if f.max_depth == depth] for depth in deepest_first]


def _first_trees(forest: Any, variant: Any) -> Any:
    if isinstance(forest, Failure) or variant.n_estimators == forest.n_estimators:
        return forest
    view = copy.copy(forest)
    view.n_estimators = variant.n_estimators
    view.estimators_ = forest.estimators_[: variant.n_estimators]
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
