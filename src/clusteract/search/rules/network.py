"""Networks of scikit-learn: nothing to share, but dear enough to cut into tasks of their own."""

from __future__ import annotations

from sklearn.neural_network import MLPClassifier, MLPRegressor

from clusteract.search.rules.base import Rule, register


@register(MLPClassifier, MLPRegressor)
class NetworkRule(Rule):
    """Fitted one by one."""

    unit_seconds = 0.3
