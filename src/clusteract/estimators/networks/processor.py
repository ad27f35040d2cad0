"""The arithmetic of a batch of dense networks on the processor: NumPy, float32, in place."""

from __future__ import annotations

import numpy as np

from clusteract.estimators.networks import kernels, noise
from clusteract.estimators.networks.course import DenseCourse
from clusteract.estimators.networks.layers import Layers
from clusteract.estimators.networks.optimizers import keras_adam
from clusteract.estimators.networks.slots import Slots
from clusteract.estimators.networks.task import Shape


class Processor(Slots):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: Shape, slots: int) -> None:
        net = shape.architecture
        shapes: dict[str, tuple[int, ...]] = {
            "X": (shape.n_train, net.units[0]),
            "y": (shape.n_train, 1),
            "X_val": (shape.n_val, net.units[0]),
            "y_val": (shape.n_val, 1),
            "alpha": (),
            "scale": (),
        }
        super().__init__(slots, shapes, net.n_weights, np.float32)
        self.state["seed"] = np.zeros(slots, np.uint32)
        self.state["step"] = np.zeros(slots, np.uint32)
        self.state["threshold"] = np.zeros(slots, np.uint16)
        self.shape = shape
        self.layers = Layers(net, slots, max(shape.batch_size, shape.n_val), np.float32)

    def load(self, slot: int, course: DenseCourse) -> None:
        """Put a fresh network into a slot."""
        state, rows, setting = self.state, course.task.rows, course.task.setting
        state["X"][slot], state["y"][slot, :, 0] = rows.X, rows.y
        state["X_val"][slot], state["y_val"][slot, :, 0] = rows.X_val, rows.y_val
        self.start(slot, course.weights)
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
        n, order = len(orders), np.stack(orders)
        every = np.arange(n)[:, None]
        total = np.zeros(n)
        for start in range(0, self.shape.n_train, self.shape.batch_size):
            picked = order[:, start : start + self.shape.batch_size]
            inputs, targets = self.state["X"][every, picked], self.state["y"][every, picked]
            total += self._step(inputs, targets, rates)
        penalty = self._penalty(n)
        return total / self.shape.n_train + penalty, self._validate(n) + penalty

    def _step(self, inputs: np.ndarray, targets: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """One optimizer step; returns the summed squared error per network."""
        n, rows = targets.shape[:2]
        state = {k: v[:n] for k, v in self.state.items()}
        dropout = _Dropout(state, self.shape.dropped, rows)
        error = self.layers.forward(state["weights"], inputs, dropout.apply)
        error -= targets
        squared = np.einsum("nro,nro->n", error, error, dtype=np.float64)
        error *= np.float32(2 / rows)
        self.layers.backward(state["weights"], error, state["gradient"], dropout.undo)
        state["step"] += np.uint32(1)
        keras_adam(state, rates, self.shape.architecture.n_hidden_kernel)
        return squared

    def _penalty(self, n: int) -> np.ndarray:
        hidden = self.state["weights"][:n, : self.shape.architecture.n_hidden_kernel]
        return self.state["alpha"][:n].astype(np.float64) * np.vecdot(hidden, hidden)

    def _validate(self, n: int) -> np.ndarray:
        if self.shape.n_val == 0:
            return np.full(n, np.nan)
        error = self.layers.forward(self.state["weights"][:n], self.state["X_val"][:n])
        error -= self.state["y_val"][:n]
        return np.einsum("nro,nro->n", error, error, dtype=np.float64) / self.shape.n_val


class _Dropout:
    """Inverted dropout after the first ``layers`` hidden layers, for one step."""

    def __init__(self, state: dict[str, np.ndarray], layers: int, rows: int) -> None:
        self.state = state
        self.rows = rows
        self.layers = layers if state["threshold"].any() else 0

    def apply(self, layer: int, outputs: np.ndarray) -> None:
        if layer >= self.layers:
            return
        state, size = self.state, self.rows * outputs.shape[2]
        keys = noise.keys(state["seed"], state["step"], layer)
        counters = noise.counters((size + 1) // 2)
        flat = outputs.reshape(len(outputs), -1)
        kernels.drop(flat, len(keys), size, counters, keys, state["threshold"], state["scale"])

    def undo(self, layer: int, delta: np.ndarray) -> None:
        # dropped units have output 0, so relu's derivative masks them
        if layer < self.layers:
            delta *= self.state["scale"][:, None, None]
