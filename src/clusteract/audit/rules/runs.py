"""Runs: numbers that a spreadsheet filled in by dragging a cell down."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, Severity, spell_rows
from clusteract.audit.registry import rule
from clusteract.audit.view import View, decimals

_CERTAIN, _LIKELY = 1e-5, 1e-2  # expected number of such runs by chance in the whole table
_DISTINCT = 0.9  # of values and of steps, in a column that is measured
_NEAR = 3  # rows between two cells of one series


def _columns(view: View) -> dict[str, np.ndarray]:
    """Measured columns, and the target."""
    columns = dict(view.measured)
    if view.table.target is not None and view.table.target_name:
        columns[view.table.target_name] = view.table.target
    return columns


@rule("arithmetic-run", summary="No column runs on in equal steps")
def arithmetic_runs(view: View) -> Iterator[Finding]:
    """Report three or more neighbouring cells in equal steps, where chance does not make them.

    Outside of tables whose numbers are known to be measured, only columns count that hardly ever
    repeat a value or a step (no properties of elements, no designed grid), and only as a warning.
    """
    for column, values in _columns(view).items():
        if not view.distinct and not _is_continuous(values):
            continue
        steps = np.diff(values)
        if len(steps) < 4 or not np.isfinite(steps).any():
            continue
        unit = 10.0 ** -np.minimum(decimals(values), 9)
        spread = 1.4826 * np.nanmedian(np.abs(steps)) or 1.0
        for first, last in _equal_steps(steps, unit):
            chance = float(np.clip(unit[first:last].max() / spread, 1e-9, 1))
            expected = view.n * len(view.values) * chance ** (last - first - 2)
            whole = last - first > 0.5 * view.n
            if expected < (_LIKELY if view.distinct else _CERTAIN) and not whole:
                rows = list(range(first, last))
                message = f"{column} runs in steps of {steps[first]:.6g}"
                certain = view.distinct and expected < _CERTAIN
                severity: Severity = "error" if certain else "warning"
                story = f"{spell_rows(rows)}: {message}, like cells filled in by dragging"
                yield view.finding(
                    "arithmetic-run",
                    severity,
                    message,
                    rows=rows[1:],
                    columns=[column],
                    story=story,
                )


def _is_continuous(values: np.ndarray) -> bool:
    """Tell whether values and their steps are nearly all different, as measured ones are."""
    finite = values[np.isfinite(values)]
    steps = np.round(np.abs(np.diff(finite)), 9)
    return bool(
        len(np.unique(finite)) > _DISTINCT * len(finite)
        and len(np.unique(steps)) > _DISTINCT * len(steps)
    )


def _equal_steps(steps: np.ndarray, unit: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of rows in equal, non-zero steps; three rows at least."""
    slack = 1e-3 * np.minimum(unit[1:], unit[:-1]) + 1e-12 * np.abs(steps)
    moving = np.abs(steps) > 10 * slack
    same = moving[1:] & moving[:-1] & (np.abs(np.diff(steps)) <= slack[1:] + slack[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(stop) + 2


@rule("whole-steps", summary="Neighbouring values do not differ by whole numbers")
def whole_steps(view: View) -> Iterator[Finding]:
    """Report near cells of one kind that differ by exactly 1, 2, ...: a series dragged down."""
    if not view.distinct:
        return
    for column, values in _columns(view).items():
        if column == view.table.target_name or np.nanmax(decimals(values), initial=0) < 4:
            continue
        groups = _join(_whole_pairs(view, values))
        for rows in groups:
            base = rows[int(np.argmin(values[rows]))]
            others = [r for r in rows if r != base]
            found = ", ".join(f"{values[r]:.6g}" for r in sorted(rows, key=lambda r: values[r]))
            message = f"{column} of {spell_rows(rows)} differ by whole numbers ({found})"
            story = f"{message}: a series dragged down from row {base}"
            yield view.finding(
                "whole-steps", "warning", message, rows=others, columns=[column], story=story
            )


def _whole_pairs(view: View, values: np.ndarray) -> list[tuple[int, int]]:
    """Return pairs of near rows of one kind that differ by a whole number to the last digit."""
    pairs = []
    fine = decimals(values) >= 4
    for gap in range(1, _NEAR + 1):
        step = values[gap:] - values[:-gap]
        whole = (np.abs(step - np.round(step)) < 1e-7) & (np.abs(step) > 0.5)
        whole &= fine[gap:] & fine[:-gap] & (view.kind[gap:] == view.kind[:-gap])
        pairs += [(int(i), int(i) + gap) for i in np.flatnonzero(whole & (view.kind[gap:] >= 0))]
    return pairs


def _join(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Gather pairs that share a row."""
    groups: list[set[int]] = []
    for pair in sorted(pairs):
        joined = {*pair}
        for group in [g for g in groups if g & joined]:
            joined |= group
            groups.remove(group)
        groups.append(joined)
    return [sorted(g) for g in groups]
