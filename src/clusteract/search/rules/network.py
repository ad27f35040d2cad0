"""Networks: those of one training set are trained side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.networks.candidates import FITTERS
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
        X, y = training.data
        fitted = FITTERS[type(variants[0])]([(variant, X, y) for variant in variants])
        return [self._checked(one, training) for one in fitted]

    def _checked(self, fitted: Any, training: Training) -> Any:
        if not isinstance(fitted, Exception):
            return fitted
        if training.strict:
            raise fitted
        return Failure(fitted)


@register(MLPRegressor)
class PerceptronRule(BatchRule):
    """All settings of one layout: those that the batch trains side by side."""

    unit_seconds = 0.3
    free = ("alpha", "learning_rate_init", "max_iter", "tol", "n_iter_no_change")

    def group_key(self, estimator: Any) -> str:
        """Gather settings of equal layers, activation, solver and validation rows."""
        return self.key_without(estimator, *self.free)

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate by epochs: few networks need more than 500."""
        return sum(5e-4 * min(one.max_iter, 500) for one in variants)

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

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate by weights and epochs: the lower the learning rate, the later it stops."""
        return sum(_epoch_seconds(v, n_features) * _likely_epochs(v) for v in variants)


def _likely_epochs(network: DenseNetworkRegressor) -> float:
    return min(network.epochs, 20 + 0.02 / network.learning_rate)


def _epoch_seconds(network: DenseNetworkRegressor, n_features: int) -> float:
    """Estimate an epoch of about 130 rows: its calls, and 20 ns a weight."""
    units = (network.units_1, network.units_2, network.units_3)
    layers = (n_features, *(network.hidden or units), 1)
    return 4e-4 + 2e-8 * sum(i * o for i, o in pairwise(layers))
