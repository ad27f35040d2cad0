"""All compiled code of networks: the loops between the products, passes, optimizers and epochs.

One network passes through all its layers before the next one does, so that what it works on stays
in the processor's cache; and its numbers do not depend on its batch mates. Outputs and deltas are
(rows, units), weights lie in a flat row. Loops without a branch over whole arrays are the ones that
are vectorized, which makes them five times as fast.

It stands in one file because Numba keeps a function's machine code until that function's own file
changes, which would outlive a change of what it calls elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from clusteract.compiling import compiling

compiled = compiling(nogil=True, error_model="numpy")
_fused = compiling(nogil=True, error_model="numpy", fastmath={"contract"})
inlined = njit(inline="always", error_model="numpy")

RELU, TANH, LOGISTIC, IDENTITY = range(4)
ACTIVATIONS = {"relu": RELU, "tanh": TANH, "logistic": LOGISTIC, "identity": IDENTITY}

# Of the two rounds of `noise.mix_again`, and of `noise.keys`.
_ODD_1, _ODD_2, _ODD_3 = np.uint32(0x7FEB352D), np.uint32(0x846CA68B), np.uint32(0x9E3779B1)
_SHIFT_1, _SHIFT_2, _LOW = np.uint32(15), np.uint32(16), np.uint32(0xFFFF)

# 1.5 * 2^52: a double added to it is rounded to a whole number, which its low bits then hold.
_ROUND = 6755399441055744.0

KERAS_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's constants as Keras sets them."""

_BETA_1, _BETA_2, _EPSILON = KERAS_ADAM.values()
_UNSCALE = (1 - _BETA_1) / np.sqrt(1 - _BETA_2)
_B_1, _B_2 = np.float32(_BETA_1), np.float32(_BETA_2)
_E = np.float32(_EPSILON / np.sqrt(1 - _BETA_2))


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


class Dropout(NamedTuple):
    """Inverted dropout after the first ``layers`` hidden layers, in one step of one network."""

    layers: int
    seed: np.uint32
    step: int
    counters: np.ndarray
    """`noise.counters` for the widest layer."""
    threshold: np.uint16
    scale: np.floating

    @classmethod
    def none(cls, dtype: type[np.floating]) -> Dropout:
        """Drop nothing."""
        return cls(0, np.uint32(0), 0, np.zeros(0, np.uint32), np.uint16(0), dtype(1))


@inlined
def take(X, picked, into):
    """Copy the picked rows of ``X``."""
    for r in range(len(picked)):
        for j in range(into.shape[1]):
            into[r, j] = X[picked[r], j]


@inlined
def forward(layers, weights, inputs, dropout):
    """Return outputs (rows, 1) for inputs (rows, descriptors); the layers remember theirs."""
    layer_inputs, rows = inputs, len(inputs)
    start, bias, place = 0, layers.n_kernel, 0
    last = len(layers.units) - 2
    for layer in range(last + 1):
        i, o = layers.units[layer], layers.units[layer + 1]
        outputs = layers.outputs[place : place + rows * o]
        out = outputs.reshape(rows, o)
        np.dot(layer_inputs, weights[start : start + i * o].reshape(i, o), out)
        activation = layers.activation if layer < last else IDENTITY
        activate(activation, out, weights[bias : bias + o])
        if layer < dropout.layers:
            key = dropout_key(dropout.seed, dropout.step, layer)
            drop(outputs, dropout.counters, key, dropout.threshold, dropout.scale)
        layer_inputs = out
        start, bias, place = start + i * o, bias + o, place + rows * o
    return layer_inputs


@inlined
def backward(layers, weights, inputs, slope, gradient, dropout):
    """Fill ``gradient`` from the slope of the loss (rows, 1) at the last forward pass's output."""
    delta, rows = slope, len(inputs)
    start, bias, place = layers.n_kernel, len(weights), rows * layers.n_outputs
    for layer in range(len(layers.units) - 2, -1, -1):
        i, o = layers.units[layer], layers.units[layer + 1]
        start, bias, place = start - i * o, bias - o, place - rows * o
        into = gradient[start : start + i * o].reshape(i, o)
        sum_rows(delta, gradient[bias : bias + o])
        if layer == 0:
            np.dot(inputs.T, delta, into)
            break
        below = layers.outputs[place - rows * i : place].reshape(rows, i)
        np.dot(below.T, delta, into)
        delta_below = layers.deltas[place - rows * i : place].reshape(rows, i)
        kernel = weights[start : start + i * o].reshape(i, o)
        np.dot(delta, kernel.T, delta_below)
        scale = dropout.scale if layer <= dropout.layers else weights.dtype.type(1)
        differentiate(layers.activation, below, delta_below, scale)
        delta = delta_below


@compiled
def train_dense(state, layers, memory, settings, orders, rates, errors):
    """Train networks one after the other: the first ``len(orders)`` slots."""
    for b in range(len(orders)):
        X, y, order, total = state.X[b], state.y[b], orders[b], 0.0
        for first in range(0, len(order), settings.batch_size):
            picked = order[first : first + settings.batch_size]
            inputs, targets = memory.inputs[: len(picked)], memory.targets[: len(picked)]
            take(X, picked, inputs)
            for r in range(len(picked)):
                targets[r] = y[picked[r]]
            total += _step_dense(state, b, layers, memory, settings, inputs, targets, rates[b])
        errors[b] = total / len(order)


