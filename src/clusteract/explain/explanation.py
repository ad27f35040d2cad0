"""Explanation: what models say about clusters that they never saw, in plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.base import BaseEstimator
from sklearn.inspection import permutation_importance

from clusteract.explain.shapley import shapley_values

_SHUFFLES = 10
_NOTHING = 0.02  # of the largest importance


@dataclass(frozen=True)
class Explanation:
    """One recipe's out-of-fold explanation of a table.

    Attributes
    ----------
    title : str
        The recipe's.
    descriptors : tuple of str, (n_descriptors,)
    X : ndarray, (n_rows, n_descriptors)
        What the models saw; NaN where a value was missing.
    values, errors : ndarray, (n_rows, n_descriptors)
        Shapley values and their sampling errors; each cluster's from a model that was trained,
        tuned and selected without it.
    permutation : ndarray, (n_folds, n_descriptors)
        Rise of the test RMSE when a descriptor is shuffled among the test clusters of a fold.
    """

    title: str
    descriptors: tuple[str, ...]
    X: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    permutation: np.ndarray

    @property
    def importance(self) -> np.ndarray:
        """Mean absolute Shapley value of each descriptor, (n_descriptors,)."""
        return np.abs(self.values).mean(axis=0)

    @property
    def permutation_mean(self) -> np.ndarray:
        """Mean permutation importance over folds, (n_descriptors,)."""
        return self.permutation.mean(axis=0)

    def top(self, n: int) -> list[int]:
        """Return the columns of the n largest mean absolute values."""
        return np.argsort(-self.importance, kind="stable")[:n].tolist()

    def by_level(self, levels: Sequence[int | None]) -> dict[int | None, float]:
        """Return the share of the summed importance that each level holds.

        Parameters
        ----------
        levels : sequence of (int or None), (n_descriptors,)
        """
        total = self.importance.sum() or 1.0
        return {
            level: float(
                sum(self.importance[i] for i, found in enumerate(levels) if found == level) / total
            )
            for level in (1, 2, 3, None)
            if level in levels
        }

    def agreement(self) -> float:
        """Spearman's correlation of Shapley and permutation importances."""
        return float(stats.spearmanr(self.importance, self.permutation_mean).statistic)

    def disagreements(self, places: int = 5, among: int = 8) -> list[tuple[str, int, int]]:
        """Name descriptors whose two ranks lie far apart: (name, Shapley rank, permutation rank).

        Ranks count from 1; a descriptor that is in neither's first `among` is left out, and so is
        one that both find next to nothing in: its ranks are chance.
        """
        heard = (self.importance > _NOTHING * self.importance.max()) | (
            self.permutation_mean > _NOTHING * self.permutation_mean.max()
        )
        by_value = stats.rankdata(-self.importance, method="ordinal")
        by_shuffling = stats.rankdata(-self.permutation_mean, method="ordinal")
        return [
            (name, int(a), int(b))
            for name, a, b, h in zip(self.descriptors, by_value, by_shuffling, heard, strict=True)
            if h and abs(a - b) >= places and min(a, b) <= among
        ]


def explain_fold(
    fitted: BaseEstimator,
    train: np.ndarray,
    X_test: np.ndarray,
    y_test: np.ndarray,
    *,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """Explain test clusters by a model that was fitted on the training set alone.

    Parameters
    ----------
    fitted : estimator
    train : ndarray, (n_train, n_descriptors)
        The background of the Shapley values.
    X_test : ndarray, (n_test, n_descriptors)
    y_test : ndarray, (n_test,)
    draws : int
    seed : int

    Returns
    -------
    dict
        ``values``, ``errors`` (n_test, n_descriptors) and ``permutation`` (n_descriptors,), as
        lists.
    """
    shap = shapley_values(fitted.predict, X_test, train, draws=draws, seed=seed)
    shuffled = permutation_importance(
        fitted,
        X_test,
        y_test,
        n_repeats=_SHUFFLES,
        random_state=seed,
        scoring="neg_root_mean_squared_error",
    )
    return {
        "values": shap.values.tolist(),
        "errors": shap.errors.tolist(),
        "permutation": shuffled.importances_mean.tolist(),
    }


def gather(
    title: str,
    descriptors: Sequence[str],
    X: np.ndarray,
    tests: Sequence[np.ndarray],
    folds: Sequence[dict[str, Any]],
) -> Explanation:
    """Put the folds' explanations together in the table's order.

    Parameters
    ----------
    title : str
    descriptors : sequence of str
    X : ndarray, (n_rows, n_descriptors)
    tests : sequence of ndarray of int
        Test rows of each fold; each row in one of them.
    folds : sequence of dict
        From `explain_fold`.
    """
    values, errors = np.full((2, *X.shape), np.nan)
    for rows, fold in zip(tests, folds, strict=True):
        values[rows], errors[rows] = fold["values"], fold["errors"]
    return Explanation(
        title=title,
        descriptors=tuple(descriptors),
        X=X,
        values=values,
        errors=errors,
        permutation=np.array([fold["permutation"] for fold in folds]),
    )
