"""Dropout from a counter: the same units with either backend, alone or in a batch.

Whether a unit is dropped is a pure function of (seed, step, layer, row, unit): each 32-bit word
``mix_again(counter ^ key)`` decides on two units, its low half on the first. A unit is kept where
its half is at least the threshold. `compiled.drop` and `gpu_backend` do so.
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
    """One 32-bit key per network (n,) from its seed, its optimizer step and the layer.

    Examples
    --------
    >>> seeds, steps = np.array([7, 7, 8], np.uint32), np.array([0, 1, 0], np.uint32)
    >>> len({*keys(seeds, steps, layer=0).tolist(), *keys(seeds, steps, layer=1).tolist()})
    6
    """
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
