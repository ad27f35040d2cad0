"""Outer and inner splits, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from clusteract.errors import InputError

Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class OuterFolds:
    """Repeated shuffled k-fold splits of a table's rows.

    Attributes
    ----------
    folds : int
    repeats : int
        Repeat i is shuffled with seed + i, so that repeat 0 is scikit-learn's
        ``KFold(folds, shuffle=True, random_state=seed)``.
    seed : int

    Examples
    --------
    >>> outer = OuterFolds(folds=3, repeats=2, seed=42)
    >>> [len(test) for _, test in outer.split(10)]
    [4, 3, 3, 4, 3, 3]
    """

    folds: int = 10
    repeats: int = 1
    seed: int = 42

    def split(self, n_rows: int) -> list[Split]:
        """Return (training rows, test rows) of every outer fold.

        Raises
        ------
        InputError
            Where the table has too few clusters for that many folds.
        """
        check_folds(self.folds, n_rows, "outer")
        splits = []
        for repeat in range(self.repeats):
            folds = KFold(self.folds, shuffle=True, random_state=self.seed + repeat)
            splits += list(folds.split(np.empty((n_rows, 1))))
        return splits


def inner_splits(folds: int, n_rows: int) -> list[Split]:
    """Return the inner folds of a training set: contiguous blocks, as ``cv=folds`` makes them."""
    check_folds(folds, n_rows, "inner")
    return list(KFold(folds).split(np.empty((n_rows, 1))))


def check_folds(folds: int, n_rows: int, which: str) -> None:
    """Refuse fold counts that a table of that size can't have; tests need two clusters each."""
    if folds < 2:
        raise InputError(f"{which} folds: {folds}; there must be at least 2")
    if n_rows < 2 * folds:
        fewer = f"use at most {n_rows // 2} folds or " if n_rows >= 4 else ""
        raise InputError(
            f"{n_rows} clusters are too few for {folds} {which} folds: each test set needs "
            f"at least 2 clusters; {fewer}add clusters"
        )
