"""Forward and backward pass of many networks of one architecture, in place.

Every product runs slice by slice through the same BLAS call whatever the number of networks, and
everything else acts element by element: a network's numbers do not depend on its batch mates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from clusteract.estimators.networks import kernels
from clusteract.estimators.networks.architecture import Architecture

Hook = Callable[[int, np.ndarray], None]

# (outputs, n, rows, weights, column where the biases begin)
Apply = Callable[[np.ndarray, int, int, np.ndarray, int], None]
# (outputs, deltas, n, rows, gradient, column where the biases begin)
Undo = Callable[[np.ndarray, np.ndarray, int, int, np.ndarray, int], None]


def _with(function: Callable[..., np.ndarray]) -> Apply:
    def apply(outputs: np.ndarray, n: int, rows: int, weights: np.ndarray, start: int) -> None:
        kernels.add_bias(outputs, n, rows, weights, start)
        function(outputs[:n, :rows], out=outputs[:n, :rows])

    return apply


def _sum_deltas(deltas: np.ndarray, n: int, rows: int, gradient: np.ndarray, start: int) -> None:
    units = deltas.shape[2]
    np.sum(deltas[:n, :rows], axis=1, out=gradient[:n, start : start + units])


def _logistic_back(
    outputs: np.ndarray, deltas: np.ndarray, n: int, rows: int, gradient: np.ndarray, start: int
) -> None:
    a, d = outputs[:n, :rows], deltas[:n, :rows]
    d *= a
    d *= 1 - a
    _sum_deltas(deltas, n, rows, gradient, start)


def _identity_back(
    outputs: np.ndarray, deltas: np.ndarray, n: int, rows: int, gradient: np.ndarray, start: int
) -> None:
    _sum_deltas(deltas, n, rows, gradient, start)


ACTIVATIONS: dict[str, tuple[Apply, Undo]] = {
    "relu": (kernels.add_bias_relu, kernels.relu_back),
    "tanh": (kernels.add_bias_tanh, kernels.tanh_back),
    "logistic": (_with(expit), _logistic_back),
    "identity": (kernels.add_bias, _identity_back),
}


class Layers:
    """Buffers and passes for up to ``slots`` networks of ``rows`` rows each."""

    def __init__(
        self,
        architecture: Architecture,
        slots: int,
        rows: int,
        dtype: type[np.floating],
        activation: str = "relu",
    ) -> None:
        self.architecture = architecture
        self._activate, self._differentiate = ACTIVATIONS[activation]
        shapes = [(slots, rows, units) for units in architecture.units[1:]]
        self._outputs = [np.empty(shape, dtype) for shape in shapes]
        self._deltas = [np.empty(shape, dtype) for shape in shapes]
        ends = architecture.n_kernel + np.cumsum([0, *architecture.units[1:]])
        self._bias_starts = ends.tolist()

    def forward(
        self, weights: np.ndarray, inputs: np.ndarray, after: Hook | None = None
    ) -> np.ndarray:
        """Return outputs (n, rows, 1); ``after(layer, buffer)`` may change a hidden output."""
        products, _ = self.architecture.views(weights)
        n, rows = inputs.shape[:2]
        last = len(products) - 1
        self._seen = [inputs]
        for i, kernel in enumerate(products):
            out = self._outputs[i]
            np.matmul(self._seen[-1], kernel, out=out[:n, :rows])
            apply = self._activate if i < last else kernels.add_bias
            apply(out, n, rows, weights, self._bias_starts[i])
            if after is not None and i < last:
                after(i, out)
            self._seen.append(out[:n, :rows])
        return self._seen[-1]

    def backward(
        self,
        weights: np.ndarray,
        slope: np.ndarray,
        gradient: np.ndarray,
        before: Hook | None = None,
    ) -> None:
        """Fill ``gradient`` from the slope of the loss at the output of the last forward pass.

        ``before(layer, delta)`` may undo what ``after`` did.
        """
        products, _ = self.architecture.views(weights)
        into, _ = self.architecture.views(gradient)
        n, rows = slope.shape[:2]
        last = len(products) - 1
        np.sum(slope, axis=1, out=gradient[:, self._bias_starts[last] :])
        delta = slope
        for i in range(last, 0, -1):
            np.matmul(self._seen[i].transpose(0, 2, 1), delta, out=into[i])
            upstream = self._deltas[i - 1]
            delta_below = upstream[:n, :rows]
            np.matmul(delta, products[i].transpose(0, 2, 1), out=delta_below)
            if before is not None:
                before(i - 1, delta_below)
            start = self._bias_starts[i - 1]
            self._differentiate(self._outputs[i - 1], upstream, n, rows, gradient, start)
            delta = delta_below
        np.matmul(self._seen[0].transpose(0, 2, 1), delta, out=into[0])
