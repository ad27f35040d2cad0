"""Dropout masks from a counter: the same bits in NumPy and JAX, alone or in a batch.

A mask is a pure function of (seed, step, layer), so it needs no generator state and does not
depend on which networks are trained together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

LEVELS = 1 << 16
"""Dropout rates are rounded to this many levels: 16 random bits decide on one unit."""

_ODD = (np.uint32(0x7FEB352D), np.uint32(0x846CA68B), np.uint32(0x9E3779B1))


def mix(x: Any) -> Any:
    """Scramble 32-bit integers (C. Wellons' two-round hash, "lowbias32"); NumPy or JAX arrays."""
    return mix_again(x ^ (x >> np.uint32(16)))


def mix_again(x: Any) -> Any:
    """Scramble words that are well mixed but for a key: the rounds of `mix`."""
    x = x * _ODD[0]
    x = x ^ (x >> np.uint32(15))
    x = x * _ODD[1]
    return x ^ (x >> np.uint32(16))


def keys(seeds: Any, steps: Any, layer: int) -> Any:
    """One 32-bit key per network (n,) from its seed, its optimizer step and the layer."""
    salt = np.uint32((0x51ED270B * (layer + 1)) & 0xFFFFFFFF)
    return mix(mix(seeds ^ salt) + steps * _ODD[2])


@lru_cache(maxsize=32)
def counters(words: int) -> np.ndarray:
    """Well-mixed distinct 32-bit words (words,), one for every two units of a mask."""
    return mix(np.arange(1, words + 1, dtype=np.uint32))


def thresholds(rates: np.ndarray) -> np.ndarray:
    """Dropout rates in [0, 1) as the number of 16-bit values that drop a unit."""
    return np.minimum(np.rint(np.asarray(rates) * LEVELS), LEVELS - 1).astype(np.uint16)


def scales(thresholds: np.ndarray) -> np.ndarray:
    """Return what kept units are multiplied by, so that the expected output stays."""
    return (LEVELS / (LEVELS - thresholds.astype(np.float64))).astype(np.float32)


def kept(keys: np.ndarray, thresholds: np.ndarray, rows: int, units: int) -> np.ndarray:
    """Masks (n, rows, units), True where a unit is kept.

    Examples
    --------
    >>> key = keys(np.array([7], np.uint32), np.array([0], np.uint32), layer=0)
    >>> mask = kept(key, thresholds(np.array([0.25])), rows=1000, units=50)
    >>> round(float(mask.mean()), 2)
    0.75
    """
    size = rows * units
    x = counters((size + 1) // 2) ^ keys[:, None]
    spare = np.empty_like(x)
    for odd, shift in ((_ODD[0], 15), (_ODD[1], 16)):  # mix_again(), in place
        x *= odd
        np.right_shift(x, np.uint32(shift), out=spare)
        x ^= spare
    bits = x.astype("<u4", copy=False).view("<u2")[:, :size]
    return (bits >= thresholds[:, None]).reshape(len(keys), rows, units)
