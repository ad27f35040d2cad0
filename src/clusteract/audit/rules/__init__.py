"""The rules, one family per file; importing this registers them all."""

from clusteract.audit.rules import (
    charges,
    columns,
    composition,
    duplicates,
    energies,
    label_charges,
    labels,
    missing,
    noise,
    outliers,
    populations,
    ranges,
    references,
    runs,
    shifted,
    spin,
)

__all__ = [
    "charges",
    "columns",
    "composition",
    "duplicates",
    "energies",
    "label_charges",
    "labels",
    "missing",
    "noise",
    "outliers",
    "populations",
    "ranges",
    "references",
    "runs",
    "shifted",
    "spin",
]
