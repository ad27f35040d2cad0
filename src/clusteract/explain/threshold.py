"""Does a descriptor act by a threshold? The best step and ramp, against a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEAST = 5  # clusters on either side of a step
BETTER = 0.03  # of the variance, which a shape must explain more than a simpler one
# F of two more parameters, which the shape must surpass too: with a straight line and noise, 30 to
# 160 clusters, it does in one case of fifty at most, its ends being searched for.
CLEARLY = 5.0
_PLACES = 40  # quantiles at which a ramp may begin and end


@dataclass(frozen=True)
class Threshold:
    """The best single step, and the best ramp, in a descriptor's contributions.

    A ramp is flat, then a straight line, then flat again: a threshold with a width.

    Attributes
    ----------
    at : float
        Where the step is, in the descriptor's unit.
    low, high : float
        95 % interval of `at`, from resampled clusters.
    below, above : float
        Mean contribution on either side, in the target's unit.
    ramp_from, ramp_to : float
        Where the ramp begins and ends, in the descriptor's unit.
    ramp_below, ramp_above : float
        Its two levels, in the target's unit.
    step_r2, ramp_r2, line_r2 : float
        Share of the contributions' variance that step, ramp and straight line explain.
    n : int
        Clusters.
    """

    at: float
    low: float
    high: float
    below: float
    above: float
    ramp_from: float
    ramp_to: float
    ramp_below: float
    ramp_above: float
    step_r2: float
    ramp_r2: float
    line_r2: float
    n: int

    @property
    def kind(self) -> str:
        """Name the simplest shape that is not clearly worse: "slope", "step" or "ramp"."""
        best = max(self.step_r2, self.ramp_r2)
        gain = best - self.line_r2
        if not (gain > BETTER and gain * (self.n - 4) > 2 * CLEARLY * (1 - best)):
            return "slope"
        return "step" if self.step_r2 > best - BETTER else "ramp"


def find_threshold(
    x: np.ndarray, contributions: np.ndarray, *, resamples: int = 200, seed: int = 0
) -> Threshold | None:
    """Find the step that explains a descriptor's contributions best.

    Parameters
    ----------
    x : ndarray, (n_rows,)
        The descriptor; NaN where missing.
    contributions : ndarray, (n_rows,)
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
    >>> round(found.at, 2), found.below, found.above, found.kind
    (0.6, -1.0, 1.0, 'step')
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
    start, end, level_below, level_above, ramp_r2 = _best_ramp(x, c)
    return Threshold(
        at=at,
        low=float(low),
        high=float(high),
        below=float(c[x <= at].mean()),
        above=float(c[x > at].mean()),
        ramp_from=start,
        ramp_to=end,
        ramp_below=level_below,
        ramp_above=level_above,
        step_r2=gain / total if total > 0 else math.nan,
        ramp_r2=ramp_r2,
        line_r2=float(slope**2),
        n=len(x),
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


def _best_ramp(x: np.ndarray, c: np.ndarray) -> tuple[float, float, float, float, float]:
    """Return where the best ramp begins and ends, its two levels, and its R²."""
    places = np.unique(np.quantile(x, np.linspace(0, 1, _PLACES)))
    i, j = np.triu_indices(len(places), 1)
    ramps = np.clip(x, places[i, None], places[j, None])
    ramps -= ramps.mean(axis=1, keepdims=True)
    squares, total = np.sum(ramps**2, axis=1), float(np.sum((c - c.mean()) ** 2))
    slopes = ramps @ (c - c.mean()) / np.where(squares > 0, squares, np.inf)
    k = int(np.argmax(slopes**2 * squares))
    start, end = float(places[i[k]]), float(places[j[k]])
    middle = float(np.clip(x, start, end).mean())
    below, above = (float(c.mean() + slopes[k] * (end_ - middle)) for end_ in (start, end))
    r2 = float(slopes[k] ** 2 * squares[k] / total) if total > 0 else math.nan
    return start, end, below, above, r2
