"""A dense network's way through training: row orders, history, patience and the learning rate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.task import Record, Task, Trained

PLATEAU_MARGIN = 1e-4
"""By how much the loss must fall for a learning rate to be kept (Keras's default)."""

_BLOCK = 64


@lru_cache(maxsize=16)
def start(seed: int, architecture: Architecture) -> np.ndarray:
    """Draw initial weights (n_weights,); networks of one seed and architecture share them."""
    return architecture.glorot(np.random.default_rng([seed, 0]))


@lru_cache(maxsize=64)
def orders(seed: int, n_rows: int, block: int) -> np.ndarray:
    """Draw row orders (64, n_rows) of a block of epochs; networks of one seed share them."""
    random = np.random.default_rng([seed, 1, block])
    return random.permuted(np.tile(np.arange(n_rows), (_BLOCK, 1)), axis=1)


class DenseSchedule:
    """The rules of Keras's ``fit`` with EarlyStopping and ReduceLROnPlateau.

    Parameters
    ----------
    task : Task
        What is trained.
    requests : list of (epochs, number)
        Who asked for it: the same training may be wanted after different numbers of epochs.
    """

    def __init__(self, task: Task, requests: list[tuple[int, int]]) -> None:
        self.task = task
        self.pending = sorted(requests)
        self.weights = start(task.setting.seed, task.architecture)
        self.history: list[Record] = []
        self.rate = task.setting.learning_rate
        self.best_loss = self.flat_loss = np.inf
        self.best_epoch = self.waited = self.flat = 0

    def order(self) -> np.ndarray:
        """Draw the order of the rows for the next epoch."""
        block, epoch = divmod(len(self.history), _BLOCK)
        return orders(self.task.setting.seed, len(self.task.rows.X), block)[epoch]

    def record(self, loss: float, judged: float) -> bool:
        """Note an epoch; True where its weights are the best so far."""
        epoch = len(self.history) + 1
        rate = self.rate
        self.history.append(
            {"epoch": epoch, "loss": loss, "val_loss": judged, "learning_rate": rate}
        )
        if not len(self.task.rows.X_val):  # nothing to judge by: the last weights count
            self.best_epoch = epoch
            return True
        self._lower_rate(judged)
        improved = judged < self.best_loss
        self.waited = 0 if improved else self.waited + 1
        if improved:
            self.best_loss = judged
        if improved or epoch == 1:  # so that there are best weights even after overflow
            self.best_epoch = epoch
        return self.best_epoch == epoch

    def _lower_rate(self, val_loss: float) -> None:
        """Halve the learning rate after a plateau, as ReduceLROnPlateau(factor=0.5) does."""
        setting = self.task.setting
        if setting.plateau_patience is None:
            return
        if val_loss < self.flat_loss - PLATEAU_MARGIN:
            self.flat_loss, self.flat = val_loss, 0
            return
        self.flat += 1
        if self.flat >= setting.plateau_patience and self.rate > setting.min_learning_rate:
            self.rate, self.flat = max(self.rate / 2, setting.min_learning_rate), 0

    @property
    def stopped(self) -> bool:
        """True when the validation loss has not fallen for ``patience`` epochs."""
        return self.waited >= self.task.setting.patience and len(self.history) > 1

    def due(self) -> list[int]:
        """Numbers of the requests that this epoch completes; they are pending no more."""
        epochs = len(self.history)
        done = [number for limit, number in self.pending if self.stopped or limit <= epochs]
        self.pending = self.pending[len(done) :]
        return done

    def result(self, weights: np.ndarray) -> Trained:
        """Put best weights and history together."""
        return Trained(self.task.architecture, weights, list(self.history), self.best_epoch)
