"""Networks trained together against networks trained one by one: prints tables for docs.

Usage: python benchmarks/networks.py [--data TABLE] [--agree 200] [--layouts 12] [--widths 6]
Keras is used where it is installed (pip install keras; its JAX backend).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.model_selection import KFold, ParameterGrid
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from clusteract.estimators.networks import DenseNetworkRegressor, fit_dense, fit_perceptrons
from clusteract.recipes import get_recipe
from clusteract.table import load_table

JOBS = 2
Request = tuple[Any, np.ndarray, np.ndarray]


@dataclass
class Contender:
    """A way of training; keeps its time."""

    name: str
    fit: Callable[[Sequence[Request]], list[Any]]
    seconds: float = 0.0
    cpu: float = 0.0
    trainings: int = 0
    epochs: int = 0
    fitted: list[Any] = field(default_factory=list)

    def run(self, requests: Sequence[Request]) -> None:
        """Train, and note how long it took: by the clock, and in this process's CPU time."""
        start, cpu = time.perf_counter(), time.process_time()
        self.fitted = self.fit(requests)
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu
        self.trainings += len(requests)
        self.epochs += sum(getattr(one, "n_iter_", 0) for one in self.fitted)

    @property
    def per_minute(self) -> float:
        """Trainings a minute, by the clock."""
        return 60 * self.trainings / self.seconds


