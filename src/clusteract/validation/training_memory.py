"""TrainingMemory: what a fitted model keeps of its training, to judge predictions by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from clusteract.table import Table
from clusteract.validation.applicability.domain import MEASURES, ApplicabilityDomain
from clusteract.validation.intervals.difficulty import LocalDifficulty
from clusteract.validation.intervals.tail import ExponentialTail
from clusteract.validation.neighbours import Neighbourhood
from clusteract.validation.splits import Split, shuffled_splits

STEP = "reliability"


class TrainingMemory(TransformerMixin, BaseEstimator):
    """A first step of a pipeline that changes nothing and remembers the training clusters.

    Attributes
    ----------
    clusters_ : ndarray, (n_rows, n_features_in_)
        As they came, NaN where missing.
    targets_ : ndarray, (n_rows,)
    errors_ : ndarray, (n_rows,)
        Target minus prediction by a model that had not seen the cluster's inner fold.
    labels_ : list of str, (n_rows,)
    tested_ : ndarray, (len(MEASURES),)
        How far beyond the limits of the domain left-out clusters were predicted no worse
        (`raised_limits`). Models of earlier versions lack it: their limits stand as they are.
    n_features_in_ : int

    Examples
    --------
    >>> X = np.array([[1.0], [2.0]])
    >>> TrainingMemory().fit_transform(X).tolist()
    [[1.0], [2.0]]
    """

    def fit(self, X: Any, y: Any = None) -> TrainingMemory:
        """Remember the clusters; errors and labels come with `with_training_memory`.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,), optional
        """
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.clusters_ = X.copy()
        self.targets_ = np.zeros(len(X)) if y is None else np.array(y, dtype=float)
        self.errors_ = np.zeros(len(X))
        self.labels_: list[str] = []
        self.tested_ = np.ones(len(MEASURES))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the descriptors unchanged."""
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=float, ensure_all_finite="allow-nan")

    def training_table(self, like: Table) -> Table:
        """Return the training clusters as a table with another one's columns."""
        return Table(
            names=tuple(self.labels_),
            descriptors=self.clusters_,
            descriptor_names=like.descriptor_names,
            target=self.targets_,
            target_name=like.target_name or "target",
            source=like.source,
            domain_name=like.domain_name,
        )

    def __sklearn_tags__(self):
        """Say that missing values are passed on."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def error_folds(
    n_rows: int, folds: int, seed: int, groups: Sequence[str] | None = None
) -> list[Split]:
    """Return the inner folds whose errors make the intervals, here and where they are measured."""
    most = n_rows if groups is None else len(set(groups))
    return shuffled_splits(min(folds, most), n_rows, seed, groups)


def with_training_memory(
    fitted: Pipeline,
    X: np.ndarray,
    y: np.ndarray,
    labels: tuple[str, ...],
    errors: np.ndarray,
    tested: np.ndarray | None = None,
) -> Pipeline:
    """Return a fitted pipeline that starts with its `TrainingMemory`.

    Parameters
    ----------
    fitted : Pipeline
    X : ndarray, (n_rows, n_descriptors)
    y : ndarray, (n_rows,)
    labels : tuple of str, (n_rows,)
    errors : ndarray, (n_rows,)
        Target minus prediction of each cluster's inner fold, as `fold_trust.inner_errors` measures.
    tested : ndarray, (len(MEASURES),), optional
        As `raised_limits` returns it; by default no limit is raised.
    """
    memory = TrainingMemory().fit(X, y)
    memory.labels_, memory.errors_ = list(labels), np.array(errors)
    if tested is not None:
        memory.tested_ = np.array(tested)
    return Pipeline([(STEP, memory), *fitted.steps])


class IntervalModel:
    """Intervals, border and chances of a fitted pipeline's predictions.

    The interval is the prediction plus the quantiles of the training clusters' errors, each over
    its own difficulty and times the new cluster's: CV+ (R. F. Barber et al., Ann. Statist.
    2021, 49, 486) with the model of all rows in the centre, which covers as much here
    (`benchmarks/measuring.py`, docs/accuracy.md).

    Parameters
    ----------
    memory : TrainingMemory
    like : Table
        Any table with the model's columns, in their order.
    """

    def __init__(self, memory: TrainingMemory, like: Table) -> None:
        self.training = memory.training_table(like)
        space = Neighbourhood(self.training.descriptors)
        known = space, space.own_distances()
        tested = getattr(memory, "tested_", None)
        self.applicability_domain = ApplicabilityDomain(self.training, tested, known)
        self.errors = memory.errors_
        self.difficulty = LocalDifficulty(memory.clusters_, memory.errors_, known)
        self.scores = np.sort(memory.errors_ / self.difficulty.own)
        self._above = np.append(np.cumsum(self.scores[::-1])[::-1], 0.0)
        self._highest, self._lowest = ExponentialTail(self.scores), ExponentialTail(-self.scores)

    def interval(
        self, predicted: np.ndarray, difficulty: np.ndarray, level: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the interval, each (n,); infinite with too few training clusters."""
        sizes = np.sort(np.abs(self.scores))
        rank = math.ceil(level * (len(sizes) + 1))
        reach = difficulty * (sizes[rank - 1] if rank <= len(sizes) else np.inf)
        return predicted - reach, predicted + reach

    def chance_above(
        self, predicted: np.ndarray, difficulty: np.ndarray, threshold: float
    ) -> np.ndarray:
        """Return the probability that a target lies above a threshold, (n,).

        The share of training errors that would carry it there, and beyond the outermost ones
        that of an exponential tail.
        """
        needed = (threshold - predicted) / difficulty
        n = len(self.scores)
        larger = n - np.searchsorted(self.scores, needed, side="right")
        chance = (larger + 0.5) / (n + 1)
        high, low = self._highest, self._lowest
        chance = np.where(needed > high.start, _share(high, n) * high.decay(needed), chance)
        return np.where(-needed > low.start, 1 - _share(low, n) * low.decay(-needed), chance)

    def expected_gain(
        self, predicted: np.ndarray, difficulty: np.ndarray, best: float
    ) -> np.ndarray:
        """Return the mean of how much a target would surpass the best measured one, (n,).

        The expected improvement (D. R. Jones et al., J. Global Optim. 1998, 13, 455,
        doi:10.1023/A:1008306431147) under the errors that the model makes, and their tail.
        """
        needed = (best - predicted) / difficulty
        first = np.searchsorted(self.scores, needed, side="right")
        n, tail = len(self.scores), self._highest
        empirical = (self._above[first] - (n - first) * needed) / n
        beyond = tail.count / n * tail.scale * tail.decay(needed)
        return difficulty * np.where(needed > tail.start, beyond, empirical)


def _share(tail: ExponentialTail, n: int) -> float:
    return (tail.count + 0.5) / (n + 1)
