"""What a compiled pass through one network needs to know, and its memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.compiled import ACTIVATIONS


class Layers(NamedTuple):
    """What a pass needs to know, and memory for it; one network at a time uses it."""

    units: np.ndarray
    """Units from input to output."""
    n_kernel: int
    """Where the biases begin in a flat row of weights."""
    n_outputs: int
    """Of all layers together."""
    activation: int
    """Of the hidden layers, one of `compiled.ACTIVATIONS`."""
    outputs: np.ndarray
    """Outputs of all layers, one after another (rows, units) and flat."""
    deltas: np.ndarray
    """Slopes of the loss at the outputs."""

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
            ACTIVATIONS[activation],
            np.empty(rows * sum(units[1:]), dtype),
            np.empty(rows * sum(units[1:]), dtype),
        )
