"""PairwiseDifferenceRegressor: learns differences between clusters, predicts from references."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from clusteract.errors import InputError
from clusteract.estimators.pairwise.aggregate import get_aggregate, spread
from clusteract.estimators.pairwise.pairs import PairRows, all_pairs
from clusteract.estimators.pairwise.training import train_on_pairs

DIRECTIONS = ("one", "both", "antisymmetric")
_BLOCK = 1 << 15  # pairs predicted at once
_PARTNERS = 50  # a reference's own error is judged on so many of its pairs


class PairwiseDifferenceRegressor(RegressorMixin, BaseEstimator):
    """Learn differences of the target from differences of descriptors.

    With n clusters there are n (n - 1) / 2 pairs to learn from. A new cluster x is predicted
    against every training cluster r (a *reference*), y(r) + f(x - r), and these predictions are
    put together. Pairs are made inside the training set only. n clusters still are n independent
    measurements: pairs that share a cluster are no independent test of each other.

    Pairs are streamed where more than `max_pairs` would have to be stored: linear least squares
    are solved in closed form, networks see fresh mini-batches, boosted models grow in rounds on
    fresh pairs, anything with ``partial_fit`` is fed in batches. Other models are trained on
    `max_pairs` pairs drawn at random.

    Parameters
    ----------
    base : estimator, optional
        Any regressor, or a network; `LinearRegression` by default.
    direction : {"one", "both", "antisymmetric"}
        Train on each pair once (i < j), in both directions, or in both and predict
        (g(d) - g(-d)) / 2, for which f(x, x) = 0 and f(x, y) = -f(y, x) by construction.
    combine : bool
        Use each reference in both directions, y(r) + f(x, r) and y(r) - f(r, x), and take their
        mean; "antisymmetric" does so in any case.
    aggregate : {"mean", "median", "certainty"}
        How the references are put together. "certainty" weighs each by the inverse of the squared
        error that the model has on that reference's own training pairs plus the squared
        disagreement of the two directions.
    standardize : bool
        Bring each column of differences to mean 0 and standard deviation 1, as a `StandardScaler`
        on the table of pairs does.
    max_pairs : int
        Most pairs in memory at once.
    holdout : float
        For bases that stop early on validation data (networks): the share of training clusters
        whose pairs decide when to stop. No pair of theirs is trained on, but they are references.
    random_state : int, RandomState or None

    Attributes
    ----------
    base_ : estimator
        Fitted on pairs.
    X_ : ndarray, (n_references, n_descriptors)
    y_ : ndarray, (n_references,)
    scale_ : ndarray, (n_descriptors,)
    offset_ : ndarray, (n_descriptors,)
    reference_error_ : ndarray, (n_references,)
        Mean squared error of each reference's own pairs.
    n_pairs_ : int
        Pairs that training could draw from.

    References
    ----------
    M. Tynes et al., J. Chem. Inf. Model. 61 (2021) 3846, doi:10.1021/acs.jcim.1c00670.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0], [4.0]])
    >>> model = PairwiseDifferenceRegressor().fit(X, 3 * X[:, 0] - 10)
    >>> value, std = model.predict([[3.0]], return_std=True)
    >>> value.round(6), std.round(6), model.n_pairs_
    (array([-1.]), array([0.]), 6)
    """

    def __init__(
        self,
        base: Any = None,
        *,
        direction: str = "one",
        combine: bool = False,
        aggregate: str = "mean",
        standardize: bool = True,
        max_pairs: int = 200_000,
        holdout: float = 0.1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.base = base
        self.direction = direction
        self.combine = combine
        self.aggregate = aggregate
        self.standardize = standardize
        self.max_pairs = max_pairs
        self.holdout = holdout
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        pairs: ArrayLike | None = None,
        validation_pairs: ArrayLike | None = None,
    ) -> Self:
        """Train on pairs of clusters.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        pairs : array-like of int, (n_pairs, 2), optional
            Train on these pairs of rows only, first minus second; all i < j by default.
        validation_pairs : array-like of int, (n_pairs, 2), optional
            Pairs that decide when a network stops, instead of those of held-out clusters.

        Raises
        ------
        InputError
            For a parameter out of its range.
        """
        X, y = validate_data(self, X, y, y_numeric=True, dtype=float, ensure_min_samples=2)
        self._check()
        self.X_, self.y_ = np.asarray(X), np.asarray(y, float)
        random = check_random_state(self.random_state)
        base = self._seeded_base(random)
        kept, stopping = self._hold_out(base, pairs, validation_pairs, random)
        rows = PairRows(self.X_[kept], self.y_[kept], _pairs(pairs), self.direction != "one")
        self.n_pairs_ = rows.n_pairs
        self.scale_ = np.ones(self.X_.shape[1])
        if self.standardize:
            rows, self.scale_ = rows.standardized()
        self.offset_ = rows.offset * np.ones_like(self.scale_)
        held = None
        if stopping is not None:
            held = PairRows(self.X_ / self.scale_, self.y_, stopping, offset=self.offset_)
        self.base_ = train_on_pairs(base, rows, self.max_pairs, random, held)
        self.reference_error_ = self._reference_errors(random)
        return self

    def _seeded_base(self, random: np.random.RandomState) -> Any:
        base = LinearRegression() if self.base is None else clone(self.base)
        if base.get_params(deep=False).get("random_state", 0) is None:
            base.set_params(random_state=random.randint(2**31 - 1))
        return base

    def _check(self) -> None:
        get_aggregate(self.aggregate)
        if self.direction not in DIRECTIONS:
            allowed = ", ".join(DIRECTIONS)
            raise InputError(f"direction={self.direction!r} of pairs must be one of: {allowed}")
        if self.max_pairs < 2:
            raise InputError(f"max_pairs={self.max_pairs!r} must be at least 2")
        if not 0 <= self.holdout < 1:
            raise InputError(f"holdout={self.holdout!r} must be at least 0 and below 1")

    def _hold_out(
        self, base: Any, pairs: Any, validation_pairs: Any, random: np.random.RandomState
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the clusters to train on, and the pairs that decide when to stop."""
        n = len(self.X_)
        everything = np.arange(n)
        if "validation" not in inspect.signature(base.fit).parameters:
            return everything, None
        if validation_pairs is not None:
            return everything, _pairs(validation_pairs)
        n_held = min(round(self.holdout * n), n - 2)
        if pairs is not None or n_held == 0:
            return everything, None
        order = random.permutation(n)
        held, kept = np.sort(order[:n_held]), np.sort(order[n_held:])
        mixed = np.column_stack([np.repeat(held, len(kept)), np.tile(kept, n_held)])
        return kept, np.vstack([mixed, held[all_pairs(n_held)]])

    def difference(self, A: ArrayLike, B: ArrayLike) -> np.ndarray:
        """Predict the target of clusters A minus that of clusters B, row by row, (n,).

        Parameters
        ----------
        A, B : array-like, (n, n_descriptors)
        """
        check_is_fitted(self)
        A, B = np.asarray(A, float), np.asarray(B, float)
        forward = self._base(A - B)
        if not self._two_way:
            return forward
        return (forward - self._base(B - A)) / 2

    @property
    def _two_way(self) -> bool:
        return self.combine or self.direction == "antisymmetric"

    def _base(self, D: np.ndarray) -> np.ndarray:
        return np.asarray(self.base_.predict(D / self.scale_ - self.offset_), float).ravel()

    def predict_against(self, X: ArrayLike) -> np.ndarray:
        """Predict each cluster against every reference, (n_rows, n_references)."""
        return np.vstack([values for values, _ in self._blocks(X)])

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[False] = False) -> np.ndarray: ...

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...

    def predict(
        self, X: ArrayLike, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Predict the target of clusters from all references.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        return_std : bool
            Return the spread over references, too: (n_rows,). It says how well the references
            agree; it is no interval for the prediction's error.
        """
        weigh = get_aggregate(self.aggregate)
        found = []
        for values, variances in self._blocks(X):
            weights = weigh(values, variances)
            found.append((np.sum(weights * values, axis=1), spread(values, weights)))
        value, std = (np.concatenate(part) for part in zip(*found, strict=True))
        return (value, std) if return_std else value

    def _blocks(self, X: ArrayLike) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Go through clusters, some at a time: values and variances, (n, n_references)."""
        check_is_fitted(self)
        X = np.asarray(validate_data(self, X, reset=False, dtype=float))
        references = len(self.X_)
        for block in np.array_split(X, -(-len(X) * references // _BLOCK)):
            A = np.repeat(block, references, axis=0)
            B = np.tile(self.X_, (len(block), 1))
            forward = self._base(A - B).reshape(len(block), references)
            apart = np.zeros_like(forward)
            if self._two_way or self.aggregate == "certainty":
                back = self._base(B - A).reshape(forward.shape)
                apart = (forward + back) / 2
            difference = forward - apart if self._two_way else forward
            yield self.y_ + difference, self.reference_error_ + apart**2

    def _reference_errors(self, random: np.random.RandomState) -> np.ndarray:
        """Return each reference's mean squared error on some of its own pairs."""
        n = len(self.X_)
        partners = random.randint(1, n, size=(n, min(n - 1, _PARTNERS)))
        errors = []
        for rows in np.array_split(np.arange(n), -(-partners.size // _BLOCK)):
            j = (rows[:, None] + partners[rows]) % n
            i = np.broadcast_to(rows[:, None], j.shape)
            found = self.difference(self.X_[i.ravel()], self.X_[j.ravel()]).reshape(j.shape)
            errors.append(np.mean((found - (self.y_[i] - self.y_[j])) ** 2, axis=1))
        return np.concatenate(errors)


def _pairs(pairs: Any) -> np.ndarray | None:
    return None if pairs is None else np.asarray(pairs, dtype=int).reshape(-1, 2)
