"""Coverage: how many targets of outer test folds lie in their intervals, and how wide those are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LEVELS = (0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Coverage:
    """Intervals of every outer test cluster.

    Attributes
    ----------
    recipe : str
    rows : tuple of int
        Rows of the table, one entry per outer test cluster (a row recurs over repeats).
    measured, predicted : tuple of float
    ends : mapping of float to (tuple of low ends, tuple of high ends)
        By level.
    groups : tuple of str
        The group of each entry.
    """

    recipe: str
    rows: tuple[int, ...]
    measured: tuple[float, ...]
    predicted: tuple[float, ...]
    ends: Mapping[float, tuple[tuple[float, ...], tuple[float, ...]]]
    groups: tuple[str, ...]

    def covered(self, level: float) -> np.ndarray:
        """Tell which entries lie in their interval."""
        low, high = (np.array(e) for e in self.ends[level])
        y = np.array(self.measured)
        return (low <= y) & (y <= high)

    def width(self, level: float) -> np.ndarray:
        """Return the interval's width of each entry."""
        low, high = (np.array(e) for e in self.ends[level])
        return high - low

    def n_rows(self, members: np.ndarray | slice = slice(None)) -> int:
        """Count the clusters among some entries: over repeats one cluster has several."""
        return len(np.unique(np.array(self.rows)[members]))

    def table(self) -> list[dict[str, Any]]:
        """Return clusters (``n``), coverage and mean width by level, for all and each group."""
        groups = np.array(self.groups)
        rows = []
        for group in (None, *dict.fromkeys(self.groups)):
            members = np.full(len(groups), True) if group is None else groups == group
            row: dict[str, Any] = {"group": group or "all", "n": self.n_rows(members)}
            for level in self.ends:
                row[f"coverage_{level:g}"] = float(self.covered(level)[members].mean())
                row[f"width_{level:g}"] = float(self.width(level)[members].mean())
            rows.append(row)
        return rows
