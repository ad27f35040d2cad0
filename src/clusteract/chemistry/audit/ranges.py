"""Ranges: values that no cluster can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from clusteract.audit.finding import Finding, Severity
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.view import ClusterView


class _Range(NamedTuple):
    column: str
    low: float
    high: float
    severity: Severity
    why: str


_RANGES = (
    _Range("3_α", 1e-9, np.inf, "error", "a polarizability is positive"),
    _Range("3_μ", 0.0, np.inf, "error", "a dipole moment is not negative"),
    _Range("3_μ", -np.inf, 100.0, "warning", "a dipole moment above 100 Debye"),
    _Range("3_VDE/VIE", 0.0, np.inf, "warning", "the electron would not be bound"),
    _Range("3_VDE/VIE", -np.inf, 25.0, "error", "above the ionization energy of helium"),
    _Range("3_EHOMO", -25.0, 10.0, "error", "no valence orbital has this energy in eV"),
    _Range("1_Qmax", -8.0, 12.0, "error", "no atom has this natural charge"),
    _Range("1_Qmin", -8.0, 12.0, "error", "no atom has this natural charge"),
    _Range("2_Qave", -8.0, 12.0, "error", "no atom has this natural charge"),
)


@rule("impossible", domain="clusters", summary="Values are within what is physically possible")
def impossible(view: ClusterView) -> Iterator[Finding]:
    """Report values outside the range of their quantity, in tables of clusters."""
    if not view.readable.any():
        return
    for limit in _RANGES:
        if not view.has(limit.column):
            continue
        values = view.values[limit.column]
        rows = np.flatnonzero((values < limit.low) | (values > limit.high))
        if len(rows):
            columns = [limit.column]
            yield view.finding("impossible", limit.severity, limit.why, rows=rows, columns=columns)
