"""Scores of predictions: Pearson r, RMSE, MAE and R2."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from clusteract.estimators.networks.scoring import pearson_r


class Metrics(NamedTuple):
    """Four scores of one set of predictions; r and R2 are NaN where they are undefined."""

    r: float
    rmse: float
    mae: float
    r2: float


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
