"""RFE: one path of eliminations serves every number of features to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.feature_selection import RFE

from clusteract.search import sklearn_internals as internals
from clusteract.search.rules.base import (
    Failure,
    Rule,
    Training,
    exact_rule_for,
    register,
    rule_for,
)


@register(RFE)
class RFERule(Rule):
    """Walk down once, as far as the smallest count asks; read the larger ones on the way.

    The sets of columns passed with full steps are the same for every target; only the last,
    partial step differs, and it is read off the same ranking. RFE's final fit on the columns
    it kept is skipped: ``transform`` never uses it. A view handed out has no ``estimator_``.
    """

    unit = "transformer fits"
    keep_together = True

    def group_key(self, estimator: Any) -> str:
        """Share whatever differs in the number of features alone."""
        return self.key_without(estimator, "n_features_to_select")

    def units(self, estimator: Any, n_features: int) -> Counter[str]:
        """Count the selector itself and every fit of its inner estimator, final one included."""
        plain = _is_plain(estimator, n_features)
        fits = 1 + (len(path_sizes(estimator, n_features)) if plain else 0)
        inner = rule_for(estimator.estimator).units(estimator.estimator, n_features)
        return Counter({self.unit: 1}) + Counter({u: fits * n for u, n in inner.items()})

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of the longest path."""
        plain = [v for v in variants if _is_plain(v, n_features)]
        fits = max([1, *(len(path_sizes(v, n_features)) for v in plain)])
        inner = variants[0].estimator
        return fits * rule_for(inner).seconds([inner], n_features)

    def fit_transform(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Return a fitted view and the kept columns for each variant."""
        training.count(self.unit, 1)
        path = training.attempt(lambda: EliminationPath(variants[0], training))
        return [self._view(path, variant, training) for variant in variants]

    def _view(self, path: Any, variant: Any, training: Training) -> Any:
        if isinstance(path, Failure):
            return path
        if not _is_plain(variant, path.n_features):
            return self._fit_transform_alone(variant, training)

        def work() -> tuple[Any, Any]:
            view = clone(variant)
            path.describe(view, variant)
            return view, view.transform(training.X)

        return training.attempt(work)


class EliminationPath:
    """The columns left after each full step, fitted as far down as it is asked to go."""

    def __init__(self, rfe: Any, training: Training):
        self.training = training
        self.head = clone(rfe)
        self.X, self.y = internals.validate_for_rfe(self.head, training.X, training.y)
        self.n_features = self.X.shape[1]
        self.step = step_size(rfe, self.n_features)
        self.sets = [np.ones(self.n_features, dtype=bool)]
        self.orders: list[np.ndarray] = []

    def describe(self, view: Any, variant: Any) -> None:
        """Set the learned attributes of an RFE that keeps the variant's number of features."""
        support = np.ones(self.n_features, dtype=bool)
        ranking = np.ones(self.n_features, dtype=int)
        target = n_to_select(variant, self.n_features)
        depth = 0
        while support.sum() > target:
            worst_first = self._order(depth)
            support = support.copy()
            support[worst_first[: min(self.step, support.sum() - target)]] = False
            ranking[~support] += 1
            depth += 1
        internals.copy_feature_names(self.head, view)
        view.n_features_ = support.sum()
        view.support_ = support
        view.ranking_ = ranking

    def _order(self, depth: int) -> np.ndarray:
        """Rank the columns left after `depth` full steps, worst first."""
        while len(self.orders) <= depth:
            support = self.sets[-1]
            order = self._rank(np.arange(self.n_features)[support])
            rest = support.copy()
            rest[order[: self.step]] = False
            self.orders.append(order)
            self.sets.append(rest)
        return self.orders[depth]

    def _rank(self, features: np.ndarray) -> np.ndarray:
        inner = self.head.estimator
        rule = exact_rule_for(inner)  # a last bit may decide which column goes
        own = replace(
            self.training, X=self.X[:, features], y=self.y, strict=True, formula=False, keep=True
        )
        fitted = rule.fit([inner], own)[0]
        if self.head.importance_getter == "auto":
            fitted = rule.with_importances(fitted)
        importances = internals.rfe_importances(fitted, self.head.importance_getter)
        return features[np.ravel(np.argsort(importances, kind="stable"))]


def n_to_select(rfe: Any, n_features: int) -> int:
    """Return how many columns an RFE keeps of `n_features`."""
    wanted = rfe.n_features_to_select
    if wanted is None:
        return n_features // 2
    return int(wanted) if isinstance(wanted, Integral) else int(n_features * wanted)


def step_size(rfe: Any, n_features: int) -> int:
    """Return how many columns an RFE drops at a time."""
    return int(max(1, rfe.step * n_features)) if 0.0 < rfe.step < 1.0 else int(rfe.step)


def path_sizes(rfe: Any, n_features: int) -> range:
    """List the numbers of columns that an RFE fits on before its final fit.

    Examples
    --------
    >>> from sklearn.svm import SVR
    >>> list(path_sizes(RFE(SVR(kernel="linear"), n_features_to_select=3, step=2), 8))
    [8, 6, 4]
    """
    return range(n_features, n_to_select(rfe, n_features), -step_size(rfe, n_features))


def _is_plain(rfe: Any, n_features: int) -> bool:
    """Accept settings that RFE neither rejects nor warns about."""
    wanted, step = rfe.n_features_to_select, rfe.step
    if wanted is None:
        fine = True
    elif isinstance(wanted, Integral):
        fine = 0 < int(wanted) <= n_features
    else:
        fine = isinstance(wanted, Real) and 0 < float(wanted) <= 1
    steps = isinstance(step, Integral) and int(step) > 0
    return fine and (steps or (isinstance(step, Real) and 0 < float(step) < 1))
