"""Rows of state, one for each slot of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clusteract.estimators.networks.architecture import Architecture

WEIGHTS = ("weights", "mean", "square", "best")
"""Arrays as long as a network: weights, the optimizer's memory, best weights."""


class BatchState:
    """Named arrays whose first axis is the slot.

    Parameters
    ----------
    slots : int
    net : Architecture
    rows : (int, int)
        How many train a network, and how many validate it.
    numbers : sequence of str
        What has one value a network.
    dtype : floating type
    """

    def __init__(
        self,
        slots: int,
        net: Architecture,
        rows: tuple[int, int],
        numbers: Sequence[str],
        dtype: type[np.floating],
    ) -> None:
        (n_train, n_val), n_inputs = rows, net.units[0]
        shapes: dict[str, tuple[int, ...]] = {
            "X": (n_train, n_inputs),
            "y": (n_train,),
            "X_val": (n_val, n_inputs),
            "y_val": (n_val,),
            **dict.fromkeys(numbers, ()),
            **dict.fromkeys(WEIGHTS, (net.n_weights,)),
        }
        self.state = {name: np.zeros((slots, *shape), dtype) for name, shape in shapes.items()}
        self.state["step"] = np.zeros(slots, np.int64)

    def start(self, slot: int, weights: np.ndarray) -> None:
        """Put initial weights into a slot and forget what the optimizer knew."""
        self.state["weights"][slot] = self.state["best"][slot] = weights
        self.state["mean"][slot] = self.state["square"][slot] = 0
        self.state["step"][slot] = 0

    def move(self, source: int, target: int) -> None:
        """Copy a network to another slot."""
        for array in self.state.values():
            array[target] = array[source]

    def keep(self, improved: np.ndarray) -> None:
        """Remember the present weights of some of the active networks as their best."""
        for slot in np.flatnonzero(improved):
            self.state["best"][slot] = self.state["weights"][slot]

    def best(self, slot: int) -> np.ndarray:
        """Best weights of a network, a copy."""
        return self.state["best"][slot].copy()
