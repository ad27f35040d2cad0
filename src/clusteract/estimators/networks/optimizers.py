"""Optimizer steps on a network's flat rows, compiled: Keras's Adam, scikit-learn's Adam and SGD.

Each is about one part of the row, the weights with an L2 term or those without.
"""

from __future__ import annotations

import numpy as np

from clusteract.estimators.networks.kernels import compiled

KERAS_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's constants as Keras sets them."""

_BETA_1, _BETA_2, _EPSILON = KERAS_ADAM.values()
_UNSCALE = (1 - _BETA_1) / np.sqrt(1 - _BETA_2)
_B_1, _B_2 = np.float32(_BETA_1), np.float32(_BETA_2)
_E = np.float32(_EPSILON / np.sqrt(1 - _BETA_2))


@compiled
def keras_adam(weights, gradient, mean, square, shrink, rate, t):
    """Keras's Adam, step ``t``, float32; the L2 gradient ``shrink * weight`` is added first.

    ``mean`` and ``square`` are kept without their factors (1 - beta), which are in the step size
    and in epsilon.
    """
    scaled = rate * _UNSCALE * np.sqrt(1 - _BETA_2**t) / (1 - _BETA_1**t)
    size = np.float32(scaled)
    for p in range(len(weights)):
        g = gradient[p] + shrink * weights[p]
        m = _B_1 * mean[p] + g
        v = _B_2 * square[p] + g * g
        mean[p] = m
        square[p] = v
        weights[p] -= size * m / (np.sqrt(v) + _E)


@compiled
def sklearn_adam(weights, gradient, mean, square, alpha, n_rows, rate, t, constants):
    """scikit-learn's Adam, step ``t``, on a gradient summed over ``n_rows``; L2 is added first."""
    beta_1, beta_2, epsilon = constants
    size = rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    share = 1.0 / n_rows
    for p in range(len(weights)):
        g = (gradient[p] + alpha * weights[p]) * share
        m = beta_1 * mean[p] + (1 - beta_1) * g
        v = beta_2 * square[p] + (1 - beta_2) * (g * g)
        mean[p] = m
        square[p] = v
        weights[p] -= size * m / (np.sqrt(v) + epsilon)


@compiled
def sklearn_sgd(weights, gradient, velocity, alpha, n_rows, rate, constants):
    """scikit-learn's descent on a gradient summed over ``n_rows``; L2 is added first.

    ``constants`` begin with the momentum and 1 for Nesterov's, 0 for the plain one.
    """
    momentum = constants[0]
    ahead, behind = (momentum, rate) if constants[1] else (1.0, 0.0)
    share = 1.0 / n_rows
    for p in range(len(weights)):
        g = (gradient[p] + alpha * weights[p]) * share
        u = momentum * velocity[p] - rate * g
        velocity[p] = u
        weights[p] += ahead * u - behind * g
