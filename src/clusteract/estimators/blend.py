"""BlendRegressor: several models averaged, with weights from inner folds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import nnls
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.utils.validation import check_is_fitted, validate_data


class WeightedMean(RegressorMixin, BaseEstimator):
    """What models averaged with fixed weights predict; `fit` leaves ``members_``, ``weights_``."""

    def predict(self, X: Any) -> np.ndarray:
        """Return the weighted mean of the members' predictions, (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        return sum(w * m.predict(X) for w, m in zip(self.weights_, self.members_, strict=True))


class BlendRegressor(WeightedMean):
    """A weighted mean of models, the weights those that serve best on inner folds.

    Weights are not negative and sum to 1 (L. Breiman, Stacked regressions, Machine Learning 1996,
    24, 49, doi:10.1007/BF00117832): of two models that err together the better one takes all.

    Parameters
    ----------
    members : list of estimators
    folds : int
        Inner folds, shuffled; at most one per cluster.
    random_state : int
        Of the folds.

    Attributes
    ----------
    members_ : list of estimators
        Fitted on all rows.
    weights_ : ndarray, (n_members,)
    n_features_in_ : int

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.arange(20.0)[:, None]
    >>> blend = BlendRegressor([LinearRegression(), DummyRegressor()]).fit(X, 2 * X[:, 0])
    >>> blend.weights_.round(3).tolist()
    [1.0, 0.0]
    """

    def __init__(self, members: list[Any], folds: int = 10, random_state: int = 0) -> None:
        self.members = members
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> BlendRegressor:
        """Predict each inner fold by each member, weigh the members, fit them on all rows.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        if not self.members:
            raise ValueError("a blend needs at least one member")
        folds = KFold(min(self.folds, len(y)), shuffle=True, random_state=self.random_state)
        unseen = [cross_val_predict(clone(m), X, y, cv=folds) for m in self.members]
        self.weights_ = convex_weights(np.column_stack(unseen), y)
        self.members_ = [clone(m).fit(X, y) for m in self.members]
        return self


def convex_weights(predictions: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares with weights that are not negative and sum to 1.

    The last row asks for the sum so strongly that nothing else moves it.
    """
    errors = predictions - y[:, None]
    strong = 1e3 * (np.abs(errors).max() or 1.0)
    A = np.vstack([errors, np.full(errors.shape[1], strong)])
    weights, _ = nnls(A, np.append(np.zeros(len(y)), strong))
    return weights / weights.sum()
