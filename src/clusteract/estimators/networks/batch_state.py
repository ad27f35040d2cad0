"""Rows of state, one for each slot of a batch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

WEIGHTS = ("weights", "mean", "square", "best")
"""Arrays as long as a network: weights, the optimizer's memory, best weights."""


class BatchState:
    """Named arrays whose first axis is the slot.

    Parameters
    ----------
    slots : int
    shapes : mapping of str to tuple
        Shape of each array, for one slot.
    n_weights : int
        Length of the arrays in `WEIGHTS`.
    dtype : floating type
    """

    def __init__(
        self,
        slots: int,
        shapes: Mapping[str, tuple[int, ...]],
        n_weights: int,
        dtype: type[np.floating],
    ) -> None:
        every = {**shapes, **dict.fromkeys(WEIGHTS, (n_weights,))}
        self.state = {name: np.zeros((slots, *shape), dtype) for name, shape in every.items()}

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
