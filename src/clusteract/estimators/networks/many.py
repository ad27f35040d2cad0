"""Many dense networks at once: tasks in, trained networks out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from clusteract.estimators.networks.batch import Batch, Queue, run_queues
from clusteract.estimators.networks.cpu_backend import CpuBackend
from clusteract.estimators.networks.gpu_backend import GpuBackend, padded
from clusteract.estimators.networks.task import Setting, Shape, Task, Trained
from clusteract.estimators.networks.training_schedule import DenseSchedule

_WEIGHTS_ON_DEVICE = 1 << 28  # times 24 bytes, and the outputs of their layers
_WEIGHTS_A_BATCH = 1 << 17  # enough networks to hide the cost of a NumPy call, few enough to cache


def train_many(
    tasks: Sequence[Task],
    use: Callable[[int, Trained], Any] | None = None,
    n_jobs: int = 1,
) -> list[Any]:
    """Train a network for each task, those of one shape side by side.

    Tasks that differ only in ``epochs`` are one training: the shorter is the beginning of the
    longer. A network's result is bit for bit the same alone and in any company; with the backend
    "jax", within float32 rounding, which a long training magnifies.

    Parameters
    ----------
    tasks : sequence of Task
        What to train.
    use : callable(number, trained) -> object, optional
        Turns a trained network into what is kept, so that the weights of thousands need not be.
    n_jobs : int
        Threads. BLAS runs single-threaded meanwhile.

    Returns
    -------
    list
        For each task its ``Trained``, or what ``use`` made of it.
    """
    results: list[Any] = [None] * len(tasks)

    def deliver(number: int, trained: Trained) -> None:
        results[number] = trained if use is None else use(number, trained)

    slowest_first = sorted(_queues(tasks).items(), key=lambda item: -item[0][1].cost)
    work = [(partial(_BATCHES[backend], shape), queue) for (backend, shape), queue in slowest_first]
    run_queues(work, deliver, n_jobs)
    return results


def _batch(shape: Shape, most: int) -> Batch:
    slots = min(most, max(1, _WEIGHTS_A_BATCH // shape.architecture.n_weights))
    return Batch(CpuBackend(shape, slots), slots)


def _device_batch(shape: Shape, most: int) -> Batch:
    fitting = max(1, _WEIGHTS_ON_DEVICE // shape.architecture.n_weights)
    slots = min(1 << (most - 1).bit_length(), 1 << (fitting.bit_length() - 1))
    return Batch(GpuBackend(shape, slots), slots)


_BATCHES: dict[str, Callable[[Shape, int], Batch]] = {"numpy": _batch, "jax": _device_batch}


def _queues(tasks: Sequence[Task]) -> dict[tuple[str, Shape], Queue]:
    """One queue of trainings per backend and shape."""
    requests: dict[tuple[Setting, Shape, bytes], list[int]] = defaultdict(list)
    for number, task in enumerate(tasks):
        requests[replace(task.setting, epochs=1), task.shape, task.rows.digest].append(number)
    queues: dict[tuple[str, Shape], Queue] = defaultdict(deque)
    for (setting, shape, _), numbers in requests.items():
        limits = [(tasks[i].setting.epochs, i) for i in numbers]
        like = shape if setting.backend == "numpy" else padded(shape)
        queues[setting.backend, like].append(partial(DenseSchedule, tasks[numbers[0]], limits))
    return queues
