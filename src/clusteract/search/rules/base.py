"""What a sharing rule is, and the rule for everything else: nothing shared but equal settings.

A rule is given *variants*: unfitted estimators of one class that differ only in what the rule
says it can share. It returns a fitted estimator for each, having done the common work once.
To add one, write a file in this folder and name it in `RULE_FILES`. Nearest neighbours, say,
look up the same rows whatever their number:

>>> import copy
>>> from sklearn.neighbors import KNeighborsRegressor
>>> class Neighbours(KNeighborsRegressor):
...     "An estimator that has no rule yet."
>>> @register(Neighbours)  # the exact class, never a subclass
... class NeighboursRule(Rule):
...     unit = "searchable tables"
...
...     def group_key(self, estimator):  # equal keys are fitted together
...         valid = estimator.n_neighbors in range(1, 100)  # the others fail, each by itself
...         return self.key_without(estimator, *(["n_neighbors"] if valid else []))
...
...     def fit(self, variants, training):  # one fitted estimator, or Failure, for each
...         training.count(self.unit, 1)
...         one = training.attempt(lambda: clone(variants[0]).fit(training.X, training.y))
...         if isinstance(one, Failure):
...             return [one] * len(variants)
...         return [copy.copy(one).set_params(n_neighbors=v.n_neighbors) for v in variants]

A search uses it at once, and counts what it does:

>>> from sklearn.model_selection import GridSearchCV
>>> from clusteract.search import SharedGridSearchCV
>>> X, grid = np.arange(40.0).reshape(20, 2), {"n_neighbors": [1, 2, 5, 9]}
>>> plain, shared = (
...     search(Neighbours(), grid, cv=2, scoring="r2").fit(X, X[:, 0] ** 2)
...     for search in (GridSearchCV, SharedGridSearchCV)
... )
>>> (plain.cv_results_["mean_test_score"] == shared.cv_results_["mean_test_score"]).all()
np.True_
>>> shared.n_fits_, shared.n_fits_naive_
({'searchable tables': 2}, {'searchable tables': 8})

What a rule returns must equal, bit for bit, what ``clone(variant).fit(X, y)`` would. A rule that
cannot promise it says ``exact = False``, and every search that it takes part in says so too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.base import clone

from clusteract.search.fingerprints import fingerprint, params_of

RULE_FILES: tuple[str, ...] = ("select", "rfe", "forest", "boosting", "svm", "network")

_RULES: dict[type, Rule] = {}


@dataclass(frozen=True)
class Failure:
    """A fit that raised; scikit-learn fits its candidates again, and words it."""

    error: Exception


@dataclass
class Training:
    """One training set as a step of the pipeline sees it, and the tally of fits made on it.

    Attributes
    ----------
    X, y : the rows to fit on; `y` is None for an unsupervised search.
    fit_params : dict
        Extra arguments for ``fit``, already cut to these rows.
    tally : Counter
        Fits done so far, by unit.
    strict : bool
        Whether an error is raised at once or kept as a Failure.
    formula : bool
        Whether only `Rule.predict` will be asked of what is fitted. A rule may then return
        something lighter than an estimator, if its `materialize` can make one.
    store : dict
        What rules keep for one another on this fold.
    keep : bool
        Whether what is fitted here may well be asked for again on this fold.
    """

    X: Any
    y: Any
    fit_params: dict[str, Any] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    strict: bool = False
    formula: bool = False
    store: dict[Any, Any] = field(default_factory=dict)
    keep: bool = False

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do some work; return what it returns, or the Failure it ended in."""
        try:
            return work()
        except Exception as error:
            if self.strict:
                raise
            return Failure(error)

    def count(self, unit: str, number: int) -> None:
        """Add fits to the tally."""
        self.tally[unit] += number

    @property
    def data(self) -> tuple[Any, ...]:
        """The arguments of ``fit``."""
        return (self.X,) if self.y is None else (self.X, self.y)


