"""A dense network trained on pairs: mini-batches of differences made as the epoch runs."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.networks.batch import Batch
from clusteract.estimators.networks.cpu_backend import CpuBackend
from clusteract.estimators.networks.scale import Scale
from clusteract.estimators.networks.task import Rows, Task, Trained
from clusteract.estimators.networks.training_schedule import DenseSchedule
from clusteract.estimators.pairwise.pairs import PairRows
from clusteract.estimators.pairwise.training import draw_rows, train_on_pairs

# Pairs that decide when to stop; more would judge no better.
_MOST_HELD = 20_000
# A network on stored rows draws and keeps the orders of many epochs: no way for many pairs.
_MOST_STORED = 20_000


@train_on_pairs.register(DenseNetworkRegressor)
def _train_network(
    base: DenseNetworkRegressor,
    rows: PairRows,
    most: int,
    random: np.random.RandomState,
    held: PairRows | None = None,
) -> DenseNetworkRegressor:
    """Train on stored pairs where they are few, else on `most` fresh ones an epoch."""
    p = rows.X.shape[1]
    nothing = np.empty((0, p)), np.empty(0)
    X_val, y_val = nothing if held is None else draw_rows(held, _MOST_HELD, random)
    if len(rows) <= min(most, _MOST_STORED):
        stored = Rows.given(*draw_rows(rows, most, random), X_val, y_val)
        return base.fit(stored.X, stored.y, validation=(stored.X_val, stored.y_val))
    setting = base._setting()
    scale = _scale_of(rows) if base.standardize_target else None
    # The task's own rows only lend their shape: one mini-batch.
    X, y = rows.take(np.arange(min(setting.batch_size, most)))
    batch = Rows.given(X, y, X_val, y_val, scale)
    base.n_features_in_ = p
    return base._take(_train_streamed(Task(setting, batch), rows, most), scale)


def _scale_of(rows: PairRows) -> Scale:
    """Return mean and spread of all rows' differences of the target, without making them all."""
    target = replace(rows, X=rows.y[:, None], offset=0.0)
    return Scale(target.means()[1], float(target.spread()[0]))


def _train_streamed(task: Task, rows: PairRows, most: int) -> Trained:
    trained: list[Trained] = []
    schedule, backend = _PairSchedule(task, len(rows), most), _PairBackend(task, rows)
    with threadpool_limits(limits=1, user_api="blas"):
        Batch(backend, 1).run(deque([lambda: schedule]), lambda _, one: trained.append(one))
    return trained[0]


class _PairSchedule(DenseSchedule):
    """A network's way through training on some of many pairs, other ones each epoch."""

    def __init__(self, task: Task, n_rows: int, most: int) -> None:
        super().__init__(task, [(task.setting.epochs, 0)])
        self.random = np.random.default_rng([task.setting.seed, 2])
        self.n_rows, self.most = n_rows, min(n_rows, most)

    def order(self) -> np.ndarray:
        """Draw the rows of the next epoch."""
        return self.random.choice(self.n_rows, self.most, replace=False, shuffle=True)


class _PairBackend(CpuBackend):
    """Arithmetic of one network whose mini-batches are differences made on the way."""

    def __init__(self, task: Task, rows: PairRows) -> None:
        super().__init__(task.shape, 1)
        self.rows, self.scale = rows, task.rows.scale

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train once through the rows drawn for this epoch; return loss and validation loss."""
        total, (order,) = 0.0, orders
        for start in range(0, len(order), self.shape.batch_size):
            D, d = self.rows.take(order[start : start + self.shape.batch_size])
            if self.scale is not None:
                d = self.scale.apply(d)
            total += self.step(D.astype(np.float32), d.astype(np.float32), rates[0])
        return self.judge(np.array([total / len(order)]))
