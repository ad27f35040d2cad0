"""Support vector machines: settings that the kernel never reads make no difference."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from sklearn.svm import SVC, SVR, NuSVC, NuSVR

from clusteract.search.rules.base import Rule, Training, register

# What each kernel reads; the rest of these parameters it ignores.
_READS = {
    "linear": (),
    "rbf": ("gamma",),
    "sigmoid": ("gamma", "coef0"),
    "poly": ("gamma", "coef0", "degree"),
}
_KERNEL_PARAMETERS = ("gamma", "coef0", "degree")


@register(SVC, SVR, NuSVC, NuSVR)
class SVMRule(Rule):
    """One solver call for all settings that reach the solver as the same problem."""

    unit = "solver calls"
    unit_seconds = 0.0015

    def group_key(self, estimator: Any) -> str:
        """Leave out what the kernel ignores, once it is known to be valid."""
        reads = _READS.get(estimator.kernel) if isinstance(estimator.kernel, str) else None
        if reads is None or not _ignorable_are_valid(estimator):
            return self.key_without(estimator)
        return self.key_without(estimator, *(p for p in _KERNEL_PARAMETERS if p not in reads))

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of one call."""
        return self.unit_seconds

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Fit one; the others are the same."""
        return [self._fit_alone(variants[0], training)] * len(variants)

    def capped(self, fitted: Any) -> bool:
        """Tell whether libsvm stopped at ``max_iter``."""
        return bool(fitted.fit_status_)


def _ignorable_are_valid(machine: Any) -> bool:
    """Accept parameters that scikit-learn's validation accepts even where they go unread."""
    gamma = machine.gamma
    good_gamma = gamma in ("scale", "auto") if isinstance(gamma, str) else _at_least_0(gamma)
    whole = isinstance(machine.degree, Integral) and int(machine.degree) >= 0
    return good_gamma and whole and isinstance(machine.coef0, Real)


def _at_least_0(number: Any) -> bool:
    return isinstance(number, Real) and float(number) >= 0
