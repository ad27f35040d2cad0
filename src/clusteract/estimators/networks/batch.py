"""Many dense networks of one shape trained side by side, each with its own course.

A batch has slots. A network that is done hands its result over and leaves its slot to the next in
the queue; when the queue is empty the last active network moves into the gap, so that the batch
shrinks and no work is spent on finished networks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np

from clusteract.estimators.networks.processor import Processor
from clusteract.estimators.networks.task import Record, Shape, Task, Trained

PLATEAU_MARGIN = 1e-4
"""By how much the loss must fall for a learning rate to be kept (Keras's default)."""

Deliver = Callable[[int, Trained], None]


class Arithmetic(Protocol):
    """What trains the active networks: the processor or an accelerator."""

    def load(self, slot: int, task: Task, weights: np.ndarray) -> None:
        """Put a fresh network into a slot."""

    def move(self, source: int, target: int) -> None:
        """Copy a network to another slot."""

    def keep(self, improved: np.ndarray) -> None:
        """Remember present weights as best."""

    def best(self, slot: int) -> np.ndarray:
        """Best weights of a slot."""

    def epoch(self, orders: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train one epoch; return loss and validation loss."""


class Course:
    """One network's way through training: its row orders, history, best loss and patience."""

    def __init__(self, task: Task, numbers: list[tuple[int, int]]) -> None:
        self.task = task
        self.pending = sorted(numbers)  # (epochs asked for, number of the request), soonest first
        self.random = np.random.default_rng(task.setting.seed)
        self.weights = task.architecture.glorot(self.random)
        self.history: list[Record] = []
        self.rate = task.setting.learning_rate
        self.best_loss = self.flat_loss = np.inf
        self.best_epoch = self.waited = self.flat = 0

    def order(self) -> np.ndarray:
        """Draw the order of the rows for the next epoch."""
        return self.random.permutation(len(self.task.rows.X))

    def record(self, loss: float, val_loss: float) -> bool:
        """Note an epoch; True where its weights are the best so far."""
        epoch = len(self.history) + 1
        self.history.append(
            {"epoch": epoch, "loss": loss, "val_loss": val_loss, "learning_rate": self.rate}
        )
        if not len(self.task.rows.X_val):  # nothing to judge by: the last weights count
            self.best_epoch = epoch
            return True
        self._lower_rate(val_loss)
        first = epoch == 1  # so that there are best weights even after overflow
        improved = val_loss < self.best_loss
        self.waited = 0 if improved else self.waited + 1
        if improved:
            self.best_loss = val_loss
        if improved or first:
            self.best_epoch = epoch
        return improved or first

    def _lower_rate(self, val_loss: float) -> None:
        """Halve the learning rate after a plateau, as Keras's ReduceLROnPlateau(factor=0.5)."""
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


class Batch:
    """Slots for networks of one shape."""

    def __init__(self, shape: Shape, slots: int, arithmetic: Arithmetic | None = None) -> None:
        self.slots = slots
        self.arithmetic = Processor(shape, slots) if arithmetic is None else arithmetic
        self.active: list[Course] = []

    def run(self, queue: deque[Callable[[], Course]], deliver: Deliver) -> None:
        """Train all of a queue; ``deliver(number, trained)`` receives each result once."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while self._fill(queue):
                self._epoch()
                self._release(queue, deliver)

    def _fill(self, queue: deque[Callable[[], Course]]) -> bool:
        while len(self.active) < self.slots and (course := _next(queue)):
            self._load(len(self.active), course)
        return bool(self.active)

    def _load(self, slot: int, course: Course) -> None:
        self.active[slot : slot + 1] = [course]
        self.arithmetic.load(slot, course.task, course.weights)

    def _epoch(self) -> None:
        orders = np.stack([course.order() for course in self.active])
        rates = np.array([course.rate for course in self.active])
        losses = self.arithmetic.epoch(orders, rates)
        improved = [
            course.record(float(loss), float(val_loss))
            for course, loss, val_loss in zip(self.active, *losses, strict=True)
        ]
        self.arithmetic.keep(np.array(improved))

    def _release(self, queue: deque[Callable[[], Course]], deliver: Deliver) -> None:
        for slot in reversed(range(len(self.active))):
            course = self.active[slot]
            if due := course.due():
                self._hand_over(slot, due, deliver)
            if course.pending:
                continue
            if (fresh := _next(queue)) is not None:
                self._load(slot, fresh)
                continue
            last = len(self.active) - 1
            if slot < last:
                self.arithmetic.move(last, slot)
                self.active[slot] = self.active[last]
            self.active.pop()

    def _hand_over(self, slot: int, numbers: list[int], deliver: Deliver) -> None:
        course = self.active[slot]
        trained = Trained(
            course.task.architecture,
            self.arithmetic.best(slot),
            list(course.history),
            course.best_epoch,
        )
        for number in numbers:
            deliver(number, trained)


def _next(queue: deque[Callable[[], Course]]) -> Course | None:
    """Take the next network; several threads may draw from one queue."""
    try:
        start = queue.popleft()
    except IndexError:
        return None
    return start()
