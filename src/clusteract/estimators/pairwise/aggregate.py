"""From many references to one value: how a new cluster's predictions are put together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clusteract.errors import InputError, close_matches

Aggregate = Callable[[np.ndarray, np.ndarray], np.ndarray]

_AGGREGATES: dict[str, Aggregate] = {}


def aggregate(name: str) -> Callable[[Aggregate], Aggregate]:
    """Register a way to put predictions together: decorates (values, variances) -> weights.

    Values, their variances and the weights are (n_rows, n_references); a cluster's weights
    sum to 1.
    """

    def keep(function: Aggregate) -> Aggregate:
        _AGGREGATES[name] = function
        return function

    return keep


def get_aggregate(name: str) -> Aggregate:
    """Return a way to put predictions together, by name.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.
    """
    if name not in _AGGREGATES:
        raise InputError(f"unknown aggregate {name!r}; {close_matches(str(name), _AGGREGATES)}")
    return _AGGREGATES[name]


def list_aggregates() -> list[str]:
    """Return the names of all ways, in the order of registration."""
    return list(_AGGREGATES)


@aggregate("mean")
def mean_weights(values: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Give every reference the same weight."""
    return np.full(values.shape, 1 / values.shape[1])


@aggregate("median")
def median_weights(values: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Give all weight to the middle one or two references."""
    n = values.shape[1]
    ranks = np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1, kind="stable")
    middle = (ranks == (n - 1) // 2) * 0.5 + (ranks == n // 2) * 0.5
    return middle


@aggregate("certainty")
def certainty_weights(values: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Weigh each reference by the inverse of its squared error, as the model itself sees it."""
    floor = 1e-6 * variances.mean(axis=1, keepdims=True) + np.finfo(float).tiny
    weights = 1 / (variances + floor)
    return weights / weights.sum(axis=1, keepdims=True)


def spread(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted standard deviation over references, (n_rows,)."""
    centre = np.sum(weights * values, axis=1, keepdims=True)
    return np.sqrt(np.sum(weights * (values - centre) ** 2, axis=1))
