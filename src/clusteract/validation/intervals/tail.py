"""ExponentialTail: errors larger than any that was seen are rarer, not impossible."""

from __future__ import annotations

import math

import numpy as np


class ExponentialTail:
    """The largest errors, continued by an exponential of their mean excess.

    Peaks over a threshold (J. Pickands, Ann. Stat. 1975, 3, 119, doi:10.1214/aos/1176343003) of
    the exponential kind. The mean of what exceeds any value up to `start` is exactly that of the
    errors themselves, so that nothing jumps where the tail begins.

    Parameters
    ----------
    errors : ndarray, (n,)

    Attributes
    ----------
    count : int
        Errors above `start`: the root of their number, which leaves five of twenty.
    start : float
    scale : float
        Mean of what they exceed `start` by; 0 where they are all the same.

    Examples
    --------
    >>> tail = ExponentialTail(np.array([0.0, 1.0, 2.0, 4.0]))
    >>> tail.count, float(tail.start), float(tail.scale)
    (2, 1.0, 2.0)
    >>> tail.decay(np.array([1.0, 3.0])).round(3).tolist()
    [1.0, 0.368]
    """

    def __init__(self, errors: np.ndarray) -> None:
        largest = np.sort(errors)[::-1]
        self.count = min(math.ceil(math.sqrt(len(errors))), len(errors) - 1)
        self.start = largest[self.count]
        self.scale = float(np.mean(largest[: self.count] - self.start)) if self.count else 0.0

    def decay(self, value: np.ndarray) -> np.ndarray:
        """Return which share of the errors above `start` lies above a value, (n,)."""
        if self.scale == 0:
            return np.where(value > self.start, 0.0, 1.0)
        return np.exp(-np.maximum(value - self.start, 0.0) / self.scale)
