"""Setting settled variables aside and taking them back, as libsvm does to save work."""

from __future__ import annotations

import numpy as np

from clusteract.estimators.networks.kernels import compiled_whole
from clusteract.search.libsvm.gradient import mark_bounds, row_of

INF = np.inf


@compiled_whole
def offset(G, alpha, order, C, active):
    """Return rho, summing in libsvm's order."""
    n = len(alpha) // 2
    upper, lower, total, free = INF, -INF, 0.0, 0
    for place in range(active):
        k = order[place]
        yG = G[k] if k < n else -G[k]
        if 0 < alpha[k] < C:
            free += 1
            total += yG
        elif (alpha[k] >= C) == (k < n):
            lower = max(lower, yG)
        else:
            upper = min(upper, yG)
    return total / free if free > 0 else (upper + lower) / 2


@compiled_whole
def reconstruct(kernel, G, bar, alpha, p, order, C, active):
    """Bring the gradient of the inactive variables up to date."""
    n = len(kernel.K)
    for place in range(active, 2 * n):
        k = order[place]
        G[k] = (bar[k] if k < n else -bar[k - n]) + p[k]
    for place in range(active):
        i = order[place]
        if 0 < alpha[i] < C:
            row = row_of(kernel, i % n)
            a = alpha[i] if i < n else -alpha[i]
            for other in range(active, 2 * n):
                k = order[other]
                G[k] += a * row[k] if k < n else -a * row[k - n]


@compiled_whole
def _is_settled(G, alpha, k, C, up, low):
    n = len(alpha) // 2
    if alpha[k] >= C:
        return -G[k] > (up if k < n else low)
    if alpha[k] <= 0:
        return G[k] > (low if k < n else up)
    return False


@compiled_whole
def shrink(G, alpha, place, order, C, active, up, low):
    """Put settled variables behind the active ones; return how many stay active."""
    i = 0
    while i < active:
        if _is_settled(G, alpha, order[i], C, up, low):
            active -= 1
            while active > i:
                if not _is_settled(G, alpha, order[active], C, up, low):
                    order[i], order[active] = order[active], order[i]
                    place[order[i]] = i
                    place[order[active]] = active
                    break
                active -= 1
        i += 1
    return active


@compiled_whole
def mark_all(alpha, rise, fall, order, C, active):
    """Mark the bounds of every variable; what is set aside moves nowhere."""
    for k in range(len(alpha)):
        mark_bounds(alpha, rise, fall, k, C)
    for where in range(active, len(alpha)):
        rise[order[where]] = -INF
        fall[order[where]] = -INF
