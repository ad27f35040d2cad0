"""Networks: those of one training set are trained side by side."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.networks.candidates import FITTERS
from clusteract.search.identity import fingerprint
from clusteract.search.rules.base import Failure, Rule, Training, register


@register(MLPClassifier)
class NetworkRule(Rule):
    """Fitted one by one."""

    unit_seconds = 0.3


class BatchRule(Rule):
    """One batch for all variants that differ in nothing that is free.

    This rule is in the *tolerance* tier: a network's own `fit` is repeated with its operations in
    the same order, so that the bits agree where BLAS rounds a product alike alone and in a batch
    (it does, single-threaded, on the machines tried); 1e-8 is what the tests ask for.
    """

    exact = False

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Train each variant."""
        if training.fit_params:
            return super().fit(variants, training)
        training.count(self.unit, len(variants))
        X, y = training.own()
        fitted = FITTERS[type(variants[0])]([(variant, X, y) for variant in variants])
        return [self._checked(one, training) for one in fitted]

    def _checked(self, fitted: Any, training: Training) -> Any:
        if not isinstance(fitted, Exception):
            return fitted
        if training.strict:
            raise fitted
        return Failure(fitted, "".join(traceback.format_exception(fitted)))


@register(MLPRegressor)
class PerceptronRule(BatchRule):
    """All settings together: sorting them by shape is the batch's own work."""

    unit_seconds = 0.05

    def group_key(self, estimator: Any) -> str:
        """Gather every setting."""
        return fingerprint(type(estimator))

    def capped(self, fitted: Any) -> bool:
        """Tell whether training ended at ``max_iter``."""
        return fitted.n_iter_ >= fitted.max_iter


@register(DenseNetworkRegressor)
class DenseRule(BatchRule):
    """All settings of one architecture; more would hold more weights than memory should."""

    unit_seconds = 0.3
    free = ("dropout_rate", "alpha", "learning_rate", "epochs", "batch_size", "patience")

    def group_key(self, estimator: Any) -> str:
        """Gather settings of equal widths."""
        return self.key_without(estimator, *self.free)
