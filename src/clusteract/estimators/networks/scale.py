"""The target's mean and spread: the way to a network's own unit and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Layer = tuple[np.ndarray, np.ndarray]
Record = dict[str, float]


@dataclass(frozen=True)
class Scale:
    """A target less its mean, in units of its spread.

    Attributes
    ----------
    mean, spread : float
        In the target's unit; the spread is the standard deviation (n), 1 for a constant target.

    Examples
    --------
    >>> scale = Scale.of(np.array([-14.0, -10.0]))
    >>> scale, scale.apply(np.array([-14.0, -11.0]))
    (Scale(mean=-12.0, spread=2.0), array([-1. ,  0.5]))
    >>> kernel, bias = scale.undo(np.ones((3, 1), np.float32), np.zeros(1, np.float32))
    >>> kernel.ravel(), bias
    (array([2., 2., 2.]), array([-12.]))
    """

    mean: float
    spread: float

    @classmethod
    def of(cls, y: np.ndarray) -> Scale:
        """Learn it from a target (n_rows,)."""
        values = np.asarray(y, dtype=np.float64)
        return cls(float(values.mean()), float(values.std()) if np.ptp(values) > 0 else 1.0)

    def apply(self, y: np.ndarray) -> np.ndarray:
        """Return a target in the network's unit."""
        return (y - self.mean) / self.spread

    def undo(self, kernel: np.ndarray, bias: np.ndarray) -> Layer:
        """Return the output layer that predicts in the target's unit.

        In float64: a mean far larger than the spread (total energies, say) would not outlive
        float32.
        """
        return kernel * np.float64(self.spread), bias * np.float64(self.spread) + self.mean

    def in_unit(self, record: Record) -> Record:
        """Return an epoch's record with its losses in the square of the target's unit."""
        square = self.spread**2
        losses = {key: record[key] * square for key in ("loss", "val_loss")}
        return {**record, **losses}
