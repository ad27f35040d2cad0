"""Networks trained together against networks trained one by one: prints tables for docs.

Each measurement is interleaved: a part of the study's grid is trained by every contender before
the next part, so that a machine that slows down slows all of them.

Usage: python benchmarks/networks.py [--data TABLE] [--parts 4] [--agree 200] [--no-dense] [--gpu]
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

from clusteract.data import load_table
from clusteract.estimators import get_recipe
from clusteract.estimators.networks import DenseNetworkRegressor, fit_dense, fit_perceptrons

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


def print_table(title: str, contenders: Sequence[Contender]) -> None:
    print(f"\n{title}\n")
    print("| | trainings | s | trainings/min | ms/epoch | CPU ms/epoch | together is faster by |")
    print("|---|---|---|---|---|---|---|")
    for one in contenders:
        faster = contenders[0].per_minute / one.per_minute
        epoch, cpu = (1e3 * time / one.epochs for time in (one.seconds, one.cpu))
        print(
            f"| {one.name} | {one.trainings} | {one.seconds:.1f} | {one.per_minute:.0f} "
            f"| {epoch:.2f} | {cpu:.2f} | {faster:.1f} |",
            flush=True,
        )


# --- MLPRegressor -----------------------------------------------------------------------------

SHAPE_KEYS = (
    "feature_select__k",
    "model__hidden_layer_sizes",
    "model__activation",
    "model__solver",
    "model__validation_fraction",
)


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


def compare_perceptrons(sets: list[Any], parts: int, random: np.random.Generator) -> None:
    """Train random parts of the study's grid: all candidates of one layout on one training set."""
    candidates = list(ParameterGrid(dict(get_recipe("mlp-kbest").grid)))
    contenders = [
        Contender("together, 2 threads", lambda r: fit_perceptrons(r, n_jobs=JOBS)),
        Contender("MLPRegressor, a loop", one_by_one),
        Contender("MLPRegressor, 2 processes", two_processes),
    ]
    two_processes(perceptron_requests(candidates[:2], sets[0]))  # start the workers
    fit_perceptrons(perceptron_requests(candidates[:40:5], sets[0]))  # compile
    flops = 0.0
    for _ in range(parts):
        drawn = candidates[random.integers(len(candidates))]
        part = [c for c in candidates if all(c[k] == drawn[k] for k in SHAPE_KEYS)]
        requests = perceptron_requests(part, sets[random.integers(len(sets))])
        for contender in contenders:
            contender.run(requests)
        flops += sum(arithmetic(one, len(requests[0][1])) for one in contenders[0].fitted)
    print_table(f"mlp-kbest, {parts} random parts of 36 candidates", contenders)
    limit = 60 * contenders[0].trainings / (flops / (JOBS * measured_flops(np.float64)))
    print(f"\nArithmetic limit of {JOBS} cores at the speed of dgemm: {limit:.0f} trainings/min")


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


def check_agreement(sets: list[Any], number: int, random: np.random.Generator) -> None:
    """Compare loss curves and epochs on random candidates of the study's grid."""
    candidates = list(ParameterGrid(dict(get_recipe("mlp-kbest").grid)))
    drawn = [candidates[i] for i in random.choice(len(candidates), number, replace=False)]
    requests = perceptron_requests(drawn, sets[0])
    worst, epochs, bits = 0.0, 0, 0
    ours = fit_perceptrons(requests, n_jobs=JOBS)
    for one, other in zip(ours, two_processes(requests), strict=True):
        if one.n_iter_ != other.n_iter_:
            epochs += 1
            print(f"parts: {other} after {other.n_iter_} epochs, ours {one.n_iter_}")
            continue
        worst = max(worst, np.abs(np.subtract(one.loss_curve_, other.loss_curve_)).max())
        bits += all(np.array_equal(a, b) for a, b in zip(one.coefs_, other.coefs_, strict=True))
    print(
        f"\n{number} candidates: n_iter_ differs in {epochs}, loss curves by at most {worst:.1e}, "
        f"all weights bit for bit in {bits}",
        flush=True,
    )


# --- the dense network ------------------------------------------------------------------------


def compare_dense(sets: list[Any]) -> None:
    """Time each width at two numbers of epochs: the slope is an epoch's cost, the rest a start's.

    The learning rate is the grid's lowest, with which no network stops early.
    """
    fitters = {
        "together, 2 threads": (lambda r: fit_dense(r, n_jobs=JOBS), sets),
        "alone": (one_by_one, sets[:1]),
    }
    if importlib.util.find_spec("keras"):
        fitters["Keras, JAX backend"] = (fit_keras, sets[:1])
    else:
        print("Keras is not installed: pip install keras")
    print("\n| width | | ms/epoch | CPU ms/epoch | start, ms | 500 epochs, s | together: times |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for width in (64, 288, 512):
        compare_width(width, fitters)


def compare_width(width: int, fitters: dict[str, tuple[Callable, list[Any]]]) -> None:
    model = DenseNetworkRegressor(width, width, width, learning_rate=1e-6, random_state=42)
    together = None
    for name, (fit, sets) in fitters.items():
        rows = [seen(StandardScaler(), 8, one) for one in sets]
        runs = []
        for epochs in (1, 5, 45):  # the first run compiles
            one = clone(model).set_params(epochs=epochs)
            contender = Contender(name, fit)
            contender.run([(one, *row) for row in rows])
            runs.append(np.array([contender.seconds, contender.cpu]) / len(rows))
        slope = (runs[2] - runs[1]) / 40
        start = max(runs[1][0] - 5 * slope[0], 0)
        whole = start + 500 * slope[0]
        together = together or whole
        print(
            f"| {width} | {name} | {1e3 * slope[0]:.2f} | {1e3 * slope[1]:.2f} "
            f"| {1e3 * start:.0f} | {whole:.2f} | {whole / together:.1f} |",
            flush=True,
        )


def fit_keras(requests: Sequence[Request]) -> list[Any]:
    return [_fit_keras(*request) for request in requests]


@dataclass
class KerasFit:
    """How long Keras trained."""

    n_iter_: int


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
    history = network.fit(
        X,
        y,
        epochs=estimator.epochs,
        batch_size=estimator.batch_size,
        validation_split=0.1,
        callbacks=[stop],
        verbose=0,
    )
    return KerasFit(len(history.history["loss"]))


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
    parser.add_argument("--parts", type=int, default=4, help="parts of mlp-kbest")
    parser.add_argument("--no-dense", action="store_true", help="leave the dense network out")
    parser.add_argument("--agree", type=int, default=200, help="candidates to compare")
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
        check_agreement(sets, asked.agree, random)
    if asked.parts:
        compare_perceptrons(sets, asked.parts, random)
    if not asked.no_dense:
        compare_dense(sets)


if __name__ == "__main__":
    main()
