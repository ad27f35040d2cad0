"""LocalDifficulty: how hard a cluster is, from the errors on its neighbours and their distance."""

from __future__ import annotations

import numpy as np

from clusteract.validation.neighbours import Neighbourhood, nearest

_NEIGHBOURS = 8
# The mean error counts as that many neighbours: eight clusters alone are a noisy estimate.
_PRIOR = 2.0
_NEAREST = 3


class LocalDifficulty:
    """An interval's width relative to others: neighbours' errors x root of the distance.

    Parameters
    ----------
    X : ndarray, (n_rows, n_descriptors)
    residuals : ndarray, (n_rows,)
        Absolute errors of predictions of clusters that their model had not seen.
    known : (Neighbourhood, ndarray), optional
        Of `X`, with its own distances, where they are known already.

    Attributes
    ----------
    own : ndarray, (n_rows,)
        Difficulty of each training cluster, judged by the others.

    Examples
    --------
    >>> X = np.linspace(0, 1, 40)[:, None]
    >>> hard = LocalDifficulty(X, np.where(X[:, 0] > 0.5, 1.0, 0.1))
    >>> easy, difficult = hard.of(np.array([[0.1], [0.9]]))
    >>> bool(difficult > 2 * easy)
    True
    """

    def __init__(
        self,
        X: np.ndarray,
        residuals: np.ndarray,
        known: tuple[Neighbourhood, np.ndarray] | None = None,
    ) -> None:
        self._space = Neighbourhood(X) if known is None else known[0]
        self._residuals = np.abs(residuals)
        self.own = self._judge(self._space.own_distances() if known is None else known[1])

    def of(self, X: np.ndarray, distances: np.ndarray | None = None) -> np.ndarray:
        """Return the difficulty of new clusters, (n,).

        Parameters
        ----------
        X : ndarray, (n, n_descriptors)
        distances : ndarray, (n, n_rows), optional
            Where they are known already.
        """
        return self._judge(self._space.distances(X) if distances is None else distances)

    def _judge(self, distances: np.ndarray) -> np.ndarray:
        index, _ = nearest(distances, _NEIGHBOURS)
        typical = self._residuals.mean()
        near = self._residuals[index].sum(axis=1) + _PRIOR * typical
        error = near / (index.shape[1] + _PRIOR)
        _, far = nearest(distances, _NEAREST)
        # Duplicates have distance 0, and still no width of 0.
        floor = 1e-3 + 0.1 * np.median(far)
        return np.maximum(error, 1e-9 + 1e-3 * typical) * np.sqrt(np.maximum(far.mean(1), floor))
