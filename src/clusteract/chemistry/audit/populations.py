"""Natural populations: with the charge they must account for the valence electrons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clusteract.chemistry.audit.checks import Check, Rows, register_check

# p and Rydberg populations are what is left per metal atom; 0.08 is usual.
_LARGEST_REST, _USUAL_REST = 0.2, 0.08


def _register_electron_count(total: str) -> None:
    def scale(r: Rows) -> np.ndarray:
        return r.n_metals if total == "2_Q" else np.ones_like(r.n_metals)

    def rest(r: Rows) -> np.ndarray:
        return r.valence - r[total] / scale(r) - r["2_nsave"] - r["2_ndave"]

    def without(*columns: str) -> Callable[[Rows], np.ndarray]:
        def solve(r: Rows) -> np.ndarray:
            return r.valence - _USUAL_REST - sum(r[c] for c in columns)

        return solve

    def population(other: str) -> Callable[[Rows], np.ndarray]:
        return lambda r: r.valence - _USUAL_REST - r[total] / scale(r) - r[other]

    register_check(
        Check(
            rule="electron-count",
            summary="charge, s and d populations account for the metal's valence electrons "
            f"({total}; a rest of 0 to 0.2 per atom)",
            columns=(total, "2_nsave", "2_ndave"),
            residual=lambda r: rest(r) - np.clip(rest(r), 0, _LARGEST_REST),
            tolerance=lambda r: np.full(len(r.n_metals), 2e-3),
            solve={
                total: lambda r: without("2_nsave", "2_ndave")(r) * scale(r),
                "2_nsave": population("2_ndave"),
                "2_ndave": population("2_nsave"),
            },
            exact=False,
        )
    )


def _register_range(column: str, most: float) -> None:
    register_check(
        Check(
            rule="range",
            summary=f"{column} is between 0 and {most:g}",
            columns=(column,),
            residual=lambda r: r[column] - np.clip(r[column], 0, most),
            tolerance=lambda r: r.tol(column) + 0.05 + 0 * r.n_metals,
            solve={},
            exact=False,
        )
    )


_register_electron_count("2_Q")
_register_electron_count("2_Qave")
_register_range("2_nsave", 2)
_register_range("2_ndave", 10)
