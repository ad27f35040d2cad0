"""The arithmetic of a batch of MLPRegressors: float64, scikit-learn's operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.batch_state import BatchState
from clusteract.estimators.networks.compiled import Dropout, train_mlp
from clusteract.estimators.networks.layers import Layers
from clusteract.estimators.networks.mlp_schedule import MlpSchedule, begin


@dataclass(frozen=True)
class PerceptronShape:
    """What MLPRegressors must share to be trained in one batch."""

    architecture: Architecture
    n_train: int
    n_val: int
    batch_size: int
    activation: str
    adam: bool
    constants: tuple[float, float, float]

    @classmethod
    def of(cls, estimator: MLPRegressor, X: np.ndarray) -> PerceptronShape:
        """Read the shape off an unfitted estimator and its rows."""
        begun = begin(estimator, X)
        n_train, batch_size = len(begun.train), estimator.batch_size
        return cls(
            begun.architecture,
            n_train,
            len(begun.validation),
            min(200 if batch_size == "auto" else batch_size, n_train),
            estimator.activation,
            estimator.solver == "adam",
            _constants(estimator),
        )

    @property
    def cost(self) -> int:
        """Floating-point operations of one epoch of one network, roughly."""
        return self.architecture.n_kernel * (6 * self.n_train + 2 * self.n_val)


def _constants(estimator: MLPRegressor) -> tuple[float, float, float]:
    """Adam's beta_1, beta_2 and epsilon; momentum, and 1 for Nesterov's, of the descent."""
    if estimator.solver == "adam":
        return float(estimator.beta_1), float(estimator.beta_2), float(estimator.epsilon)
    return float(estimator.momentum), float(estimator.nesterovs_momentum), 0.0


class _State(NamedTuple):
    """Arrays of `BatchState` by name, as compiled code takes them."""

    X: np.ndarray
    y: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    spread: np.ndarray
    """Sum of squares of ``y_val`` about its mean."""
    alpha: np.ndarray
    step: np.ndarray
    weights: np.ndarray
    mean: np.ndarray
    square: np.ndarray


class _Memory(NamedTuple):
    """What one network needs in a step."""

    inputs: np.ndarray
    slope: np.ndarray
    gradient: np.ndarray
    dropout: Dropout


class _Settings(NamedTuple):
    """What all networks of a batch share."""

    batch_size: int
    adam: bool
    constants: tuple[float, float, float]


class MlpBackend(BatchState):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: PerceptronShape, slots: int) -> None:
        net = shape.architecture
        super().__init__(slots, net, (shape.n_train, shape.n_val), ("spread", "alpha"), np.float64)
        self.shape = shape
        rows = max(shape.batch_size, shape.n_val)
        layers = Layers.make(net, rows, np.float64, shape.activation)
        state = _State(**{name: self.state[name] for name in _State._fields})
        settings = _Settings(shape.batch_size, shape.adam, shape.constants)
        memory = _Memory(
            np.empty((shape.batch_size, net.units[0])),
            np.empty((shape.batch_size, 1)),
            np.empty(net.n_weights),
            Dropout.none(np.float64),
        )
        self._parts = state, layers, memory, settings

    def load(self, slot: int, schedule: MlpSchedule) -> None:
        """Put a fresh network into a slot."""
        state, train, held = self.state, schedule.start.train, schedule.start.validation
        state["X"][slot], state["y"][slot] = schedule.X[train], schedule.y[train]
        state["X_val"][slot], state["y_val"][slot] = schedule.X[held], schedule.y[held]
        if self.shape.n_val:
            y_val = schedule.y[held]
            state["spread"][slot] = np.sum((y_val - np.average(y_val)) ** 2)
        self.start(slot, schedule.weights)
        state["alpha"][slot] = schedule.settings.alpha

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train each active network once through its rows.

        Returns
        -------
        loss, score : arrays of shape (n,)
            Half the mean squared error plus the L2 term, and R2 on the validation rows.
        """
        loss, score = np.empty(len(orders)), np.zeros(len(orders))
        train_mlp(*self._parts, np.stack(orders), rates, loss, score)
        return loss, score
