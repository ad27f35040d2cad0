"""Plain records of a nested cross-validation: one per outer fold, gathered per recipe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clusteract.validation.metrics import Metrics, score_predictions


@dataclass(frozen=True)
class FoldResult:
    """One recipe on one outer fold: what was chosen inside, and what it predicts.

    Attributes
    ----------
    recipe : str
    fold : int
        Counts from 1, over all repeats.
    train, test : tuple of int
        Rows of the table, counted from 0.
    y_train, y_test, train_predictions, test_predictions : tuple of float
        Aligned with `train` and `test`.
    best_params : dict
        Chosen by the inner folds; estimators are given by their text.
    selected : tuple of str
        Descriptors that the selector kept when refitted on the outer training set.
    inner_score : float
        Mean inner score of the chosen setting (larger is better).
    fits, fits_naive : int
        Models fitted, and models that a plain grid search would have fitted.
    capped : int
        Fits that stopped at an iteration cap.
    seconds : float
        Time of all its pieces, summed over workers. No part of any byte-exact comparison.
    curves : dict
        Of a network, how it learned when refitted: `estimators.learning.learning_curves`.
    """

    recipe: str
    fold: int
    train: tuple[int, ...]
    test: tuple[int, ...]
    y_train: tuple[float, ...]
    y_test: tuple[float, ...]
    train_predictions: tuple[float, ...]
    test_predictions: tuple[float, ...]
    best_params: dict[str, Any]
    selected: tuple[str, ...]
    inner_score: float
    fits: int
    fits_naive: int
    capped: int = 0
    seconds: float = 0.0
    curves: dict[str, list[float | None]] = field(default_factory=dict)

    @property
    def train_scores(self) -> Metrics:
        """Scores on the outer training set."""
        return score_predictions(np.array(self.y_train), np.array(self.train_predictions))

    @property
    def test_scores(self) -> Metrics:
        """Honest scores on the outer test set."""
        return score_predictions(np.array(self.y_test), np.array(self.test_predictions))


def plain_fold(
    name: str,
    fold: int,
    split: tuple[np.ndarray, np.ndarray],
    y: np.ndarray,
    fitted: np.ndarray,
    unseen: np.ndarray,
) -> FoldResult:
    """Return the record of one fit without a search.

    Parameters
    ----------
    name : str
    fold : int
    split : (training rows, test rows)
    y : ndarray, (n_rows,)
        Of the table.
    fitted, unseen : ndarray
        Predictions of the training and of the test rows.
    """
    train, test = split
    return FoldResult(
        recipe=name,
        fold=fold,
        train=tuple(np.asarray(train).tolist()),
        test=tuple(np.asarray(test).tolist()),
        y_train=tuple(y[train].tolist()),
        y_test=tuple(y[test].tolist()),
        train_predictions=tuple(np.asarray(fitted).tolist()),
        test_predictions=tuple(np.asarray(unseen).tolist()),
        best_params={},
        selected=(),
        inner_score=math.nan,
        fits=1,
        fits_naive=1,
    )


def _mean(values: Iterable[float]) -> float:
    defined = [v for v in values if not math.isnan(v)]
    return float(np.mean(defined)) if defined else math.nan


def _std(values: Iterable[float]) -> float:
    defined = [v for v in values if not math.isnan(v)]
    return float(np.std(defined, ddof=1)) if len(defined) > 1 else math.nan


@dataclass(frozen=True)
class RecipeResult:
    """One recipe over all outer folds.

    Attributes
    ----------
    name, title : str
    folds : tuple of FoldResult, (n_folds,)
    """

    name: str
    title: str
    folds: tuple[FoldResult, ...]

    def per_fold(self, which: str, metric: str) -> np.ndarray:
        """Return one metric (`r`, `rmse`, `mae`, `r2`) of each fold, (n_folds,).

        Parameters
        ----------
        which : {"train", "test"}
        metric : str
        """
        return np.array([getattr(getattr(f, f"{which}_scores"), metric) for f in self.folds])

    def mean(self, which: str, metric: str) -> float:
        """Mean over outer folds, of those where the metric is defined."""
        return _mean(self.per_fold(which, metric))

    def std(self, which: str, metric: str) -> float:
        """Sample standard deviation (n - 1) over outer folds."""
        return _std(self.per_fold(which, metric))

    @property
    def pooled(self) -> Metrics:
        """Scores of all out-of-fold predictions together."""
        return score_predictions(*self.out_of_fold())

    def out_of_fold(self) -> tuple[np.ndarray, np.ndarray]:
        """Return target and prediction of every test cluster, fold after fold."""
        y = np.concatenate([f.y_test for f in self.folds])
        return y, np.concatenate([f.test_predictions for f in self.folds])

    @property
    def best_fold(self) -> int:
        """Number of the fold with the highest test r (1 where none is defined)."""
        r = self.per_fold("test", "r")
        return self.folds[0 if np.isnan(r).all() else int(np.nanargmax(r))].fold

    @property
    def fits(self) -> int:
        """Models fitted."""
        return sum(f.fits for f in self.folds)

    @property
    def fits_naive(self) -> int:
        """Models that a plain grid search would have fitted."""
        return sum(f.fits_naive for f in self.folds)

    @property
    def capped(self) -> int:
        """Fits that stopped at an iteration cap."""
        return sum(f.capped for f in self.folds)

    @property
    def seconds(self) -> float:
        """Working time of all its pieces, summed over workers."""
        return float(sum(f.seconds for f in self.folds))

    def selection_frequency(self, descriptors: Sequence[str]) -> np.ndarray:
        """Return the share of outer folds that selected each descriptor, (n_descriptors,)."""
        kept = [set(f.selected) for f in self.folds]
        return np.array([np.mean([d in k for k in kept]) for d in descriptors])