def inner_sets(X: np.ndarray, y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training sets of the inner folds of the first outer fold."""
    outer, _ = next(KFold(10, shuffle=True, random_state=42).split(X))
    return [(X[outer][rows], y[outer][rows]) for rows, _ in KFold(10).split(outer)]


def seen(scaler: Any, k: int, rows: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Transform a training set into what the network behind scaler and selector sees."""
    X, y = rows
    return make_pipeline(clone(scaler), SelectKBest(f_regression, k=k)).fit_transform(X, y), y


def fit_one(request: Request) -> Any:
    estimator, X, y = request
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(estimator).fit(X, y)


def one_by_one(requests: Sequence[Request]) -> list[Any]:
    return [fit_one(request) for request in requests]


def two_processes(requests: Sequence[Request]) -> list[Any]:
    return Parallel(n_jobs=JOBS)(delayed(fit_one)(request) for request in requests)


# --- MLPRegressor -----------------------------------------------------------------------------

LAYOUT = ("model__hidden_layer_sizes", "model__activation", "model__solver")
RATE = "model__learning_rate_init"
EPOCHS = 40  # of a timed training


def perceptron_requests(
    candidates: Sequence[dict[str, Any]], rows: tuple[np.ndarray, np.ndarray]
) -> list[Request]:
    requests = []
    for candidate in candidates:
        model = MLPRegressor(early_stopping=True, random_state=42, max_iter=10_000)
        model.set_params(**{k[7:]: v for k, v in candidate.items() if k.startswith("model__")})
        transformed = seen(candidate["scaler"], candidate["feature_select__k"], rows)
        requests.append((model, *transformed))
    return requests


def compare_perceptrons(sets: list[Any], number: int, random: np.random.Generator) -> None:
    """Time an epoch of each layout, and weight it by the epochs that the grid's trainings run.

    A stratum is a layout and a learning rate, each an equal part of the grid. All contenders
    run the same number of epochs, so that a stratum's ratio is that of an epoch's time.
    """
    candidates = list(ParameterGrid(dict(get_recipe("mlp-kbest").grid)))
    strata: dict[tuple, list[dict[str, Any]]] = {}
    for one in candidates:
        strata.setdefault((*(one[key] for key in LAYOUT), one[RATE]), []).append(one)
    layouts = sorted({stratum[:-1] for stratum in strata})
    layouts = [layouts[i] for i in sorted(random.permutation(len(layouts))[:number])]
    strata = {key: members for key, members in strata.items() if key[:-1] in layouts}
    epochs = sampled_epochs(strata, sets, random)
    times = {layout: time_layout(layout, candidates, sets[0], random) for layout in layouts}
    print_perceptrons(epochs, times)


def sampled_epochs(strata: dict, sets: list[Any], random: np.random.Generator) -> dict[tuple, int]:
    """Train one random candidate of each stratum, on a random inner training set, to its end."""
    requests = []
    for members in strata.values():
        one = members[random.integers(len(members))]
        requests += perceptron_requests([one], sets[random.integers(len(sets))])
    fitted = fit_perceptrons(requests, n_jobs=JOBS)
    return {key: one.n_iter_ for key, one in zip(strata, fitted, strict=True)}


def time_layout(
    layout: tuple, candidates: list[dict[str, Any]], rows: Any, random: np.random.Generator
) -> dict[str, tuple[float, float, float]]:
    """Return each contender's ms an epoch by the clock and by the processor, and its limit."""
    part = [c for c in candidates if tuple(c[key] for key in LAYOUT) == layout]
    drawn = [part[i] for i in random.choice(len(part), 36, replace=False)]
    requests = perceptron_requests(drawn, rows)
    for model, _, _ in requests:
        model.set_params(max_iter=EPOCHS, n_iter_no_change=EPOCHS + 1)
    found = {}
    for name, fit, number in (
        ("together, 2 threads", lambda r: fit_perceptrons(r, n_jobs=JOBS), 36),
        ("together, 1 thread", fit_perceptrons, 36),
        ("MLPRegressor, a loop", one_by_one, 6),
        ("MLPRegressor, 2 processes", two_processes, 12),
    ):
        fit(requests[:2])  # compile, start the workers
        contender = Contender(name, fit)
        contender.run(requests[:number])
        scale = 1e3 / (number * EPOCHS)
        flops = arithmetic(contender.fitted[0], len(rows[1])) / EPOCHS
        found[name] = (contender.seconds * scale, contender.cpu * scale, flops)
    return found


def print_perceptrons(epochs: dict[tuple, int], times: dict[tuple, dict]) -> None:
    names = list(next(iter(times.values())))
    print(f"\nms an epoch by the clock (CPU); {', '.join(names)}; times faster than the loop and "
          f"than 2 processes\n")  # fmt: skip
    for layout, row in times.items():
        cells = [f"{clock:.2f} ({cpu:.2f})" for clock, cpu, _ in row.values()]
        print(f"| {layout} | {' | '.join(cells)} | {ratios(row)} |")
    print("\nlearning rate: epochs of a training; the grid, each stratum an equal part of it\n")
    for rate in (*sorted({key[-1] for key in epochs}), None):
        chosen = {key: n for key, n in epochs.items() if rate in (key[-1], None)}
        total = {
            name: tuple(sum(n * times[key[:-1]][name][i] for key, n in chosen.items())
                        for i in range(3))
            for name in names
        }  # fmt: skip
        per_minute = [60e3 * len(chosen) / total[name][0] for name in names]
        cells = " | ".join(f"{value:.0f}/min" for value in per_minute)
        print(f"| {rate or 'the grid'} | {np.mean(list(chosen.values())):.0f} epochs | {cells} "
              f"| {ratios(total)} |")  # fmt: skip
        if rate is None:
            limit = total[names[0]][2] / (JOBS * measured_flops(np.float64)) / len(chosen)
            print(f"\nNothing but products at the speed of dgemm on {JOBS} cores: "
                  f"{60 / limit:.0f} trainings/min")  # fmt: skip


def ratios(row: dict[str, tuple[float, float, float]]) -> str:
    """How many times faster: two threads than the others by the clock, one thread by CPU."""
    two, one, loop, processes = row.values()
    return f"{loop[0] / two[0]:.1f} | {processes[0] / two[0]:.1f} | CPU {loop[1] / one[1]:.1f}"


def arithmetic(fitted: MLPRegressor, rows: int) -> float:
    """Floating-point operations of the matrix products of a fitted network's training."""
    held = round(fitted.validation_fraction * rows)
    kernels = [kernel.size for kernel in fitted.coefs_]
    a_row = 6 * sum(kernels) - 2 * kernels[0]  # nothing flows back to the inputs
    return fitted.n_iter_ * (a_row * (rows - held) + 2 * sum(kernels) * held)


def measured_flops(dtype: type) -> float:
    """Operations a second of one core in a product of square matrices."""
    a, best = np.ones((768, 768), dtype), np.inf
    with threadpool_limits(1):
        for _ in range(20):
            start = time.perf_counter()
            a @ a
            best = min(best, time.perf_counter() - start)
    return 2 * len(a) ** 3 / best


def check_agreement(
    sets: list[Any], number: int, most_epochs: int, random: np.random.Generator
) -> None:
    """Compare loss curves and epochs on random candidates of the study's grid."""
    candidates = list(ParameterGrid(dict(get_recipe("mlp-kbest").grid)))
    drawn = [candidates[i] for i in random.choice(len(candidates), number, replace=False)]
    requests = perceptron_requests(drawn, sets[0])
    for model, _, _ in requests:
        model.set_params(max_iter=most_epochs)
    worst, differ, settled = 0.0, 0, 0
    for one, other in zip(fit_perceptrons(requests), one_by_one(requests), strict=True):
        settled += other.n_iter_ < most_epochs
        if one.n_iter_ != other.n_iter_:
            differ += 1
            print(f"parts: {other} after {other.n_iter_} epochs, ours {one.n_iter_}")
            continue
        worst = max(worst, np.abs(np.subtract(one.loss_curve_, other.loss_curve_)).max())
    print(
        f"\n{number} candidates, {settled} of them settled within {most_epochs} epochs: n_iter_ "
        f"differs in {differ}, loss curves by at most {worst:.1e}",
        flush=True,
    )


# --- the dense network ------------------------------------------------------------------------


def compare_dense(sets: list[Any], number: int, random: np.random.Generator) -> None:
    """Time random widths of the grid, and weight them by the epochs that each rate runs.

    An epoch's time is the slope between two short trainings with the lowest learning rate, with
    which no network stops (Keras: the median of a training's epochs); the rest is the start.
    Epochs are those of our network: Keras's random numbers are others, its rules are the same.
    Half of the grid allows 500 epochs, the other half 1,000.
    """
    keras = importlib.util.find_spec("keras") is not None
    if not keras:
        print("Keras is not installed: pip install keras")
    rows = [seen(StandardScaler(), 8, one) for one in sets]
    widths = [tuple(random.choice((64, 288, 512), 3).tolist()) for _ in range(number)]
    ways = {"together": (fit_dense, rows), "alone": (one_by_one, rows[:1])}
    if keras:
        ways["Keras, JAX backend"] = (fit_keras, rows[:1])
    each: dict[float, dict[str, list[float]]] = {}
    shared: dict[float, dict[str, list[float]]] = {}
    print("\n| widths | | ms/epoch | start, ms |\n|---|---|---|---|")
    for units in widths:
        costs = {name: time_dense(units, name, *way) for name, way in ways.items()}
        for rate in (1e-2, 1e-4, 1e-6):
            epochs = dense_epochs(units, rate, rows, random)
            print(f"learning rate {rate}: {epochs:.0f} epochs")
            for name, (start, slope) in costs.items():
                seconds = start + slope * (min(epochs, 500) + epochs) / 2
                each.setdefault(rate, {}).setdefault(name, []).append(seconds)
                if name == "together":
                    seconds = (start + slope * epochs) / 2
                shared.setdefault(rate, {}).setdefault(name, []).append(seconds)
    print("\nCPU seconds of a training, and times those together")
    print_dense(each)
    print("\nThe same of a candidate: 500 and 1,000 epochs are one training together, else two")
    print_dense(shared)


def time_dense(
    units: tuple[int, ...], name: str, fit: Callable, rows: list[Any]
) -> tuple[float, float]:
    """Return the CPU seconds of a training's start and of one epoch."""
    model = DenseNetworkRegressor(*units, learning_rate=1e-6, random_state=42)
    if fit is fit_keras:
        return time_keras(model.set_params(epochs=20), *rows[0])
    seconds = {}
    for epochs in (1, 2, 12):  # the first run compiles
        contender = Contender(name, fit)
        contender.run([(clone(model).set_params(epochs=epochs), *row) for row in rows])
        seconds[epochs] = contender.cpu / len(rows)
    slope = (seconds[12] - seconds[2]) / 10
    start = max(seconds[2] - 2 * slope, 0.0)
    print(f"| {units} | {name} | {1e3 * slope:.2f} | {1e3 * start:.0f} |", flush=True)
    return start, slope


def time_keras(model: DenseNetworkRegressor, X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Tell start and epoch apart inside one fit: what is compiled differs from fit to fit."""
    begun = time.process_time()
    ends = _fit_keras(model, X, y).ends
    slope = float(np.median(np.diff(ends)))
    start = ends[-1] - begun - len(ends) * slope
    print(f"| {model.units_1, model.units_2, model.units_3} | Keras, JAX backend "
          f"| {1e3 * slope:.2f} | {1e3 * start:.0f} |", flush=True)  # fmt: skip
    return start, slope


def dense_epochs(
    units: tuple[int, ...], rate: float, rows: list[Any], random: np.random.Generator
) -> float:
    """Return the epochs of a training of at most 1,000; its dropout, L2 and batch are random."""
    if rate == 1e-6:
        return 1000  # nothing stops
    model = DenseNetworkRegressor(
        *units,
        dropout_rate=random.choice((0.05, 0.2, 0.4)),
        alpha=random.choice((1e-6, 1e-4, 1e-2)),
        batch_size=int(random.choice((64, 128))),
        epochs=1000,
        learning_rate=rate,
        random_state=42,
    )
    return float(np.mean([one.n_iter_ for one in fit_dense([(model, *row) for row in rows[:3]])]))


def print_dense(totals: dict[float, dict[str, list[float]]]) -> None:
    names = list(next(iter(totals.values())))
    print(f"\n| learning rate | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    grid = {name: [v for column in totals.values() for v in column[name]] for name in names}
    for label, row in (*totals.items(), ("the grid", grid)):
        first = np.mean(row[names[0]])
        cells = [f"{np.mean(row[n]):.3f} ({np.mean(row[n]) / first:.1f})" for n in names]
        print(f"| {label} | {' | '.join(cells)} |", flush=True)
    each = [np.mean([b / a for a, b in zip(row[names[0]], row[names[-1]], strict=True)])
            for row in totals.values()]  # fmt: skip
    print(f"\nmean of the ratios of single trainings, {names[-1]} to together: {np.mean(each):.1f}")


def fit_keras(requests: Sequence[Request]) -> list[Any]:
    return [_fit_keras(*request) for request in requests]


@dataclass
class KerasFit:
    """How long Keras trained, and when each epoch ended, in CPU seconds."""

    n_iter_: int
    ends: list[float]


def _fit_keras(estimator: DenseNetworkRegressor, X: np.ndarray, y: np.ndarray) -> KerasFit:
    """Fit the study's network as its script does."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(42)
    layers, l2 = [keras.Input((X.shape[1],))], keras.regularizers.l2(estimator.alpha)
    for units in (estimator.units_1, estimator.units_2, estimator.units_3):
        layers.append(keras.layers.Dense(units, activation="relu", kernel_regularizer=l2))
        layers.append(keras.layers.Dropout(estimator.dropout_rate))
    network = keras.Sequential([*layers[:-1], keras.layers.Dense(1)])
    network.compile(optimizer=keras.optimizers.Adam(estimator.learning_rate), loss="mse")
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=estimator.patience, restore_best_weights=True
    )
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.process_time())
    )
    history = network.fit(
        X,
        y,
        epochs=estimator.epochs,
        batch_size=estimator.batch_size,
        validation_split=0.1,
        callbacks=[stop, clock],
        verbose=0,
    )
    return KerasFit(len(history.history["loss"]), ends)


