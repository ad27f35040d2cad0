"""PairwiseProducts: descriptors and the products of every two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class PairwiseProducts(TransformerMixin, BaseEstimator):
    """Add the product of every two descriptors.

    The reference expands 15 descriptors to 120 this way: the 15 and their 105 products
    (Mou et al., ACS Catal. 2025, 15 (8), 6618).

    Parameters
    ----------
    keep_single : bool
        Keep the descriptors themselves, before the products.

    Attributes
    ----------
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where the input has names.

    Notes
    -----
    Products come in the order (1, 2), (1, 3), ... (2, 3), ...; squares are left out. The cost is
    one multiplication a value.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"2_Q": [2.0], "3_EA": [3.0], "3_IE": [5.0]})
    >>> made = PairwiseProducts().fit(X)
    >>> made.get_feature_names_out().tolist()
    ['2_Q', '3_EA', '3_IE', '2_Q × 3_EA', '2_Q × 3_IE', '3_EA × 3_IE']
    >>> made.transform(X).tolist()
    [[2.0, 3.0, 5.0, 6.0, 10.0, 15.0]]
    """

    def __init__(self, keep_single: bool = True) -> None:
        self.keep_single = keep_single

    def fit(self, X: Any, y: Any = None) -> PairwiseProducts:
        """Remember the input's columns.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
            Missing values are passed on.
        y : ignored
        """
        validate_data(self, X, ensure_all_finite="allow-nan")
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return (n_rows, n (n + 1) / 2) descriptors and products, n of them single."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=float)
        first, second = self._pairs()
        products = X[:, first] * X[:, second]
        return np.hstack([X, products]) if self.keep_single else products

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return names such as ``2_Q × 3_EA``."""
        check_is_fitted(self)
        names = input_features
        if names is None:
            default = [f"x{j}" for j in range(self.n_features_in_)]
            names = getattr(self, "feature_names_in_", default)
        products = [f"{names[i]} × {names[j]}" for i, j in zip(*self._pairs(), strict=True)]
        return np.array([*(names if self.keep_single else ()), *products], dtype=object)

    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        return np.triu_indices(self.n_features_in_, k=1)

    def __sklearn_tags__(self):
        """Say that missing values are passed on."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
