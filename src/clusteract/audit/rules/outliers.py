"""Outliers: values far from what the other columns of their row let one expect."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.plausibility import plausibility
from clusteract.audit.registry import rule
from clusteract.audit.view import View

_FAR = 10.0  # robust standard deviations
_REMOTE = 5.0  # of the column itself
_FEWEST = 20


@rule("outlier", summary="Values fit what the rest of the table lets one expect")
def outliers(view: View) -> Iterator[Finding]:
    """Report single values far off, in columns that no exact rule checks."""
    if view.n < _FEWEST:
        return
    model = plausibility(view)
    for column in view.measured:
        if column in view.explained:
            continue
        distance = model.distance(column)
        rows = np.flatnonzero((distance > _FAR) & _is_remote(view.values[column]))
        if 0 < len(rows) <= max(3, 0.02 * view.n):
            far = ", ".join(f"{distance[r]:.0f}" for r in rows[:5])
            message = (
                f"{column} lies {far} robust standard deviations from what its row lets expect"
            )
            yield view.finding("outlier", "warning", message, rows=rows, columns=[column])


def _is_remote(values: np.ndarray) -> np.ndarray:
    """Tell which values lie far from the others of their column, too, (n,)."""
    if np.isnan(values).all():
        return np.zeros(len(values), dtype=bool)
    middle = np.nanmedian(values)
    spread = 1.4826 * np.nanmedian(np.abs(values - middle)) or np.nanstd(values)
    return np.nan_to_num(np.abs(values - middle)) > _REMOTE * spread
