"""Where an epoch of a network's training goes: prints a table for docs, CPU microseconds.

The rest is the validation rows, dropout, best weights kept, the L2 term, row orders, calls, and
what the parts wait for memory when they are not alone.

Usage: python benchmarks/network_parts.py
Full batches of 116 rows and 13 validation rows, 8 descriptors: an inner training set of the study.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from clusteract.estimators.networks import DenseNetworkRegressor, compiled
from clusteract.estimators.networks.cpu_backend import CpuBackend
from clusteract.estimators.networks.mlp_backend import MlpBackend, PerceptronShape
from clusteract.estimators.networks.mlp_schedule import MlpSchedule
from clusteract.estimators.networks.training_schedule import DenseSchedule

ROWS, HELD, DESCRIPTORS, NETWORKS, REPEATS = 116, 13, 8, 4, 20


@njit
def products(times, a, kernel, delta, out, into, below, first):
    """Multiply as a layer does, forward and backward; nothing flows back from the first one."""
    for _ in range(times):
        np.dot(a, kernel, out)
        np.dot(a.T, delta, into)
        if not first:
            np.dot(delta, kernel.T, below)


@njit
def activations(times, code, outputs, bias):
    for _ in range(times):
        compiled.activate(code, outputs, bias)


@njit
def derivatives(times, code, outputs, deltas, total):
    for _ in range(times):
        compiled.differentiate(code, outputs, deltas, outputs.dtype.type(1))
        compiled.sum_rows(deltas, total)


@njit
def adam(times, w, g, m, s):
    for _ in range(times):
        compiled.sklearn_adam(w, g, m, s, 1e-4, ROWS, 1e-4, 3.0, (0.9, 0.999, 1e-8))


@njit
def sgd(times, w, g, m, s):
    for _ in range(times):
        compiled.sklearn_sgd(w, g, m, 1e-4, ROWS, 1e-4, (0.9, 1.0, 0.0))


@njit
def keras_adam(times, w, g, m, s):
    for _ in range(times):
        compiled.keras_adam(w, g, m, s, np.float32(1e-4), 1e-6, 3.0)


def spent(loop: Callable, *values: Any) -> float:
    """CPU microseconds of one turn, the best of several measurements."""
    loop(1, *values)
    found = []
    for _ in range(7):
        start = time.process_time()
        loop(REPEATS, *values)
        found.append((time.process_time() - start) / REPEATS)
    return 1e6 * min(found)


def parts(hidden: tuple[int, ...], code: int, update: Callable, dtype: type) -> dict[str, float]:
    """Time each part of a step alone, its arrays warm."""
    random = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return (0.1 * random.normal(size=shape)).astype(dtype)

    units = (DESCRIPTORS, *hidden, 1)
    found = dict.fromkeys(("products", "activation", "derivative"), 0.0)
    for layer, (i, o) in enumerate(pairwise(units)):
        a, out = drawn(ROWS, i), drawn(ROWS, o)
        values = a, drawn(i, o), drawn(ROWS, o), out, drawn(i, o), drawn(ROWS, i)
        found["products"] += spent(products, *values, layer == 0)
        if layer < len(hidden):
            found["activation"] += spent(activations, code, out, drawn(o))
            found["derivative"] += spent(derivatives, code, out, drawn(ROWS, o), drawn(o))
    size = sum((i + 1) * o for i, o in pairwise(units))
    found["update"] = spent(update, drawn(size), drawn(size), drawn(size), abs(drawn(size)))
    return found


def epoch(backend: Any, schedules: list[Any]) -> float:
    """CPU microseconds of one network's epoch among others, bookkeeping included."""
    for slot, schedule in enumerate(schedules):
        backend.load(slot, schedule)

    def loop(times: int) -> None:
        for _ in range(times):
            orders = [schedule.order() for schedule in schedules]
            losses, judged = backend.epoch(orders, np.full(len(schedules), 1e-6))
            pairs = zip(schedules, losses.tolist(), judged.tolist(), strict=True)
            backend.keep(np.array([schedule.record(*pair) for schedule, *pair in pairs]))

    return spent(loop) / len(schedules)


def perceptron_epoch(hidden: tuple, activation: str, solver: str, X: Any, y: Any) -> float:
    model = MLPRegressor(
        hidden_layer_sizes=hidden, activation=activation, solver=solver, early_stopping=True,
        random_state=0,
    )  # fmt: skip
    schedules = [MlpSchedule(i, model, X, y) for i in range(NETWORKS)]
    return epoch(MlpBackend(PerceptronShape.of(model, X), NETWORKS), schedules)


def dense_epoch(hidden: tuple, X: Any, y: Any) -> float:
    model = DenseNetworkRegressor(*hidden, learning_rate=1e-6, batch_size=128, random_state=0)
    task = model._task(X, y)
    number = max(1, (1 << 17) // task.architecture.n_weights)  # as `train_many` does
    schedules = [DenseSchedule(task, [(10_000, i)]) for i in range(number)]
    return epoch(CpuBackend(task.shape, number), schedules)


def show(name: str, hidden: tuple[int, ...], found: dict[str, float], whole: float) -> None:
    """Print a row: each part, the rest, the epoch, and the speed of its products."""
    fan = [i * o for i, o in pairwise((DESCRIPTORS, *hidden, 1))]
    flops = 2 * ROWS * (3 * sum(fan) - fan[0])
    cells = [f"{value:.0f}" for value in (*found.values(), whole - sum(found.values()), whole)]
    speed = flops / found["products"] / 1e3
    print(f"| {hidden} {name} | {' | '.join(cells)} | {speed:.0f} |", flush=True)


def main() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(ROWS + HELD, DESCRIPTORS))
    y = X[:, 0] + np.abs(X[:, 1])
    print("| network | products | activation | derivative | update | rest | epoch | products' "
          "GFLOP/s |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    with threadpool_limits(1):
        for hidden in ((100, 50, 25), (150, 75, 35)):
            for activation in ("relu", "tanh"):
                code = compiled.ACTIVATIONS[activation]
                for solver, update in (("adam", adam), ("sgd", sgd)):
                    found = parts(hidden, code, update, np.float64)
                    whole = perceptron_epoch(hidden, activation, solver, X, y)
                    show(f"{activation}, {solver}", hidden, found, whole)
        for hidden in ((64, 64, 64), (288, 288, 288), (512, 512, 512)):
            found = parts(hidden, compiled.RELU, keras_adam, np.float32)
            show("dense", hidden, found, dense_epoch(hidden, X, y))


if __name__ == "__main__":
    main()
