"""Duplicates: names, rows, and values copied from one row to another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View, decimals

_FEWEST_COPIED = 3
_FEWEST_DIGITS = 1000  # a value of fewer digits is often met twice


def _equal_rows(keys: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows of each set of equal keys of more than one row."""
    _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    for rows in np.split(order, np.cumsum(counts)[:-1]):
        if len(rows) > 1:
            yield rows


@rule("same-row", summary="No row stands in the table twice")
def same_row(view: View) -> Iterator[Finding]:
    """Report rows with the same values throughout: repeats, and rows that share all of them.

    Where rows of different names can't be alike, that is an error. Else those with the same target
    may be one measurement, copied; those with other targets are repeats, for the noise floor.
    """
    columns = list(view.measured)
    if not columns or len(columns) < 2:
        return
    values = np.nan_to_num(np.column_stack([view.values[c] for c in columns]), nan=1e300)
    target = view.table.target
    copies: list[int] = []
    for rows in _equal_rows(values):
        names = {view.table.names[r] for r in rows}
        same_target = target is None or np.ptp(target[rows]) == 0
        whole = len(names) == 1 and same_target
        if not (whole or view.distinct):
            copies += list(rows[1:]) if same_target else []
            continue
        what = (
            f"the row of {view.table.names[rows[0]]} is repeated"
            if whole
            else f"{', '.join(sorted(names))} share all values that differ between {view.rows}"
        )
        yield view.finding(
            "same-row",
            "error" if whole or len(names) > 1 else "warning",
            f"{what} (first in row {rows[0]})",
            rows=rows[1:],
            columns=[view.table.name_column],
            repair="dropped" if whole else None,
        )
    if copies:
        message = (
            f"{len(copies)} rows repeat another one, target included: a random split puts copies "
            "into training and test set (--groups keeps them together)"
        )
        yield view.finding(
            "same-row", "warning", message, rows=sorted(copies), columns=[view.table.name_column]
        )


@rule("same-name", summary="Every row has its own name")
def same_name(view: View) -> Iterator[Finding]:
    """Report names that occur more than once."""
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(view.table.names):
        rows_of.setdefault(name, []).append(row)
    for name, rows in rows_of.items():
        if len(rows) > 1:
            columns = [view.table.name_column]
            message = f"{name} is the name of {len(rows)} rows"
            yield view.finding("same-name", "warning", message, rows=rows, columns=columns)


@rule("copied", summary="No two rows share several measured values")
def copied(view: View) -> Iterator[Finding]:
    """Report pairs of rows of which three or more values are equal to the last digit."""
    if not view.distinct:  # tables of other kinds repeat the properties of what rows are made of
        return
    shared: dict[tuple[int, int], list[str]] = {}
    for column in view.measured:
        for first, second in _equal_pairs(view, column):
            shared.setdefault((first, second), []).append(column)
    twins = {tuple(sorted(p)) for p, c in shared.items() if len(c) == len(view.measured)}
    for (first, second), columns in shared.items():
        if len(view.sources(columns)) >= _FEWEST_COPIED and (first, second) not in twins:
            names = view.table.names[first], view.table.names[second]
            message = f"{names[0]} and {names[1]} share {', '.join(columns)}"
            at = [first, second]
            yield view.finding("copied", "warning", message, rows=at, columns=columns)


def _equal_pairs(view: View, column: str) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows with the same telling value; rare ones only."""
    values = view.values[column]
    digits = np.abs(values) * 10.0 ** decimals(values)
    telling = np.flatnonzero(np.isfinite(values) & (digits > _FEWEST_DIGITS))
    order = telling[np.argsort(values[telling], kind="stable")]
    same = np.flatnonzero(values[order][1:] == values[order][:-1])
    if len(same) > len(order) // 10:  # such values repeat by nature
        return
    for k in same:
        yield tuple(sorted((int(order[k]), int(order[k + 1]))))  # type: ignore[misc]
