"""Whole columns: constant, repeated, combinations of others, or giving the target away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import rankdata

from clusteract.audit.finding import Finding, Severity
from clusteract.audit.registry import rule
from clusteract.audit.view import View

_SUSPECT_LEAK = 0.97
_EXACT = 1e-6  # of a column's spread
_FEWEST = 10
_SAME_ORDER = 20  # different values: fewer may agree by chance
_MOST_ROWS = 1000  # a linear relation shows in as many


def _complete(view: View) -> tuple[list[str], np.ndarray]:
    """Return the columns that vary and are mostly there, standardised, and complete rows only."""
    columns = [c for c, v in view.values.items() if np.isfinite(v).mean() > 0.8]
    X = np.column_stack([view.values[c] for c in columns]) if columns else np.zeros((view.n, 0))
    X = X[np.isfinite(X).all(axis=1)]
    X = X[:: len(X) // _MOST_ROWS + 1]
    spread = X.std(axis=0) if len(X) else np.zeros(0)
    kept = spread > 0
    columns = [c for c, k in zip(columns, kept, strict=True) if k]
    X = X[:, kept]
    return columns, (X - X.mean(axis=0)) / X.std(axis=0) if len(X) else X


@rule("constant", summary="Every descriptor varies")
def constant(view: View) -> Iterator[Finding]:
    """Report columns with one value, or none."""
    if view.n < 2:
        return
    for column, values in view.values.items():
        finite = values[np.isfinite(values)]
        if not len(finite) or np.ptp(finite) == 0:
            what = f"the same value ({finite[0]:.6g}) in every row" if len(finite) else "no value"
            yield view.finding("constant", "warning", f"{column}: {what}", columns=[column])


@rule("same-column", summary="No two descriptors are the same")
def same_column(view: View) -> Iterator[Finding]:
    """Report columns that repeat an earlier one."""
    first: dict[bytes, str] = {}
    for column, values in view.values.items():
        if view.n < 3 or len(np.unique(values[np.isfinite(values)])) < 2:
            continue
        key = np.nan_to_num(values, nan=1e300).tobytes()
        if key in first:
            message = f"{column} repeats {first[key]}"
            yield view.finding("same-column", "warning", message, columns=[column])
        first.setdefault(key, column)


@rule("linear", summary="No descriptor is a linear combination of others")
def linear(view: View) -> Iterator[Finding]:
    """Note columns that add nothing to the earlier ones for a linear model."""
    columns, X = _complete(view)
    if len(X) < max(_FEWEST, X.shape[1] + 5):
        return
    triangle = np.linalg.qr(X)[1]
    new = np.abs(np.diag(triangle)) > _EXACT * np.sqrt(len(X))  # what a column adds to the earlier
    for j in np.flatnonzero(~new):
        kept = np.flatnonzero(new[:j])
        weights = np.linalg.lstsq(triangle[:, kept], triangle[:, j], rcond=None)[0]
        parts = [columns[k] for k, w in zip(kept, weights, strict=True) if abs(w) > 1e-4]
        if len(parts) > 1:
            message = f"{columns[j]} is a linear combination of {', '.join(parts)}"
            yield view.finding("linear", "note", message, columns=[columns[j]])


@rule("leak", summary="No descriptor gives the target away")
def leak(view: View) -> Iterator[Finding]:
    """Report descriptors that are the target in disguise, alone or together."""
    target = view.table.target
    if target is None or np.isfinite(target).sum() < _FEWEST or np.nanstd(target) == 0:
        return
    suspects = []
    for column, values in view.values.items():
        r = _correlation(values, target)
        if r > _SUSPECT_LEAK:
            suspects.append(column)
            message = f"{column} follows {view.table.target_name} (r or rank r {r:.4f})"
            severity: Severity = "error" if _determines(values, target) else "warning"
            yield view.finding("leak", severity, message, columns=[column])
    if not suspects:
        yield from _joint_leak(view, target)


def _determines(values: np.ndarray, target: np.ndarray) -> bool:
    """Tell whether a column is the target in another unit, or in the same order throughout."""
    use = np.isfinite(values) & np.isfinite(target)
    x, y = values[use], target[use]
    if len(np.unique(x)) < _SAME_ORDER or len(np.unique(y)) < _SAME_ORDER:
        return False
    slope, intercept = np.polyfit(x, y, 1)
    copied = np.abs(slope * x + intercept - y).max() < _EXACT * np.ptp(y)
    return bool(copied or abs(np.corrcoef(rankdata(x), rankdata(y))[0, 1]) > 1 - 1e-9)


def _correlation(values: np.ndarray, target: np.ndarray) -> float:
    """Return the larger of the absolute Pearson and Spearman correlations."""
    use = np.isfinite(values) & np.isfinite(target)
    if use.sum() < _FEWEST or np.ptp(values[use]) == 0 or np.ptp(target[use]) == 0:
        return 0.0
    pairs = ((values[use], target[use]), (rankdata(values[use]), rankdata(target[use])))
    return float(max(abs(np.corrcoef(a, b)[0, 1]) for a, b in pairs))


def _joint_leak(view: View, target: np.ndarray) -> Iterator[Finding]:
    columns = [c for c, v in view.values.items() if np.isfinite(v).mean() > 0.8]
    X = np.column_stack([np.ones(view.n), *(view.values[c] for c in columns)])
    use = np.flatnonzero(np.isfinite(X).all(axis=1) & np.isfinite(target))
    use = use[:: len(use) // _MOST_ROWS + 1]
    if len(use) < X.shape[1] + _FEWEST:
        return
    X, y = X[use] / np.maximum(np.abs(X[use]).max(axis=0), 1e-300), target[use]
    weights = np.linalg.lstsq(X, y, rcond=None)[0]
    if np.std(X @ weights - y) < 1e-4 * np.std(y):
        parts = [c for c, w in zip(columns, weights[1:], strict=True) if abs(w) > 1e-3 * np.std(y)]
        message = f"{view.table.target_name} is a linear combination of {', '.join(parts)}"
        yield view.finding("leak", "error", message, columns=parts)
