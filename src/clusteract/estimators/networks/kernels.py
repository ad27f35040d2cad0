"""Compiled loops: what comes between the matrix products, each in one pass through memory.

No loop reorders or contracts its arithmetic, so a float64 result carries the bits that the same
operations written with NumPy would. Buffers are (slots, rows, units); ``n`` networks and ``rows``
rows of them are in use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_compiled: Any = njit(cache=True, nogil=True, error_model="numpy")

# The two rounds of `noise.mix_again`.
_ODD_1, _ODD_2 = np.uint32(0x7FEB352D), np.uint32(0x846CA68B)
_SHIFT_1, _SHIFT_2, _LOW = np.uint32(15), np.uint32(16), np.uint32(0xFFFF)


@_compiled
def add_bias(outputs, n, rows, weights, start):
    """Add each unit's bias, which begins at column ``start`` of the weights."""
    for b in range(n):
        for r in range(rows):
            for j in range(outputs.shape[2]):
                outputs[b, r, j] += weights[b, start + j]


@_compiled
def add_bias_relu(outputs, n, rows, weights, start):
    """Add each unit's bias and cut at zero."""
    zero = outputs.dtype.type(0)
    for b in range(n):
        for r in range(rows):
            for j in range(outputs.shape[2]):
                z = outputs[b, r, j] + weights[b, start + j]
                outputs[b, r, j] = zero if z <= zero else z  # nan stays nan


@_compiled
def relu_back(outputs, deltas, n, rows, gradient, start):
    """Pass deltas where the output is not zero, and sum them into the biases' gradient."""
    zero = outputs.dtype.type(0)
    units = outputs.shape[2]
    for b in range(n):
        gradient[b, start : start + units] = zero
        for r in range(rows):
            for j in range(units):
                d = zero if outputs[b, r, j] == zero else deltas[b, r, j]
                deltas[b, r, j] = d
                gradient[b, start + j] += d


@_compiled
def tanh_back(outputs, deltas, n, rows, gradient, start):
    """Multiply deltas by 1 - output^2, and sum them into the biases' gradient."""
    one = outputs.dtype.type(1)
    units = outputs.shape[2]
    for b in range(n):
        gradient[b, start : start + units] = outputs.dtype.type(0)
        for r in range(rows):
            for j in range(units):
                a = outputs[b, r, j]
                d = deltas[b, r, j] * (one - a * a)
                deltas[b, r, j] = d
                gradient[b, start + j] += d


@_compiled
def _word(counter, key):
    """Mix a counter's word with a key: `noise.mix_again`; Numba widens products to 64 bits."""
    x = np.uint32((counter ^ key) * _ODD_1)
    x = np.uint32((x ^ (x >> _SHIFT_1)) * _ODD_2)
    return x ^ (x >> _SHIFT_2)


@_compiled
def drop(outputs, n, size, counters, keys, thresholds, scales):
    """Drop units as `noise` says and scale the others; ``size`` units of (slots, units)."""
    zero = outputs.dtype.type(0)
    for b in range(n):
        key, threshold, scale = keys[b], np.uint32(thresholds[b]), scales[b]
        for w in range(size // 2):
            x = _word(counters[w], key)
            outputs[b, 2 * w] *= scale if (x & _LOW) >= threshold else zero
            outputs[b, 2 * w + 1] *= scale if (x >> _SHIFT_2) >= threshold else zero
        if size % 2:
            x = _word(counters[size // 2], key)
            outputs[b, size - 1] *= scale if (x & _LOW) >= threshold else zero


@_compiled
def keras_adam(weights, gradient, mean, square, shrink, rates, n_penalized, constants):
    """Adam, the L2 gradient ``shrink * weight`` added to the leading weights first.

    ``mean`` and ``square`` are kept without their factors (1 - beta); the factors are in
    ``rates`` (n,) and in the last of ``constants``: beta_1, beta_2, epsilon.
    """
    beta_1, beta_2, epsilon = constants
    for b in range(len(weights)):
        for p in range(weights.shape[1]):
            w, g = weights[b, p], gradient[b, p]
            if p < n_penalized:
                g += shrink[b] * w
            m = beta_1 * mean[b, p] + g
            v = beta_2 * square[b, p] + g * g
            mean[b, p] = m
            square[b, p] = v
            weights[b, p] = w - rates[b] * m / (np.sqrt(v) + epsilon)


@_compiled
def sklearn_adam(
    weights, gradient, mean, square, alpha, sizes, n_rows, n_penalized, beta_1, beta_2, epsilon
):
    """Adam on a gradient summed over ``n_rows``, in scikit-learn's order of operations."""
    for b in range(len(weights)):
        for p in range(weights.shape[1]):
            w, g = weights[b, p], gradient[b, p]
            if p < n_penalized:
                g += alpha[b] * w
            g /= n_rows
            m = beta_1 * mean[b, p] + (1 - beta_1) * g
            v = beta_2 * square[b, p] + (1 - beta_2) * (g * g)
            mean[b, p] = m
            square[b, p] = v
            weights[b, p] = w + -sizes[b] * m / (np.sqrt(v) + epsilon)


@_compiled
def sklearn_sgd(weights, gradient, velocity, alpha, rates, n_rows, n_penalized, momentum, nesterov):
    """Momentum descent on a gradient summed over ``n_rows``, in scikit-learn's order."""
    for b in range(len(weights)):
        for p in range(weights.shape[1]):
            w, g = weights[b, p], gradient[b, p]
            if p < n_penalized:
                g += alpha[b] * w
            g /= n_rows
            u = momentum * velocity[b, p] - rates[b] * g
            velocity[b, p] = u
            weights[b, p] = w + (momentum * u - rates[b] * g if nesterov else u)
