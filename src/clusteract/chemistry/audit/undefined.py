"""Values per ligand atom of clusters that have no ligands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.view import ClusterView


@rule(
    "undefined",
    domain="clusters",
    summary="A value per ligand atom is only given where there are ligands",
)
def undefined(view: ClusterView) -> Iterator[Finding]:
    """Note values per ligand atom of bare clusters."""
    for column in ("3_EHOMO/NL", "3_ΔEHOMO/NL"):
        if not view.has(column):
            continue
        rows = np.flatnonzero((view.n_ligands == 0) & ~np.isnan(view.values[column]))
        if len(rows):
            message = f"{column} is undefined without ligands"
            yield view.finding("undefined", "note", message, rows=rows, columns=[column])
