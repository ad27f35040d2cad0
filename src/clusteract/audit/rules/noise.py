"""Noise floor: how much the target differs between rows that are equal, or nearly so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.rules.duplicates import equal_rows
from clusteract.audit.view import View

_CLOSE = 0.15  # of a standard deviation per descriptor, root mean square
_FEWEST = 3  # pairs, or rows beyond the first of each set
_MOST_ROWS = 3000


@rule("noise-floor", summary="Rows of equal descriptors have nearly the same target")
def noise_floor(view: View) -> Iterator[Finding]:
    """Note the spread of the target among equal rows, else among near twins."""
    target, name = view.table.target, view.table.target_name
    if target is None or not name:
        return
    repeats = _of_equal_rows(view, target)
    if repeats is None:
        pairs = _twins(view)
        if len(pairs) < _FEWEST:
            return
        floor = float(np.sqrt(np.mean(np.diff(target[pairs]) ** 2) / 2))
        rows = sorted({int(r) for r in pairs.ravel()})
        message = (
            f"{len(pairs)} pairs of nearly identical rows differ in {name} by a standard "
            f"deviation of {floor:.3g}: a floor for any honest RMSE"
        )
    else:
        rows, n_sets, floor = repeats
        message = (
            f"{len(rows)} rows in {n_sets} sets with the same descriptors differ in {name} by a "
            f"standard deviation of {floor:.3g}: the best RMSE possible for such rows"
        )
    yield view.finding("noise-floor", "note", message, rows=rows, columns=[name])


def _of_equal_rows(view: View, target: np.ndarray) -> tuple[list[int], int, float] | None:
    """Return rows, number of sets and pooled standard deviation; copies count once."""
    if view.distinct:  # equal rows are a mistake there, no measurement
        return None
    sets = [rows[np.unique(target[rows], return_index=True)[1]] for rows in equal_rows(view)]
    sets = [rows for rows in sets if len(rows) > 1 and np.isfinite(target[rows]).all()]
    freedom = sum(len(rows) - 1 for rows in sets)
    if freedom < _FEWEST:
        return None
    squares = sum(float(((target[rows] - target[rows].mean()) ** 2).sum()) for rows in sets)
    return sorted(int(r) for rows in sets for r in rows), len(sets), np.sqrt(squares / freedom)


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
