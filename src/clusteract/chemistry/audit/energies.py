"""HOMO energies: per ligand atom, and on the grid of the hartrees they were printed in."""

from __future__ import annotations

import numpy as np

from clusteract.chemistry.audit.checks import Check, register_check, where
from clusteract.chemistry.audit.grids import GRID_SLACK


def _register_per_ligand(total: str) -> None:
    each = f"{total}/NL"
    register_check(
        Check(
            rule="per-ligand",
            summary=f"{each} times the number of ligand atoms is {total}",
            columns=(total, each),
            residual=lambda r: where(r.n_ligands > 0, r[total] - r.n_ligands * r[each]),
            tolerance=lambda r: r.tol(total) + r.n_ligands * r.tol(each) + 1e-6,
            solve={
                total: lambda r: r.n_ligands * r[each],
                each: lambda r: r[total] / np.where(r.n_ligands > 0, r.n_ligands, np.nan),
            },
        )
    )


def _register_grid(column: str) -> None:
    register_check(
        Check(
            rule="printed-digits",
            summary=f"{column} is a whole multiple of the step of the other rows' values",
            columns=(column,),
            residual=lambda r: _off_grid(r[column], r.grids.get(column)),
            tolerance=lambda r: GRID_SLACK * r.grids.get(column, np.nan) * np.ones_like(r.charge),
            solve={},
        )
    )


def _off_grid(values: np.ndarray, step: np.ndarray | None) -> np.ndarray:
    if step is None:
        return np.full(len(values), np.nan)
    return values - np.round(values / step) * step


_register_per_ligand("3_EHOMO")
_register_per_ligand("3_ΔEHOMO")
for _column in ("3_EHOMO", "3_ΔEHOMO", "2_nsave", "2_ndave"):
    _register_grid(_column)
