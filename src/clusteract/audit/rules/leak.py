"""Leaks: descriptors that give the target away, alone or together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import rankdata

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View, decimals

_SUSPECT = 0.97  # correlation
_EXACT, _MOST_ROUNDING = 1e-6, 1e-3  # of the target's range
_FEWEST = 10  # different values, or groups of rows
_MOST_ROWS = 1000
_FORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda x: x,
    "the logarithm of ": lambda x: np.log(x) if x.min() > 0 else np.full(len(x), np.nan),
    "the exponential of ": lambda x: np.exp(x) if np.abs(x).max() < 300 else np.exp(x - x.max()),
    "the power of ten of ": lambda x: 10.0 ** (x if np.abs(x).max() < 300 else x - x.max()),
    "the reciprocal of ": lambda x: 1 / x if np.abs(x).min() > 0 else np.full(len(x), np.nan),
}


@rule("leak", summary="No descriptor gives the target away")
def leak(view: View) -> Iterator[Finding]:
    """Report descriptors that are the target in disguise: errors where the relation is exact."""
    target, name = view.table.target, view.table.target_name
    if target is None:
        return
    suspects = False
    for column, values in view.values.items():
        severity, text = _relation(values, target, column in view.categorical)
        if text:
            suspects = True
            advice = "leave it out" + (" if it was made from it" if severity == "warning" else "")
            message = f"{column} {text.format(name)}: {advice} (--descriptors)"
            yield view.finding("leak", severity, message, columns=[column])
    if not suspects:
        yield from _joint_leak(view, target)


def _relation(values: np.ndarray, target: np.ndarray, is_category: bool):
    """Return how a column gives the target away, in words; "" where it doesn't."""
    use = np.isfinite(values) & np.isfinite(target)
    x, y = values[use], target[use]
    if len(x) < _FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return "note", ""
    if np.array_equal(x, y) and not is_category:
        return "error", "is {} itself"
    if not is_category and len(np.unique(y)) >= _FEWEST:
        for form, function in _FORMS.items():
            if _is_exact(np.column_stack([np.ones(len(x)), function(x)]), y):
                return "error", f"determines {{}}, which is a linear function of {form}it"
        r = float(max(abs(np.corrcoef(*p)[0, 1]) for p in ((x, y), (rankdata(x), rankdata(y)))))
        if r > _SUSPECT:
            return "warning", f"follows {{}} (r or rank r {min(r, 0.9999):.4f})"
    if _same_target_in_groups(x, y):
        return "warning", "determines {}: rows that share its value share the target"
    return "note", ""


def _is_exact(X: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether a linear model gives the target up to its rounding."""
    if not np.isfinite(X).all():
        return False
    scale = np.maximum(np.abs(X).max(axis=0), 1e-300)
    residual = np.abs(X / scale @ np.linalg.lstsq(X / scale, y, rcond=None)[0] - y).max()
    # Rounding that is too coarse can't tell an exact relation from a close one.
    rounding = min(0.6 * 10.0 ** -float(decimals(y).max()), _MOST_ROUNDING * np.ptp(y))
    return bool(residual <= max(rounding, _EXACT * np.ptp(y)))


def _same_target_in_groups(x: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether all rows that share a value share the target, in many groups of rows."""
    order = np.lexsort((y, x))
    same_x, same_y = np.diff(x[order]) == 0, np.diff(y[order]) == 0
    groups = len(np.unique(x[order][1:][same_x]))
    return bool(groups >= _FEWEST and (same_y | ~same_x).all())


def _joint_leak(view: View, target: np.ndarray) -> Iterator[Finding]:
    columns = [c for c, v in view.values.items() if np.isfinite(v).mean() > 0.8]
    X = np.column_stack([np.ones(view.n), *(view.values[c] for c in columns)])
    use = np.flatnonzero(np.isfinite(X).all(axis=1) & np.isfinite(target))
    use = use[:: len(use) // _MOST_ROWS + 1]
    if len(use) < 2 * X.shape[1] + _FEWEST or len(np.unique(target[use])) < _FEWEST:
        return
    X, y = X[use], target[use]
    if _is_exact(X, y):
        weights = np.linalg.lstsq(X, y, rcond=None)[0][1:] * X[:, 1:].std(axis=0)
        parts = [c for c, w in zip(columns, weights, strict=True) if abs(w) > 1e-3 * np.std(y)]
        message = f"{view.table.target_name} is a linear combination of {', '.join(parts)}"
        yield view.finding("leak", "error", message, columns=parts)
