"""Shapley values: what each descriptor adds to a prediction, for any model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]

_ROWS = 1 << 17  # predicted at once


@dataclass(frozen=True)
class ShapleyValues:
    """Contributions of descriptors to predictions: ``base + values.sum(axis=1)`` is f(x).

    Attributes
    ----------
    values : ndarray, (n_rows, n_descriptors)
        In the target's unit.
    errors : ndarray, (n_rows, n_descriptors)
        Standard errors of the sampling.
    base : ndarray, (n_rows,)
        Mean prediction over the background.
    """

    values: np.ndarray
    errors: np.ndarray
    base: np.ndarray


def shapley_values(
    predict: Predict, X: np.ndarray, background: np.ndarray, *, draws: int = 100, seed: int = 0
) -> ShapleyValues:
    """Sample Shapley values: descriptors take the cluster's values one by one, in random order.

    A draw starts at a random cluster of the background and brings in the explained cluster's
    descriptors in a random order; a descriptor's contribution is how much the prediction moves
    when it comes in. Each order is used forwards and backwards from the same start, which
    cancels much of the noise. The contributions of every draw add up to the prediction exactly.
    Interventional values: a descriptor that the model does not use gets 0.

    Parameters
    ----------
    predict : callable
        (n, n_descriptors) to (n,); a tree, a kernel, a network alike.
    X : ndarray, (n_rows, n_descriptors)
    background : ndarray, (n, n_descriptors)
        Usually the model's training set.
    draws : int
        Even; half of them are orders, each of which is used twice.
    seed : int

    References
    ----------
    E. Strumbelj, I. Kononenko, Knowl. Inf. Syst. 41 (2014) 647, doi:10.1007/s10115-013-0679-x;
    R. Mitchell et al., J. Mach. Learn. Res. 23 (2022) 43 (antithetic orders).

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [0.0, 0.0]])
    >>> found = shapley_values(lambda A: 3 * A[:, 0] - A[:, 1], X, np.zeros((5, 2)), draws=4)
    >>> found.values, found.base
    (array([[ 3., -2.],
           [ 0.,  0.]]), array([0., 0.]))
    """
    pairs, p = max(1, draws // 2), X.shape[1]
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(np.arange(p), (pairs, 1)), axis=1)
    orders = np.concatenate([orders, orders[:, ::-1]])
    starts = np.tile(background[random.integers(len(background), size=pairs)], (2, 1))
    block = max(1, _ROWS // (2 * pairs * (p + 1)))
    parts = [_walk(predict, X[i : i + block], orders, starts) for i in range(0, len(X), block)]
    contributions = np.concatenate([c for c, _ in parts])
    by_pair = contributions.reshape(len(X), 2, pairs, p).mean(axis=1)
    spread = by_pair.std(axis=1, ddof=1) if pairs > 1 else np.full((len(X), p), np.nan)
    return ShapleyValues(
        values=by_pair.mean(axis=1),
        errors=spread / np.sqrt(pairs),
        base=np.concatenate([b for _, b in parts]),
    )


def _walk(
    predict: Predict, X: np.ndarray, orders: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return contributions (n_rows, draws, p) and the mean prediction of the starts."""
    draws, p = orders.shape
    rank = np.argsort(orders, axis=1)
    here = rank[:, None, :] < np.arange(p + 1)[None, :, None]  # draw, step, descriptor
    rows = np.where(here, X[:, None, None, :], starts[:, None, :])
    along = np.asarray(predict(rows.reshape(-1, p)), float).reshape(len(X), draws, p + 1)
    steps = np.diff(along, axis=2)
    contributions = np.take_along_axis(steps, np.broadcast_to(rank, steps.shape), axis=2)
    return contributions, along[:, :, 0].mean(axis=1)
