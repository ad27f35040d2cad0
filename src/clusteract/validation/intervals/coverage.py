"""Coverage: how many targets of outer test folds lie in their intervals, and how wide those are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clusteract.recipes import Recipe
from clusteract.table import Table
from clusteract.validation.choosing import chosen_pipeline
from clusteract.validation.groups import main_metal
from clusteract.validation.intervals.cross_conformal import CrossConformal
from clusteract.validation.splits import OuterFolds

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
        The metal of each entry.
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
        """Return clusters (``n``), coverage and mean width by level, for all and each metal."""
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


def measure_coverage(
    table: Table,
    recipe: Recipe,
    *,
    outer: OuterFolds | None = None,
    levels: Sequence[float] = LEVELS,
    inner_folds: int = 10,
    adaptive: bool = True,
    seed: int = 42,
) -> Coverage:
    """Measure on outer folds whether a recipe's intervals hold what they promise.

    Parameters
    ----------
    table : Table
        With a target.
    recipe : Recipe
        Its settings are chosen inside each outer training set, as are the intervals.
    outer : OuterFolds, optional
        10 folds shuffled with `seed` by default.
    levels : sequence of float
    inner_folds : int
        For the choice and for the intervals.
    adaptive : bool
    seed : int
    """
    used = table.mask_sentinels()
    seen, y = recipe.see(used), np.asarray(table.target)
    X, names = seen.descriptors, main_metal(table)
    parts = []
    for train, test in (outer or OuterFolds(seed=seed)).split(table.descriptors):
        pipeline = chosen_pipeline(recipe, X[train], y[train], folds=inner_folds, seed=seed)
        model = CrossConformal(pipeline, inner_folds, adaptive, seed).fit(X[train], y[train])
        ends = [model.predict_interval(X[test], level) for level in levels]
        parts.append((test, model.predict(X[test]), ends))
    rows = np.concatenate([p[0] for p in parts])
    return Coverage(
        recipe=recipe.name,
        rows=tuple(rows.tolist()),
        measured=tuple(y[rows].tolist()),
        predicted=tuple(np.concatenate([p[1] for p in parts]).tolist()),
        ends={
            level: (_joined(parts, i, 0), _joined(parts, i, 1)) for i, level in enumerate(levels)
        },
        groups=tuple(names[i] for i in rows),
    )


def _joined(parts: list, level: int, end: int) -> tuple[float, ...]:
    return tuple(np.concatenate([p[2][level][end] for p in parts]).tolist())
