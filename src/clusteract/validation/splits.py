"""Outer and inner splits, from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator, GroupKFold, KFold

from clusteract.errors import InputError

Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class OuterFolds(BaseCrossValidator):
    """Repeated shuffled k-fold splits of a table's rows, as a scikit-learn splitter.

    Attributes
    ----------
    folds : int
    repeats : int
        Repeat i is shuffled with seed + i, so that repeat 0 is scikit-learn's
        ``KFold(folds, shuffle=True, random_state=seed)``, or its ``GroupKFold`` where rows have
        groups, which no split parts.
    seed : int

    Examples
    --------
    >>> outer = OuterFolds(folds=3, repeats=2, seed=42)
    >>> [len(test) for _, test in outer.split(range(10))]
    [4, 3, 3, 4, 3, 3]
    >>> [test.tolist() for _, test in OuterFolds(2).split("abcd", groups="xyxy")]
    [[1, 3], [0, 2]]
    """

    folds: int = 10
    repeats: int = 1
    seed: int = 42

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits."""
        return self.folds * self.repeats

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Yield (training rows, test rows) of every outer fold.

        Raises
        ------
        InputError
            Where the table has too few rows, or groups, for that many folds.
        """
        check_folds(self.folds, len(X), "outer", groups)
        for repeat in range(self.repeats):
            yield from shuffled_splits(self.folds, len(X), self.seed + repeat, groups)


@dataclass(frozen=True, eq=False)
class GivenFolds(BaseCrossValidator):
    """Outer folds that are given: those that leave out what is alike, or somebody else's.

    Attributes
    ----------
    splits : sequence of (training rows, test rows)
    kind : str
        What they leave out, one of `list_hard_splits`; "" for somebody else's.
    labels : tuple of str
        What each fold leaves out.
    """

    splits: Sequence[Split]
    kind: str = ""
    labels: tuple[str, ...] = ()

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits."""
        return len(self.splits)

    def split(self, X: Any = None, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Yield the splits as they were given; training rows keep their order."""
        yield from self.splits


def shuffled_splits(
    folds: int, n_rows: int, seed: int, groups: Sequence | None = None
) -> list[Split]:
    """Return scikit-learn's shuffled `KFold`, or its `GroupKFold` where rows have groups."""
    kind = KFold if groups is None else GroupKFold
    splitter = kind(folds, shuffle=True, random_state=seed)
    return list(splitter.split(np.empty((n_rows, 1)), groups=_coded(groups)))


def inner_splits(folds: int, n_rows: int, groups: Sequence | None = None) -> list[Split]:
    """Return the inner folds of a training set: contiguous blocks, as ``cv=folds`` makes them.

    Where rows have groups, no fold parts one.
    """
    check_folds(folds, n_rows, "inner", groups)
    kind = KFold if groups is None else GroupKFold
    return list(kind(folds).split(np.empty((n_rows, 1)), groups=_coded(groups)))


def apart(split: Split, groups: Sequence[str] | None) -> Split:
    """Return a split without the training rows whose group is in the test set."""
    train, test = split
    if groups is None:
        return split
    tested = {groups[i] for i in test}
    return np.array([i for i in train if groups[i] not in tested], dtype=int), test


def _coded(groups: Sequence | None) -> np.ndarray | None:
    return None if groups is None else np.unique(list(groups), return_inverse=True)[1]


def check_folds(folds: int, n_rows: int, which: str, groups: Sequence | None = None) -> None:
    """Refuse fold counts that a table of that size can't have; tests need two rows each."""
    if folds < 2:
        raise InputError(f"{which} folds: {folds}; there must be at least 2")
    if n_rows < 2 * folds:
        fewer = f"use at most {n_rows // 2} folds or " if n_rows >= 4 else ""
        raise InputError(
            f"{n_rows} rows are too few for {folds} {which} folds: each test set needs at least 2 "
            f"rows; {fewer}add rows"
        )
    if groups is not None and len(set(groups)) < folds:
        raise InputError(
            f"{len(set(groups))} groups are too few for {folds} {which} folds: each test set needs "
            "a group of its own; use fewer folds or other groups"
        )
