"""Plausibility: how well a value fits what the other columns of its row let one expect."""

from __future__ import annotations

import numpy as np

from clusteract.audit.view import View

_PENALTY = 1e-2
_FEWEST_ROWS = 5
_MOST_ROWS = 2000  # that the model is fitted to
_FINEST = 0.03  # of a column: what others tell exactly is bent by the penalty as much
_TAIL = 2.5  # normal residuals: their 90 % quantile is 1.645 standard deviations
_TAIL_FAR, _TAIL_SHARE = 4.0, 0.02  # where so many are so far, large values are no mistakes
_CLIP = 6.0  # robust standard deviations; a wrong cell must not bend the model


def plausibility(view: View) -> Plausibility:
    """Return the view's model, made once."""
    if "plausibility" not in view.memo:
        view.memo["plausibility"] = Plausibility(view)
    return view.memo["plausibility"]


class Plausibility:
    """Ridge predictions of each column from the others and what labels say.

    Parameters
    ----------
    view : View

    Attributes
    ----------
    clear : float
        By how many robust standard deviations one cell must beat its rivals to be the wrong one.
    """

    clear = 3.0

    def __init__(self, view: View) -> None:
        self._columns = list(view.values)
        self._values = view.values
        numbers = [view.values[c] for c in self._columns]
        composition = view.label_numbers()
        scaled = np.column_stack([_robust(v) for v in (*numbers, *composition)])
        self._inputs = np.clip(scaled, -_CLIP, _CLIP)
        self._excess = np.abs(scaled - self._inputs)
        self._cache: dict[tuple[str, frozenset[str]], tuple[np.ndarray, float]] = {}

    def relief(
        self, column: str, row: int, observed: float, corrected: float, without: tuple[str, ...]
    ) -> float:
        """Return how much more plausible a corrected value is, in robust standard deviations.

        Parameters
        ----------
        without : tuple of str
            Columns that may be wrong as well: not used for the prediction.
        """
        prediction, scale = self._predict(column, frozenset(without))
        before, after = abs(observed - prediction[row]), abs(corrected - prediction[row])
        return float(np.nan_to_num((before - after) / scale))

    def prediction(self, column: str) -> np.ndarray:
        """Return what the other columns let one expect, (n,)."""
        return self._predict(column, frozenset())[0]

    def distance(self, column: str, values: np.ndarray) -> np.ndarray:
        """Return how far each value is from the expected one, in robust standard deviations, (n,).

        Numbers that are all well above zero are compared by their logarithms. Where some are
        near zero, none below, and many far off, a value must be far by its logarithm, too.
        """
        finite = values[np.isfinite(values)]
        kept = [j for j in range(self._inputs.shape[1]) if self._allowed(j, column, frozenset())]
        X, middle = self._inputs[:, kept], np.median(finite) if len(finite) else np.nan
        excess = self._excess[:, kept]
        if not (finite >= 0).all() or not middle > 0:
            return _distance(X, excess, values)
        if finite.min() > 0.2 * middle:
            return _distance(X, excess, np.log(values))
        distance = _distance(X, excess, values)
        if np.mean(distance > _TAIL_FAR) < _TAIL_SHARE:
            return distance
        return np.minimum(distance, _distance(X, excess, np.log(values + 0.1 * middle)))

    def _predict(self, column: str, without: frozenset[str]) -> tuple[np.ndarray, float]:
        key = (column, without)
        if key not in self._cache:
            kept = [j for j in range(self._inputs.shape[1]) if self._allowed(j, column, without)]
            self._cache[key] = _ridge(self._inputs[:, kept], self._values[column])
        return self._cache[key]

    def _allowed(self, j: int, column: str, without: frozenset[str]) -> bool:
        if j >= len(self._columns):
            return True
        name = self._columns[j]
        return name != column and name not in without and name.split("/")[0] not in without


def _robust(values: np.ndarray) -> np.ndarray:
    """Centre and scale by median and spread, and set missing to the middle."""
    if np.isnan(values).all():
        return np.zeros(len(values))
    middle = np.nanmedian(values)
    spread = 1.4826 * np.nanmedian(np.abs(values - middle)) or np.nanstd(values) or 1.0
    return np.nan_to_num((values - middle) / spread)


def _ridge(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit, leave out what fits badly, fit again; return predictions and residual spread."""
    use = np.isfinite(y)
    if len(y) > _MOST_ROWS:
        use[np.arange(len(y)) % (len(y) // _MOST_ROWS + 1) != 0] = False
    if use.sum() < _FEWEST_ROWS:
        return np.full(len(y), np.nan), np.inf
    for _ in range(2):
        prediction, scale = _fit(X, y, use)
        close = use & (np.nan_to_num(np.abs(y - prediction), nan=np.inf) < 4 * scale)
        if close.sum() < _FEWEST_ROWS:
            break
        use = close
    return prediction, scale


def _distance(X: np.ndarray, excess: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return how far values are from what a row's other columns tell, (n,).

    The unit is the residuals' standard deviation by their median, unless their tail is longer:
    where half of a column is predicted exactly, the median residual is 0 and says nothing. It is
    larger for rows that are unlike the others, by the leverage of their columns; and what was
    clipped, `excess`, may have been meant to move the prediction.
    """
    residual = np.abs(values - _ridge(X, values)[0])
    if not np.isfinite(residual).any():
        return np.zeros(len(values))
    middle, wide = np.nanquantile(residual, [0.5, 0.9])
    scale = max(1.4826 * middle, wide / _TAIL, _FINEST * np.nanstd(values), 1e-300)
    use = residual < 4 * scale
    A = X - X[use].mean(axis=0)
    inverse = np.linalg.inv(A[use].T @ A[use] + _PENALTY * use.sum() * np.eye(X.shape[1]))
    weights = inverse @ A[use].T @ (values[use] - values[use].mean())
    leverage = np.einsum("ij,ij->i", A @ inverse, A)
    residual = np.maximum(residual - excess @ np.abs(weights), 0)
    return np.nan_to_num(residual / scale / np.sqrt(1 + leverage))


def _fit(X: np.ndarray, y: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, float]:
    centre, middle = X[use].mean(axis=0), y[use].mean()
    A = X[use] - centre
    penalty = _PENALTY * len(A) * np.eye(A.shape[1])
    weights = np.linalg.solve(A.T @ A + penalty, A.T @ (y[use] - middle))
    prediction = middle + (X - centre) @ weights
    spread = 1.4826 * float(np.median(np.abs(y[use] - prediction[use])))
    return prediction, spread or 1e-12
