"""Moving a pair of variables and what depends on it: the gradient, the bounds."""

from __future__ import annotations

import math

import numpy as np

from clusteract.estimators.networks.kernels import compiled_whole


@compiled_whole
def row_of(kernel, i):
    """Return a row of the kernel, made when it is first read, as libsvm makes it.

    Dot products are kept for ``k <= i`` only; a kernel that is all there has none.
    """
    row = kernel.K[i]
    if kernel.ready[i] == 0:
        squares, start = kernel.squares, i * (i + 1) // 2
        for k in range(len(row)):
            dot = kernel.dots[start + k] if k <= i else kernel.dots[k * (k + 1) // 2 + i]
            row[k] = math.exp(-kernel.gamma * ((squares[i] + squares[k]) - 2.0 * dot))
        kernel.ready[i] = 1
    return row


@compiled_whole
def _step_along(alpha_i, alpha_j, G_i, G_j, quad, C):
    """Move two variables of opposite kind, whose difference stays, to their optimum."""
    delta = (-G_i - G_j) / quad
    diff = alpha_i - alpha_j
    alpha_i += delta
    alpha_j += delta
    if diff > 0:
        if alpha_j < 0:
            alpha_j, alpha_i = 0.0, diff
        if alpha_i > C:
            alpha_i, alpha_j = C, C - diff
    else:
        if alpha_i < 0:
            alpha_i, alpha_j = 0.0, -diff
        if alpha_j > C:
            alpha_j, alpha_i = C, C + diff
    return alpha_i, alpha_j


@compiled_whole
def _step_across(alpha_i, alpha_j, G_i, G_j, quad, C):
    """Move two variables of one kind, whose sum stays, to their optimum."""
    delta = (G_i - G_j) / quad
    total = alpha_i + alpha_j
    alpha_i -= delta
    alpha_j += delta
    if total > C:
        if alpha_i > C:
            alpha_i, alpha_j = C, total - C
        if alpha_j > C:
            alpha_j, alpha_i = C, total - C
    else:
        if alpha_j < 0:
            alpha_j, alpha_i = 0.0, total
        if alpha_i < 0:
            alpha_i, alpha_j = 0.0, total
    return alpha_i, alpha_j


@compiled_whole
def _sweep(G, row_i, row_j, u_i, u_j):
    """Update the gradient; variables below the tube move against those above."""
    n = len(row_i)
    above, below = G[:n], G[n:]
    for k in range(n):
        u = row_i[k] * u_i + row_j[k] * u_j
        above[k] += u
        below[k] -= u


@compiled_whole
def mark_bounds(alpha, rise, fall, k, C):
    """Say whether variable k may move up, and down, in terms of y alpha."""
    n = len(alpha) // 2
    not_upper = 0.0 if alpha[k] < C else -np.inf
    not_lower = 0.0 if alpha[k] > 0 else -np.inf
    rise[k] = not_upper if k < n else not_lower
    fall[k] = not_lower if k < n else not_upper


@compiled_whole
def _track_bound(bar, row, sign, old, new, C):
    """Keep the part of the gradient that variables at the upper bound make."""
    was, now = old >= C, new >= C
    if was == now:
        return
    for k in range(len(row)):
        bar[k] += C * (-sign * row[k]) if was else C * (sign * row[k])


@compiled_whole
def move(kernel, bend, G, alpha, rise, fall, bar, i, j, C, track):
    """Move a pair of variables, and what depends on them."""
    n = len(kernel.K)
    ri, rj = i % n, j % n
    old_i, old_j = alpha[i], alpha[j]
    if (i < n) == (j < n):
        new = _step_across(old_i, old_j, G[i], G[j], bend, C)
    else:
        new = _step_along(old_i, old_j, G[i], G[j], bend, C)
    alpha[i], alpha[j] = new
    sign_i = 1.0 if i < n else -1.0
    sign_j = 1.0 if j < n else -1.0
    row_i, row_j = row_of(kernel, ri), row_of(kernel, rj)
    _sweep(G, row_i, row_j, sign_i * (alpha[i] - old_i), sign_j * (alpha[j] - old_j))
    mark_bounds(alpha, rise, fall, i, C)
    mark_bounds(alpha, rise, fall, j, C)
    if track:
        _track_bound(bar, row_i, sign_i, old_i, alpha[i], C)
        _track_bound(bar, row_j, sign_j, old_j, alpha[j], C)
