"""The layers of a network, and where each one's weights lie in a flat row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Architecture:
    """Units from input to output of a fully connected network.

    All weights of one network lie in one row of length ``n_weights``: the kernels in order, then
    the biases. A batch of networks is then a matrix, the optimizer sees one array, and the L2
    term sees a prefix of it.

    Examples
    --------
    >>> net = Architecture((2, 3, 1))
    >>> net.n_kernel, net.n_weights
    (9, 13)
    >>> kernels, biases = net.views(np.zeros((5, 13)))
    >>> [k.shape for k in kernels], [b.shape for b in biases]
    ([(5, 2, 3), (5, 3, 1)], [(5, 1, 3), (5, 1, 1)])
    """

    units: tuple[int, ...]

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Fan-in and fan-out of each layer."""
        return list(pairwise(self.units))

    @property
    def n_kernel(self) -> int:
        """Weights in all kernels."""
        return sum(i * o for i, o in self.layers)

    @property
    def n_hidden_kernel(self) -> int:
        """Weights in the kernels of the hidden layers, a prefix of the row."""
        return sum(i * o for i, o in self.layers[:-1])

    @property
    def n_weights(self) -> int:
        """Weights in all."""
        return self.n_kernel + sum(self.units[1:])

    def views(self, rows: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Kernels (n, fan_in, fan_out) and biases (n, 1, fan_out) that look into the rows."""
        kernels, biases, start = [], [], 0
        for i, o in self.layers:
            kernels.append(rows[:, start : start + i * o].reshape(-1, i, o))
            start += i * o
        for o in self.units[1:]:
            biases.append(rows[:, start : start + o].reshape(-1, 1, o))
            start += o
        return kernels, biases

    def glorot(self, random: np.random.Generator) -> np.ndarray:
        """Draw one row: Glorot-uniform kernels, zero biases (Glorot & Bengio, AISTATS 2010)."""
        row = np.zeros((1, self.n_weights), dtype=np.float32)
        for kernel, (i, o) in zip(self.views(row)[0], self.layers, strict=True):
            limit = np.sqrt(6.0 / (i + o))
            kernel[0] = random.uniform(-limit, limit, (i, o))
        return row[0]
