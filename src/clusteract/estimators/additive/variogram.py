"""The additive variogram: how far clusters differ, descriptor by descriptor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Rows predicted at a time: the intermediate arrays stay in the processor's cache.
_BLOCK = 512


def _power(roughness: float) -> Callable[[np.ndarray], np.ndarray]:
    if roughness == 0.5:  # much faster than a general power
        return lambda d: np.sqrt(d, out=d)
    return lambda d: np.power(d, roughness, out=d)


def variogram_cube(Z: np.ndarray, roughness: float) -> np.ndarray:
    """Return ``|z_ij - z_kj| ** roughness`` of every descriptor, (n_descriptors, n, n).

    Examples
    --------
    >>> variogram_cube(np.array([[0.0], [4.0]]), 0.5).tolist()
    [[[0.0, 2.0], [2.0, 0.0]]]
    """
    columns = np.ascontiguousarray(Z.T)
    return _power(roughness)(np.abs(columns[:, :, None] - columns[:, None, :]))


def weighted_variogram(
    A: np.ndarray, B: np.ndarray, weights: np.ndarray, roughness: float
) -> np.ndarray:
    """Return ``sum_j w_j |a_ij - b_kj| ** roughness``, (n_a, n_b).

    Parameters
    ----------
    A : ndarray, (n_a, n_descriptors)
    B : ndarray, (n_b, n_descriptors)
    weights : ndarray, (n_descriptors,)
        Not negative.
    roughness : float
        Between 0 and 2, both excluded.
    """
    power = _power(roughness)
    # A weight inside the power spares a pass over the block: w |d|^h = |w^(1/h) d|^h.
    scale = weights ** (1 / roughness)
    columns = np.ascontiguousarray((B * scale).T)
    total = np.zeros((len(A), len(B)))
    for start in range(0, len(A), _BLOCK):
        rows = np.ascontiguousarray((A[start : start + _BLOCK] * scale).T)
        block = total[start : start + _BLOCK]
        difference = np.empty_like(block)
        for a, b in zip(rows, columns, strict=True):
            np.subtract.outer(a, b, out=difference)
            block += power(np.abs(difference, out=difference))
    return total
