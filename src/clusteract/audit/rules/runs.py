"""Runs: numbers that a spreadsheet filled in by dragging a cell down."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, Severity, spell_rows
from clusteract.audit.registry import rule
from clusteract.audit.view import View, decimals

_CERTAIN, _LIKELY = 1e-5, 1e-2  # expected number of such runs by chance in the whole table
_MOST_RUNS = 3  # in a column; more are its nature
_SAMPLE = 300  # rows whose differences are compared
_SAME = 1e-7  # of a column's range


@rule("arithmetic-run", summary="No column runs on in equal steps")
def arithmetic_runs(view: View) -> Iterator[Finding]:
    """Report three or more neighbouring cells in equal steps, where chance does not make them.

    How often chance makes two steps equal is counted in the column itself: properties of
    elements, designed experiments and standardised whole numbers have many equal differences.
    """
    for column, values in {**view.measured, **view.target_column}.items():
        steps = np.diff(values)
        if len(steps) < 4 or not np.isfinite(steps).any():
            continue
        unit = 10.0 ** -np.minimum(decimals(values), 9)
        spread = 1.4826 * np.nanmedian(np.abs(steps)) or 1.0
        runs = list(_equal_steps(steps, unit))
        alike = equal_differences(values)
        likely = []
        for first, last in runs:
            equal = sum(b - a - 2 for a, b in runs) - (last - first - 2)
            chance = max(unit[first:last].max() / spread, alike, equal / len(steps))
            expected = view.n * len(view.values) * min(chance, 1) ** (last - first - 2)
            if expected < _LIKELY and last - first <= 0.5 * view.n:
                likely.append((first, last, expected))
        for first, last, expected in likely if len(likely) <= _MOST_RUNS else ():
            certain = view.distinct and expected < _CERTAIN
            yield _report(view, column, first, last, "error" if certain else "warning")


def _report(view: View, column: str, first: int, last: int, severity: Severity) -> Finding:
    values = {**view.values, **view.target_column}[column]
    rows = list(range(first, last))
    message = f"{column} runs in steps of {values[first + 1] - values[first]:.6g}"
    return view.finding(
        "arithmetic-run",
        severity,
        message,
        rows=rows[1:],
        columns=[column],
        cause=f"{spell_rows(rows)}: {message}, like cells filled in by dragging",
    )


def equal_differences(values: np.ndarray) -> float:
    """Return how often the differences of two pairs of rows are equal in a column.

    Examples
    --------
    >>> equal_differences(np.arange(100.0)) > 0.01
    True
    >>> equal_differences(np.sqrt(np.arange(100.0) + 0.5)) < 0.001
    True
    """
    finite = values[np.isfinite(values)]
    finite = finite[:: len(finite) // _SAMPLE + 1]
    if len(finite) < 4 or np.ptp(finite) == 0:
        return 1.0
    first, second = np.triu_indices(len(finite), 1)
    gaps = np.round(np.abs(finite[first] - finite[second]) / (_SAME * np.ptp(finite)))
    counts = np.unique(gaps, return_counts=True)[1].astype(float)
    return float((counts * (counts - 1)).sum() / (len(gaps) * (len(gaps) - 1)))


def _equal_steps(steps: np.ndarray, unit: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of rows in equal, non-zero steps; three rows at least."""
    slack = 1e-3 * np.minimum(unit[1:], unit[:-1]) + 1e-12 * np.abs(steps)
    moving = np.abs(steps) > 10 * slack
    same = moving[1:] & moving[:-1] & (np.abs(np.diff(steps)) <= slack[1:] + slack[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(stop) + 2
