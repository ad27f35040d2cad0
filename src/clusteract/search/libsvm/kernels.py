"""Kernel matrices with the bits that libsvm computes, made once for many settings.

libsvm evaluates its kernels again in every fit, from BLAS dot products and the C library's
``exp``. Both are called here: dot products through libsvm's own linear kernel and through the
BLAS it is linked to, ``exp`` through `math`.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg.blas import ddot

from clusteract.search import sklearn_internals as internals


class KernelSetting(NamedTuple):
    """A kernel and those of its parameters that it reads, gamma as a number."""

    kernel: str
    gamma: float
    coef0: float
    degree: int


class TrainingKernel(NamedTuple):
    """What the solver reads.

    Attributes
    ----------
    K : ndarray of shape (n, n), single precision
        Kernel values as libsvm keeps them.
    ready : ndarray of shape (n,)
        Which rows are there; the solver makes the others of a radial kernel as it reads them.
    dots : ndarray of shape (n * (n + 1) / 2,)
        Dot products, the lower triangle row by row; empty where all rows are there.
    squares, diagonal : ndarray of shape (n,)
        Each row's dot product, and kernel value, with itself, unrounded.
    gamma : float
    """

    K: np.ndarray
    ready: np.ndarray
    dots: np.ndarray
    squares: np.ndarray
    diagonal: np.ndarray
    gamma: float


class KernelMaker:
    """Kernel matrices between training rows, and between other rows and them.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Training rows, C-ordered doubles.
    """

    def __init__(self, X: np.ndarray):
        self.X = X

    @cached_property
    def _dots(self) -> np.ndarray:
        """The lower triangle of the dot products, row by row."""
        rows = [internals.libsvm_dots(self.X[: i + 1], self.X[i]) for i in range(len(self.X))]
        return np.concatenate(rows)

    def training(self, setting: KernelSetting) -> TrainingKernel:
        """Return the kernel between training rows."""
        n = len(self.X)
        squares = self._dots[np.cumsum(np.arange(1, n + 1)) - 1]
        K, ready = np.empty((n, n), dtype=np.float32), np.zeros(n, dtype=np.uint8)
        if setting.kernel == "rbf":
            return TrainingKernel(K, ready, self._dots, squares, np.ones(n), setting.gamma)
        values = _from_dots(self._dots, setting)
        lower = np.tril_indices(n)
        K[lower] = K.T[lower] = values
        diagonal = values[np.cumsum(np.arange(1, n + 1)) - 1]
        return TrainingKernel(K, ready + np.uint8(1), self._dots[:0], squares, diagonal, 0.0)

    def between(self, rows: np.ndarray, setting: KernelSetting) -> np.ndarray:
        """Return the kernel as libsvm predicts with it, of shape (n_training, n_rows)."""
        if setting.kernel == "rbf":
            from clusteract.search.libsvm import smo  # numba takes a second to import

            distances = self._distances(rows.tobytes(), rows.shape)
            return smo.exponentials(-setting.gamma, distances)
        dots = [internals.libsvm_dots(rows, vector) for vector in self.X]
        return _from_dots(np.array(dots), setting)

    @lru_cache(maxsize=2)  # noqa: B019 - the maker lives as long as one training set
    def _distances(self, content: bytes, shape: tuple[int, int]) -> np.ndarray:
        rows = np.frombuffer(content).reshape(shape)
        out = np.empty((len(self.X), len(rows)))
        for i, row in enumerate(self.X):
            for j, difference in enumerate(rows - row):
                out[i, j] = ddot(difference, difference)
        return out


def _from_dots(dots: np.ndarray, setting: KernelSetting) -> np.ndarray:
    if setting.kernel == "linear":
        return np.ascontiguousarray(dots)
    return _power(setting.gamma * dots + setting.coef0, setting.degree)


def _power(base: np.ndarray, times: int) -> np.ndarray:
    """Raise to a power by repeated squaring, in libsvm's order."""
    result = np.ones_like(base)
    while times > 0:
        if times % 2:
            result = result * base
        base = base * base
        times //= 2
    return np.ascontiguousarray(result)


def setting_of(svr: Any, X: np.ndarray) -> KernelSetting:
    """Read the kernel setting of an SVR for some training rows."""
    gamma = svr.gamma
    if svr.kernel == "linear":
        return KernelSetting("linear", 0.0, 0.0, 0)
    if gamma == "scale":
        variance = X.var()
        gamma = 1.0 / (X.shape[1] * variance) if variance != 0 else 1.0
    elif gamma == "auto":
        gamma = 1.0 / X.shape[1]
    if svr.kernel == "rbf":
        return KernelSetting("rbf", float(gamma), 0.0, 0)
    return KernelSetting("poly", float(gamma), float(svr.coef0), int(svr.degree))
