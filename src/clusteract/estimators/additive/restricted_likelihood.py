"""Weights and noise of an additive variogram by restricted likelihood, with analytic gradients."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.optimize import minimize

_NOISE_SPREAD = 1.0  # prior standard deviation of the noise's logarithm
_MAX_ITERATIONS = 60
IMPOSSIBLE = 1e10


def learn_weights(
    cube: np.ndarray, y: np.ndarray, *, spread: float, noise: float
) -> tuple[np.ndarray, float]:
    """Return each descriptor's weight and the noise, both relative to the profiled scale.

    Parameters
    ----------
    cube : ndarray, (n_descriptors, n, n)
        Variogram of each descriptor; their sum has mean 1.
    y : ndarray, (n,)
        Target; its mean does not matter.
    spread : float
        Prior standard deviation of each weight's logarithm, around 0.
    noise : float
        Prior median of the noise.
    """
    objective = _RestrictedLikelihood(cube, y, spread, noise)
    start = objective.start
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MAX_ITERATIONS},
        bounds=[(v - 6, v + 6) for v in start],
    )
    weights, ratio = objective.unpack(found.x)
    return weights, float(ratio)


class _RestrictedLikelihood:
    """Negative log posterior of (log weights, log noise), the overall scale profiled out.

    The unknown mean is taken out by centring every variogram: what is left of it and of the noise
    is a covariance whose one superfluous direction, the constant, has the noise's variance.
    """

    def __init__(self, cube: np.ndarray, y: np.ndarray, spread: float, noise: float) -> None:
        self._m, self._n = len(cube), len(y)
        self._flat = centred(cube).reshape(self._m, -1)
        self._y = y - y.mean()
        self._spread, self._log_noise = spread, np.log(noise)
        self._free = spread > 0
        self._identity = np.eye(self._n)

    @property
    def start(self) -> np.ndarray:
        """Equal weights, the prior's noise."""
        return np.append(np.zeros(self._m if self._free else 0), self._log_noise)

    def unpack(self, theta: np.ndarray) -> tuple[np.ndarray, float]:
        """Return weights and noise."""
        weights = np.exp(theta[:-1]) if self._free else np.ones(self._m)
        return weights, np.exp(theta[-1])

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return value and gradient."""
        weights, ratio = self.unpack(theta)
        covariance = ratio * self._identity - (weights @ self._flat).reshape(self._n, self._n)
        profiled = profile_scale(covariance, self._y, self._identity)
        if profiled is None:
            return IMPOSSIBLE, np.zeros_like(theta)
        misfit, determinant, slope = profiled
        value = misfit + (determinant - 0.5 * theta[-1])
        of_noise = 0.5 * (ratio * np.trace(slope) - 1)
        gradient = np.append(self._of_weights(slope, weights), of_noise)
        return self._add_prior(theta, value, gradient)

    def _of_weights(self, slope: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if not self._free:
            return np.zeros(0)
        return -0.5 * weights * (self._flat @ slope.ravel())

    def _add_prior(
        self, theta: np.ndarray, value: float, gradient: np.ndarray
    ) -> tuple[float, np.ndarray]:
        sd = np.append(np.full(len(theta) - 1, self._spread), _NOISE_SPREAD)
        pull = (theta - self.start) / sd
        return value + 0.5 * pull @ pull, gradient + pull / sd


def profile_scale(
    covariance: np.ndarray, y: np.ndarray, identity: np.ndarray
) -> tuple[float, float, np.ndarray] | None:
    """Profile the overall scale out of a Gaussian likelihood with one direction projected out.

    Parameters
    ----------
    covariance, identity : ndarray, (n, n)
    y : ndarray, (n,)
        Centred.

    Returns
    -------
    (float, float, ndarray) or None
        The misfit, half the logarithm of the determinant, and twice the slope of their sum by the
        covariance, (n, n); None where the covariance is not positive definite.
    """
    try:
        lower = cholesky(covariance, lower=True, check_finite=False)
    except np.linalg.LinAlgError:
        return None
    inverse = cho_solve((lower, True), identity, check_finite=False)
    alpha = inverse @ y
    energy, free = y @ alpha, len(y) - 1
    slope = inverse - np.outer(alpha, alpha) * (free / energy)
    return 0.5 * free * np.log(energy), np.log(np.diag(lower)).sum(), slope


def centred(cube: np.ndarray) -> np.ndarray:
    """Take the means of rows and columns out of each symmetric matrix."""
    rows = cube.mean(axis=1)
    return cube - rows[:, :, None] - rows[:, None, :] + rows.mean(axis=1)[:, None, None]
