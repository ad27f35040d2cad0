"""Pearson r as a score, and as a scorer for any estimator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import make_scorer


def pearson_r(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Linear correlation of prediction and target, always a number where both are finite.

    A constant prediction orders nothing, so it scores 0.0 instead of the undefined 0/0: a grid
    search then ranks it below anything useful and goes on. A prediction that is not finite
    scores nan, which scikit-learn's searches rank last.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_rows,)
        Target and prediction.

    Returns
    -------
    float
        r in [-1, 1]; 0.0 where either side is constant or has fewer than two rows.

    Examples
    --------
    >>> round(pearson_r([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]), 12)
    1.0
    >>> pearson_r([1.0, 2.0, 3.0], [5.0, 5.0, 5.0])
    0.0
    """
    truth = np.asarray(y_true, dtype=np.float64).ravel()
    guess = np.asarray(y_pred, dtype=np.float64).ravel()
    if not (np.isfinite(truth).all() and np.isfinite(guess).all()):
        return float("nan")
    if len(truth) < 2 or _is_constant(truth) or _is_constant(guess):
        return 0.0
    return float(np.clip(_unit(truth) @ _unit(guess), -1.0, 1.0))


def _is_constant(values: np.ndarray) -> bool:
    """Say whether the values differ by no more than the rounding of their own size."""
    return bool(np.ptp(values) <= 16 * np.finfo(np.float64).eps * np.abs(values).max())


def _unit(values: np.ndarray) -> np.ndarray:
    """Centre and scale to length one; divided by the largest first, so that squares stay finite."""
    centred = values / np.abs(values).max()
    centred -= centred.mean()
    return centred / np.linalg.norm(centred)


pearson_scorer = make_scorer(pearson_r)
