"""Steps that printed numbers come in: populations of two decimals, orbital energies of five."""

from __future__ import annotations

import numpy as np

from clusteract.chemistry.audit.view import ClusterView

_POPULATION_STEP = 0.01  # natural electron configurations are printed with two decimals
_HARTREE_STEP = 1e-5  # orbital energies are printed with five decimals
_FACTORS = np.arange(27.2080, 27.2125, 0.00002)  # eV per hartree, as people convert
_SAMPLE = 400
_FEWEST = 20
_FINEST = 5e-4  # smaller steps than this drown in the rounding of means
GRID_SLACK = 0.06  # of a step


def printed_grids(view: ClusterView) -> dict[str, np.ndarray]:
    """Return the step of each column that has one, per row, (n,); NaN where it says nothing.

    A step is only believed where nine rows in ten keep to it, so a table whose numbers were
    rounded or converted otherwise is not held against it.
    """
    grids = {}
    for column in ("2_nsave", "2_ndave"):
        if view.has(column):
            grids[column] = _population_step(view, column)
    for column in ("3_EHOMO", "3_ΔEHOMO"):
        if view.has(column):
            grids[column] = _energy_step(view, column)
    return grids


def off_grid(values: np.ndarray, step: np.ndarray | float) -> np.ndarray:
    """Tell which values are no whole multiple of a step; NaN counts as on it."""
    off = np.abs(values - np.round(values / step) * step)
    return np.nan_to_num(off) > GRID_SLACK * step


def _population_step(view: ClusterView, column: str) -> np.ndarray:
    step = _POPULATION_STEP / view.n_metals
    values = view.values[column]
    # Values with two decimals are on every grid: they tell nothing about the table's habit.
    habit = (view.n_metals > 2) & (step > _FINEST) & ~np.isnan(values)
    kept = ~off_grid(values[habit], step[habit])
    believed = len(kept) >= _FEWEST and kept.mean() > 0.9
    return np.where((step > _FINEST) & believed, step, np.nan)


def _energy_step(view: ClusterView, column: str) -> np.ndarray:
    nothing = np.full(view.n, np.nan)
    values = view.values[column]
    usable = np.flatnonzero(~np.isnan(values) & (values != 0))
    sample = usable[:: max(1, len(usable) // _SAMPLE)]
    if len(sample) < _FEWEST:
        return nothing
    steps = _HARTREE_STEP * _FACTORS
    kept = np.array([(~off_grid(values[sample], s)).mean() for s in steps])
    best = steps[kept > kept.max() - 1e-9].mean()  # the middle of the factors that fit best
    return np.full(view.n, best) if kept.max() > 0.9 else nothing
