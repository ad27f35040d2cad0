"""The rules, one family per file; importing this registers them all."""

from clusteract.audit.rules import columns, duplicates, missing, noise, outliers, runs
from clusteract.chemistry.audit import (
    charges,
    composition,
    energies,
    label_charges,
    labels,
    populations,
    ranges,
    references,
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
