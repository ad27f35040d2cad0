"""Plain differences: an ordinary regressor in the place of a pairwise one."""

from __future__ import annotations

from typing import Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.utils.validation import check_is_fitted, validate_data


class PlainDifferences(RegressorMixin, BaseEstimator):
    """Predict differences as g(x) - g(y) with an ordinary regressor g.

    f(x, x) = 0, f(x, y) = -f(y, x) and additivity hold by construction. Against a reference r the
    prediction is y(r) + g(x) - g'(r), where g' was fitted without r's fold: references differ by
    what the model does not know of them, and their spread is that of honest errors.

    Parameters
    ----------
    base : estimator, optional
        `LinearRegression` by default.
    folds : int
        Shuffled folds for g'; no more than there are clusters.

    Attributes
    ----------
    base_ : estimator
        Fitted on the clusters.
    residuals_ : ndarray, (n_references,)
        y - g' of the references.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> PlainDifferences().fit(X, X[:, 0]).predict_against([[5.0]]).round(6)
    array([[5., 5., 5.]])
    """

    def __init__(self, base: Any = None, folds: int = 5) -> None:
        self.base = base
        self.folds = folds

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the regressor on clusters."""
        X, y = validate_data(self, X, y, y_numeric=True, dtype=float, ensure_min_samples=2)
        base = LinearRegression() if self.base is None else self.base
        folds = KFold(min(self.folds, np.size(y)), shuffle=True, random_state=0)
        self.residuals_ = y - cross_val_predict(base, X, y, cv=folds)
        self.base_ = clone(base).fit(X, y)
        return self

    def difference(self, A: ArrayLike, B: ArrayLike) -> np.ndarray:
        """Predict the target of clusters A minus that of clusters B, row by row, (n,)."""
        check_is_fitted(self)
        return self.base_.predict(np.asarray(A, float)) - self.base_.predict(np.asarray(B, float))

    def predict_against(self, X: ArrayLike) -> np.ndarray:
        """Predict each cluster against every reference, (n_rows, n_references)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        return self.base_.predict(X)[:, None] + self.residuals_

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[False] = False) -> np.ndarray: ...

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...

    def predict(
        self, X: ArrayLike, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Predict the mean over references, and their spread where asked for."""
        against = self.predict_against(X)
        value = against.mean(axis=1)
        return (value, against.std(axis=1)) if return_std else value