@compiled
def step_dense(state, layers, memory, settings, inputs, targets, rate):
    """Take one optimizer step of the first network; return its sum of squared errors."""
    return _step_dense(state, 0, layers, memory, settings, inputs, targets, rate)


@inlined
def _step_dense(state, b, layers, memory, settings, inputs, targets, rate):
    """Return the sum of squared errors before an optimizer step."""
    weights, rows = state.weights[b], len(targets)
    threshold, step = state.threshold[b], state.step[b]
    dropped = settings.dropped if threshold > 0 else 0
    dropout = Dropout(dropped, state.seed[b], step, memory.counters, threshold, state.scale[b])
    outputs, slope = forward(layers, weights, inputs, dropout), memory.slope[:rows]
    total = 0.0
    for r in range(rows):
        error = outputs[r, 0] - targets[r]
        total += np.float64(error) ** 2
        slope[r, 0] = error * np.float32(2 / rows)
    backward(layers, weights, inputs, slope, memory.gradient, dropout)
    _descend_dense(state, b, settings.n_penalized, memory.gradient, rate)
    return total


@inlined
def _descend_dense(state, b, n_penalized, gradient, rate):
    """One step of Adam; the L2 term is about the hidden layers' kernels."""
    state.step[b] += 1
    t, shrink, zero = float(state.step[b]), np.float32(2) * state.alpha[b], np.float32(0)
    for part, factor in ((slice(0, n_penalized), shrink), (slice(n_penalized, None), zero)):
        weights, mean, square = state.weights[b, part], state.mean[b, part], state.square[b, part]
        keras_adam(weights, gradient[part], mean, square, factor, rate, t)


@compiled
def validate_dense(state, layers, memory, settings, errors, penalties):
    """Mean squared errors of the validation rows, and L2 penalties."""
    for b in range(len(errors)):
        weights, y_val = state.weights[b], state.y_val[b]
        hidden = weights[: settings.n_penalized]
        penalties[b] = np.float64(state.alpha[b]) * np.dot(hidden, hidden)
        if len(y_val):
            outputs = forward(layers, weights, state.X_val[b], memory.no_dropout)
            total = 0.0
            for r in range(len(y_val)):
                total += np.float64(outputs[r, 0] - y_val[r]) ** 2
            errors[b] = total / len(y_val)


@compiled
def train_mlp(state, layers, memory, settings, orders, rates, losses, scores):
    """Train networks one after the other: the first ``len(orders)`` slots."""
    for b in range(len(orders)):
        losses[b] = _train_mlp(state, b, layers, memory, settings, orders[b], rates[b])
        if len(state.y_val[b]):
            scores[b] = _score(state, b, layers, memory)


@inlined
def _train_mlp(state, b, layers, memory, settings, order, rate):
    """Return the mean loss of a network's rows, each before its optimizer step."""
    X, y, weights = state.X[b], state.y[b], state.weights[b]
    total = 0.0
    for first in range(0, len(order), settings.batch_size):
        picked = order[first : first + settings.batch_size]
        rows = len(picked)
        inputs, slope = memory.inputs[:rows], memory.slope[:rows]
        take(X, picked, inputs)
        outputs = forward(layers, weights, inputs, memory.dropout)
        squares = 0.0
        for r in range(rows):
            slope[r, 0] = outputs[r, 0] - y[picked[r]]
            squares += slope[r, 0] * slope[r, 0]
        kernel = weights[: layers.n_kernel]
        total += 0.5 * (squares + state.alpha[b] * np.dot(kernel, kernel))
        backward(layers, weights, inputs, slope, memory.gradient, memory.dropout)
        _descend_mlp(state, b, layers.n_kernel, memory.gradient, settings, rate, rows)
    return total / len(order)


@inlined
def _descend_mlp(state, b, n_kernel, gradient, settings, rate, rows):
    """One optimizer step; the L2 term is about the kernels, not the biases."""
    state.step[b] += 1
    t = float(state.step[b])
    for part, alpha in ((slice(0, n_kernel), state.alpha[b]), (slice(n_kernel, None), 0.0)):
        weights, slope, mean = state.weights[b, part], gradient[part], state.mean[b, part]
        if settings.adam:
            square = state.square[b, part]
            sklearn_adam(weights, slope, mean, square, alpha, rows, rate, t, settings.constants)
        else:
            sklearn_sgd(weights, slope, mean, alpha, rows, rate, settings.constants)


@inlined
def _score(state, b, layers, memory):
    """R2 on the validation rows, as r2_score defines it; nan after overflow."""
    y_val = state.y_val[b]
    outputs = forward(layers, state.weights[b], state.X_val[b], memory.dropout)
    residual = 0.0
    for r in range(len(y_val)):
        if not np.isfinite(outputs[r, 0]):
            return np.nan
        residual += (y_val[r] - outputs[r, 0]) ** 2
    if state.spread[b] == 0:
        return 1.0 if residual == 0 else 0.0
    return 1 - residual / state.spread[b]
