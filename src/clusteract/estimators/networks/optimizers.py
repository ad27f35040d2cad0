"""Optimizer steps on flat rows of weights, in place: Keras's Adam, scikit-learn's Adam and SGD."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

KERAS_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's constants as Keras sets them."""

_CACHED = 1 << 18  # bytes of one array; five such stay in a core's second-level cache

State = dict[str, np.ndarray]


def keras_adam(state: State, rates: np.ndarray, n_penalized: int) -> None:
    """Adam with the L2 gradient added first to the leading ``n_penalized`` weights.

    The running sums are kept without their factors (1 - beta), which saves two passes; the
    factors return in ``rate`` and ``epsilon``.
    """
    beta_1, beta_2, epsilon = KERAS_ADAM.values()
    t = state["step"].astype(np.float64)
    unscale = (1 - beta_1) / np.sqrt(1 - beta_2)
    rate = rates * unscale * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    rate = rate.astype(np.float32)[:, None]
    floor = np.float32(epsilon / np.sqrt(1 - beta_2))
    shrink = 2 * state["alpha"][:, None]
    for rows, penalized, (w, g, m, v) in _blocks(state, n_penalized, "mean", "square"):
        g[:, :penalized] += w[:, :penalized] * shrink[rows]
        m *= np.float32(beta_1)
        m += g
        np.multiply(g, g, out=g)
        v *= np.float32(beta_2)
        v += g
        np.sqrt(v, out=g)
        g += floor
        np.divide(m, g, out=g)
        g *= rate[rows]
        w -= g


@dataclass(frozen=True)
class SklearnAdam:
    """Adam in the order of operations of scikit-learn 1.9, so that every bit agrees."""

    beta_1: float
    beta_2: float
    epsilon: float

    def __call__(self, state: State, rates: np.ndarray, n_rows: int, n_penalized: int) -> None:
        """Step along the gradient of a summed loss over ``n_rows`` rows."""
        negative = np.array([-s for s in map(self._size, rates.tolist(), state["step"].tolist())])
        alpha = state["alpha"][:, None]
        for rows, penalized, (w, g, m, v) in _blocks(state, n_penalized, "mean", "square"):
            g[:, :penalized] += w[:, :penalized] * alpha[rows]
            g /= n_rows
            m *= self.beta_1
            m += g * (1 - self.beta_1)
            v *= self.beta_2
            np.multiply(g, g, out=g)
            g *= 1 - self.beta_2
            v += g
            np.sqrt(v, out=g)
            g += self.epsilon
            step = m * negative[rows, None]
            step /= g
            w += step

    def _size(self, rate: float, t: int) -> float:
        """Step size with the correction for the start; an array's power may round otherwise."""
        return rate * sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)


@dataclass(frozen=True)
class SklearnSGD:
    """Gradient descent with momentum in the order of operations of scikit-learn 1.9."""

    momentum: float
    nesterov: bool

    def __call__(self, state: State, rates: np.ndarray, n_rows: int, n_penalized: int) -> None:
        """Step along the gradient of a summed loss over ``n_rows`` rows."""
        alpha = state["alpha"][:, None]
        for rows, penalized, (w, g, velocity) in _blocks(state, n_penalized, "mean"):
            g[:, :penalized] += w[:, :penalized] * alpha[rows]
            g /= n_rows
            g *= rates[rows, None]
            velocity *= self.momentum
            velocity -= g
            if not self.nesterov:
                w += velocity
                continue
            step = velocity * self.momentum
            step -= g
            w += step


def _blocks(
    state: State, n_penalized: int, *memory: str
) -> Iterator[tuple[slice, int, list[np.ndarray]]]:
    """Cut weights, gradient and memory into blocks that fit in cache.

    Yields the rows, how many of a block's leading columns carry the L2 term, and the blocks.
    """
    arrays = [state[name] for name in ("weights", "gradient", *memory)]
    n, length = arrays[0].shape
    elements = _CACHED // arrays[0].itemsize
    width, height = min(length, elements), max(1, elements // length)
    for row in range(0, n, height):
        rows = slice(row, min(row + height, n))
        for start in range(0, length, width):
            blocks = [array[rows, start : start + width] for array in arrays]
            yield rows, max(0, n_penalized - start), blocks
