"""FormulaRegressor: a short formula of products, ratios and powers that fits on a board."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

_SAME = 1e-10
_WORTH = 0.01  # of the leave-one-out error


class Term(NamedTuple):
    """One term: descriptors to some powers, multiplied.

    Attributes
    ----------
    columns : tuple of int
    powers : tuple of float
    """

    columns: tuple[int, ...]
    powers: tuple[float, ...]

    def of(self, X: np.ndarray) -> np.ndarray:
        """Return the term's values, (n,); NaN or infinite where it is not defined."""
        with np.errstate(all="ignore"):
            values = [X[:, j] ** p for j, p in zip(self.columns, self.powers, strict=True)]
            return np.prod(values, axis=0)


class FormulaRegressor(RegressorMixin, BaseEstimator):
    """The best sum of a few terms, over all formulas with at most three descriptors.

    Terms are descriptors to the powers 1, 2, 1/2 and -1, and products and ratios of two. A first
    search keeps the terms that go best with those chosen so far (a beam of partial formulas,
    extended by least squares); the number of terms is the one of lowest leave-one-out error,
    which for a linear formula is known in closed form.

    Parameters
    ----------
    max_descriptors : int
        Different descriptors in the formula.
    max_terms : int
    beam : int
        Partial formulas that are kept at each step.

    Attributes
    ----------
    powers_ : ndarray, (n_terms, n_features_in_)
        Of each descriptor in each term; 0 where it does not occur.
    intercept_ : float
    coef_ : ndarray, (n_terms,)
    low_, high_ : ndarray, (n_terms,)
        Range of each term in training: values beyond it are taken as the limit, since a ratio
        may explode.
    n_features_in_ : int

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(1, 2, (60, 5))
    >>> model = FormulaRegressor(max_descriptors=2).fit(X, 3 * X[:, 1] / X[:, 3] - 1)
    >>> model.formula(["a", "b", "c", "d", "e"])
    '-1 + 3 * b / d'
    """

    def __init__(self, max_descriptors: int = 3, max_terms: int = 3, beam: int = 20) -> None:
        self.max_descriptors = max_descriptors
        self.max_terms = max_terms
        self.beam = beam

    def fit(self, X: Any, y: Any) -> FormulaRegressor:
        """Search the formula.

        Parameters
        ----------
        X : array-like, (n_rows, n_descriptors)
        y : array-like, (n_rows,)
        """
        X, y = validate_data(self, X, y, ensure_min_samples=2, y_numeric=True, dtype=float)
        terms, values = _library(X, self.max_descriptors)
        found = self._search(terms, _standardised(values), y)
        self.powers_ = np.zeros((len(found), X.shape[1]))
        for row, i in enumerate(found):
            self.powers_[row, list(terms[i].columns)] = terms[i].powers
        chosen = values[:, list(found)]
        self.low_, self.high_ = chosen.min(axis=0), chosen.max(axis=0)
        design = np.column_stack([np.ones(len(y)), chosen])
        solution = np.linalg.lstsq(design, y, rcond=None)[0]
        self.intercept_, self.coef_ = float(solution[0]), solution[1:]
        return self

    def _search(self, terms: list[Term], Z: np.ndarray, y: np.ndarray) -> tuple[int, ...]:
        used = [frozenset(t.columns) for t in terms]
        best: tuple[float, tuple[int, ...]] = (_loo_error(Z[:, []], y), ())
        partial: list[tuple[int, ...]] = [()]
        for _ in range(self.max_terms):
            partial = self._extend(partial, used, Z, y)
            score, formula = min((_loo_error(Z[:, list(p)], y), p) for p in partial)
            # A longer formula must be worth writing down.
            if score < (1 - _WORTH) * best[0] - _SAME * np.var(y):
                best = score, formula
        return best[1]

    def _extend(
        self, partial: list[tuple[int, ...]], used: list[frozenset[int]], Z: np.ndarray, y: Any
    ) -> list[tuple[int, ...]]:
        """Return the partial formulas of one more term with the lowest squared error."""
        found: dict[tuple[int, ...], float] = {}
        for formula in partial:
            columns = frozenset().union(*(used[i] for i in formula))
            allowed = [
                i
                for i in range(Z.shape[1])
                if i not in formula and len(columns | used[i]) <= self.max_descriptors
            ]
            for i, error in zip(allowed, _errors_with(Z, formula, allowed, y), strict=True):
                found[tuple(sorted((*formula, i)))] = error
        return sorted(found, key=lambda f: (found[f], f))[: self.beam]

    def predict(self, X: Any) -> np.ndarray:
        """Return the formula's value, (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        value = np.full(len(X), self.intercept_)
        parts = zip(self._terms, self.coef_, self.low_, self.high_, strict=True)
        for term, c, low, high in parts:
            value += c * np.clip(np.nan_to_num(term.of(X), nan=(low + high) / 2), low, high)
        return value

    @property
    def _terms(self) -> list[Term]:
        rows = [(np.flatnonzero(powers), powers) for powers in self.powers_]
        return [Term(tuple(j.tolist()), tuple(p[j].tolist())) for j, p in rows]

    def formula(self, names: Any, digits: int = 3) -> str:
        """Write the formula with descriptors' names.

        Parameters
        ----------
        names : sequence of str, (n_features_in_,)
        digits : int
            Of coefficients.
        """
        check_is_fitted(self)
        text = f"{self.intercept_:.{digits}g}"
        for c, term in zip(self.coef_, self._terms, strict=True):
            text += f" {'-' if c < 0 else '+'} {abs(c):.{digits}g}{_spelled(term, names)}"
        return text


def _library(X: np.ndarray, max_descriptors: int) -> tuple[list[Term], np.ndarray]:
    """Return all terms that are defined on every training cluster, and their values."""
    columns = range(X.shape[1])
    terms = [Term((j,), (p,)) for j in columns for p in (1.0, 2.0, 0.5, -1.0)]
    if max_descriptors > 1:
        for i, j in combinations(columns, 2):
            terms += [Term((i, j), p) for p in ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0))]
    values = np.column_stack([t.of(X) for t in terms])
    sound = np.isfinite(values).all(axis=0) & (np.abs(values) < 1e6).all(axis=0)
    # A ratio whose denominator nearly vanishes lives from one cluster: its spread gives it away.
    spread = np.where(sound, values, 0.0)
    extreme = np.abs(spread - np.median(spread, axis=0)).max(axis=0)
    sound &= extreme <= 12 * np.maximum(spread.std(axis=0), 1e-300)
    return [t for t, s in zip(terms, sound, strict=True) if s], values[:, sound]


def _standardised(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    return centred / np.where(norms > _SAME * (1 + np.abs(values).max(axis=0)), norms, np.inf)


def _basis(Z: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of a few columns."""
    left, sizes, _ = np.linalg.svd(Z, full_matrices=False)
    return left[:, sizes > 1e-6]


