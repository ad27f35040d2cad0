"""Gradient boosting: the first stages of the longest are the shorter model."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.utils import check_array

from clusteract.search.rules.base import Failure, Rule, Training, register
from clusteract.search.trees import boosting_stages


@register(GradientBoostingClassifier, GradientBoostingRegressor)
class BoostingRule(Rule):
    """A stage sees only the stages before it, unless early stopping looks ahead."""

    unit = "boosting stages"
    unit_seconds = 0.0005

    def group_key(self, estimator: Any) -> str:
        """Share whatever differs in the number of stages alone."""
        free = ("n_estimators",) if _is_plain(estimator) else ()
        return self.key_without(estimator, *free)

    def units(self, estimator: Any, n_features: int) -> Counter[str]:
        """Count stages."""
        return Counter({self.unit: _n_stages(estimator)})

    def models(self, variants: Sequence[Any]) -> int:
        """Count one: the largest serves the others."""
        return 1

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of the longest model."""
        return self.unit_seconds * max(map(_n_stages, variants))

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Fit the longest model; the shorter ones are its first stages."""
        longest = max(variants, key=_n_stages)
        training.count(self.unit, _n_stages(longest))
        model = training.attempt(lambda: self._fit_longest(longest, training))
        if isinstance(model, Failure) or len(variants) == 1:
            return [model] * len(variants)
        return [_first_stages(model, variant) for variant in variants]

    def _fit_longest(self, longest: Any, training: Training) -> Any:
        if _is_plain(longest) and boosting_stages.applies(longest, training):
            grown = boosting_stages.fit(longest, training)
            if grown is not None:
                return grown
        return clone(longest).fit(*training.data, **training.fit_params)

    def materialize(self, fitted: Any) -> Any:
        """Fit the estimator itself."""
        return fitted.refit() if isinstance(fitted, boosting_stages.Stages) else fitted

    def predict(self, fitted: Sequence[Any], X: Any) -> list[np.ndarray]:
        """Predict with models that are beginnings of one another, each stage once."""
        longest = max(fitted, key=_n_stages)
        stops = {_n_stages(f) for f in fitted}
        if isinstance(longest, boosting_stages.Stages):
            kept = longest.predict_at(check_array(X, dtype=np.float32, order="C"), stops)
        elif is_classifier(longest) or len(fitted) == 1:
            return super().predict(fitted, X)
        else:
            all_stages = islice(longest.staged_predict(X), max(stops))
            kept = {n: y for n, y in enumerate(all_stages, start=1) if n in stops}
        return [kept[_n_stages(f)] for f in fitted]


def _is_plain(model: Any) -> bool:
    """Accept models whose stages do not depend on how many there are."""
    return (
        isinstance(model.random_state, Integral)
        and isinstance(model.n_estimators, Integral)
        and int(model.n_estimators) > 0
        and model.n_iter_no_change is None
        and not model.warm_start
        and not model.verbose
    )


def _n_stages(model: Any) -> int:
    return int(model.n_estimators) if isinstance(model.n_estimators, Integral) else 1


def _first_stages(model: Any, variant: Any) -> Any:
    number = int(variant.n_estimators)
    if isinstance(model, boosting_stages.Stages):
        return replace(model, model=variant, n_estimators=number)
    view = copy.copy(model)
    view.n_estimators = view.n_estimators_ = number
    for name in ("estimators_", "train_score_", "oob_improvement_", "oob_scores_"):
        if hasattr(model, name):
            setattr(view, name, getattr(model, name)[:number])
    if hasattr(model, "oob_scores_"):
        view.oob_score_ = view.oob_scores_[-1]
    return view
