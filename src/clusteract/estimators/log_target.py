"""LogTargetRegressor: a model of the logarithm of a positive target."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data


class LogTargetRegressor(RegressorMixin, BaseEstimator):
    """Fits a model to the logarithm of the target, and predicts the target.

    A target with one that is not positive has no logarithm: the model is fitted to it as it is.
    No prediction leaves the training range by more than the range's own factor.

    Parameters
    ----------
    regressor : estimator

    Attributes
    ----------
    regressor_ : estimator
    logarithmic_ : bool
    low_, high_ : float
        Between which logarithms are predicted.
    n_features_in_ : int

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.arange(5.0)[:, None]
    >>> LogTargetRegressor(LinearRegression()).fit(X, 10 ** X[:, 0]).predict([[2.5]]).round(2)
    array([316.23])
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Any, y: Any) -> LogTargetRegressor:
        """Fit the model to the logarithm.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        self.logarithmic_ = bool(y.min() > 0)
        y = np.log(y) if self.logarithmic_ else y
        reach = float(np.ptp(y))
        self.low_, self.high_ = float(y.min()) - reach, float(y.max()) + reach
        self.regressor_ = clone(self.regressor).fit(X, y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return predictions in the target's own unit, (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        predicted = self.regressor_.predict(X)
        if not self.logarithmic_:
            return predicted
        # A process extrapolates its logarithm; the exponential makes nonsense of that.
        return np.exp(np.clip(predicted, self.low_, self.high_))
