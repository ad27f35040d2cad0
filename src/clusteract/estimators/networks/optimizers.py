"""Optimizer steps on flat rows of weights, in place: Keras's Adam, scikit-learn's Adam and SGD."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from clusteract.estimators.networks import kernels

KERAS_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's constants as Keras sets them."""

State = dict[str, np.ndarray]


def keras_adam(state: State, rates: np.ndarray, n_penalized: int) -> None:
    """Step with Adam, the L2 gradient added first to the leading ``n_penalized`` weights."""
    beta_1, beta_2, epsilon = KERAS_ADAM.values()
    t = state["step"].astype(np.float64)
    unscale = (1 - beta_1) / np.sqrt(1 - beta_2)
    rate = rates * unscale * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    constants = tuple(map(np.float32, (beta_1, beta_2, epsilon / np.sqrt(1 - beta_2))))
    kernels.keras_adam(
        *(state[name] for name in ("weights", "gradient", "mean", "square")),
        2 * state["alpha"],
        rate.astype(np.float32),
        n_penalized,
        constants,
    )


@dataclass(frozen=True)
class SklearnAdam:
    """Adam in the order of operations of scikit-learn 1.9, so that every bit agrees."""

    beta_1: float
    beta_2: float
    epsilon: float

    def __call__(self, state: State, rates: np.ndarray, n_rows: int, n_penalized: int) -> None:
        """Step along the gradient of a loss summed over ``n_rows`` rows."""
        sizes = np.array(list(map(self._size, rates.tolist(), state["step"].tolist())))
        arrays = (state[name] for name in ("weights", "gradient", "mean", "square", "alpha"))
        constants = (float(self.beta_1), float(self.beta_2), float(self.epsilon))
        kernels.sklearn_adam(*arrays, sizes, n_rows, n_penalized, *constants)

    def _size(self, rate: float, t: int) -> float:
        """Step size with the correction for the start; an array's power may round otherwise."""
        return rate * sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)


@dataclass(frozen=True)
class SklearnSGD:
    """Gradient descent with momentum in the order of operations of scikit-learn 1.9."""

    momentum: float
    nesterov: bool

    def __call__(self, state: State, rates: np.ndarray, n_rows: int, n_penalized: int) -> None:
        """Step along the gradient of a loss summed over ``n_rows`` rows."""
        arrays = (state[name] for name in ("weights", "gradient", "mean", "alpha"))
        constants = (float(self.momentum), bool(self.nesterov))
        kernels.sklearn_sgd(*arrays, rates, n_rows, n_penalized, *constants)
