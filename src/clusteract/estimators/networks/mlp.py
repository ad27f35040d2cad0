"""scikit-learn's MLPRegressor, many at once: the same fitted estimators, sooner."""

from __future__ import annotations

import warnings
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.networks.batch import Batch, Queue, run_queues
from clusteract.estimators.networks.mlp_backend import MlpBackend, PerceptronShape
from clusteract.estimators.networks.mlp_schedule import MlpSchedule, begin

_WEIGHTS_A_BATCH = 1 << 16

_SETTINGS = tuple(MLPRegressor().get_params())

Request = tuple[MLPRegressor, np.ndarray, np.ndarray]


def fit_perceptrons(
    requests: Sequence[Request], n_jobs: int = 1, use: Callable[[int, Any], Any] | None = None
) -> list[Any]:
    """Fit many ``MLPRegressor`` on their training sets, those of one shape side by side.

    Each returned estimator is what ``clone(estimator).fit(X, y)`` gives: the same random numbers,
    the same operations in the same order, so the same weights, loss curve and ``n_iter_``.
    Estimators that cannot be batched (solver "lbfgs", no integer ``random_state``, ...; see
    `can_batch`) are fitted by scikit-learn itself.

    Parameters
    ----------
    requests : sequence of (estimator, X, y)
        Unfitted estimators, left as they are, and their training rows.
    n_jobs : int
        Threads. BLAS runs single-threaded meanwhile.
    use : callable(number, fitted) -> object, optional
        Turns a fitted estimator into what is kept.

    Returns
    -------
    list
        For each request the fitted estimator (or what ``use`` made of it), or the exception that
        its ``fit`` raised.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> models = [MLPRegressor(solver="sgd", alpha=a, random_state=0) for a in (0.1, 1.0)]
    >>> fitted = fit_perceptrons([(one, X, X[:, 0]) for one in models])
    >>> [one.n_iter_ == same.fit(X, X[:, 0]).n_iter_ for one, same in zip(fitted, models)]
    [True, True]
    """
    results: list[Any] = [None] * len(requests)
    unsettled: list[int] = []

    def keep(number: int, fitted: Any) -> None:
        if use is None or isinstance(fitted, Exception):
            results[number] = fitted
        else:
            results[number] = use(number, fitted)

    queues: dict[PerceptronShape, Queue] = defaultdict(deque)
    for number, (estimator, X, y) in enumerate(requests):
        if can_batch(estimator, X, y):
            rows, target = np.ascontiguousarray(X), np.asarray(y, dtype=np.float64)
            schedule = partial(MlpSchedule, number, estimator, rows, target)
            queues[PerceptronShape.of(estimator, rows)].append(schedule)
        else:
            keep(number, _fit_alone(estimator, X, y))

    def deliver(number: int, result: tuple[MlpSchedule, np.ndarray]) -> None:
        keep(number, _fitted(*result))
        if result[0].exhausted:
            unsettled.append(result[0].settings.max_iter)

    slowest_first = sorted(queues.items(), key=lambda item: -item[0].cost)
    run_queues([(partial(_batch, shape), queue) for shape, queue in slowest_first], deliver, n_jobs)
    for max_iter in unsettled:
        _warn(max_iter)
    return results


def _batch(shape: PerceptronShape, most: int) -> Batch:
    slots = min(most, max(1, _WEIGHTS_A_BATCH // shape.architecture.n_weights))
    return Batch(MlpBackend(shape, slots), slots)


def can_batch(estimator: Any, X: Any, y: Any) -> bool:
    """Tell whether an estimator's fit on these rows can be part of a batch."""
    return (
        type(estimator) is MLPRegressor
        and _plain_rows(X, y)
        and _plain_settings(estimator)
        and (not estimator.early_stopping or len(begin(estimator, X).validation) >= 2)
    )


def _plain_rows(X: Any, y: Any) -> bool:
    """Finite float64 rows and one finite target: what `fit` takes without a word."""
    return (
        isinstance(X, np.ndarray)
        and isinstance(y, np.ndarray)
        and X.dtype == np.float64
        and y.dtype.kind in "fiu"
        and (X.ndim, y.ndim) == (2, 1)
        and len(X) == len(y) > 1
        and X.shape[1] > 0
        and bool(np.isfinite(X).all() and np.isfinite(y).all())
    )


def _settings(estimator: MLPRegressor) -> dict[str, Any]:
    """Return what ``get_params`` does, which reads the signature each time: 0.1 ms."""
    return {name: getattr(estimator, name) for name in _SETTINGS}


def _plain_settings(estimator: MLPRegressor) -> bool:
    params = _settings(estimator)
    hidden, batch_size = np.atleast_1d(params.pop("hidden_layer_sizes")), params.pop("batch_size")
    return (
        estimator.solver in ("adam", "sgd")
        and estimator.loss == "squared_error"
        and not (estimator.warm_start or estimator.verbose)
        and isinstance(estimator.random_state, Integral)
        and isinstance(estimator.max_iter, Integral)
        and (batch_size == "auto" or isinstance(batch_size, Integral))
        and hidden.dtype.kind == "i"
        and bool((hidden > 0).all())
        and all(_accepted(name, value) for name, value in params.items())
    )


@lru_cache(maxsize=1 << 10, typed=True)
def _accepted(name: str, value: Any) -> bool:
    """Tell whether scikit-learn accepts a setting; what it refuses, it shall refuse itself."""
    probe = MLPRegressor(hidden_layer_sizes=(1,)).set_params(**{name: value})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            few = {"max_iter": min(probe.max_iter, 1), "early_stopping": False}
            probe.set_params(**few).fit([[0.0], [1.0]], [0, 1])
    except ValueError:
        return False
    return True


def _fit_alone(estimator: Any, X: Any, y: Any) -> Any:
    try:
        return clone(estimator).fit(X, y)
    except Exception as error:
        return error


def _fitted(schedule: MlpSchedule, weights: np.ndarray) -> MLPRegressor | ValueError:
    """Fill in the attributes that ``fit`` would have set."""
    if not np.isfinite(weights).all():
        return ValueError(
            "Solver produced non-finite parameter weights. The input data may contain large "
            "values and need to be preprocessed."
        )
    net = schedule.start.architecture
    kernels, biases = net.views(weights[None])
    model = MLPRegressor(**_settings(schedule.settings))
    early = model.early_stopping
    model.coefs_ = [kernel[0] for kernel in kernels]
    model.intercepts_ = [bias[0, 0] for bias in biases]
    model.n_features_in_ = net.units[0]
    model.n_layers_, model.n_outputs_, model.out_activation_ = len(net.units), 1, "identity"
    model.n_iter_, model.loss_curve_ = len(schedule.losses), schedule.losses
    model.loss_ = schedule.losses[-1]
    model.t_ = model.n_iter_ * len(schedule.start.train)
    model.best_loss_ = None if early else schedule.best
    model.validation_scores_ = schedule.scores if early else None
    model.best_validation_score_ = schedule.best if early else None
    return model


def _warn(max_iter: int) -> None:
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({max_iter}) reached and the optimization "
        "hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=3,
    )
