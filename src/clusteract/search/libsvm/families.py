"""Support vector regression for many settings on one training set, with libsvm's bits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from clusteract.search import sklearn_internals as internals
from clusteract.search.libsvm.kernels import KernelMaker, KernelSetting, setting_of

AVAILABLE = find_spec("numba") is not None
FEWEST = 64  # settings below which compiling and checking cost more than they save
MOST_ROWS = 4000  # above, a square matrix is too large to keep
KERNELS = ("linear", "poly", "rbf")


def is_plain(svr: Any) -> bool:
    """Accept settings that SVR takes as they are and that our solver knows."""
    numbers = (svr.C, svr.epsilon, svr.tol, svr.coef0)
    if not all(isinstance(v, Real) and np.isfinite(float(v)) for v in numbers):
        return False
    gamma = svr.gamma
    return (
        svr.kernel in KERNELS
        and min(float(svr.C), float(svr.tol)) > 0
        and float(svr.epsilon) >= 0
        and (gamma in ("scale", "auto") if isinstance(gamma, str) else float(gamma) >= 0)
        and isinstance(svr.degree, Integral)
        and int(svr.degree) >= 0
        and isinstance(svr.shrinking, (bool, np.bool_))
        and isinstance(svr.max_iter, Integral)
        and int(svr.max_iter) >= -1
        and not svr.verbose
    )


def worthwhile(svrs: Sequence[Any]) -> bool:
    """Tell whether a group is large enough."""
    return AVAILABLE and len(svrs) >= FEWEST and all(map(is_plain, svrs))


def applies(svrs: Sequence[Any], training: Any) -> bool:
    """Tell whether our solver can stand in for ``SVR.fit`` here."""
    X, y = training.X, training.y
    arrays = all(isinstance(a, np.ndarray) and a.dtype == np.float64 for a in (X, y))
    return (
        training.formula
        and not training.fit_params
        and worthwhile(svrs)
        and arrays
        and X.ndim == 2
        and y.ndim == 1
        and 0 < len(y) == len(X) <= MOST_ROWS
        and X.shape[1] > 0
        and bool(np.isfinite(X).all() and np.isfinite(y).all())
    )


@dataclass
class Bundle:
    """All solutions with one kernel, and what they need to predict."""

    maker: KernelMaker
    setting: KernelSetting
    y: np.ndarray
    coef: np.ndarray
    rho: np.ndarray


@dataclass(frozen=True)
class Solution:
    """One setting's solution: a row of its bundle."""

    svr: Any
    bundle: Bundle
    row: int
    capped: bool

    def warn_if_capped(self) -> None:
        """Warn as ``SVR.fit`` does."""
        if self.capped:
            warnings.warn(
                f"Solver terminated early (max_iter={self.svr.max_iter}).  Consider pre-processing "
                "your data with StandardScaler or MinMaxScaler.",
                ConvergenceWarning,
                stacklevel=2,
            )

    def refit(self) -> Any:
        """Fit the estimator itself, for a caller that needs more than predictions."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return clone(self.svr).fit(self.bundle.maker.X, self.bundle.y)


def solve(svrs: Sequence[Any], X: np.ndarray, y: np.ndarray) -> list[Solution] | None:
    """Solve every setting, or return None if libsvm disagrees with us on one it is asked for.

    Parameters
    ----------
    svrs : sequence of SVR
        Distinct settings, each as `is_plain` accepts it.
    X : ndarray of shape (n_rows, n_features)
    y : ndarray of shape (n_rows,)
    """
    X = np.ascontiguousarray(X)
    maker = KernelMaker(X)
    by_kernel: dict[KernelSetting, list[int]] = {}
    for position, svr in enumerate(svrs):
        by_kernel.setdefault(setting_of(svr, X), []).append(position)
    solutions: list[Any] = [None] * len(svrs)
    for setting, positions in by_kernel.items():
        solved = _solve_kernel([svrs[p] for p in positions], maker, setting, y)
        if solved is None:
            return None
        for position, solution in zip(positions, solved, strict=True):
            solutions[position] = solution
    return solutions


def _solve_kernel(
    svrs: list[Any], maker: KernelMaker, setting: KernelSetting, y: np.ndarray
) -> list[Solution] | None:
    from clusteract.search.libsvm import smo  # numba takes a second to import

    kernel = maker.training(setting)
    bundle = Bundle(maker, setting, y, np.empty((len(svrs), len(y))), np.empty(len(svrs)))
    iterations = np.empty(len(svrs), dtype=np.int64)
    capped = np.empty(len(svrs), dtype=bool)
    families: dict[tuple[float, float, int], list[int]] = {}
    for row, svr in enumerate(svrs):
        key = (float(svr.C), float(svr.epsilon), int(svr.max_iter))
        families.setdefault(key, []).append(row)
    for (C, epsilon, max_iter), rows in families.items():
        tols = np.array(sorted({float(svrs[r].tol) for r in rows}, reverse=True))
        ways = {bool(svrs[r].shrinking) for r in rows}
        mode = smo.BOTH if len(ways) == 2 else int(ways.pop())
        out = _room(len(tols), len(y))
        smo.solve_family(*kernel, y, C, epsilon, tols, mode, max_iter, out)
        which = [
            int(svrs[r].shrinking) * len(tols) + int(np.flatnonzero(tols == svrs[r].tol)[0])
            for r in rows
        ]
        for into, array in zip((bundle.coef, bundle.rho, iterations, capped), out, strict=True):
            into[rows] = array[which]
    if not np.isfinite(bundle.coef).all() or not np.isfinite(bundle.rho).all():
        return None
    if not _agrees(svrs, bundle, iterations, capped):
        return None
    return [Solution(svr, bundle, row, bool(capped[row])) for row, svr in enumerate(svrs)]


def _room(n_tols: int, n_rows: int) -> tuple[np.ndarray, ...]:
    n = 2 * n_tols
    return np.empty((n, n_rows)), np.empty(n), np.empty(n, np.int64), np.empty(n, np.bool_)


def _agrees(svrs: list[Any], bundle: Bundle, iterations: np.ndarray, capped: np.ndarray) -> bool:
    """Hold the quickest solution against libsvm's: the same bits, or none of ours is used."""
    row = int(np.argmin(iterations))
    theirs = internals.libsvm_solve(svrs[row], bundle.maker.X, bundle.y, bundle.setting.gamma)
    support = np.flatnonzero(bundle.coef[row])
    return (
        np.array_equal(support, theirs.support)
        and np.array_equal(bundle.coef[row, support], theirs.coef)
        and bundle.rho[row] == -theirs.intercept
        and iterations[row] == theirs.iterations
        and capped[row] == theirs.capped
    )


def predict(solutions: Sequence[Solution], X: np.ndarray) -> list[np.ndarray]:
    """Predict with solutions of one training set.

    Parameters
    ----------
    solutions : sequence of Solution
    X : ndarray of shape (n_rows, n_features)

    Returns
    -------
    list of ndarray of shape (n_rows,)
    """
    from clusteract.search.libsvm import smo

    X = np.ascontiguousarray(X, dtype=np.float64)
    if not np.isfinite(X).all():
        raise ValueError("Input X contains NaN or infinity")  # the estimator says it better
    predicted: dict[int, np.ndarray] = {}
    for bundle in {id(s.bundle): s.bundle for s in solutions}.values():
        between = bundle.maker.between(X, bundle.setting)
        predicted[id(bundle)] = smo.kernel_sums(bundle.coef, between, bundle.rho)
    return [predicted[id(s.bundle)][s.row] for s in solutions]