# --- one GPU ----------------------------------------------------------------------------------


def measure_gpu(sets: list[Any], peak: float, bandwidth: float) -> None:
    """Print trainings a second of each width beside what arithmetic and memory allow."""
    print("\n| width | networks | s | epochs/s | TFLOP/s | of peak | TB/s | of bandwidth |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    X, y = seen(StandardScaler(), 8, sets[0])
    for width, number in ((64, 8192), (288, 1024), (512, 256)):
        for epochs in (2, 100):  # the first run compiles
            base = DenseNetworkRegressor(width, width, width, epochs=epochs, backend="jax")
            asked = [
                (clone(base).set_params(alpha=a, learning_rate=1e-6, random_state=0), X, y)
                for a in np.linspace(1e-6, 1e-2, number)
            ]
            start = time.perf_counter()
            fit_dense(asked, use=lambda _, fitted: fitted.n_iter_)
            seconds = time.perf_counter() - start
        weights = 8 * width + 2 * width**2 + width
        flops = number * epochs * weights * 6 * len(X) / seconds
        traffic = number * epochs * 2 * weights * 32 / seconds  # two steps: read and write 4 arrays
        print(
            f"| {width} | {number} | {seconds:.1f} | {number * epochs / seconds:.0f} "
            f"| {flops / 1e12:.1f} | {flops / peak:.0%} "
            f"| {traffic / 1e12:.2f} | {traffic / bandwidth:.0%} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="synthetic")
    parser.add_argument("--layouts", type=int, default=12, help="of MLPRegressor to time, of 12")
    parser.add_argument("--widths", type=int, default=6, help="widths of the dense network to time")
    parser.add_argument("--agree", type=int, default=200, help="candidates to compare")
    parser.add_argument("--most-epochs", type=int, default=10_000, help="of compared candidates")
    parser.add_argument("--gpu", action="store_true", help="the dense network on JAX's device")
    parser.add_argument("--peak", type=float, default=67e12, help="FLOP/s of the GPU")
    parser.add_argument("--bandwidth", type=float, default=4.8e12, help="bytes/s of the GPU")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    table = load_table(asked.data)
    sets = inner_sets(table.descriptors, table.target)
    random = np.random.default_rng(asked.seed)
    if asked.gpu:
        measure_gpu(sets, asked.peak, asked.bandwidth)
        return
    if asked.agree:
        check_agreement(sets, asked.agree, asked.most_epochs, random)
    if asked.layouts:
        compare_perceptrons(sets, asked.layouts, random)
    if asked.widths:
        compare_dense(sets, asked.widths, random)


if __name__ == "__main__":
    main()