def _errors_with(
    Z: np.ndarray, formula: tuple[int, ...], more: list[int], y: np.ndarray
) -> np.ndarray:
    """Squared error of a formula with one more term, for each of several terms."""
    basis = _basis(Z[:, list(formula)])
    centred = y - y.mean()
    residual = centred - basis @ (basis.T @ centred)
    candidates = Z[:, more] - basis @ (basis.T @ Z[:, more])
    norms = (candidates**2).sum(axis=0)
    gain = (residual @ candidates) ** 2 / np.where(norms > 1e-8, norms, np.inf)
    return residual @ residual - gain


def _loo_error(Z: np.ndarray, y: np.ndarray) -> float:
    """Mean squared leave-one-out error of least squares on standardised columns."""
    basis = _basis(Z)
    centred = y - y.mean()
    residual = centred - basis @ (basis.T @ centred)
    leverage = 1 / len(y) + (basis**2).sum(axis=1)
    return float(np.mean((residual / np.maximum(1 - leverage, 1e-6)) ** 2))


def _spelled(term: Term, names: Any) -> str:
    above = [_power(names[j], p) for j, p in zip(term.columns, term.powers, strict=True) if p > 0]
    below = [_power(names[j], -p) for j, p in zip(term.columns, term.powers, strict=True) if p < 0]
    return "".join([f" * {name}" for name in above] + [f" / {name}" for name in below])


def _power(name: Any, power: float) -> str:
    if power == 1:
        return str(name)
    return f"sqrt({name})" if power == 0.5 else f"({name})^{power:g}"
