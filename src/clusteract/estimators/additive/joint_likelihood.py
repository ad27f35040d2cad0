"""Restricted likelihood of rough functions of one descriptor plus a smooth one of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from clusteract.estimators.additive.restricted_likelihood import (
    IMPOSSIBLE,
    centred,
    profile_scale,
)

_SPREAD = 2.5  # prior standard deviation of the logarithm of what is not a descriptor's
_REACH = 7.0  # how far a logarithm may move from its start
_MAX_ITERATIONS = 60
_ROOT_5 = np.sqrt(5.0)


class JointPrior(NamedTuple):
    """Medians and spreads of what is learned.

    Attributes
    ----------
    spread : float
        Prior standard deviation of the logarithm of each additive weight.
    length : float
        Prior median of the length scale of each descriptor, standardised.
    length_spread : float
        Prior standard deviation of its logarithm.
    noise : float
        Prior median of the noise variance, in units of the variogram's mean.
    """

    spread: float
    length: float
    length_spread: float
    noise: float


class JointWeights(NamedTuple):
    """What the likelihood says of both parts, in the unit of the profiled scale."""

    weights: np.ndarray
    relevance: np.ndarray
    joint: float
    noise: float


def matern(squared: np.ndarray) -> np.ndarray:
    """Return Matern's correlation of smoothness 5/2 at squared distances.

    Examples
    --------
    >>> matern(np.array([0.0, 1.0])).round(3).tolist()
    [1.0, 0.524]
    """
    reach = _ROOT_5 * np.sqrt(squared)
    return (1 + reach + reach**2 / 3) * np.exp(-reach)


def squared_distances(A: np.ndarray, B: np.ndarray, relevance: np.ndarray) -> np.ndarray:
    """Return ``sum_j relevance_j (a_ij - b_kj)^2``, (n_a, n_b), never below 0."""
    A, B = A * np.sqrt(relevance), B * np.sqrt(relevance)
    squares = (A * A).sum(axis=1)[:, None] + (B * B).sum(axis=1)
    return np.maximum(squares - 2 * A @ B.T, 0.0)


def learn_joint(Z: np.ndarray, cube: np.ndarray, y: np.ndarray, prior: JointPrior) -> JointWeights:
    """Return the mode of the posterior of weights, length scales and noise.

    Parameters
    ----------
    Z : ndarray, (n, n_descriptors)
        Standardised.
    cube : ndarray, (n_descriptors, n, n)
        Variogram of each descriptor; their sum has mean 1.
    y : ndarray, (n,)
    prior : JointPrior
    """
    objective = _JointLikelihood(Z, cube, y, prior)
    solution = minimize(
        objective,
        objective.start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MAX_ITERATIONS},
        bounds=[(v - _REACH, v + _REACH) for v in objective.start],
    )
    return objective.unpack(solution.x)


class _JointLikelihood:
    """Negative log posterior of the logarithms of all parameters.

    They are the additive weights, their common factor, relevances, the joint share and the noise.
    The overall scale is profiled out, the unknown mean projected out: see `restricted_likelihood`.
    """

    def __init__(self, Z: np.ndarray, cube: np.ndarray, y: np.ndarray, prior: JointPrior) -> None:
        self._Z, self._squares = Z, (Z * Z).T
        self._n, self._d = Z.shape
        self._flat = centred(cube).reshape(self._d, -1)
        self._y = y - y.mean()
        self._identity = np.eye(self._n)
        ones = np.ones(self._d)
        relevance = -2 * np.log(prior.length)
        self.start = np.concatenate([0 * ones, [0], relevance * ones, [0, np.log(prior.noise)]])
        spreads = (prior.spread * ones, [_SPREAD], 2 * prior.length_spread * ones, [_SPREAD] * 2)
        self._spread = np.concatenate(spreads)

    def unpack(self, theta: np.ndarray) -> JointWeights:
        """Return the parameters of both parts and the noise."""
        d = self._d
        weights, relevance = np.exp(theta[:d] + theta[d]), np.exp(theta[d + 1 : 2 * d + 1])
        return JointWeights(weights, relevance, float(np.exp(theta[-2])), float(np.exp(theta[-1])))

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return value and gradient."""
        own = self.unpack(theta)
        squared = squared_distances(self._Z, self._Z, own.relevance)
        smooth = centred(matern(squared)[None])[0]
        rough = (own.weights @ self._flat).reshape(self._n, self._n)
        covariance = own.noise * self._identity - rough + own.joint * smooth
        profiled = profile_scale(covariance, self._y, self._identity)
        if profiled is None:
            return IMPOSSIBLE, np.zeros_like(theta)
        misfit, determinant, slope = profiled
        value = misfit + determinant - 0.5 * theta[-1]
        pull = (theta - self.start) / self._spread
        gradient = self._gradient(own, slope, squared, smooth) + pull / self._spread
        return value + 0.5 * pull @ pull, gradient

    def _gradient(
        self, own: JointWeights, slope: np.ndarray, squared: np.ndarray, smooth: np.ndarray
    ) -> np.ndarray:
        of_weights = -0.5 * own.weights * (self._flat @ slope.ravel())
        of_relevance = self._of_relevance(own, centred(slope[None])[0], squared)
        of_joint = 0.5 * own.joint * (slope * smooth).sum()
        of_noise = 0.5 * (own.noise * np.trace(slope) - 1)
        parts = (of_weights, [of_weights.sum()], of_relevance, [of_joint, of_noise])
        return np.concatenate(parts)

    def _of_relevance(
        self, own: JointWeights, slope: np.ndarray, squared: np.ndarray
    ) -> np.ndarray:
        """Sum slope times d matern / d squared times each descriptor's squared differences.

        The squared differences are expanded, so that no array of (n_descriptors, n, n) is made.
        """
        reach = _ROOT_5 * np.sqrt(squared)
        inner = own.joint * slope * (-5 / 12) * (1 + reach) * np.exp(-reach)
        twice = self._squares @ inner.sum(axis=1) - np.einsum("ij,ij->j", self._Z, inner @ self._Z)
        return 2 * own.relevance * twice
