"""Spin: density, multiplicity and number of electrons must agree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, Severity
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.view import ClusterView
from clusteract.chemistry.elements import ATOMIC_NUMBERS

_ZERO = 1e-6
_MOST_PER_ATOM = 10.0  # a metal atom's d and s electrons


def _electrons(view: ClusterView) -> np.ndarray:
    """Electrons of each cluster, NaN where the label does not say, (n,)."""
    numbers = np.array([ATOMIC_NUMBERS[e] for e in view.elements], dtype=float)
    return np.where(view.readable, view.counts @ numbers - view.charge, np.nan)


@rule(
    "spin-singlet",
    domain="clusters",
    summary="2_σave is 0 where and only where the multiplicity is 1",
    needs=("2_σave",),
)
def singlet(view: ClusterView) -> Iterator[Finding]:
    """Report spin densities that a label's multiplicity, or an odd electron, forbids."""
    spin, multiplicity = np.abs(view.values["2_σave"]), view.multiplicity
    polarised = (multiplicity == 1) & (spin > _ZERO)
    if polarised.any():
        yield _cells(view, polarised, "a singlet has no spin density", expected=0.0)
    unpolarised = (multiplicity > 1) & (spin <= _ZERO)
    if unpolarised.any():
        yield _cells(view, unpolarised, "0 although the multiplicity is not 1")
    odd = np.isnan(multiplicity) & (_electrons(view) % 2 == 1) & (spin <= _ZERO)
    if odd.any():
        yield _cells(view, odd, "0 although the number of electrons is odd")


def _cells(
    view: ClusterView, mask: np.ndarray, message: str, expected: float | None = None
) -> Finding:
    rows = np.flatnonzero(mask)
    return view.finding(
        "spin-singlet",
        "error",
        message,
        rows=rows,
        columns=["2_σave"],
        expected=None if expected is None else [expected] * len(rows),
        repair=None if expected is None else "recomputed",
    )


@rule(
    "spin-parity",
    domain="clusters",
    summary="An even number of electrons has an odd multiplicity, and vice versa",
)
def parity(view: ClusterView) -> Iterator[Finding]:
    """Report labels whose multiplicity and charge cannot both be right."""
    rows = np.flatnonzero((_electrons(view) + view.multiplicity) % 2 == 0)
    if len(rows):
        message = "multiplicity and number of electrons are both even or both odd"
        columns = [view.table.name_column]
        yield view.finding("spin-parity", "error", message, rows=rows, columns=columns)


@rule(
    "spin-range",
    domain="clusters",
    summary="2_σave is not negative and no more than the metal has electrons",
    needs=("2_σave",),
)
def spin_range(view: ClusterView) -> Iterator[Finding]:
    """Report mean spin densities that metal atoms cannot have, and unlikely ones."""
    spin = view.values["2_σave"]
    too_large = np.abs(spin) > np.fmin(_MOST_PER_ATOM, view.valence + 1)
    negative = (spin < -_ZERO) & ~too_large
    outcomes: tuple[tuple[np.ndarray, Severity, str], ...] = (
        (too_large, "error", "more unpaired electrons per atom than it has valence electrons"),
        (negative, "warning", "a negative mean spin density on the metal is unusual"),
    )
    for mask, severity, message in outcomes:
        if mask.any():
            rows = np.flatnonzero(mask)
            yield view.finding("spin-range", severity, message, rows=rows, columns=["2_σave"])
