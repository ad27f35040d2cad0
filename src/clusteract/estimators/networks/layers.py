"""Forward and backward pass of one network, compiled, in place.

One network passes through all its layers before the next one does, so that what it works on stays
in the processor's cache; and its numbers do not depend on its batch mates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clusteract.estimators.networks import kernels
from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.kernels import IDENTITY, inlined
from clusteract.estimators.networks.products import product, product_of_transposed


class Layers(NamedTuple):
    """What a pass needs to know, and memory for it; one network at a time uses it."""

    units: np.ndarray
    """Units from input to output."""
    n_kernel: int
    """Where the biases begin in a flat row of weights."""
    n_outputs: int
    """Of all layers together."""
    activation: int
    """Of the hidden layers, one of `kernels.ACTIVATIONS`."""
    outputs: np.ndarray
    """Outputs of all layers, one after another (rows, units) and flat."""
    deltas: np.ndarray
    """Slopes of the loss at the outputs."""
    turned: np.ndarray
    """A transposed kernel."""

    @classmethod
    def make(
        cls, architecture: Architecture, rows: int, dtype: type[np.floating], activation: str
    ) -> Layers:
        """Set memory aside for passes of at most ``rows`` rows."""
        units = architecture.units
        return cls(
            np.array(units),
            architecture.n_kernel,
            sum(units[1:]),
            kernels.ACTIVATIONS[activation],
            np.empty(rows * sum(units[1:]), dtype),
            np.empty(rows * sum(units[1:]), dtype),
            np.empty(max(i * o for i, o in architecture.layers), dtype),
        )


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
    seen, rows = inputs, len(inputs)
    start, bias, place = 0, layers.n_kernel, 0
    last = len(layers.units) - 2
    for layer in range(last + 1):
        i, o = layers.units[layer], layers.units[layer + 1]
        outputs = layers.outputs[place : place + rows * o]
        out = outputs.reshape(rows, o)
        product(seen, weights[start : start + i * o].reshape(i, o), out, False)
        activation = layers.activation if layer < last else IDENTITY
        kernels.activate(activation, out, weights[bias : bias + o])
        if layer < dropout.layers:
            key = kernels.dropout_key(dropout.seed, dropout.step, layer)
            kernels.drop(outputs, dropout.counters, key, dropout.threshold, dropout.scale)
        seen = out
        start, bias, place = start + i * o, bias + o, place + rows * o
    return seen


@inlined
def backward(layers, weights, inputs, slope, gradient, dropout):
    """Fill ``gradient`` from the slope of the loss (rows, 1) at the last forward pass's output."""
    delta, rows = slope, len(inputs)
    start, bias, place = layers.n_kernel, len(weights), rows * layers.n_outputs
    for layer in range(len(layers.units) - 2, -1, -1):
        i, o = layers.units[layer], layers.units[layer + 1]
        start, bias, place = start - i * o, bias - o, place - rows * o
        into = gradient[start : start + i * o].reshape(i, o)
        kernels.sum_rows(delta, gradient[bias : bias + o])
        if layer == 0:
            product(inputs, delta, into, True)
            break
        below = layers.outputs[place - rows * i : place].reshape(rows, i)
        product(below, delta, into, True)
        delta_below = layers.deltas[place - rows * i : place].reshape(rows, i)
        kernel = weights[start : start + i * o].reshape(i, o)
        product_of_transposed(delta, kernel, delta_below, layers.turned)
        scale = dropout.scale if layer <= dropout.layers else weights.dtype.type(1)
        kernels.differentiate(layers.activation, below, delta_below, scale)
        delta = delta_below
