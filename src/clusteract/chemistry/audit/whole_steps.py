"""Whole steps: charges and energies of one core that were dragged down by 1, 2, ..."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.registry import rule
from clusteract.audit.view import decimals
from clusteract.chemistry.audit.view import ClusterView

_NEAR = 3  # rows between two cells of one series


@rule(
    "whole-steps", domain="clusters", summary="Neighbouring values do not differ by whole numbers"
)
def whole_steps(view: ClusterView) -> Iterator[Finding]:
    """Report near cells of one kind that differ by exactly 1, 2, ...: a series dragged down."""
    for column, values in view.measured.items():
        if np.nanmax(decimals(values), initial=0) < 4:
            continue
        groups = _join(_whole_pairs(view, values))
        for rows in groups:
            base = rows[int(np.argmin(values[rows]))]
            others = [r for r in rows if r != base]
            shown = ", ".join(f"{values[r]:.6g}" for r in sorted(rows, key=lambda r: values[r]))
            message = f"{column} of {spell_rows(rows)} differ by whole numbers ({shown})"
            cause = f"{message}: a series dragged down from row {base}"
            yield view.finding(
                "whole-steps", "warning", message, rows=others, columns=[column], cause=cause
            )


def _whole_pairs(view: ClusterView, values: np.ndarray) -> list[tuple[int, int]]:
    """Return pairs of near rows of one kind that differ by a whole number to the last digit."""
    pairs = []
    fine = decimals(values) >= 4
    for gap in range(1, _NEAR + 1):
        step = values[gap:] - values[:-gap]
        whole = (np.abs(step - np.round(step)) < 1e-7) & (np.abs(step) > 0.5)
        whole &= fine[gap:] & fine[:-gap] & (view.core[gap:] == view.core[:-gap])
        pairs += [(int(i), int(i) + gap) for i in np.flatnonzero(whole & (view.core[gap:] >= 0))]
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
