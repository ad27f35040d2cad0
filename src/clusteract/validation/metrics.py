"""Scores of predictions: Pearson r, RMSE, MAE and R2."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class Metrics(NamedTuple):
    """Four scores of one set of predictions; r and R2 are NaN where they are undefined."""

    r: float
    rmse: float
    mae: float
    r2: float


def pearson_r(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Return Pearson's correlation, NaN where either side is constant or has one value.

    Parameters
    ----------
    y_true, y_pred : ndarray, (n_rows,)

    Examples
    --------
    >>> round(pearson_r(np.array([1.0, 2, 3]), np.array([3.0, 5, 7])), 12)
    1.0
    >>> pearson_r(np.array([1.0, 2, 3]), np.array([2.0, 2, 2]))
    nan
    """
    a, b = np.asarray(y_true, float), np.asarray(y_pred, float)
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a / np.linalg.norm(a)) @ (b / np.linalg.norm(b)), -1, 1))


def score_predictions(y_true: np.ndarray, y_pred: np.ndarray) -> Metrics:
    """Return r, RMSE, MAE and R2 (1 - residual over total sum of squares) of predictions.

    Parameters
    ----------
    y_true, y_pred : ndarray, (n_rows,)
        In the target's unit; so are RMSE and MAE.

    Examples
    --------
    >>> m = score_predictions(np.array([0.0, 1, 2, 3]), np.array([1.0, 2, 3, 4]))
    >>> round(m.r, 12), m.rmse, m.mae, round(m.r2, 3)
    (1.0, 1.0, 1.0, 0.2)
    """
    y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)
    error = y_pred - y_true
    total = float(np.sum((y_true - y_true.mean()) ** 2))
    return Metrics(
        r=pearson_r(y_true, y_pred),
        rmse=float(np.sqrt(np.mean(error**2))),
        mae=float(np.mean(np.abs(error))),
        r2=1 - float(np.sum(error**2)) / total if total > 0 else math.nan,
    )
