"""How a fitted network learned: its losses, epoch by epoch, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

Curves = dict[str, list[float | None]]


def learning_curves(estimator: Any) -> Curves:
    """Return a fitted estimator's learning curves; nothing for one that has none.

    Parameters
    ----------
    estimator : estimator
        A `DenseNetworkRegressor`, an ``MLPRegressor``, or any other.

    Returns
    -------
    dict of str to list of float or None, (n_epochs,)
        ``loss``: of the training rows, as the network counts it (a dense network's mean squared
        error with its L2 term, an MLPRegressor's half of it). Of the rows set aside either
        ``validation_loss``, a dense network's loss, or ``validation_error``: an MLPRegressor keeps
        R2, and 1 - R2 is its error as a share of those rows' variance. None stands for what is not
        finite. ``kept``: the epoch whose weights were kept, counted from 1, alone in its list.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> learning_curves(LinearRegression())
    {}
    """
    if hasattr(estimator, "history_"):
        records = estimator.history_
        loss, judged = ([r[key] for r in records] for key in ("loss", "val_loss"))
        return _curves(estimator.best_epoch_, loss=loss, validation_loss=judged)
    if hasattr(estimator, "loss_curve_"):
        scores = getattr(estimator, "validation_scores_", None)
        if scores is None:
            return _curves(len(estimator.loss_curve_), loss=estimator.loss_curve_)
        kept = 1 + int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))
        errors = (1 - score for score in scores)
        return _curves(kept, loss=estimator.loss_curve_, validation_error=errors)
    return {}


def _curves(kept: int, **values: Iterable[float]) -> Curves:
    return {**{name: _plain(line) for name, line in values.items()}, "kept": [kept]}


def _plain(values: Iterable[float]) -> list[float | None]:
    return [float(v) if math.isfinite(v) else None for v in values]
