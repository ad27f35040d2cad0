"""How a base model is trained on pairs: in closed form, by streaming, or on a stored table."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from clusteract.estimators.pairwise.pairs import PairRows

# Mini-batch and passes of bases that learn by `partial_fit`.
_BATCH, _PASSES = 256, 20

# Trees of a streamed boosted model are grown in about this many rounds, each on fresh pairs.
_ROUNDS = 25


@singledispatch
def train_on_pairs(
    base: Any,
    rows: PairRows,
    most: int,
    random: np.random.RandomState,
    held: PairRows | None = None,
) -> Any:
    """Train an unfitted base on a table of pairs; return it fitted.

    Parameters
    ----------
    base : estimator
        Its type decides how; register another way for another type. This one stores the table
        where it has at most `most` rows. A larger one is streamed through `partial_fit` where the
        base has it; else `most` rows are drawn at random.
    rows : PairRows
    most : int
        Rows stored at once.
    random : RandomState
    held : PairRows, optional
        Pairs that decide when to stop, for bases that can use them.
    """
    if len(rows) <= most:
        return base.fit(*rows.take(np.arange(len(rows))))
    if hasattr(base, "partial_fit"):
        return _stream(base, rows, most, random)
    return base.fit(*draw_rows(rows, most, random))


def draw_rows(
    rows: PairRows, most: int, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Return differences and targets of some rows drawn at random, each at most once."""
    if len(rows) <= most:
        return rows.take(np.arange(len(rows)))
    seed = random.randint(2**31 - 1)
    return rows.take(np.random.default_rng(seed).choice(len(rows), most, replace=False))


def _stream(base: Any, rows: PairRows, most: int, random: np.random.RandomState) -> Any:
    for _ in range(_PASSES):
        order = np.random.default_rng(random.randint(2**31 - 1)).permutation(len(rows))[:most]
        for start in range(0, len(order), _BATCH):
            base.partial_fit(*rows.take(order[start : start + _BATCH]))
    return base


@train_on_pairs.register(HistGradientBoostingRegressor)
def _boost_histograms(
    base: HistGradientBoostingRegressor,
    rows: PairRows,
    most: int,
    random: np.random.RandomState,
    held: PairRows | None = None,
) -> BaseEstimator:
    return _boost(base, "max_iter", rows, most, random)


@train_on_pairs.register(GradientBoostingRegressor)
def _boost_exactly(
    base: GradientBoostingRegressor,
    rows: PairRows,
    most: int,
    random: np.random.RandomState,
    held: PairRows | None = None,
) -> BaseEstimator:
    return _boost(base, "n_estimators", rows, most, random)


def _boost(base: Any, count: str, rows: PairRows, most: int, random: Any) -> Any:
    """Grow the trees in rounds, each on pairs drawn anew: stochastic gradient boosting.

    A round continues the trees before it (`warm_start`), so every round corrects what is left on
    pairs that earlier rounds may not have seen (J. Friedman, Comput. Stat. Data Anal. 38 (2002)
    367, doi:10.1016/S0167-9473(01)00065-2).
    """
    if len(rows) <= most:
        return base.fit(*rows.take(np.arange(len(rows))))
    total = getattr(base, count)
    settings = base.get_params()
    base.set_params(warm_start=True)
    for trees in np.unique(np.linspace(0, total, _ROUNDS + 1).astype(int))[1:]:
        base.set_params(**{count: int(trees)}).fit(*draw_rows(rows, most, random))
    return base.set_params(**settings)


@train_on_pairs.register(LinearRegression)
def _solve(
    base: LinearRegression,
    rows: PairRows,
    most: int,
    random: np.random.RandomState,
    held: PairRows | None = None,
) -> BaseEstimator:
    """Solve least squares on all pairs from n + 1 rows that have the same normal equations."""
    if rows.pairs is not None or base.positive or not base.fit_intercept:
        return train_on_pairs.dispatch(object)(base, rows, most, random)
    A, b = condense(rows)
    base.set_params(fit_intercept=False).fit(A, b)
    mean, mean_target = rows.means()
    base.intercept_ = float(mean_target - (mean - rows.offset) @ base.coef_)
    return base.set_params(fit_intercept=True)


def condense(rows: PairRows) -> tuple[np.ndarray, np.ndarray]:
    """Return n + 1 rows whose least squares is that of all pairs, their means taken out.

    With centred x and c_i = n - 1 - 2 i, the table of all pairs i < j and a column of ones has the
    products of n rows (sqrt(n) x_i, c_i / sqrt(n)) and one row (0, sqrt((n - 1) (n - 2) / 6)).
    Projecting the last column out of the others leaves the products of the centred table. In both
    directions the mean difference is 0, and n rows do.

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0], [3.0]]), np.array([0.0, 2.0, 5.0])
    >>> A, b = condense(PairRows(X, y))
    >>> D, d = PairRows(X, y).take(np.arange(3))
    >>> np.allclose(A.T @ A, (D - D.mean()).T @ (D - D.mean()))
    True
    """
    n, p = rows.X.shape
    A = np.zeros((n + 1, p + 1))
    A[:n, :p] = np.sqrt(n) * (rows.X - rows.X.mean(axis=0))
    A[:n, p] = np.sqrt(n) * (rows.y - rows.y.mean())
    if not rows.both:
        ones = np.append((n - 1.0 - 2 * np.arange(n)) / np.sqrt(n), np.sqrt((n - 1) * (n - 2) / 6))
        A -= np.outer(ones, ones @ A / rows.n_pairs)
    return A[:, :p], A[:, p]
