"""The arithmetic of a batch of MLPRegressors: float64, in scikit-learn's order of operations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.layers import Layers
from clusteract.estimators.networks.optimizers import SklearnAdam, SklearnSGD
from clusteract.estimators.networks.sklearn_course import SklearnCourse, begin
from clusteract.estimators.networks.slots import Slots


@dataclass(frozen=True)
class PerceptronShape:
    """What MLPRegressors must share to be trained in one batch."""

    architecture: Architecture
    n_train: int
    n_val: int
    batch_size: int
    activation: str
    optimizer: SklearnAdam | SklearnSGD

    @classmethod
    def of(cls, estimator: MLPRegressor, X: np.ndarray) -> PerceptronShape:
        """Read the shape off an unfitted estimator and its rows."""
        begun = begin(estimator, X)
        n_train, asked = len(begun.train), estimator.batch_size
        return cls(
            begun.architecture,
            n_train,
            len(begun.validation),
            min(200 if asked == "auto" else asked, n_train),
            estimator.activation,
            _optimizer(estimator),
        )

    @property
    def cost(self) -> int:
        """Floating-point operations of one epoch of one network, roughly."""
        return self.architecture.n_kernel * (6 * self.n_train + 2 * self.n_val)


def _optimizer(estimator: MLPRegressor) -> SklearnAdam | SklearnSGD:
    if estimator.solver == "adam":
        return SklearnAdam(estimator.beta_1, estimator.beta_2, estimator.epsilon)
    return SklearnSGD(estimator.momentum, estimator.nesterovs_momentum)


class SklearnArithmetic(Slots):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: PerceptronShape, slots: int) -> None:
        net = shape.architecture
        shapes: dict[str, tuple[int, ...]] = {
            "X": (shape.n_train, net.units[0]),
            "y": (shape.n_train, 1),
            "X_val": (shape.n_val, net.units[0]),
            "y_val": (shape.n_val, 1),
            "spread": (),  # sum of squares of y_val about its mean
            "alpha": (),
        }
        super().__init__(slots, shapes, net.n_weights, np.float64)
        self.state["step"] = np.zeros(slots, np.int64)
        self.shape = shape
        rows = max(shape.batch_size, shape.n_val)
        self.layers = Layers(net, slots, rows, np.float64, shape.activation)

    def load(self, slot: int, course: SklearnCourse) -> None:
        """Put a fresh network into a slot."""
        state, train, held = self.state, course.start.train, course.start.validation
        state["X"][slot], state["y"][slot, :, 0] = course.X[train], course.y[train]
        state["X_val"][slot], state["y_val"][slot, :, 0] = course.X[held], course.y[held]
        if self.shape.n_val:
            y_val = course.y[held]
            state["spread"][slot] = np.sum((y_val - np.average(y_val)) ** 2)
        self.start(slot, course.weights)
        state["alpha"][slot] = course.settings.alpha

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train each active network once through its rows.

        Returns
        -------
        loss, score : arrays of shape (n,)
            Half the mean squared error plus the L2 term, and R2 on the validation rows.
        """
        n, order = len(orders), np.stack(orders)
        every = np.arange(n)[:, None]
        state = {k: v[:n] for k, v in self.state.items()}
        total = np.zeros(n)
        for first in range(0, self.shape.n_train, self.shape.batch_size):
            picked = order[:, first : first + self.shape.batch_size]
            loss = self._step(state, state["X"][every, picked], state["y"][every, picked], rates)
            total += loss * picked.shape[1]
        return total / self.shape.n_train, self._validate(state)

    def _step(
        self,
        state: dict[str, np.ndarray],
        inputs: np.ndarray,
        targets: np.ndarray,
        rates: np.ndarray,
    ) -> np.ndarray:
        """One optimizer step; returns the loss before it."""
        rows = targets.shape[1]
        outputs = self.layers.forward(state["weights"], inputs)
        loss = 0.5 * np.mean(((targets - outputs) ** 2)[:, :, 0], axis=1)
        loss += 0.5 * state["alpha"] * self._squares(state["weights"]) / rows
        outputs -= targets
        self.layers.backward(state["weights"], outputs, state["gradient"])
        state["step"] += 1
        self.shape.optimizer(state, rates, rows, self.shape.architecture.n_kernel)
        return loss

    def _squares(self, weights: np.ndarray) -> np.ndarray:
        """Sum of squares of all kernels per network, added up layer by layer."""
        total, start = np.zeros(len(weights)), 0
        for fan_in, fan_out in self.shape.architecture.layers:
            kernel = weights[:, start : start + fan_in * fan_out]
            total += np.vecdot(kernel, kernel)
            start += fan_in * fan_out
        return total

    def _validate(self, state: dict[str, np.ndarray]) -> np.ndarray:
        n = len(state["weights"])
        if not self.shape.n_val:
            return np.zeros(n)
        outputs = self.layers.forward(state["weights"], state["X_val"])
        squared = ((state["y_val"] - outputs) ** 2)[:, :, 0]
        residual, spread = np.sum(squared, axis=1), state["spread"]
        score = 1 - residual / spread
        score[spread == 0] = np.where(residual[spread == 0] == 0, 1.0, 0.0)  # as r2_score does
        score[~np.isfinite(outputs).all(axis=(1, 2))] = np.nan
        return score
