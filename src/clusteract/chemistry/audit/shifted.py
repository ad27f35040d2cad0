"""Shifted: a column whose cells slipped up or down against the names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.registry import rule
from clusteract.audit.rules.shifted import SHIFTS, shift
from clusteract.chemistry.audit.checks import Check, Rows, active_checks
from clusteract.chemistry.audit.core_references import PAIRS, recover_references
from clusteract.chemistry.audit.rowdata import make_rows
from clusteract.chemistry.audit.view import ClusterView

_FEWEST = 4  # rows that a shift must put right
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class _Shift:
    column: str
    by: int
    rows: np.ndarray
    gain: int


def find_shift(view: ClusterView) -> _Shift | None:
    """Find the block of one column that fits much better some rows further, by the checks."""
    checks = [c for c in active_checks(view.values) if c.rule != "printed-digits"]
    if view.n > _MOST_ROWS or not checks:
        return None
    before = _failing(view, checks)
    best: _Shift | None = None
    for column in dict.fromkeys(c for check in checks for c in check.columns):
        own = [k for k, c in enumerate(checks) if column in c.columns]
        accused = before[own].any(axis=0)
        if accused.sum() < _FEWEST and not _loose_core(view, column):
            continue
        for by in SHIFTS:
            moved = view.with_values({column: shift(view.values[column], by)})
            after = _failing(moved, [checks[k] for k in own])
            candidate = _best_block(column, by, before[own], after)
            if candidate and (best is None or candidate.gain > best.gain):
                best = candidate
    return best


def _failing(view: ClusterView, checks: list[Check]) -> np.ndarray:
    """Return which checks fail in which rows, (n_checks, n); a core without reference fails."""
    references = {v: recover_references(view, v, d) for v, d in PAIRS if view.has(v, d)}
    rows: Rows = make_rows(view, references={v: f.majority for v, f in references.items()})
    fails = np.array([c.fails(rows) for c in checks])
    for k, check in enumerate(checks):
        if check.rule == "reference":
            loose = references[check.columns[0]]
            fails[k] |= np.isnan(loose.majority) & (loose.group >= 0) & _company(view)
    return fails


def _company(view: ClusterView) -> np.ndarray:
    """Rows whose core has two rows at least, (n,)."""
    sizes = np.bincount(view.core[view.core >= 0], minlength=len(view.core_names))
    return (view.core >= 0) & (sizes[view.core] > 1)


def _loose_core(view: ClusterView, column: str) -> bool:
    for value, delta in PAIRS:
        if column in (value, delta) and view.has(value, delta):
            references = recover_references(view, value, delta)
            loose = np.isnan(references.majority) & (references.group >= 0) & _company(view)
            return bool(loose.sum() >= _FEWEST)
    return False


def _best_block(column: str, by: int, before: np.ndarray, after: np.ndarray) -> _Shift | None:
    """Find the run of rows that gains most by a shift: the largest sum of a subarray."""
    gain = before.sum(axis=0).astype(int) - after.sum(axis=0)
    total, start, best, span = 0, 0, 0, (0, 0)
    for i, g in enumerate(gain):
        if total <= 0:
            total, start = 0, i
        total += int(g)
        if total > best:
            best, span = total, (start, i + 1)
    rows = np.arange(*span)
    rows = rows[np.flatnonzero(gain[rows] > 0)[0] :] if len(rows) else rows
    if len(rows) < _FEWEST or (gain[rows] > 0).sum() < max(_FEWEST, 0.5 * len(rows)):
        return None
    if after[:, rows].any(axis=0).mean() > 0.2:
        return None
    return _Shift(column, by, rows, best)


@rule(
    "shifted",
    domain="clusters",
    settles=3,
    summary="No column's cells slipped up or down against the names",
)
def repair_shift(view: ClusterView) -> tuple[list[Finding], ClusterView]:
    """Report a shifted block, and return the view with it shifted back."""
    slip = find_shift(view)
    if slip is None:
        return [], view
    values = view.values[slip.column].copy()
    rows = slip.rows
    values[rows] = shift(values, slip.by)[rows]
    direction = "down" if slip.by > 0 else "up"
    message = f"{slip.column} slipped {direction} by {abs(slip.by)} against the names"
    finding = view.finding(
        "shifted",
        "error",
        message,
        rows=rows,
        columns=[slip.column],
        expected=values[rows],
        repair="recomputed",
        cause=f"{spell_rows(list(rows))}: {message}",
    )
    return [finding], view.with_values({slip.column: values})
