"""The arithmetic of a batch of dense networks on the processor: compiled, float32, in place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clusteract.estimators.networks import compiled, noise
from clusteract.estimators.networks.batch_state import BatchState
from clusteract.estimators.networks.layers import Layers
from clusteract.estimators.networks.task import Shape
from clusteract.estimators.networks.training_schedule import DenseSchedule


class _State(NamedTuple):
    """Arrays of `BatchState` by name, as compiled code takes them."""

    X: np.ndarray
    y: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    alpha: np.ndarray
    threshold: np.ndarray
    scale: np.ndarray
    seed: np.ndarray
    step: np.ndarray
    weights: np.ndarray
    mean: np.ndarray
    square: np.ndarray


class _Memory(NamedTuple):
    """What one network needs in a step."""

    inputs: np.ndarray
    targets: np.ndarray
    slope: np.ndarray
    gradient: np.ndarray
    counters: np.ndarray
    no_dropout: compiled.Dropout


class _Settings(NamedTuple):
    """What all networks of a batch share."""

    batch_size: int
    n_penalized: int
    dropped: int


class CpuBackend(BatchState):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: Shape, slots: int) -> None:
        net = shape.architecture
        super().__init__(slots, net, (shape.n_train, shape.n_val), ("alpha", "scale"), np.float32)
        self.state["seed"] = np.zeros(slots, np.uint32)
        self.state["threshold"] = np.zeros(slots, np.uint16)
        self.shape = shape
        rows = max(shape.batch_size, shape.n_val)
        layers = Layers.make(net, rows, np.float32, "relu")
        state = _State(**{name: self.state[name] for name in _State._fields})
        settings = _Settings(shape.batch_size, net.n_hidden_kernel, shape.dropped)
        self._parts = state, layers, self._make_memory(), settings

    def _make_memory(self) -> _Memory:
        net, rows = self.shape.architecture, self.shape.batch_size
        counters = noise.counters((rows * max(net.units[1:]) + 1) // 2)
        return _Memory(
            np.empty((rows, net.units[0]), np.float32),
            np.empty(rows, np.float32),
            np.empty((rows, 1), np.float32),
            np.empty(net.n_weights, np.float32),
            counters,
            compiled.Dropout.none(np.float32),
        )

    def load(self, slot: int, schedule: DenseSchedule) -> None:
        """Put a fresh network into a slot."""
        state, rows, setting = self.state, schedule.task.rows, schedule.task.setting
        state["X"][slot], state["y"][slot] = rows.X, rows.y
        state["X_val"][slot], state["y_val"][slot] = rows.X_val, rows.y_val
        self.start(slot, schedule.weights)
        state["alpha"][slot] = setting.alpha
        state["seed"][slot] = setting.seed
        threshold = noise.thresholds(np.array([setting.dropout_rate]))
        state["threshold"][slot] = threshold[0]
        state["scale"][slot] = noise.scales(threshold)[0]

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train each active network once through its rows.

        Parameters
        ----------
        orders : list of n arrays of shape (n_train,)
            The order of the rows, per network.
        rates : array of shape (n,)
            Learning rates.

        Returns
        -------
        loss, val_loss : arrays of shape (n,), float64
            Mean squared error, with dropout over the epoch's batches and without on the
            validation rows, each plus the L2 penalty at the end of the epoch.
        """
        loss = np.empty(len(orders))
        compiled.train_dense(*self._parts, np.stack(orders), rates, loss)
        return self.judge(loss)

    def step(self, inputs: np.ndarray, targets: np.ndarray, rate: float) -> float:
        """Take one optimizer step of the first network on rows given as float32.

        Returns
        -------
        float
            The sum of squared errors before the step.
        """
        return compiled.step_dense(*self._parts, inputs, targets, rate)

    def judge(self, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Add the penalty to mean squared errors (n,), and to those of the validation rows."""
        val_errors = np.full(len(errors), np.nan)
        penalties = np.empty(len(errors))
        compiled.validate_dense(*self._parts, val_errors, penalties)
        return errors + penalties, val_errors + penalties
