"""Networks of one shape trained side by side, each with its own schedule.

A batch has slots. A network that is done hands its result over and leaves its slot to the next in
the queue; when the queue is empty the last active network moves into the gap, so that the batch
shrinks and no work is spent on finished networks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

Deliver = Callable[[int, Any], None]


class TrainingSchedule(Protocol):
    """One network's way through training; it decides, and `Backend` computes."""

    rate: float

    def order(self) -> np.ndarray:
        """Draw the order of the rows for the next epoch."""

    def record(self, loss: float, judged: float) -> bool:
        """Note an epoch; True where its weights are to be kept as the best."""

    def due(self) -> list[int]:
        """Numbers of the requests that this epoch completes; they are pending no more."""

    @property
    def pending(self) -> Sequence[Any]:
        """Requests not yet completed."""

    def result(self, weights: np.ndarray) -> Any:
        """Make what is delivered for a request."""


class Backend(Protocol):
    """What trains the active networks, which fill the first slots."""

    def load(self, slot: int, schedule: Any) -> None:
        """Put a fresh network into a slot."""

    def move(self, source: int, target: int) -> None:
        """Copy a network to another slot."""

    def keep(self, improved: np.ndarray) -> None:
        """Remember the present weights of some active networks as their best."""

    def best(self, slot: int) -> np.ndarray:
        """Best weights of a network, a copy."""

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train each active network once through its rows; return loss and what judges it."""


Queue = deque[Callable[[], TrainingSchedule]]


class Batch:
    """Slots for networks of one shape, and the loop over epochs."""

    def __init__(self, backend: Backend, slots: int) -> None:
        self.backend = backend
        self.slots = slots
        self.active: list[TrainingSchedule] = []

    def run(self, queue: Queue, deliver: Deliver) -> None:
        """Train all of a queue; ``deliver(number, result)`` receives each result once."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while self._fill(queue):
                self._epoch()
                self._release(queue, deliver)

    def _fill(self, queue: Queue) -> bool:
        while len(self.active) < self.slots and (schedule := _next(queue)) is not None:
            self._load(len(self.active), schedule)
        return bool(self.active)

    def _load(self, slot: int, schedule: TrainingSchedule) -> None:
        self.active[slot : slot + 1] = [schedule]
        self.backend.load(slot, schedule)

    def _epoch(self) -> None:
        orders = [schedule.order() for schedule in self.active]
        rates = np.array([schedule.rate for schedule in self.active])
        losses, judged = self.backend.epoch(orders, rates)
        numbers = zip(self.active, losses.tolist(), judged.tolist(), strict=True)
        self.backend.keep(np.array([schedule.record(*pair) for schedule, *pair in numbers]))

    def _release(self, queue: Queue, deliver: Deliver) -> None:
        for slot in reversed(range(len(self.active))):
            schedule = self.active[slot]
            if due := schedule.due():
                result = schedule.result(self.backend.best(slot))
                for number in due:
                    deliver(number, result)
            if not schedule.pending:
                self._replace(slot, _next(queue))

    def _replace(self, slot: int, fresh: TrainingSchedule | None) -> None:
        if fresh is not None:
            self._load(slot, fresh)
            return
        last = len(self.active) - 1
        if slot < last:
            self.backend.move(last, slot)
            self.active[slot] = self.active[last]
        self.active.pop()


def _next(queue: Queue) -> TrainingSchedule | None:
    """Take the next network; several threads may draw from one queue."""
    try:
        start = queue.popleft()
    except IndexError:
        return None
    return start()


@cache
def _pools() -> ThreadpoolController:
    """Look for BLAS libraries once: NumPy's and SciPy's are loaded, and looking takes 10 ms."""
    return ThreadpoolController()


def run_queues(
    queues: Sequence[tuple[Callable[[int], Batch], Queue]], deliver: Deliver, n_jobs: int
) -> None:
    """Train queue after queue on ``n_jobs`` threads that share them, BLAS single-threaded.

    Each queue comes with what makes a batch for at most that many networks. Put the slowest
    first, so that the threads end together.
    """

    def work() -> None:
        for make_batch, queue in queues:
            if queue:
                make_batch(len(queue)).run(queue, deliver)

    with _pools().limit(limits=1, user_api="blas"):
        if n_jobs == 1:
            work()
            return
        with ThreadPoolExecutor(n_jobs) as pool:
            for done in [pool.submit(work) for _ in range(n_jobs)]:
                done.result()
