"""Missing values: sentinels and empty cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View
from clusteract.table.table import SENTINELS

_FAR = 10  # times the largest other value


@rule("sentinel", summary="No number such as -999 stands for a missing value")
def sentinels(view: View) -> Iterator[Finding]:
    """Report numbers that mean that there is none, by column; doubtful ones as warnings."""
    by_column: dict[str, list[int]] = {}
    for row, column in view.table.sentinel_cells:
        by_column.setdefault(column, []).append(row)
    for column, rows in by_column.items():
        values = view.table.column(column)
        why = view.why_missing(column, rows)
        certain = _certain(values, rows)
        verb = "stands" if certain else "may stand"
        yield view.finding(
            "sentinel",
            "error" if certain else "warning",
            f"{values[rows[0]]:g} {verb} for a missing value{why and f'; {why}'}",
            rows=rows,
            columns=[column],
            repair="dropped" if certain else None,
        )
    target, name = view.table.target, view.table.target_name
    if target is not None and name:
        rows = list(np.flatnonzero(np.isin(target, SENTINELS)))
        others = np.delete(target, rows)
        if rows and np.abs(target[rows]).min() > _FAR * np.abs(others).max(initial=0):
            message = f"{name} is {target[rows[0]]:g}: a missing value"
            yield view.finding("sentinel", "error", message, rows=rows, columns=[name])


def _certain(values: np.ndarray, rows: list[int]) -> bool:
    """Tell whether numbers like -999 can't be measured: the only sign of its kind, or far off."""
    others = np.delete(values, rows)
    others = others[np.isfinite(others)]
    if not len(others):
        return False
    other_sign = bool((values[rows] < 0).all() and (others >= 0).all())
    return other_sign or np.abs(values[rows]).min() > _FAR * np.abs(others).max()


@rule("missing", summary="Every cell has a value")
def missing(view: View) -> Iterator[Finding]:
    """Note empty cells, by column."""
    X = view.table.descriptors
    for j, column in enumerate(view.table.descriptor_names):
        empty = np.flatnonzero(np.isnan(X[:, j]))
        if len(empty):
            yield view.finding("missing", "note", f"no {column}", rows=empty, columns=[column])
