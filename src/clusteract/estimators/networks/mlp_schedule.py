"""The way of scikit-learn's MLPRegressor through training: its random numbers and its rules.

Source: ``BaseMultilayerPerceptron._fit_stochastic`` of scikit-learn 1.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.networks.architecture import Architecture

MIN_ADAPTIVE_RATE = 1e-6
"""learning_rate="adaptive" divides its rate by 5 until it has come down to this."""


_BLOCK = 64  # epochs whose row orders are drawn together


@dataclass(frozen=True, eq=False)
class Start:
    """What the seed decides before the first epoch; trainings of one seed and size share it."""

    architecture: Architecture
    weights: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    random_state: Any


@lru_cache(maxsize=64)
def start(
    seed: int, architecture: Architecture, logistic: bool, n_rows: int, fraction: float | None
) -> Start:
    """Draw initial weights, then the validation rows, as MLPRegressor does.

    Parameters
    ----------
    fraction : float or None
        ``validation_fraction``; None without early stopping.
    """
    random = np.random.RandomState(seed)
    row = np.empty((1, architecture.n_weights))
    for kernel, bias in zip(*architecture.views(row), strict=True):
        fan_in, fan_out = kernel.shape[1:]
        bound = np.sqrt((2.0 if logistic else 6.0) / (fan_in + fan_out))
        kernel[0] = random.uniform(-bound, bound, (fan_in, fan_out))
        bias[0, 0] = random.uniform(-bound, bound, fan_out)
    everyone = np.arange(n_rows)
    train, validation = everyone, everyone[:0]
    if fraction is not None:
        train, validation = train_test_split(everyone, random_state=random, test_size=fraction)
    return Start(architecture, row[0], train, validation, random.get_state())


@lru_cache(maxsize=256)
def orders(start: Start, block: int) -> tuple[np.ndarray, Any]:
    """Shuffle the rows epoch after epoch, each time the last order, as MLPRegressor does.

    Returns
    -------
    orders : array of shape (64, n_train)
        Of the epochs of this block.
    state : tuple
        Of the random numbers after them.
    """
    random = np.random.RandomState(0)
    drawn, state = orders(start, block - 1) if block else (None, start.random_state)
    random.set_state(state)
    step = np.arange(len(start.train))
    order, of_epochs = step if drawn is None else drawn[-1], []
    for _ in range(_BLOCK):
        shuffled = step.copy()
        random.shuffle(shuffled)
        order = order[shuffled]
        of_epochs.append(order)
    return np.stack(of_epochs), random.get_state()


class MlpSchedule:
    """One MLPRegressor's row orders, learning rate, tolerance and patience.

    Parameters
    ----------
    number : int
        The request's number.
    estimator : MLPRegressor
        Unfitted; its settings are read.
    X, y : arrays of shape (n_rows, n_descriptors) and (n_rows,)
        Rows, float64.
    """

    def __init__(self, number: int, estimator: MLPRegressor, X: np.ndarray, y: np.ndarray) -> None:
        self.pending = [number]
        self.settings = estimator
        self.start = begin(estimator, X)
        self.weights = self.start.weights
        self.X, self.y = X, y
        self.rate = float(estimator.learning_rate_init)
        self.losses: list[float] = []
        self.scores: list[float] = []
        self.best = -np.inf if estimator.early_stopping else np.inf
        self.waited = 0
        self.stopped = False

    def order(self) -> np.ndarray:
        """Return the order of the rows in the next epoch."""
        if not self.settings.shuffle:
            return np.arange(len(self.start.train))
        block, epoch = divmod(len(self.losses), _BLOCK)
        return orders(self.start, block)[0][epoch]

    def record(self, loss: float, judged: float) -> bool:
        """Note an epoch; True where its weights are the best so far."""
        self.losses.append(loss)
        if self.settings.early_stopping:
            self.scores.append(judged)
            better = self._compare_scores(judged)
        else:
            better = self._compare_losses(loss)
        self._end_epoch(loss)
        return better

    def _compare_scores(self, score: float) -> bool:
        self.waited = self.waited + 1 if score < self.best + self.settings.tol else 0
        better = score > self.best
        if better:
            self.best = score
        return better

    def _compare_losses(self, loss: float) -> bool:
        self.waited = self.waited + 1 if loss > self.best - self.settings.tol else 0
        if loss < self.best:
            self.best = loss
        return True  # without early stopping the last weights count

    def _end_epoch(self, loss: float) -> None:
        settings = self.settings
        sgd = settings.solver == "sgd"
        if sgd and settings.learning_rate == "invscaling":
            rows_passed = len(self.losses) * len(self.start.train)
            self.rate = float(settings.learning_rate_init) / (rows_passed + 1) ** settings.power_t
        if self.waited > settings.n_iter_no_change:
            if sgd and settings.learning_rate == "adaptive" and self.rate > MIN_ADAPTIVE_RATE:
                self.rate /= 5.0
                self.waited = 0
            else:
                self.stopped = True
        elif np.isnan(loss):
            self._overflow()

    def _overflow(self) -> None:
        """Fill up with nan: no comparison with nan ends the training, and nan stays nan."""
        missing = self.settings.max_iter - len(self.losses)
        self.losses += [np.nan] * missing
        if self.settings.early_stopping:
            self.scores += [np.nan] * missing

    @property
    def exhausted(self) -> bool:
        """Whether ``max_iter`` was reached before the network settled."""
        return not self.stopped and len(self.losses) >= self.settings.max_iter

    def due(self) -> list[int]:
        """Return the request's number when the training has ended."""
        if not (self.stopped or self.exhausted):
            return []
        done, self.pending = self.pending, []
        return done

    def result(self, weights: np.ndarray) -> tuple[MlpSchedule, np.ndarray]:
        """Hand over the schedule and its final weights."""
        return self, weights


def begin(estimator: MLPRegressor, X: np.ndarray) -> Start:
    """Look up or draw the start of an estimator's training."""
    hidden = np.atleast_1d(estimator.hidden_layer_sizes).tolist()
    return start(
        estimator.random_state,
        Architecture((X.shape[1], *hidden, 1)),
        estimator.activation == "logistic",
        len(X),
        estimator.validation_fraction if estimator.early_stopping else None,
    )
