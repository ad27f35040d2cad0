"""Axis limits that one wild value can't destroy, and marks for what lies outside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

# Values this many interquartile ranges beyond the quartiles are no part of the axis.
REACH = 20.0


def robust_limits(values: np.ndarray, *, pad: float = 0.06) -> tuple[float, float]:
    """Return axis limits that hold all but the wildest values.

    Parameters
    ----------
    values : ndarray
        Any shape; what is not finite is ignored.
    pad : float
        Share of the range to add at either side.

    Examples
    --------
    >>> robust_limits(np.array([1.0, 2, 3, 4, 5, 6, -999]), pad=0)
    (1.0, 6.0)
    """
    finite = np.asarray(values, float)[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    q1, q3 = np.quantile(finite, [0.25, 0.75])
    reach = REACH * (q3 - q1)
    near = finite[(finite >= q1 - reach) & (finite <= q3 + reach)] if reach > 0 else finite
    low, high = float(near.min()), float(near.max())
    margin = pad * (high - low) or 0.5 * pad * max(abs(high), 1e-12)
    return low - margin, high + margin


def too_many(n_points: int) -> bool:
    """Say whether vector marks would make an SVG that no viewer opens gladly."""
    return n_points > 20_000


def scatter_clipped(axes: Axes, x: np.ndarray, y: np.ndarray, **style: Any) -> int:
    """Scatter points within the axes' present limits; those outside become edge triangles.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    x, y : ndarray, (n_points,)
        Points with a value that is not finite are left out.
    **style
        As for `Axes.scatter`.

    Returns
    -------
    int
        How many points lie outside.
    """
    known = np.isfinite(x) & np.isfinite(y)
    x, y = np.asarray(x, float)[known], np.asarray(y, float)[known]
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    at_x, at_y = np.clip(x, x0, x1), np.clip(y, y0, y1)
    outside = (at_x != x) | (at_y != y)
    axes.scatter(x[~outside], y[~outside], **style)
    for marker, beyond in (("<", x < x0), (">", x > x1), ("v", y < y0), ("^", y > y1)):
        if beyond.any():
            axes.scatter(at_x[beyond], at_y[beyond], marker=marker, **_OUTSIDE)
    return int(outside.sum())


_OUTSIDE: dict[str, Any] = {
    "s": 16,
    "color": "#b3261e",
    "linewidths": 0,
    "clip_on": False,
    "zorder": 5,
}
