"""The arithmetic of a batch of dense networks on the processor: compiled, float32, in place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clusteract.estimators.networks import noise
from clusteract.estimators.networks.batch_state import Slots
from clusteract.estimators.networks.kernels import compiled_whole, inlined
from clusteract.estimators.networks.layers import Dropout, Layers, backward, forward, take
from clusteract.estimators.networks.optimizers import keras_adam
from clusteract.estimators.networks.task import Shape
from clusteract.estimators.networks.training_schedule import DenseCourse


class _State(NamedTuple):
    """Arrays of `Slots` by name, as compiled code takes them."""

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
    no_dropout: Dropout


class _Settings(NamedTuple):
    """What all networks of a batch share."""

    batch_size: int
    n_penalized: int
    dropped: int


class Processor(Slots):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: Shape, slots: int) -> None:
        net = shape.architecture
        shapes: dict[str, tuple[int, ...]] = {
            "X": (shape.n_train, net.units[0]),
            "y": (shape.n_train,),
            "X_val": (shape.n_val, net.units[0]),
            "y_val": (shape.n_val,),
            "alpha": (),
            "scale": (),
        }
        super().__init__(slots, shapes, net.n_weights, np.float32)
        self.state["seed"] = np.zeros(slots, np.uint32)
        self.state["step"] = np.zeros(slots, np.int64)
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
            Dropout.none(np.float32),
        )

    def load(self, slot: int, course: DenseCourse) -> None:
        """Put a fresh network into a slot."""
        state, rows, setting = self.state, course.task.rows, course.task.setting
        state["X"][slot], state["y"][slot] = rows.X, rows.y
        state["X_val"][slot], state["y_val"][slot] = rows.X_val, rows.y_val
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
        loss = np.empty(len(orders))
        _train(*self._parts, np.stack(orders), rates, loss)
        return self.judge(loss)

    def step(self, inputs: np.ndarray, targets: np.ndarray, rate: float) -> float:
        """Take one optimizer step of the first network on rows given as float32.

        Returns
        -------
        float
            The sum of squared errors before the step.
        """
        return _step_first(*self._parts, inputs, targets, rate)

    def judge(self, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Add the penalty to mean squared errors (n,), and to those of the validation rows."""
        val_errors = np.full(len(errors), np.nan)
        penalties = np.empty(len(errors))
        _validate(*self._parts, val_errors, penalties)
        return errors + penalties, val_errors + penalties


@compiled_whole
def _train(state, layers, memory, settings, orders, rates, errors):
    """Train networks one after the other: the first ``len(orders)`` slots."""
    for b in range(len(orders)):
        X, y, order, total = state.X[b], state.y[b], orders[b], 0.0
        for first in range(0, len(order), settings.batch_size):
            picked = order[first : first + settings.batch_size]
            inputs, targets = memory.inputs[: len(picked)], memory.targets[: len(picked)]
            take(X, picked, inputs)
            for r in range(len(picked)):
                targets[r] = y[picked[r]]
            total += _step(state, b, layers, memory, settings, inputs, targets, rates[b])
        errors[b] = total / len(order)


@compiled_whole
def _step_first(state, layers, memory, settings, inputs, targets, rate):
    return _step(state, 0, layers, memory, settings, inputs, targets, rate)


@inlined
def _step(state, b, layers, memory, settings, inputs, targets, rate):
    """Return the sum of squared errors before an optimizer step."""
    weights, rows = state.weights[b], len(targets)
    threshold, step = state.threshold[b], state.step[b]
    dropped = settings.dropped if threshold > 0 else 0
    dropout = Dropout(dropped, state.seed[b], step, memory.counters, threshold, state.scale[b])
    outputs, slope = forward(layers, weights, inputs, dropout), memory.slope[:rows]
    total = 0.0
    for r in range(rows):
        error = outputs[r, 0] - targets[r]
        total += np.float64(error) ** 2
        slope[r, 0] = error * np.float32(2 / rows)
    backward(layers, weights, inputs, slope, memory.gradient, dropout)
    _descend(state, b, settings.n_penalized, memory.gradient, rate)
    return total


@inlined
def _descend(state, b, n_penalized, gradient, rate):
    """One step of Adam; the L2 term is about the hidden layers' kernels."""
    state.step[b] += 1
    t, shrink, zero = float(state.step[b]), np.float32(2) * state.alpha[b], np.float32(0)
    for part, factor in ((slice(0, n_penalized), shrink), (slice(n_penalized, None), zero)):
        weights, mean, square = state.weights[b, part], state.mean[b, part], state.square[b, part]
        keras_adam(weights, gradient[part], mean, square, factor, rate, t)


@compiled_whole
def _validate(state, layers, memory, settings, errors, penalties):
    """Mean squared errors of the validation rows, and L2 penalties."""
    for b in range(len(errors)):
        weights, y_val = state.weights[b], state.y_val[b]
        hidden = weights[: settings.n_penalized]
        penalties[b] = np.float64(state.alpha[b]) * np.dot(hidden, hidden)
        if len(y_val):
            outputs = forward(layers, weights, state.X_val[b], memory.no_dropout)
            total = 0.0
            for r in range(len(y_val)):
                total += np.float64(outputs[r, 0] - y_val[r]) ** 2
            errors[b] = total / len(y_val)
