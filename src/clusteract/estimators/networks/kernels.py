"""Compiled loops: what comes between the matrix products, each in one pass through memory.

All act on one network: outputs and deltas are (rows, units), weights lie in a flat row. Loops
without a branch over whole arrays are the ones that are vectorized, which makes them five times
as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

compiled: Any = njit(cache=True, nogil=True, error_model="numpy")
inlined: Any = njit(inline="always", error_model="numpy")
_fused: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})


def compiled_whole(function: Callable[..., Any]) -> Any:
    """Compile a function that calls or inlines what other files of this folder define.

    Numba keeps machine code until the function's own file changes, which would outlive a change of
    what it calls. Nothing public tells it otherwise; a test fails when its inner names change.
    """
    dispatcher = compiled(function)
    files = [file.stat() for file in sorted(Path(__file__).parent.glob("*.py"))]
    dispatcher._cache._cache_file._source_stamp = [(f.st_mtime, f.st_size) for f in files]
    return dispatcher


RELU, TANH, LOGISTIC, IDENTITY = range(4)
ACTIVATIONS = {"relu": RELU, "tanh": TANH, "logistic": LOGISTIC, "identity": IDENTITY}

# Of the two rounds of `noise.mix_again`, and of `noise.keys`.
_ODD_1, _ODD_2, _ODD_3 = np.uint32(0x7FEB352D), np.uint32(0x846CA68B), np.uint32(0x9E3779B1)
_SHIFT_1, _SHIFT_2, _LOW = np.uint32(15), np.uint32(16), np.uint32(0xFFFF)

# 1.5 * 2^52: a double added to it is rounded to a whole number, which its low bits then hold.
_ROUND = 6755399441055744.0


@_fused
def _tanh(x):
    """Hyperbolic tangent without a branch or a call, so that the loop around it is vectorized.

    With e = exp(2|x|) - 1 it is e / (e + 2). 2|x| = n log 2 + r, and exp(r) - 1 is summed up to
    r^13, even and odd powers apart; within 3 units in the last place.
    """
    doubled = 2.0 * min(abs(x), 20.0)
    rounded = doubled * 1.4426950408889634074 + _ROUND
    n = rounded - _ROUND
    r = doubled - n * 6.93145751953125e-1 - n * 1.42860682030941723212e-6
    s = r * r
    odd = (1 / 6227020800.0 * s + 1 / 39916800.0) * s + 1 / 362880.0
    odd = ((odd * s + 1 / 5040.0) * s + 1 / 120.0) * s + 1 / 6.0
    even = ((1 / 479001600.0 * s + 1 / 3628800.0) * s + 1 / 40320.0) * s + 1 / 720.0
    even = (even * s + 1 / 24.0) * s + 0.5
    bits = (np.float64(rounded).view(np.int64) << np.int64(52)) + np.int64(1023 << 52)
    power = np.int64(bits).view(np.float64)
    e = power * ((odd * r + even) * s + r) + (power - 1.0)
    return np.copysign(e / (e + 2.0), x)


@compiled
def activate(activation, outputs, bias):
    """Add each unit's bias and apply the activation, in place."""
    zero, one = outputs.dtype.type(0), outputs.dtype.type(1)
    rows, units = outputs.shape
    if activation == RELU:
        for r in range(rows):
            for j in range(units):
                z = outputs[r, j] + bias[j]
                outputs[r, j] = zero if z <= zero else z  # nan stays nan
        return
    for r in range(rows):
        for j in range(units):
            outputs[r, j] += bias[j]
    flat = outputs.reshape(outputs.size)
    if activation == TANH:
        for j in range(len(flat)):
            flat[j] = _tanh(flat[j])
    elif activation == LOGISTIC:
        for j in range(len(flat)):
            flat[j] = one / (one + np.exp(-flat[j]))


@compiled
def differentiate(activation, outputs, deltas, scale):
    """Multiply deltas by the activation's derivative, in place; by ``scale`` too after dropout.

    Only relu is dropped: a dropped unit has output 0, and what is 0 passes nothing back.
    """
    zero, one = outputs.dtype.type(0), outputs.dtype.type(1)
    a, d = outputs.reshape(outputs.size), deltas.reshape(deltas.size)
    if activation == RELU:
        for j in range(len(d)):
            d[j] = zero if a[j] == zero else d[j] * scale
    elif activation == TANH:
        for j in range(len(d)):
            d[j] *= one - a[j] * a[j]
    elif activation == LOGISTIC:
        for j in range(len(d)):
            d[j] *= a[j] * (one - a[j])


@compiled
def sum_rows(deltas, total):
    """Sum deltas over the rows: the biases' gradient."""
    total[:] = 0
    for r in range(len(deltas)):
        for j in range(len(total)):
            total[j] += deltas[r, j]


@compiled
def _word(counter, key):
    """Mix a counter's word with a key: `noise.mix_again`; Numba widens products to 64 bits."""
    x = np.uint32((counter ^ key) * _ODD_1)
    x = np.uint32((x ^ (x >> _SHIFT_1)) * _ODD_2)
    return x ^ (x >> _SHIFT_2)


@compiled
def _mix(x):
    """Scramble a word: `noise.mix`."""
    return _word(np.uint32(x ^ (x >> _SHIFT_2)), np.uint32(0))


@compiled
def dropout_key(seed, step, layer):
    """Key of one network, optimizer step and layer: `noise.keys`."""
    salt = np.uint32(0x51ED270B * (layer + 1))
    return _mix(np.uint32(_mix(np.uint32(seed ^ salt)) + np.uint32(step) * _ODD_3))


@compiled
def drop(outputs, counters, key, threshold, scale):
    """Drop outputs (a flat row) as `noise` says, and scale the others."""
    zero, size = outputs.dtype.type(0), len(outputs)
    for w in range(size // 2):
        x = _word(counters[w], key)
        outputs[2 * w] *= scale if (x & _LOW) >= threshold else zero
        outputs[2 * w + 1] *= scale if (x >> _SHIFT_2) >= threshold else zero
    if size % 2:
        x = _word(counters[size // 2], key)
        outputs[size - 1] *= scale if (x & _LOW) >= threshold else zero
