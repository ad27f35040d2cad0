"""AdditiveGPR: a Gaussian process that adds up one rough function of each descriptor."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from clusteract.estimators.additive.restricted_likelihood import learn_weights
from clusteract.estimators.additive.variogram import variogram_cube, weighted_variogram


def evenly_spaced(n: int, most: int) -> np.ndarray:
    """Return at most that many of n rows, evenly spaced."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int))


class LeaveOneOut(NamedTuple):
    """What the fitted process says of each training cluster from all the others."""

    mean: np.ndarray
    sd: np.ndarray


class AdditiveGPR(RegressorMixin, BaseEstimator):
    r"""A Gaussian process whose clusters differ by a sum over descriptors.

    The expected squared difference of the targets of two clusters (the variogram) is

    .. math:: \mathrm{E}(f(x) - f(x'))^2 = 2 \sigma^2 \sum_j w_j |z_j - z'_j|^{h}

    with standardised descriptors `z`: f is a sum of fractional Brownian motions, one per
    descriptor. With h = 0.5 they are rough, much like the steps of tree ensembles, but the sum is
    fitted at once and in closed form. The mean is unknown (intrinsic kriging), so nothing pulls a
    distant cluster towards the mean of the table faster than the data say.

    The weights `w` and the noise come from the restricted likelihood of the training set, with
    log-normal priors around equal weights: a descriptor must earn more, or less, than its share.

    Parameters
    ----------
    roughness : float
        h, between 0 and 2, both excluded; small is rough.
    spread : float
        Prior standard deviation of the logarithm of each weight; 0 keeps all weights equal.
    noise : float
        Prior median of the noise variance, in units of the variogram's mean.
    max_learning_rows : int
        Weights are learned on at most that many rows (evenly spaced); all rows are fitted.

    Attributes
    ----------
    weights_ : ndarray, (n_features_in_,)
        Their sum is 1: the share of each descriptor in the variogram; 0 for constant ones.
    noise_variance_, scale_ : float
        Of the noise, and sigma^2, in squared units of the target.
    mean_, sd_ : ndarray, (n_features_in_,)
        What descriptors are standardised by.
    standardised_ : ndarray, (n_rows, n_features_in_)
        The training clusters.
    y_ : ndarray, (n_rows,)
    inverse_ : ndarray, (n_rows + 1, n_rows + 1)
        Of the bordered covariance, in units of `scale_`; its last row is the unknown mean's.
    n_features_in_ : int

    Notes
    -----
    The power variogram is conditionally negative definite for 0 < h < 2 (C. Lantuejoul,
    Geostatistical Simulation, 2002, doi:10.1007/978-3-662-04808-5); restricted likelihood:
    H. D. Patterson, R. Thompson, Biometrika 1971, 58, 545, doi:10.1093/biomet/58.3.545.
    Cost: about 50 x n^2 (n_descriptors + n) operations to learn, n n_descriptors a prediction.

    Examples
    --------
    >>> X = np.linspace(0, 1, 40)[:, None]
    >>> model = AdditiveGPR().fit(X, np.abs(X[:, 0] - 0.4))
    >>> model.predict([[0.4], [0.9]]).round(1).tolist()
    [0.0, 0.5]
    """

    def __init__(
        self,
        roughness: float = 0.5,
        spread: float = 0.7,
        noise: float = 0.08,
        max_learning_rows: int = 300,
    ) -> None:
        self.roughness = roughness
        self.spread = spread
        self.noise = noise
        self.max_learning_rows = max_learning_rows

    def fit(self, X: Any, y: Any) -> AdditiveGPR:
        """Learn weights and noise, then the sum of functions.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        self._check_parameters()
        self.mean_, sd = X.mean(axis=0), X.std(axis=0)
        varies = sd > 1e-9 * (1 + np.abs(self.mean_))
        self.sd_ = np.where(varies, sd, 1.0)
        self.standardised_ = (X - self.mean_) / self.sd_
        self.y_ = np.asarray(y, dtype=float)
        self.weights_, ratio = self._learn(varies)
        self._solve(ratio)
        return self

    def _check_parameters(self) -> None:
        if not 0 < self.roughness < 2:
            raise ValueError(f"roughness is {self.roughness}; it must be between 0 and 2")
        if self.spread < 0 or self.noise <= 0 or self.max_learning_rows < 2:
            raise ValueError(
                f"spread ({self.spread}) must be 0 or more, noise ({self.noise}) positive and "
                f"max_learning_rows ({self.max_learning_rows}) at least 2"
            )

    def _learn(self, varies: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the weights and the noise, in units of the variogram that they make."""
        n = len(self.y_)
        weights = np.zeros(len(varies))
        rows = evenly_spaced(n, self.max_learning_rows)
        if not varies.any() or np.ptp(self.y_[rows]) == 0:
            return weights, self.noise
        cube = variogram_cube(self.standardised_[rows][:, varies], self.roughness)
        mean = cube.sum(axis=0).mean()
        found, ratio = learn_weights(
            cube / mean,
            self.y_[rows],
            spread=self.spread,
            noise=self.noise,
        )
        weights[varies] = found / found.sum()
        return weights, ratio * mean / found.sum()

    def _solve(self, ratio: float) -> None:
        n = len(self.y_)
        bordered = np.ones((n + 1, n + 1))
        bordered[:n, :n] = ratio * np.eye(n) + self._covariance(self.standardised_)
        bordered[n, n] = 0.0
        self.inverse_ = np.linalg.inv(bordered)
        self.scale_ = float(max(self.y_ @ self.inverse_[:n, :n] @ self.y_, 0.0) / (n - 1))
        self.noise_variance_ = self.scale_ * float(ratio)

    def _covariance(self, Z: np.ndarray) -> np.ndarray:
        """Return the covariance with the training rows, up to what the unknown mean takes out."""
        return -weighted_variogram(Z, self.standardised_, self.weights_, self.roughness)

    @property
    def _own_covariance(self) -> float:
        """The covariance of a row with itself."""
        return 0.0

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Predict the target.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        return_std : bool
            Return the standard deviation of a new measurement as well, noise included.

        Returns
        -------
        mean : ndarray, (n_rows,)
        sd : ndarray, (n_rows,)
            Only with `return_std`.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        n = len(self.y_)
        left = np.ones((len(X), n + 1))
        left[:, :n] = self._covariance((X - self.mean_) / self.sd_)
        # The unknown mean makes the weights of the training targets sum to 1.
        mean = self.y_[0] + left @ (self.inverse_[:, :n] @ (self.y_ - self.y_[0]))
        if not return_std:
            return mean
        explained = np.einsum("ij,ij->i", left @ self.inverse_, left)
        left_open = np.maximum(self._own_covariance - explained, 0.0)
        return mean, np.sqrt(self.noise_variance_ + self.scale_ * left_open)

    def leave_one_out(self) -> LeaveOneOut:
        """Predict each training cluster from the others, weights kept, in closed form.

        Examples
        --------
        >>> X = np.linspace(0, 1, 30)[:, None]
        >>> found = AdditiveGPR(spread=0).fit(X, 3 * X[:, 0]).leave_one_out()
        >>> bool(np.abs(found.mean - 3 * X[:, 0])[1:-1].max() < 0.2)
        True
        """
        check_is_fitted(self)
        n = len(self.y_)
        precision = np.diag(self.inverse_)[:n]
        residual = self.inverse_[:n, :n] @ self.y_ / precision
        return LeaveOneOut(self.y_ - residual, np.sqrt(self.scale_ / precision))
