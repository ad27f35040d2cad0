"""SelectKBest and SelectPercentile: one vector of scores serves every k and percentile."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from sklearn.base import clone
from sklearn.feature_selection import SelectKBest, SelectPercentile

from clusteract.search.rules.base import Failure, Rule, Training, register


class _SelectRule(Rule):
    unit = "transformer fits"
    unit_seconds = 0.001
    threshold: str

    def group_key(self, estimator: Any) -> str:
        return self.key_without(estimator, self.threshold)

    def fit_transform(self, variants: Sequence[Any], training: Training) -> list[Any]:
        shared = [v for v in variants if self.shares(v, training.X)]
        scored = self._score(shared[0], training) if shared else None
        return [
            self._view(scored, variant, training)
            if any(variant is v for v in shared)
            else self._fit_transform_alone(variant, training)
            for variant in variants
        ]

    def shares(self, variant: Any, X: Any) -> bool:
        """Tell whether fitting this variant would neither warn nor fail for its threshold."""
        raise NotImplementedError

    def _score(self, variant: Any, training: Training) -> Any:
        training.count(self.unit, 1)
        X, y = training.X, training.y
        return training.attempt(lambda: clone(variant).fit(X, y, **training.fit_params))

    def _view(self, scored: Any, variant: Any, training: Training) -> Any:
        if isinstance(scored, Failure):
            return scored
        view = copy.copy(scored)
        setattr(view, self.threshold, getattr(variant, self.threshold))
        return training.attempt(lambda: (view, view.transform(training.X)))


@register(SelectKBest)
class KBestRule(_SelectRule):
    """Every k reads the same scores; a k beyond the columns warns, so it is fitted alone."""

    threshold = "k"

    def shares(self, variant: Any, X: Any) -> bool:
        """Accept "all" and counts up to the number of columns."""
        k = variant.k
        n_columns = getattr(X, "shape", (0, 0))[1]
        if isinstance(k, str):
            return k == "all"
        return isinstance(k, Integral) and 0 <= int(k) <= n_columns


@register(SelectPercentile)
class PercentileRule(_SelectRule):
    """Every percentile reads the same scores."""

    threshold = "percentile"

    def shares(self, variant: Any, X: Any) -> bool:
        """Accept percentages."""
        percentile = variant.percentile
        return isinstance(percentile, Real) and 0 <= float(percentile) <= 100
