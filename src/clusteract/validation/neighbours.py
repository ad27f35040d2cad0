"""Distances between clusters in the space of standardised descriptors."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusteract.estimators.additive.variogram import weighted_variogram


class Neighbourhood:
    """Training clusters, and how far others are from them.

    The distance is the mean over descriptors of the root of the standardised difference: many
    descriptors that differ a little count for more than one that differs a lot.

    Parameters
    ----------
    X : ndarray, (n_rows, n_descriptors)
        NaN where missing: the median stands for it.

    Examples
    --------
    >>> near = Neighbourhood(np.array([[0.0], [1.0], [5.0]]))
    >>> int(near.distances(np.array([[1.0]])).argmin())
    1
    """

    def __init__(self, X: np.ndarray) -> None:
        known = ~np.isnan(X).all(axis=0)
        self.median = np.where(known, np.nanmedian(np.where(known, X, 0.0), axis=0), 0.0)
        filled = self._filled(X)
        self.mean, sd = filled.mean(axis=0), filled.std(axis=0)
        self.varies = sd > 1e-9 * (1 + np.abs(self.mean))
        self.sd = np.where(self.varies, sd, 1.0)
        self.Z = self.standardise(X)

    def _filled(self, X: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(X), self.median, X)

    def standardise(self, X: np.ndarray) -> np.ndarray:
        """Return standardised values of the descriptors that vary, gaps filled."""
        return ((self._filled(X) - self.mean) / self.sd)[:, self.varies]

    def distances(self, X: Any) -> np.ndarray:
        """Return the distance of each row to each training cluster, (n, n_rows)."""
        return self._between(self.standardise(np.asarray(X, dtype=float)))

    def own_distances(self) -> np.ndarray:
        """Return distances among training clusters; a cluster is infinitely far from itself."""
        own = self._between(self.Z)
        np.fill_diagonal(own, np.inf)
        return own

    def _between(self, Z: np.ndarray) -> np.ndarray:
        m = self.Z.shape[1]
        return weighted_variogram(Z, self.Z, np.full(m, 1 / max(m, 1)), 0.5)


def nearest(distances: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return indices and distances of the k nearest training clusters, each (n, k)."""
    k = min(k, distances.shape[1])
    index = np.argpartition(distances, k - 1, axis=1)[:, :k]
    return index, np.take_along_axis(distances, index, axis=1)
