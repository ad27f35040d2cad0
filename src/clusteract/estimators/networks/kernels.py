"""Compiled loops: what comes between the matrix products, each in one pass through memory.

No loop reorders or contracts its arithmetic, so a float64 result carries the bits that the same
operations written with NumPy would; tanh alone may differ from NumPy's in its last two bits.
Buffers are (slots, rows, units); ``n`` networks and ``rows`` rows of them are in use.
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


# 1.5 * 2^52: a double added to it is rounded to a whole number, which its low bits then hold.
_ROUND = 6755399441055744.0


@_compiled
def _tanh(x):
    """Hyperbolic tangent without a branch or a call, so that the loop around it is vectorized.

    Cephes' rational functions (S. Moshier), both evaluated; within 2 units in the last place.
    """
    a = min(abs(x), 20.0)
    square = a * a
    above = (-9.64399179425052238628e-1 * square - 9.92877231001918586564e1) * square
    below = (square + 1.12811678491632931402e2) * square + 2.23548839060100448583e3
    below = below * square + 4.84406305325125486048e3
    small = a + a * square * ((above - 1.61468768441708447952e3) / below)
    rounded = 2.0 * a * 1.4426950408889634074 + _ROUND
    n = rounded - _ROUND
    r = 2.0 * a - n * 6.93145751953125e-1 - n * 1.42860682030941723212e-6
    s = r * r
    p = (1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 1.0
    q = (3.00198505138664455042e-6 * s + 2.52448340349684104192e-3) * s + 2.27265548208155028766e-1
    exponential = 1.0 + 2.0 * (r * p / (q * s + 2.0 - r * p))
    power = (np.float64(rounded).view(np.int64) << np.int64(52)) + np.int64(1023 << 52)
    large = 1.0 - 2.0 / (exponential * np.int64(power).view(np.float64) + 1.0)
    return np.copysign(small if a < 0.625 else large, x)


@_compiled
def add_bias_tanh(outputs, n, rows, weights, start):
    """Add each unit's bias and take the hyperbolic tangent."""
    for b in range(n):
        for r in range(rows):
            for j in range(outputs.shape[2]):
                outputs[b, r, j] = _tanh(outputs[b, r, j] + weights[b, start + j])


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


# The optimizers' loops run over one network's row without a branch: only then are they vectorized,
# which makes them five times as fast.


@_compiled
def _penalize(weights, gradient, shrink, n_penalized):
    """Add the L2 gradient to the leading weights'."""
    for p in range(n_penalized):
        gradient[p] += shrink * weights[p]


@_compiled
def _mean_gradient(weights, gradient, alpha, n_penalized, n_rows):
    """Add the L2 gradient and divide by the rows, in scikit-learn's order of operations."""
    _penalize(weights, gradient, alpha, n_penalized)
    for p in range(len(gradient)):
        gradient[p] /= n_rows


@_compiled
def _keras_row(weights, gradient, mean, square, rate, beta_1, beta_2, epsilon):
    for p in range(len(weights)):
        g = gradient[p]
        m = beta_1 * mean[p] + g
        v = beta_2 * square[p] + g * g
        mean[p] = m
        square[p] = v
        weights[p] -= rate * m / (np.sqrt(v) + epsilon)


@_compiled
def keras_adam(weights, gradient, mean, square, shrink, rates, n_penalized, constants):
    """Adam, the L2 gradient ``shrink * weight`` added to the leading weights' first.

    ``mean`` and ``square`` are kept without their factors (1 - beta); the factors are in
    ``rates`` (n,) and in the last of ``constants``: beta_1, beta_2, epsilon.
    """
    for b in range(len(weights)):
        _penalize(weights[b], gradient[b], shrink[b], n_penalized)
        _keras_row(weights[b], gradient[b], mean[b], square[b], rates[b], *constants)


@_compiled
def _sklearn_row(weights, gradient, mean, square, size, beta_1, beta_2, epsilon):
    for p in range(len(weights)):
        g = gradient[p]
        m = beta_1 * mean[p] + (1 - beta_1) * g
        v = beta_2 * square[p] + (1 - beta_2) * (g * g)
        mean[p] = m
        square[p] = v
        weights[p] += -size * m / (np.sqrt(v) + epsilon)


@_compiled
def sklearn_adam(
    weights, gradient, mean, square, alpha, sizes, n_rows, n_penalized, beta_1, beta_2, epsilon
):
    """Adam on a gradient summed over ``n_rows``, in scikit-learn's order of operations."""
    for b in range(len(weights)):
        w, g = weights[b], gradient[b]
        _mean_gradient(w, g, alpha[b], n_penalized, n_rows)
        _sklearn_row(w, g, mean[b], square[b], sizes[b], beta_1, beta_2, epsilon)


@_compiled
def sklearn_sgd(weights, gradient, velocity, alpha, rates, n_rows, n_penalized, momentum, nesterov):
    """Momentum descent on a gradient summed over ``n_rows``, in scikit-learn's order."""
    for b in range(len(weights)):
        w, g, u = weights[b], gradient[b], velocity[b]
        _mean_gradient(w, g, alpha[b], n_penalized, n_rows)
        for p in range(len(w)):
            u[p] = momentum * u[p] - rates[b] * g[p]
        if nesterov:
            for p in range(len(w)):
                w[p] += momentum * u[p] - rates[b] * g[p]
        else:
            for p in range(len(w)):
                w[p] += u[p]
