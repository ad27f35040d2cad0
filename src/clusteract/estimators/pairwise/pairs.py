"""Pairs of clusters by number, and their differences, made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

_CHUNK = 1 << 16  # pairs whose differences are made at once


def count_pairs(n: int) -> int:
    """Count the pairs i < j of n clusters."""
    return n * (n - 1) // 2


def nth_pairs(numbers: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs i < j of n clusters by their numbers, without listing all of them.

    Pairs are numbered as nested loops meet them: (0, 1), (0, 2), ..., (1, 2), ...

    Parameters
    ----------
    numbers : ndarray of int, (n_pairs,)
        0 to n (n - 1) / 2 - 1.

    Returns
    -------
    i, j : ndarray of int, (n_pairs,)

    Examples
    --------
    >>> nth_pairs(np.arange(6), 4)
    (array([0, 0, 0, 1, 1, 2]), array([1, 2, 3, 2, 3, 3]))
    """
    # Counted from the end, row i starts at a triangular number, whose root is exact in float64
    # for any number of clusters that fits in memory.
    last = count_pairs(n) - 1 - np.asarray(numbers, dtype=np.int64)
    row = ((np.sqrt(8.0 * last + 1) - 1) / 2).astype(np.int64)
    return n - 2 - row, n - 1 - (last - row * (row + 1) // 2)


def all_pairs(n: int) -> np.ndarray:
    """Return every pair i < j of n clusters, (n_pairs, 2)."""
    return np.column_stack(nth_pairs(np.arange(count_pairs(n)), n))


@dataclass(frozen=True)
class PairRows:
    """The training table of a pairwise model, never held as a whole.

    Row k is the difference of two clusters' descriptors and targets, the first minus the second.

    Attributes
    ----------
    X : ndarray, (n_rows, n_descriptors)
        Of the training set; pairs are made inside it only.
    y : ndarray, (n_rows,)
    pairs : ndarray of int, (n_pairs, 2), or None
        Some pairs; None for all pairs i < j.
    both : bool
        Each pair stands in both directions.
    offset : ndarray, (n_descriptors,), or 0
        Subtracted from every difference: their mean, where they are standardized.
    """

    X: np.ndarray
    y: np.ndarray
    pairs: np.ndarray | None = None
    both: bool = False
    offset: np.ndarray | float = 0.0

    def __len__(self) -> int:
        """Count the rows."""
        return self.n_pairs * (2 if self.both else 1)

    @property
    def n_pairs(self) -> int:
        """Count the pairs, each once."""
        return count_pairs(len(self.X)) if self.pairs is None else len(self.pairs)

    def locate(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return first and second cluster of some rows."""
        number, reverse = rows % self.n_pairs, rows >= self.n_pairs
        if self.pairs is None:
            i, j = nth_pairs(number, len(self.X))
        else:
            i, j = self.pairs[number].T
        return np.where(reverse, j, i), np.where(reverse, i, j)

    def take(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return descriptor and target differences of some rows."""
        i, j = self.locate(rows)
        return self.X[i] - self.X[j] - self.offset, self.y[i] - self.y[j]

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Go through all rows in order, some at a time."""
        for start in range(0, len(self), _CHUNK):
            yield self.take(np.arange(start, min(start + _CHUNK, len(self))))

    def means(self) -> tuple[np.ndarray, float]:
        """Return the mean difference of descriptors, before any offset, and of the target."""
        if self.both:
            return np.zeros(self.X.shape[1]), 0.0
        weights = self._weights() / self.n_pairs
        return weights @ (self.X - self.X.mean(axis=0)), float(weights @ (self.y - self.y.mean()))

    def _weights(self) -> np.ndarray:
        """How often each cluster stands first, less how often second: it sums to 0."""
        n = len(self.X)
        if self.pairs is None:
            return n - 1.0 - 2 * np.arange(n)
        first, second = self.pairs.T
        return np.bincount(first, minlength=n) - 1.0 * np.bincount(second, minlength=n)

    def spread(self) -> np.ndarray:
        """Return the standard deviation of each column of differences, 1 where it is constant.

        For all pairs i < j the sum of squares follows from the n clusters: n sum(x^2), x centred.
        """
        if self.pairs is None:
            squares = len(self.X) * np.sum((self.X - self.X.mean(axis=0)) ** 2, axis=0)
        else:
            one_way = replace(self, both=False, offset=0.0)
            squares = np.sum([np.sum(d**2, axis=0) for d, _ in one_way.chunks()], axis=0)
        variance = np.maximum(squares / self.n_pairs - self.means()[0] ** 2, 0)
        rounding = 1e-12 * np.abs(self.X).max(axis=0)
        return np.where(variance > rounding**2, np.sqrt(variance), 1.0)

    def standardized(self) -> tuple[PairRows, np.ndarray]:
        """Return the rows with every column at mean 0 and spread 1, and that spread."""
        scale = self.spread()
        return replace(self, X=self.X / scale, offset=self.means()[0] / scale), scale