class Rule:
    """Fit each distinct setting once; subclasses share more.

    Attributes
    ----------
    exact : bool
        Whether what it fits has scikit-learn's bits. False is the *tolerance* tier: the same
        algorithm, but sums may be rounded in another order.
    unit : str
        What a fit is counted in.
    keep_together : bool
        Whether groups behind one group of this rule must stay in one task, because the work
        they share is dear.
    unit_seconds : float
        Rough cost of one unit on a table of about 150 rows, to cut tasks by.
    """

    exact = True
    unit = "model fits"
    keep_together = False
    unit_seconds = 0.02

    def group_key(self, estimator: Any) -> str:
        """Name what variants must have in common to be fitted together."""
        return fingerprint(estimator)

    @staticmethod
    def key_without(estimator: Any, *free: str) -> str:
        """Name an estimator's settings but for some parameters."""
        kept = {name: v for name, v in params_of(estimator).items() if name not in free}
        return f"{fingerprint(type(estimator))}({fingerprint(kept)})"

    def units(self, estimator: Any, n_features: int) -> Counter[str]:
        """Count the fits that scikit-learn makes for one variant."""
        return Counter({self.unit: 1})

    def models(self, variants: Sequence[Any]) -> int:
        """Count the models that fitting a group trains; 1 where one model serves them all."""
        return len(variants)

    def seconds(self, variants: Sequence[Any], n_features: int) -> float:
        """Estimate what fitting a group costs."""
        return len(variants) * self.unit_seconds

    def fit(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Fit each variant, or return the Failure it ended in."""
        return [self._fit_alone(variant, training) for variant in variants]

    def _fit_alone(self, variant: Any, training: Training) -> Any:
        training.tally.update(Rule.units(self, variant, 0))
        return training.attempt(lambda: clone(variant).fit(*training.data, **training.fit_params))

    def fit_transform(self, variants: Sequence[Any], training: Training) -> list[Any]:
        """Fit each variant as a pipeline's inner step: pairs of (fitted, transformed rows)."""
        return [self._fit_transform_alone(variant, training) for variant in variants]

    def _fit_transform_alone(self, variant: Any, training: Training) -> Any:
        training.count("transformer fits", 1)

        def work() -> tuple[Any, Any]:
            estimator = clone(variant)
            X, target = training.X, training.y
            if hasattr(estimator, "fit_transform"):
                return estimator, estimator.fit_transform(X, target, **training.fit_params)
            fitted = estimator.fit(X, target, **training.fit_params)
            return fitted, fitted.transform(X)

        return training.attempt(work)

    def capped(self, fitted: Any) -> bool:
        """Tell whether the solver stopped at its iteration limit."""
        return False

    def materialize(self, fitted: Any) -> Any:
        """Return the estimator behind what `fit` returned."""
        return fitted

    def with_importances(self, fitted: Any) -> Any:
        """Return what RFE reads ``coef_`` or ``feature_importances_`` from."""
        return fitted

    def predict(self, fitted: Sequence[Any], X: Any) -> list[np.ndarray]:
        """Predict with each fitted variant."""
        return [estimator.predict(X) for estimator in fitted]


def register(*classes: type) -> Callable[[type[Rule]], type[Rule]]:
    """Make a rule the one for these estimator classes."""

    def add(rule: type[Rule]) -> type[Rule]:
        for cls in classes:
            _RULES[cls] = rule()
        return rule

    return add


_DEFAULT = Rule()


def rule_for(estimator: Any) -> Rule:
    """Find the rule for an estimator's exact class; a subclass may fit differently."""
    return registered_rules().get(type(estimator), _DEFAULT)


def exact_rule_for(estimator: Any) -> Rule:
    """Find the rule for an estimator, or the one without sharing where that is not exact."""
    rule = rule_for(estimator)
    return rule if rule.exact else _DEFAULT


def registered_rules() -> dict[type, Rule]:
    """Return the rule of each class that has one."""
    for name in RULE_FILES:
        import_module(f"{__package__}.{name}")
    return _RULES


def has_rule(cls: type) -> bool:
    """Tell whether a rule is registered for exactly this class."""
    return cls in registered_rules()
