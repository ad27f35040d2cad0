"""Choosing the two variables that libsvm's solver moves next, with its tie-breaks."""

from __future__ import annotations

import numpy as np

from clusteract.estimators.networks.kernels import compiled_whole
from clusteract.search.libsvm.gradient import row_of

TAU = 1e-12  # libsvm's stand-in for a curvature that is not positive
SLACK = 1.0 - 1e-12  # wider than the rounding of a product with a reciprocal
INF = np.inf
LARGEST_INT = 2**63 - 1


@compiled_whole
def curvature_of(kernel, i, j):
    """Return the curvature along a pair of rows, in libsvm's order of operations."""
    bend = (kernel.diagonal[i] + kernel.diagonal[j]) - 2.0 * np.float64(kernel.K[i, j])
    return bend if bend > 0 else TAU


@compiled_whole
def _maximum(values):
    """Return the largest of all values but the last, which is scratch.

    Doubles compare as integers once the negative ones are turned round, and a maximum of
    integers compiles to vector instructions where one of doubles does not.
    """
    last = len(values) - 1
    bits = values.view(np.int64)
    largest = np.int64(-LARGEST_INT - 1)
    for k in range(last):
        key = bits[k] ^ ((bits[k] >> 63) & LARGEST_INT)
        largest = key if key > largest else largest
    bits[last] = largest ^ ((largest >> 63) & LARGEST_INT)
    return values[last]


@compiled_whole
def largest(G, mask, sign, widest):
    """Return the largest ``-sign * y * G`` where the mask, 0 or -inf, allows."""
    n = len(G) // 2
    above, below, mask_above, mask_below = G[:n], G[n:], mask[:n], mask[n:]
    for k in range(n):
        v = mask_above[k] - sign * above[k]
        w = mask_below[k] + sign * below[k]
        widest[k] = w if w > v else v
    return _maximum(widest)


@compiled_whole
def _place_of(G, mask, value, place):
    """Return the last place at which -y G equals `value`: libsvm's tie-break."""
    n = len(G) // 2
    above, below, mask_above, mask_below = G[:n], G[n:], mask[:n], mask[n:]
    place_above, place_below = place[:n], place[n:]
    last = np.int32(-1)
    for k in range(n):
        p = place_above[k] if mask_above[k] - above[k] == value else np.int32(-1)
        q = place_below[k] if mask_below[k] + below[k] == value else np.int32(-1)
        p = q if q > p else p
        last = p if p > last else last
    return last


@compiled_whole
def _gains(kernel, i, G, mask, top, gain, widest):
    """Estimate what moving with each partner gains; return the best and the widest violation."""
    n = len(G) // 2
    above, below, mask_above, mask_below = G[:n], G[n:], mask[:n], mask[n:]
    gain_above, gain_below = gain[:n], gain[n : 2 * n]
    row, diagonal = kernel.K[i], kernel.diagonal
    own = diagonal[i]
    for k in range(n):
        bend = (own + diagonal[k]) - 2.0 * np.float64(row[k])
        inverse = 1.0 / (bend if bend > 0 else TAU)
        v = (top + above[k]) + mask_above[k]
        w = (top - below[k]) + mask_below[k]
        gain_above[k] = v * v * inverse if v > 0 else -1.0
        gain_below[k] = w * w * inverse if w > 0 else -1.0
        widest[k] = w if w > v else v
    return _maximum(gain), _maximum(widest)


@compiled_whole
def _best_place(gain, threshold, place):
    """Return the last place whose gain reaches the threshold, and how many do."""
    last = np.int32(-1)
    count = np.int32(0)
    for k in range(len(place)):
        reaches = gain[k] >= threshold
        p = place[k] if reaches else np.int32(-1)
        last = p if p > last else last
        count += np.int32(1) if reaches else np.int32(0)
    return last, count


@compiled_whole
def partner(kernel, i, G, top, gain, best, place, order):
    """Pick the partner of the largest gain, by libsvm's own division where it is close."""
    last, count = _best_place(gain, best * SLACK, place)
    if count == 1:
        return order[last]
    n = len(G) // 2
    least = INF
    chosen = -1
    for k in range(2 * n):
        if gain[k] < best * SLACK:
            continue
        v = top + G[k] if k < n else top - G[k]
        exact = -(v * v) / curvature_of(kernel, i % n, k % n)
        if exact < least or (exact == least and place[k] > place[chosen]):
            least = exact
            chosen = k
    return chosen


@compiled_whole
def choose(kernel, G, rise, fall, place, order, gain, widest):
    """Pick i; return it, its -y G, and what its partners gain and violate at most."""
    top = largest(G, rise, 1.0, widest)
    i = order[_place_of(G, rise, top, place)] if top > -INF else np.int32(0)
    row_of(kernel, i % len(kernel.K))
    best, gap = _gains(kernel, i % len(kernel.K), G, fall, top, gain, widest)
    return i, top, best, gap
