"""How far a pairwise model is from what a difference must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


class Differences(Protocol):
    """What predicts differences of clusters, row by row."""

    def difference(self, A: np.ndarray, B: np.ndarray) -> np.ndarray:
        """Predict the target of A minus that of B."""


@dataclass(frozen=True)
class Diagnostics:
    """Root mean squares, in the target's unit.

    Attributes
    ----------
    size : float
        Of f itself: what the others are to be compared with.
    identity : float
        Of f(x, x), which must be 0.
    antisymmetry : float
        Of f(x, y) + f(y, x), which must be 0.
    additivity : float
        Of f(x, y) + f(y, z) - f(x, z), which must be 0.
    """

    size: float
    identity: float
    antisymmetry: float
    additivity: float


def diagnose(
    model: Differences, X: np.ndarray, n_triples: int = 10_000, seed: int = 0
) -> Diagnostics:
    """Measure a pairwise model on triples of clusters drawn at random.

    Parameters
    ----------
    model : PairwiseDifferenceRegressor
        Fitted.
    X : ndarray, (n_rows, n_descriptors)
    n_triples : int
    seed : int
    """
    x, y, z = X[np.random.default_rng(seed).integers(len(X), size=(3, n_triples))]
    xy = model.difference(x, y)
    return Diagnostics(
        size=_rms(xy),
        identity=_rms(model.difference(X, X)),
        antisymmetry=_rms(xy + model.difference(y, x)),
        additivity=_rms(xy + model.difference(y, z) - model.difference(x, z)),
    )


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))
