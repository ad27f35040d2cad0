"""Many candidates of one network estimator at once: the seam for a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.neural_network import MLPRegressor

from clusteract.errors import InputError
from clusteract.estimators.networks.dense import DenseNetworkRegressor, fit_dense
from clusteract.estimators.networks.mlp import fit_perceptrons

TrainingSet = tuple[np.ndarray, np.ndarray, np.ndarray]

FITTERS: dict[type, Callable[..., list[Any]]] = {
    MLPRegressor: fit_perceptrons,
    DenseNetworkRegressor: fit_dense,
}
"""What fits many estimators of a class: (estimator, X, y) requests in, fitted estimators out."""


def fit_predict_many(
    estimator: Any,
    candidates: Sequence[Mapping[str, Any]],
    training_sets: Sequence[TrainingSet],
    n_jobs: int = 1,
) -> list[list[Any]]:
    """Fit every candidate on every training set and predict.

    Parameters
    ----------
    estimator : MLPRegressor or DenseNetworkRegressor
        Its parameters hold where a candidate says nothing.
    candidates : sequence of dict
        Parameters to set.
    training_sets : sequence of (X_train, y_train, X_test)
        Rows as the network sees them: scaled, selected.
    n_jobs : int
        Threads.

    Returns
    -------
    list of list
        ``result[candidate][training_set]``: predictions (n_test,), or the exception that the
        fit raised.

    Raises
    ------
    InputError
        If the estimator is of another class.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(90, 2))
    >>> network = DenseNetworkRegressor(8, 8, 8, learning_rate=1e-2, random_state=0)
    >>> settings = [{"epochs": 1}, {"epochs": 200}]
    >>> short, long = fit_predict_many(network, settings, [(X[:60], X[:60, 0], X[60:])])
    >>> bool(np.corrcoef(long[0], X[60:, 0])[0, 1] > 0.9)
    True
    """
    fit = FITTERS.get(type(estimator))
    if fit is None:
        names = " or ".join(sorted(cls.__name__ for cls in FITTERS))
        raise InputError(
            f"{type(estimator).__name__} can't be fitted in batches; give {names}, or fit it alone"
        )
    models = [clone(estimator).set_params(**candidate) for candidate in candidates]
    requests = [(one, X, y) for one in models for X, y, _ in training_sets]
    n_sets = len(training_sets)

    def predict(number: int, fitted: Any) -> Any:
        return fitted.predict(training_sets[number % n_sets][2])

    flat = fit(requests, n_jobs=n_jobs, use=predict)
    return [flat[i : i + n_sets] for i in range(0, len(flat), n_sets)]
