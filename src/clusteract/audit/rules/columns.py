"""Whole columns: constant, repeated, or combinations of others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View

_EXACT = 1e-6  # of a column's spread
_FEWEST = 10
_NEARLY = 0.01  # of the rows may differ in a nearly constant column
_FEWEST_NEARLY = 50
_MOST_ROWS = 1000  # a linear relation shows in as many


@rule("constant", summary="Every descriptor varies")
def constant(view: View) -> Iterator[Finding]:
    """Report columns with one value, or none, and note those with hardly another."""
    if view.n < 2:
        return
    constant, nearly = {}, {}
    for column, values in view.values.items():
        finite = values[np.isfinite(values)]
        distinct, counts = np.unique(finite, return_counts=True)
        others = len(finite) - counts.max(initial=0)
        usual = f"the same value ({distinct[counts.argmax()]:.6g})" if len(finite) else ""
        if len(distinct) < 2:
            constant[column] = f"{usual} in every row" if usual else "no value"
        elif view.n >= _FEWEST_NEARLY and others <= _NEARLY * len(finite):
            nearly[column] = f"{usual} in all rows but {others}"
    yield from view.column_findings("constant", "warning", constant)
    yield from view.column_findings("constant", "note", nearly)


def _repeats(view: View) -> dict[str, str]:
    """Return columns that are an earlier one again, and which."""
    first: dict[bytes, str] = {}
    repeats = {}
    for column, values in view.values.items():
        if view.n < 3 or len(np.unique(values[np.isfinite(values)])) < 2:
            continue
        earlier = first.setdefault(np.nan_to_num(values, nan=1e300).tobytes(), column)
        if earlier != column:
            repeats[column] = earlier
    return repeats


@rule("same-column", summary="No two descriptors are the same")
def same_column(view: View) -> Iterator[Finding]:
    """Report columns that repeat an earlier one."""
    texts = {c: f"repeats {earlier}" for c, earlier in _repeats(view).items()}
    yield from view.column_findings("same-column", "warning", texts, link=" ")


@rule("linear", summary="No descriptor is a linear combination of others")
def linear(view: View) -> Iterator[Finding]:
    """Note columns that add nothing to the earlier ones for a linear model."""
    columns, X = _complete(view)
    if len(X) < max(_FEWEST, X.shape[1] + 5):
        return
    repeats, texts = _repeats(view), {}
    triangle = np.linalg.qr(X)[1]
    new = np.abs(np.diag(triangle)) > _EXACT * np.sqrt(len(X))  # what a column adds to the earlier
    for j in np.flatnonzero(~new):
        kept = np.flatnonzero(new[:j])
        weights = np.linalg.lstsq(triangle[:, kept], triangle[:, j], rcond=None)[0]
        parts = [columns[k] for k, w in zip(kept, weights, strict=True) if abs(w) > 1e-4]
        if columns[j] not in repeats:
            kind = "combination" if len(parts) > 1 else "function"
            texts[columns[j]] = f"is a linear {kind} of {', '.join(parts)}"
    yield from view.column_findings("linear", "note", texts, link=" ")


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
