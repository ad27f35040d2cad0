"""The arithmetic of a batch of MLPRegressors: float64, scikit-learn's operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.batch_state import Slots
from clusteract.estimators.networks.kernels import compiled_whole, inlined
from clusteract.estimators.networks.layers import Dropout, Layers, backward, forward, take
from clusteract.estimators.networks.mlp_schedule import SklearnCourse, begin
from clusteract.estimators.networks.optimizers import sklearn_adam, sklearn_sgd


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
        n_train, asked = len(begun.train), estimator.batch_size
        return cls(
            begun.architecture,
            n_train,
            len(begun.validation),
            min(200 if asked == "auto" else asked, n_train),
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
    """Arrays of `Slots` by name, as compiled code takes them."""

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


class SklearnArithmetic(Slots):
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: PerceptronShape, slots: int) -> None:
        net = shape.architecture
        shapes: dict[str, tuple[int, ...]] = {
            "X": (shape.n_train, net.units[0]),
            "y": (shape.n_train,),
            "X_val": (shape.n_val, net.units[0]),
            "y_val": (shape.n_val,),
            "spread": (),
            "alpha": (),
        }
        super().__init__(slots, shapes, net.n_weights, np.float64)
        self.state["step"] = np.zeros(slots, np.int64)
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

    def load(self, slot: int, course: SklearnCourse) -> None:
        """Put a fresh network into a slot."""
        state, train, held = self.state, course.start.train, course.start.validation
        state["X"][slot], state["y"][slot] = course.X[train], course.y[train]
        state["X_val"][slot], state["y_val"][slot] = course.X[held], course.y[held]
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
        loss, score = np.empty(len(orders)), np.zeros(len(orders))
        _epoch(*self._parts, np.stack(orders), rates, loss, score)
        return loss, score


@compiled_whole
def _epoch(state, layers, memory, settings, orders, rates, losses, scores):
    """Train networks one after the other: the first ``len(orders)`` slots."""
    for b in range(len(orders)):
        losses[b] = _train(state, b, layers, memory, settings, orders[b], rates[b])
        if len(state.y_val[b]):
            scores[b] = _score(state, b, layers, memory)


@inlined
def _train(state, b, layers, memory, settings, order, rate):
    """Return the mean loss of a network's rows, each before its optimizer step."""
    X, y, weights = state.X[b], state.y[b], state.weights[b]
    total = 0.0
    for first in range(0, len(order), settings.batch_size):
        picked = order[first : first + settings.batch_size]
        rows = len(picked)
        inputs, slope = memory.inputs[:rows], memory.slope[:rows]
        take(X, picked, inputs)
        outputs = forward(layers, weights, inputs, memory.dropout)
        squares = 0.0
        for r in range(rows):
            slope[r, 0] = outputs[r, 0] - y[picked[r]]
            squares += slope[r, 0] * slope[r, 0]
        kernel = weights[: layers.n_kernel]
        total += 0.5 * (squares + state.alpha[b] * np.dot(kernel, kernel))
        backward(layers, weights, inputs, slope, memory.gradient, memory.dropout)
        _descend(state, b, layers.n_kernel, memory.gradient, settings, rate, rows)
    return total / len(order)


@inlined
def _descend(state, b, n_kernel, gradient, settings, rate, rows):
    """One optimizer step; the L2 term is about the kernels, not the biases."""
    state.step[b] += 1
    t = float(state.step[b])
    for part, alpha in ((slice(0, n_kernel), state.alpha[b]), (slice(n_kernel, None), 0.0)):
        weights, slope, mean = state.weights[b, part], gradient[part], state.mean[b, part]
        if settings.adam:
            square = state.square[b, part]
            sklearn_adam(weights, slope, mean, square, alpha, rows, rate, t, settings.constants)
        else:
            sklearn_sgd(weights, slope, mean, alpha, rows, rate, settings.constants)


@inlined
def _score(state, b, layers, memory):
    """R2 on the validation rows, as r2_score defines it; nan after overflow."""
    y_val = state.y_val[b]
    outputs = forward(layers, state.weights[b], state.X_val[b], memory.dropout)
    residual = 0.0
    for r in range(len(y_val)):
        if not np.isfinite(outputs[r, 0]):
            return np.nan
        residual += (y_val[r] - outputs[r, 0]) ** 2
    if state.spread[b] == 0:
        return 1.0 if residual == 0 else 0.0
    return 1 - residual / state.spread[b]
