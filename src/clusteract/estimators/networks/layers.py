"""Forward and backward pass of many networks of one architecture, in NumPy, in place.

Every product runs slice by slice through the same BLAS call whatever the number of networks, and
everything else acts element by element: a network's numbers do not depend on its batch mates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from clusteract.estimators.networks.architecture import Architecture


def _relu(a: np.ndarray) -> None:
    np.maximum(a, 0, out=a)


def _relu_back(a: np.ndarray, delta: np.ndarray) -> None:
    delta *= a != 0


def _tanh(a: np.ndarray) -> None:
    np.tanh(a, out=a)


def _tanh_back(a: np.ndarray, delta: np.ndarray) -> None:
    slope = a**2
    np.subtract(1, slope, out=slope)
    delta *= slope


def _logistic(a: np.ndarray) -> None:
    expit(a, out=a)


def _logistic_back(a: np.ndarray, delta: np.ndarray) -> None:
    delta *= a
    delta *= 1 - a


def _identity(*_: np.ndarray) -> None:
    pass


InPlace = Callable[..., None]

ACTIVATIONS: dict[str, tuple[InPlace, InPlace]] = {
    "relu": (_relu, _relu_back),
    "tanh": (_tanh, _tanh_back),
    "logistic": (_logistic, _logistic_back),
    "identity": (_identity, _identity),
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
        self.activate, self.differentiate = ACTIVATIONS[activation]
        shapes = [(slots, rows, u) for u in architecture.units[1:]]
        self._outputs = [np.empty(s, dtype) for s in shapes]
        self._deltas = [np.empty(s, dtype) for s in shapes]

    def forward(
        self, weights: np.ndarray, inputs: np.ndarray, after: InPlace | None = None
    ) -> np.ndarray:
        """Return outputs (n, rows, 1); ``after(layer, output)`` may change a hidden output."""
        kernels, biases = self.architecture.views(weights)
        n, rows = inputs.shape[:2]
        last = len(kernels) - 1
        self._seen = [inputs]
        for i, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
            out = self._outputs[i][:n, :rows]
            np.matmul(self._seen[-1], kernel, out=out)
            out += bias
            if i < last:
                self.activate(out)
                if after is not None:
                    after(i, out)
            self._seen.append(out)
        return out

    def backward(
        self,
        weights: np.ndarray,
        slope: np.ndarray,
        gradient: np.ndarray,
        before: InPlace | None = None,
    ) -> None:
        """Fill ``gradient`` from the slope of the loss at the output of the last forward pass.

        ``before(layer, output, delta)`` may undo what ``after`` did.
        """
        kernels, _ = self.architecture.views(weights)
        into_kernels, into_biases = self.architecture.views(gradient)
        n, rows = slope.shape[:2]
        delta = slope
        for i in range(len(kernels) - 1, -1, -1):
            np.matmul(self._seen[i].transpose(0, 2, 1), delta, out=into_kernels[i])
            np.sum(delta, axis=1, keepdims=True, out=into_biases[i])
            if i == 0:
                return
            upstream = self._deltas[i - 1][:n, :rows]
            np.matmul(delta, kernels[i].transpose(0, 2, 1), out=upstream)
            self.differentiate(self._seen[i], upstream)
            if before is not None:
                before(i - 1, upstream)
            delta = upstream
