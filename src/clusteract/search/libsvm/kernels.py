"""Kernel matrices with the bits that libsvm computes, made once for many settings.

libsvm evaluates its kernels again in every fit, from BLAS dot products and the C library's
``exp``. Both are called here: dot products through libsvm's own linear kernel and through the
BLAS it is linked to, ``exp`` through `math`.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg.blas import ddot

from clusteract.search import sklearn_internals as internals

TAU = 1e-12  # libsvm's stand-in for a curvature that is not positive


class KernelSetting(NamedTuple):
    """A kernel and those of its parameters that it reads, gamma as a number."""

    kernel: str
    gamma: float
    coef0: float
    degree: int


class TrainingKernel(NamedTuple):
    """What the solver reads: see `smo.solve_family`."""

    K: np.ndarray
    curvature: np.ndarray
    inverse: np.ndarray


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
        return internals.libsvm_dots(self.X, self.X)

    def training(self, setting: KernelSetting) -> TrainingKernel:
        """Return the kernel between training rows, rounded as libsvm keeps it."""
        exact = self._training_values(setting)
        diagonal = np.diag(exact)
        K = exact.astype(np.float32).astype(np.float64)
        curvature = (diagonal[:, np.newaxis] + diagonal) - 2 * K
        curvature[curvature <= 0] = TAU
        return TrainingKernel(K, curvature, 1 / curvature)

    def _training_values(self, setting: KernelSetting) -> np.ndarray:
        if setting.kernel == "rbf":
            i, j = np.tril_indices(len(self.X))
            squares, values = np.diag(self._dots), np.empty(self._dots.shape)
            lower = _exp(-setting.gamma * ((squares[i] + squares[j]) - 2 * self._dots[i, j]))
            values[i, j] = values[j, i] = lower
            return values
        return _from_dots(self._dots, setting)

    def between(self, rows: np.ndarray, setting: KernelSetting) -> np.ndarray:
        """Return the kernel as libsvm predicts with it, of shape (n_training, n_rows)."""
        if setting.kernel == "rbf":
            return _exp(-setting.gamma * self._distances(rows.tobytes(), rows.shape))
        return _from_dots(internals.libsvm_dots(rows, self.X).T, setting)

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


def _exp(exponents: np.ndarray) -> np.ndarray:
    """Apply the C library's ``exp``; numpy's may differ in the last bit."""
    values = map(math.exp, exponents.ravel().tolist())
    return np.fromiter(values, dtype=np.float64, count=exponents.size).reshape(exponents.shape)


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
