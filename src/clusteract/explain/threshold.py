"""Does a descriptor act by a threshold? The best step in a dependence, against a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEAST = 5  # clusters on either side of a step


@dataclass(frozen=True)
class Threshold:
    """The best single step in a descriptor's contributions.

    Attributes
    ----------
    at : float
        Where the step is, in the descriptor's unit.
    low, high : float
        95 % interval of `at`, from resampled clusters.
    below, above : float
        Mean contribution on either side, in the target's unit.
    step_r2, line_r2 : float
        Share of the contributions' variance that the step explains, and a straight line.
    """

    at: float
    low: float
    high: float
    below: float
    above: float
    step_r2: float
    line_r2: float

    @property
    def is_step(self) -> bool:
        """True where a step describes the contributions better than a straight line."""
        return self.step_r2 > self.line_r2


def find_threshold(
    x: np.ndarray, contributions: np.ndarray, *, resamples: int = 200, seed: int = 0
) -> Threshold | None:
    """Find the step that explains a descriptor's contributions best.

    Parameters
    ----------
    x : ndarray, (n_clusters,)
        The descriptor; NaN where missing.
    contributions : ndarray, (n_clusters,)
        Its Shapley values.
    resamples : int
        Bootstrap samples for the interval.
    seed : int

    Returns
    -------
    Threshold or None
        None where there are too few different values.

    Examples
    --------
    >>> x = np.linspace(0, 1, 50)
    >>> found = find_threshold(x, np.where(x > 0.6, 1.0, -1.0))
    >>> round(found.at, 2), found.below, found.above, found.is_step
    (0.6, -1.0, 1.0, True)
    """
    known = np.isfinite(x) & np.isfinite(contributions)
    x, c = x[known], contributions[known]
    best = _best_step(x, c)
    if best is None:
        return None
    at, gain = best
    random = np.random.default_rng(seed)
    drawn = [random.integers(len(x), size=len(x)) for _ in range(resamples)]
    found = [step[0] for rows in drawn if (step := _best_step(x[rows], c[rows])) is not None]
    low, high = np.quantile(found, [0.025, 0.975]) if found else (math.nan, math.nan)
    total = float(np.sum((c - c.mean()) ** 2))
    slope = np.corrcoef(x, c)[0, 1] if total > 0 else math.nan
    return Threshold(
        at=at,
        low=float(low),
        high=float(high),
        below=float(c[x <= at].mean()),
        above=float(c[x > at].mean()),
        step_r2=gain / total if total > 0 else math.nan,
        line_r2=float(slope**2),
    )


def _best_step(x: np.ndarray, c: np.ndarray) -> tuple[float, float] | None:
    """Return where the best step is, and how much of the sum of squares it explains."""
    order = np.argsort(x, kind="stable")
    x, c = x[order], c[order] - c.mean()
    n, cut = len(x), np.arange(1, len(x))
    allowed = (x[1:] > x[:-1]) & (cut >= LEAST) & (n - cut >= LEAST)
    if not allowed.any():
        return None
    left = np.cumsum(c)[:-1]
    gain = np.where(allowed, left**2 / cut + left**2 / (n - cut), -1.0)
    k = int(np.argmax(gain))
    return float((x[k] + x[k + 1]) / 2), float(gain[k])
