"""Support vector machines: settings that the solver cannot tell apart are solved once."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sklearn.svm import SVC, SVR, NuSVC, NuSVR

from clusteract.search.libsvm import families
from clusteract.search.rules.base import Failure, Rule, Training, register

# What each kernel reads; the rest of these parameters it ignores.
_READS = {
    "linear": (),
    "rbf": ("gamma",),
    "sigmoid": ("gamma", "coef0"),
    "poly": ("gamma", "coef0", "degree"),
}
# Variants are asked for their key in every group that they are fitted in, and never change.
_PROBLEM_KEYS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
_KERNEL_PARAMETERS = ("gamma", "coef0", "degree")


@register(NuSVC, NuSVR, SVC)
class SVMRule(Rule):
    """One solver call for settings that reach the solver as the same problem.

    These differ in what the kernel ignores, or in ``shrinking`` where the solver stopped before
    it would first have shrunk: after as many steps as it has variables, at most 1,000.
    """

    unit = "solver calls"
    unit_seconds = 0.0015

    def group_key(self, estimator: Any) -> str:
        """Leave out what the kernel ignores, and ``shrinking``."""
        return self.key_without(estimator, "shrinking", *ignored(estimator))

    def models(self, variants: Sequence[Any]) -> int:
        """Count the distinct problems."""
        return len({self.problem_key(v) for v in variants})

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost of the calls."""
        return self.unit_seconds * len({self.problem_key(v) for v in variants})

    def problem_key(self, estimator: Any) -> str:
        """Name what reaches the solver."""
        if estimator not in _PROBLEM_KEYS:
            _PROBLEM_KEYS[estimator] = self.key_without(estimator, *ignored(estimator))
        return _PROBLEM_KEYS[estimator]

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Fit each distinct problem; the others are views of it."""
        done: dict[str, Any] = {}
        for variant in variants:
            key = self.problem_key(variant)
            if key not in done:
                training.count(self.unit, 1)
                done[key] = self._unshrunk_twin(variant, done) or self._solve(variant, training)
        return [_view(done[self.problem_key(v)], v) for v in variants]

    def _solve(self, variant: Any, training: Training) -> Any:
        counted = Training(training.X, training.y, training.fit_params, strict=training.strict)
        return self._fit_alone(variant, counted)

    def _unshrunk_twin(self, variant: Any, done: dict[str, Any]) -> Any:
        """Find a solution that differs in ``shrinking`` alone and never came to shrink."""
        if not isinstance(variant.shrinking, (bool, np.bool_)):
            return None
        other = copy.copy(variant).set_params(shrinking=not variant.shrinking)
        twin = done.get(self.problem_key(other))
        never = twin is not None and not isinstance(twin, Failure) and _never_shrank(twin)
        return twin if never else None

    def capped(self, fitted: Any) -> bool:
        """Tell whether libsvm stopped at ``max_iter``."""
        return bool(fitted.fit_status_)


@register(SVR)
class SVRRule(SVMRule):
    """As for every support vector machine, and many settings in one run of our own solver.

    Where a group is large, `families` walks it with libsvm's arithmetic; where it does not
    apply, or disagrees with libsvm in a single bit, libsvm solves the settings one by one.
    """

    def group_key(self, estimator: Any) -> str:
        """Put all settings together that our solver can take."""
        if families.AVAILABLE and families.is_plain(estimator):
            return "SVR"
        return super().group_key(estimator)

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate the cost; our solver is several times as fast."""
        each = super().seconds(variants, n_features)
        return each / 8 if families.worthwhile(variants) else each

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Solve all settings together, or one by one."""
        distinct: dict[str, Any] = {}
        for variant in variants:
            distinct.setdefault(self.problem_key(variant), variant)
        if not families.applies(list(distinct.values()), training):
            return super().fit(variants, training)
        solutions = families.solve(list(distinct.values()), training.X, training.y)
        if solutions is None:
            return super().fit(variants, training)
        training.count(self.unit, len(distinct))
        solved = dict(zip(distinct, solutions, strict=True))
        return [self._warned(solved[self.problem_key(v)], v, training) for v in variants]

    def _warned(self, solution: Any, variant: Any, training: Training) -> Any:
        done = training.attempt(lambda: solution.warn_if_capped())
        return done if isinstance(done, Failure) else solution

    def capped(self, fitted: Any) -> bool:
        """Tell whether the solver stopped at ``max_iter``."""
        is_solution = isinstance(fitted, families.Solution)
        return fitted.capped if is_solution else super().capped(fitted)

    def materialize(self, fitted: Any) -> Any:
        """Fit the estimator itself."""
        return fitted.refit() if isinstance(fitted, families.Solution) else fitted

    def predict(self, fitted: Sequence[Any], X: Any) -> list[np.ndarray]:
        """Predict for all solutions of a kernel at once."""
        if isinstance(fitted[0], families.Solution):
            return families.predict(fitted, X)
        return super().predict(fitted, X)


def ignored(machine: Any) -> tuple[str, ...]:
    """Name the parameters that the kernel never reads, where all are valid.

    Examples
    --------
    >>> ignored(SVR(kernel="rbf"))
    ('coef0', 'degree')
    """
    reads = _READS.get(machine.kernel) if isinstance(machine.kernel, str) else None
    if reads is None or not _ignorable_are_valid(machine):
        return ()
    return tuple(name for name in _KERNEL_PARAMETERS if name not in reads)


def _ignorable_are_valid(machine: Any) -> bool:
    """Accept parameters that scikit-learn's validation accepts even where they go unread."""
    gamma = machine.gamma
    good_gamma = gamma in ("scale", "auto") if isinstance(gamma, str) else _at_least_0(gamma)
    whole = isinstance(machine.degree, Integral) and int(machine.degree) >= 0
    return good_gamma and whole and isinstance(machine.coef0, Real)


def _at_least_0(number: Any) -> bool:
    return isinstance(number, Real) and float(number) >= 0


def _never_shrank(machine: Any) -> bool:
    """Tell whether a machine stopped before its solver's first look at shrinking."""
    n_variables = 2 * machine.shape_fit_[0] if isinstance(machine, SVR) else 0
    return int(np.max(machine.n_iter_)) < min(n_variables, 1000)


def _view(machine: Any, variant: Any) -> Any:
    """Return a fitted machine under the parameters of its variant."""
    if isinstance(machine, Failure):
        return machine
    return copy.copy(machine).set_params(**variant.get_params(deep=False))
