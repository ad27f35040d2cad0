"""InteractionGPR: a Gaussian process that adds rough functions of one descriptor to one of all."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from clusteract.estimators.additive.additive_gp import AdditiveGPR, evenly_spaced
from clusteract.estimators.additive.joint_likelihood import (
    JointPrior,
    learn_joint,
    matern,
    squared_distances,
)
from clusteract.estimators.additive.variogram import variogram_cube

_LARGEST_CUBE = 12_000_000  # numbers of all variograms while learning: about 100 MB


class InteractionGPR(AdditiveGPR):
    r"""A sum of one rough function of each descriptor and one smooth function of all.

    To the variogram of `AdditiveGPR` it adds a Matern 5/2 covariance of all descriptors, each with
    a length scale of its own, so that descriptors may act together:

    .. math:: f(x) = \sum_j f_j(x_j) + g(x), \quad
              \mathrm{cov}(g(x), g(x')) = s\, M_{5/2}\big(\sum_j \rho_j (z_j - z'_j)^2\big)

    The share of both parts, weights, length scales and noise come from the restricted likelihood,
    with log-normal priors: the data decide how much is of one descriptor and how much of all.

    Parameters
    ----------
    roughness, spread, noise, max_learning_rows
        As of `AdditiveGPR`.
    length : float or None
        Prior median of each length scale, in standard deviations of its descriptor; by default 1.5
        times the square root of the number of descriptors.
    length_spread : float
        Prior standard deviation of its logarithm.
    max_rows : int
        Of more rows, that many (evenly spaced) are fitted: the cost grows with their cube.

    Attributes
    ----------
    weights_, noise_variance_, scale_, mean_, sd_, standardised_, y_, inverse_, n_features_in_
        As of `AdditiveGPR`; the weights are in units of `scale_` and need not sum to 1.
    relevance_ : ndarray, (n_features_in_,)
        One over each squared length scale; 0 for constant descriptors.
    joint_ : float
        Variance of the function of all, in units of `scale_`.

    Notes
    -----
    Sums of kernels over subsets of descriptors: D. Duvenaud, H. Nickisch, C. E. Rasmussen,
    Additive Gaussian processes, NeurIPS 2011. Cost: about 60 x n^2 (n_descriptors + n) to learn,
    with n at most `max_learning_rows`.

    Examples
    --------
    A product of two descriptors is no sum of functions of one:

    >>> X = np.random.default_rng(0).uniform(-1, 1, (80, 2))
    >>> y = X[:, 0] * X[:, 1]
    >>> error = [np.std(m.fit(X[:60], y[:60]).predict(X[60:]) - y[60:]) / y.std()
    ...          for m in (AdditiveGPR(), InteractionGPR())]
    >>> bool(error[1] < 0.1 < 0.5 < error[0])
    True
    """

    def __init__(
        self,
        roughness: float = 0.5,
        spread: float = 0.7,
        noise: float = 0.08,
        max_learning_rows: int = 400,
        length: float | None = None,
        length_spread: float = 1.0,
        max_rows: int = 1500,
    ) -> None:
        super().__init__(roughness, spread, noise, max_learning_rows)
        self.length = length
        self.length_spread = length_spread
        self.max_rows = max_rows

    def fit(self, X: Any, y: Any) -> InteractionGPR:
        """Learn weights, length scales and noise, then both parts at once.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        rows = evenly_spaced(len(y), max(self.max_rows, 2))
        super().fit(X[rows], y[rows])
        return self

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if (self.length is not None and self.length <= 0) or self.length_spread <= 0:
            raise ValueError(
                f"length ({self.length}) and length_spread ({self.length_spread}) must be positive"
            )

    def _learn(self, varies: np.ndarray) -> tuple[np.ndarray, float]:
        weights, self.relevance_, self.joint_ = np.zeros(len(varies)), np.zeros(len(varies)), 0.0
        n_columns = int(varies.sum())
        most = int(np.sqrt(_LARGEST_CUBE / max(n_columns, 1)))
        rows = evenly_spaced(len(self.y_), min(self.max_learning_rows, most))
        if n_columns == 0 or np.ptp(self.y_[rows]) == 0:
            return weights, self.noise
        Z = self.standardised_[rows][:, varies]
        cube = variogram_cube(Z, self.roughness)
        mean = cube.sum(axis=0).mean()
        if mean == 0:
            return weights, self.noise
        length = self.length or 1.5 * np.sqrt(n_columns)
        prior = JointPrior(self.spread, length, self.length_spread, self.noise)
        learned = learn_joint(Z, cube / mean, self.y_[rows], prior)
        weights[varies] = learned.weights / mean
        self.relevance_[varies] = learned.relevance
        self.joint_ = learned.joint
        return weights, learned.noise

    def _covariance(self, Z: np.ndarray) -> np.ndarray:
        squared = squared_distances(Z, self.standardised_, self.relevance_)
        return super()._covariance(Z) + self.joint_ * matern(squared)

    @property
    def _own_covariance(self) -> float:
        return self.joint_
