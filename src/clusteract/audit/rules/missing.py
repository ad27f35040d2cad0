"""Missing values: sentinels, empty cells, and values where none is defined."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View


@rule("sentinel", summary="No number such as -999 stands for a missing value")
def sentinels(view: View) -> Iterator[Finding]:
    """Report numbers that mean that there is none, by column."""
    by_column: dict[str, list[int]] = {}
    for row, column in view.table.sentinel_cells:
        by_column.setdefault(column, []).append(row)
    for column, rows in by_column.items():
        value = view.table.column(column)[rows[0]]
        bare = column.endswith("/NL") and bool((view.n_ligands[rows] == 0).all())
        why = "; per ligand atom is undefined without ligands" if bare else ""
        yield view.finding(
            "sentinel",
            "error",
            f"{value:g} stands for a missing value{why}",
            rows=rows,
            columns=[column],
            repair="dropped",
        )


@rule("missing", summary="Every cell has a value")
def missing(view: View) -> Iterator[Finding]:
    """Note empty cells, by column."""
    X = view.table.descriptors
    for j, column in enumerate(view.table.descriptor_names):
        empty = np.flatnonzero(np.isnan(X[:, j]))
        if len(empty):
            yield view.finding("missing", "note", f"no {column}", rows=empty, columns=[column])


@rule("undefined", summary="A value per ligand atom is only given where there are ligands")
def undefined(view: View) -> Iterator[Finding]:
    """Note values per ligand atom of bare clusters."""
    for column in ("3_EHOMO/NL", "3_ΔEHOMO/NL"):
        if not view.has(column):
            continue
        rows = np.flatnonzero((view.n_ligands == 0) & ~np.isnan(view.values[column]))
        if len(rows):
            message = f"{column} is undefined without ligands"
            yield view.finding("undefined", "note", message, rows=rows, columns=[column])
