"""Shifted: whole columns that slipped up or down against the other ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.plausibility import plausibility
from clusteract.audit.registry import rule
from clusteract.audit.view import View

SHIFTS = (1, -1, 2, -2, 3, -3)
_CLEAR_R, _CLEAR_GAIN, _FEWEST_ROWS = 0.6, 0.3, 30
_MOST_ROWS = 20_000


def shift(values: np.ndarray, by: int) -> np.ndarray:
    """Return what stands `by` rows further down; NaN past the end.

    Examples
    --------
    >>> shift(np.array([1.0, 2.0, 3.0]), 1)
    array([ 2.,  3., nan])
    """
    out = np.full(len(values), np.nan)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


@rule("shifted-column", summary="No column slipped against the names")
def shifted_columns(view: View) -> Iterator[Finding]:
    """Report whole columns that the others predict much better when shifted by some rows."""
    if not _FEWEST_ROWS <= view.n <= _MOST_ROWS:
        return
    model = plausibility(view)
    for column, values in view.measured.items():
        if column in view.explained:
            continue
        prediction = model.prediction(column)
        here = _agreement(prediction, values)
        for by in SHIFTS:
            there = _agreement(prediction, shift(values, by))
            if there > _CLEAR_R and there - here > _CLEAR_GAIN:
                message = f"{column} fits its rows better when shifted by {abs(by)}"
                yield view.finding("shifted-column", "warning", message, columns=[column])
                break


def _agreement(prediction: np.ndarray, values: np.ndarray) -> float:
    use = np.isfinite(values) & np.isfinite(prediction)
    if use.sum() < _FEWEST_ROWS or np.ptp(values[use]) == 0 or np.ptp(prediction[use]) == 0:
        return 0.0
    return float(np.corrcoef(prediction[use], values[use])[0, 1])
