"""Noise floor: how much the target differs between nearly identical clusters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View

_CLOSE = 0.15  # of a standard deviation per descriptor, root mean square
_MOST_ROWS = 3000


@rule("noise-floor", summary="Nearly identical rows have nearly the same target")
def noise_floor(view: View) -> Iterator[Finding]:
    """Note the spread of the target among near twins: no honest RMSE can be much lower."""
    pairs = _twins(view)
    target = view.table.target
    if target is None or len(pairs) < 3:
        return
    gaps = target[pairs[:, 0]] - target[pairs[:, 1]]
    floor = float(np.sqrt(np.mean(gaps**2) / 2))
    rows = sorted({int(r) for r in pairs.ravel()})
    message = (
        f"{len(pairs)} pairs of nearly identical rows differ in {view.table.target_name} by a "
        f"standard deviation of {floor:.3g}: a floor for any honest RMSE"
    )
    columns = [view.table.target_name or "target"]
    yield view.finding("noise-floor", "note", message, rows=rows, columns=columns)


def _twins(view: View) -> np.ndarray:
    """Return pairs of rows closer than `_CLOSE`, (n_pairs, 2)."""
    none = np.zeros((0, 2), dtype=int)
    columns = [v for v in view.values.values() if np.isfinite(v).mean() > 0.8 and np.nanstd(v) > 0]
    if not columns or view.n < 10:
        return none
    X = np.column_stack([(v - np.nanmean(v)) / np.nanstd(v) for v in columns])
    rows = np.flatnonzero(np.isfinite(X).all(axis=1))[:_MOST_ROWS]
    if len(rows) < 10:
        return none
    near = cKDTree(X[rows]).query(X[rows], k=2)
    close = near[0][:, 1] < _CLOSE * np.sqrt(X.shape[1])
    pairs = np.column_stack([np.arange(len(rows)), near[1][:, 1]])[close]
    return rows[np.unique(np.sort(pairs, axis=1), axis=0)] if len(pairs) else none
