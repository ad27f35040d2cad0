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
        why = view.why_missing(column, rows)
        yield view.finding(
            "sentinel",
            "error",
            f"{value:g} stands for a missing value{why and f'; {why}'}",
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
