"""Rows of a view, ready for the checks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clusteract.chemistry.audit.checks import Rows
from clusteract.chemistry.audit.core_references import PAIRS
from clusteract.chemistry.audit.view import ClusterView


def make_rows(
    view: ClusterView,
    *,
    references: Mapping[str, np.ndarray] | None = None,
    grids: Mapping[str, np.ndarray] | None = None,
    corrected: Mapping[str, np.ndarray] | None = None,
) -> Rows:
    """Return all rows of a view for the checks, with cells corrected so far in their place."""
    nothing = np.full(view.n, np.nan)
    return Rows(
        values={**view.values, **(corrected or {})},
        tolerances={c: view.tolerance(c) for c in view.values},
        n_metals=view.n_metals,
        n_ligands=view.n_ligands,
        charge=view.charge,
        valence=view.valence,
        references={**dict.fromkeys((value for value, _ in PAIRS), nothing), **(references or {})},
        grids=dict(grids or {}),
    )
