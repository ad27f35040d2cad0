"""Is one recipe better than another, or is it noise? The corrected resampled t interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from clusteract.validation.records import RecipeResult


@dataclass(frozen=True)
class Difference:
    """Mean difference of two recipes over the same outer folds, a minus b, with an interval.

    Attributes
    ----------
    a, b : str
        Recipes.
    metric : str
        ``r`` or ``rmse``, on test sets.
    mean, low, high : float
        `low` to `high` is the interval at `level`.
    p : float
        Two-sided p value of no difference.
    """

    a: str
    b: str
    metric: str
    mean: float
    low: float
    high: float
    p: float
    level: float = 0.95

    @property
    def is_noise(self) -> bool:
        """True where the interval contains zero (or could not be computed)."""
        return not (self.low > 0 or self.high < 0)


def corrected_interval(
    differences: np.ndarray, test_share: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Return low, high and p of a mean difference over (repeated) folds.

    Training sets overlap, so the plain t interval is too narrow. Nadeau and Bengio's correction
    widens the variance from s2/J to s2 * (1/J + n_test/n_train).

    Parameters
    ----------
    differences : ndarray, (n_folds,)
    test_share : float
        n_test / n_train.
    level : float

    References
    ----------
    C. Nadeau, Y. Bengio, Machine Learning 52 (2003) 239, doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> low, high, p = corrected_interval(np.array([0.1, 0.2, 0.3]), test_share=0.5)
    >>> round(low, 3), round(high, 3), round(p, 3)
    (-0.193, 0.593, 0.16)
    """
    d = np.asarray(differences, float)
    n = len(d)
    if n < 2:
        return math.nan, math.nan, math.nan
    error = float(np.std(d, ddof=1) * math.sqrt(1 / n + test_share))
    if error == 0:
        return float(d.mean()), float(d.mean()), 1.0 if d.mean() == 0 else 0.0
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    p = 2 * float(stats.t.sf(abs(d.mean()) / error, n - 1))
    return float(d.mean()) - half, float(d.mean()) + half, p


def compare_recipes(
    a: RecipeResult, b: RecipeResult, metric: str = "r", level: float = 0.95
) -> Difference:
    """Compare two recipes on the outer folds where both have the metric, a minus b."""
    d = a.per_fold("test", metric) - b.per_fold("test", metric)
    defined = ~np.isnan(d)
    shares = [len(f.test) / len(f.train) for f, k in zip(a.folds, defined, strict=True) if k]
    if not shares:
        return Difference(a.name, b.name, metric, math.nan, math.nan, math.nan, math.nan, level)
    low, high, p = corrected_interval(d[defined], float(np.mean(shares)), level)
    return Difference(a.name, b.name, metric, float(d[defined].mean()), low, high, p, level)


def best_recipe(results: dict[str, RecipeResult]) -> str:
    """Return the recipe of the lowest mean test RMSE (the first of equals)."""
    return min(results, key=lambda name: results[name].mean("test", "rmse"))
