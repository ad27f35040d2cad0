"""Bare-core references recovered from a table: value minus Δ-value, one constant per core."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusteract.chemistry.audit.view import ClusterView

PAIRS = (
    ("1_Qmax", "1_ΔQmax"),
    ("1_Qmin", "1_ΔQmin"),
    ("2_nsave", "2_Δnsave"),
    ("2_ndave", "2_Δndave"),
    ("3_EHOMO", "3_ΔEHOMO"),
)
_SAME = 3e-5  # differences of rounded numbers


@dataclass(frozen=True)
class References:
    """What one Δ-column was measured from.

    Attributes
    ----------
    constant : ndarray, (n,)
        Value minus Δ-value of each row, NaN where either is missing.
    group : ndarray of int, (n,)
        Rows of one core with one constant share a number; -1 where there is none.
    size : ndarray of int, (n_groups,)
        Rows of each group.
    majority : ndarray, (n,)
        The constant of more than half of the core's rows (at least two), else NaN.
    possible : ndarray of bool, (n,)
        False where the constant cannot belong to a bare core of this charge.
    """

    constant: np.ndarray
    group: np.ndarray
    size: np.ndarray
    majority: np.ndarray
    possible: np.ndarray

    @property
    def deviates(self) -> np.ndarray:
        """Rows whose constant is not their core's, (n,)."""
        known = ~np.isnan(self.majority) & ~np.isnan(self.constant)
        return known & (np.abs(self.constant - np.nan_to_num(self.majority)) > _SAME)


def recover_references(view: ClusterView, value: str, delta: str) -> References:
    """Return the reference that each core's Δ-values were taken from.

    Parameters
    ----------
    view : ClusterView
        With both columns.
    value, delta : str
        Such as ``"3_EHOMO"`` and ``"3_ΔEHOMO"``.

    Notes
    -----
    A majority, not a mean: one wrong row must not move the reference of the others.
    """
    constant = view.values[value] - view.values[delta]
    usable = (view.core >= 0) & ~np.isnan(constant)
    possible = _possible(view, value, constant)
    group, size = _group(view.core, constant, usable)
    majority = _majority(view, constant, group, size, usable & possible)
    return References(constant, group, size, majority, possible)


def _possible(view: ClusterView, value: str, constant: np.ndarray) -> np.ndarray:
    mean = view.charge / view.n_metals
    excess = {"1_Qmax": mean - constant, "1_Qmin": constant - mean}.get(value)
    return np.ones(view.n, dtype=bool) if excess is None else ~(excess > 1e-4)


def _group(
    core: np.ndarray, constant: np.ndarray, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    rows = np.flatnonzero(usable)
    rows = rows[np.lexsort((constant[rows], core[rows]))]
    if not len(rows):
        return np.full(len(core), -1), np.zeros(0, dtype=int)
    fresh = (np.diff(core[rows]) != 0) | (np.diff(constant[rows]) > _SAME)
    number = np.concatenate([[0], np.cumsum(fresh)])
    group = np.full(len(core), -1)
    group[rows] = number
    return group, np.bincount(number)


def _majority(
    view: ClusterView, constant: np.ndarray, group: np.ndarray, size: np.ndarray, usable: np.ndarray
) -> np.ndarray:
    """Constant of the largest group, where it holds more than half of the usable rows."""
    n_cores = len(view.core_names)
    rows = np.bincount(view.core[usable], minlength=n_cores)
    largest = np.zeros(n_cores, dtype=int)
    np.maximum.at(largest, view.core[usable], size[group[usable]])
    chosen = usable.copy()
    chosen[usable] = size[group[usable]] == largest[view.core[usable]]
    clear = (largest >= 2) & (2 * largest > rows)
    majority = np.full(n_cores, np.nan)
    majority[view.core[chosen]] = constant[chosen]
    majority[~clear] = np.nan
    return np.where(view.core >= 0, majority[view.core], np.nan)


def core_table(view: ClusterView, references: dict[str, References]) -> dict[str, np.ndarray]:
    """Return the majority constants by core, value column -> (n_cores,); NaN where none."""
    table = {}
    for value, recovered in references.items():
        by_core = np.full(len(view.core_names), np.nan)
        rows = view.core >= 0
        by_core[view.core[rows]] = recovered.majority[rows]
        table[value] = by_core
    return table
