"""Pearson r as a score, and as a scorer for any estimator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import make_scorer


def pearson_r(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Linear correlation of prediction and target; NaN where it is undefined.

    That is where either side is constant, has one value, or holds one that is not finite.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_rows,)
        Target and prediction.

    Returns
    -------
    float
        r in [-1, 1], or NaN.

    Examples
    --------
    >>> round(pearson_r([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]), 12)
    1.0
    >>> pearson_r([1.0, 2.0, 3.0], [5.0, 5.0, 5.0])
    nan
    """
    truth = np.asarray(y_true, dtype=np.float64).ravel()
    guess = np.asarray(y_pred, dtype=np.float64).ravel()
    if not (np.isfinite(truth).all() and np.isfinite(guess).all()):
        return float("nan")
    if len(truth) < 2 or _is_constant(truth) or _is_constant(guess):
        return float("nan")
    return float(np.clip(_unit(truth) @ _unit(guess), -1.0, 1.0))


def ranking_r(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return `pearson_r` as a score to choose by: 0.0 where a finite prediction is constant.

    It orders nothing: a grid search then ranks it below anything useful and goes on. A prediction
    that is not finite scores NaN, which scikit-learn's searches rank last.

    Examples
    --------
    >>> ranking_r([1.0, 2.0, 3.0], [5.0, 5.0, 5.0])
    0.0
    """
    finite = np.isfinite(np.asarray(y_true)).all() and np.isfinite(np.asarray(y_pred)).all()
    return float(np.nan_to_num(pearson_r(y_true, y_pred))) if finite else float("nan")


def _is_constant(values: np.ndarray) -> bool:
    """Say whether the values differ by no more than the rounding of their own size."""
    return bool(np.ptp(values) <= 16 * np.finfo(np.float64).eps * np.abs(values).max())


def _unit(values: np.ndarray) -> np.ndarray:
    """Centre and scale to length one; divided by the largest first, so that squares stay finite."""
    centred = values / np.abs(values).max()
    centred -= centred.mean()
    return centred / np.linalg.norm(centred)


pearson_scorer = make_scorer(ranking_r)
