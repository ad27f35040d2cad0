"""CategoryEncoder: columns of codes become numbers that a model can use, learned in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder
from sklearn.utils.validation import check_is_fitted, validate_data

from clusteract.errors import InputError

# More columns than this for one column of the table, and a small table is nothing but them.
MOST_COLUMNS = 12
_CROSS_FITS = 5
_ENCODINGS = ("one-hot", "ordinal", "target")


def encoding_for(model: Any, n_categories: int) -> str:
    """Return how a column with that many categories is given to a model.

    One column for each where there are few. Many become the mean target of their rows, which is
    learned by cross-fitting. Boosted histograms, which bin values anyway, split on plain codes.

    Examples
    --------
    >>> from sklearn.svm import SVR
    >>> encoding_for(SVR(), 3), encoding_for(SVR(), 40)
    ('one-hot', 'target')
    """
    if type(model).__name__ == "HistGradientBoostingRegressor":
        return "ordinal" if n_categories <= MOST_COLUMNS else "target"
    return "one-hot" if n_categories <= MOST_COLUMNS else "target"


class CategoryEncoder(TransformerMixin, BaseEstimator):
    """Encode columns of category codes by scikit-learn's own encoders; others pass through.

    A category that training did not hold is no column's (one-hot), the mean target (target), or
    missing (ordinal). A missing code is a category of its own where training holds one.

    Parameters
    ----------
    columns : sequence of (int, {"one-hot", "ordinal", "target"})
        Which columns are encoded, and how.
    random_state : int or None
        Of the target encoding's cross-fitting.

    Attributes
    ----------
    encoders_ : list of estimator
        One for each column of `columns`, in their order.
    origin_ : ndarray of int, (n_columns,)
        The input column that each column of the output was made of: first those that pass
        through, then the encoded ones.

    Examples
    --------
    >>> X = [[0.0, 1.5], [2.0, 2.5], [1.0, 3.5]]
    >>> encoder = CategoryEncoder([(0, "one-hot")]).fit(X)
    >>> encoder.transform([[2.0, 9.0], [7.0, 9.0]]).tolist()
    [[9.0, 0.0, 0.0, 1.0], [9.0, 0.0, 0.0, 0.0]]
    """

    def __init__(
        self, columns: Sequence[tuple[int, str]] = (), random_state: int | None = None
    ) -> None:
        self.columns = columns
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the categories of the training set."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn, and return the training set encoded: its own targets cross-fitted."""
        X = validate_data(self, X, ensure_all_finite="allow-nan", dtype=float)
        self.encoders_ = [_make(how) for _, how in self.columns]
        parts = [
            self._learn(encoder, X[:, [j]], y)
            for (j, _), encoder in zip(self.columns, self.encoders_, strict=True)
        ]
        pairs = zip(self.columns, parts, strict=True)
        encoded = [np.full(part.shape[1], j) for (j, _), part in pairs]
        self.origin_ = np.concatenate([self._others, *encoded]).astype(int)
        return np.hstack([X[:, self._others], *parts])

    def _learn(self, encoder: Any, codes: np.ndarray, y: Any) -> np.ndarray:
        """Fit an encoder; return its training rows as encoders of other rows see them."""
        encoder.fit(codes, y)
        encoded = np.asarray(encoder.transform(codes))
        if isinstance(encoder, TargetEncoder):
            y = np.asarray(y)
            folds = KFold(min(_CROSS_FITS, len(y)), shuffle=True, random_state=self.random_state)
            for train, test in folds.split(codes):
                part = clone(encoder).fit(codes[train], y[train])
                encoded[test] = part.transform(codes[test])
        return encoded

    def transform(self, X: Any) -> np.ndarray:
        """Return the rows encoded as training was, (n_rows, n_columns)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=float)
        pairs = zip(self.columns, self.encoders_, strict=True)
        parts = [np.asarray(encoder.transform(X[:, [j]])) for (j, _), encoder in pairs]
        return np.hstack([X[:, self._others], *parts])

    @property
    def _others(self) -> np.ndarray:
        taken = {j for j, _ in self.columns}
        return np.array([j for j in range(self.n_features_in_) if j not in taken], dtype=int)

    def __sklearn_tags__(self):
        """Say that missing values are passed on."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _make(how: str) -> Any:
    if how == "one-hot":
        return OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    if how == "ordinal":
        return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    if how == "target":
        return TargetEncoder(target_type="continuous")
    raise InputError(f"encoding {how!r} must be one of: {', '.join(_ENCODINGS)}")
