"""libsvm's solver for support vector regression, for many settings at once, bit for bit.

The arithmetic is that of Fan, Chen and Lin (JMLR 6, 1889, 2005), in libsvm's order of
operations and with its tie-breaks, so that every iterate carries libsvm's bits. What is gained:

- settings that differ in ``tol`` and ``shrinking`` walk one path until their rules part them;
- each row of the kernel is made once, when it is first read, and is read in place;
- variables k and k + n (above and below the tube) share a row, and stay in place when libsvm
  would swap them: `order` remembers where it would have put them. So every loop is a plain
  sweep that compiles to vector instructions.

`kernels` makes the matrices and `rules.svm` holds the result against libsvm itself.
"""

from __future__ import annotations

import math

import numpy as np

from clusteract.estimators.networks.kernels import compiled_whole
from clusteract.search.libsvm.gradient import move
from clusteract.search.libsvm.shrinking import mark_all, offset, reconstruct, shrink
from clusteract.search.libsvm.working_set import choose, curvature_of, largest, partner

# What a state knows besides its arrays: columns of `marks`.
ITERATION, COUNTER, ACTIVE, UNSHRUNK, FIRST, END, MODE = range(7)
PLAIN, SHRINKING, BOTH = range(3)


@compiled_whole
def _fork(reals, places, marks, slot, first, counter, mode):
    """Copy a state for the tolerances from `first` on, to be resumed at `counter`."""
    new = marks[-1, 0]
    marks[-1, 0] += 1
    for k in range(reals.shape[2]):
        for which in range(reals.shape[1]):
            reals[new, which, k] = reals[slot, which, k]
        places[new, 0, k] = places[slot, 0, k]
        places[new, 1, k] = places[slot, 1, k]
    for k in range(marks.shape[1]):
        marks[new, k] = marks[slot, k]
    marks[new, COUNTER] = counter
    marks[new, FIRST] = first
    marks[new, MODE] = mode


@compiled_whole
def _finish(out, reals, places, marks, slot, end, n_tols, C, capped):
    """Record the solutions for a state's tolerances up to `end`."""
    coef, rho, iterations, hit = out
    mark = marks[slot]
    G, alpha = reals[slot, 0], reals[slot, 1]
    n = len(alpha) // 2
    while mark[FIRST] < end:
        for way in range(2):
            if mark[MODE] != BOTH and mark[MODE] != way:
                continue
            which = way * n_tols + mark[FIRST]
            for k in range(n):
                coef[which, k] = alpha[k] - alpha[k + n]
            rho[which] = offset(G, alpha, places[slot, 1], C, mark[ACTIVE])
            iterations[which] = mark[ITERATION]
            hit[which] = capped
        mark[FIRST] += 1


@compiled_whole
def _met(tols, first, end, gap):
    """Return the end of those tolerances, largest first, that a gap is below."""
    while first < end and gap < tols[first]:
        first += 1
    return first


@compiled_whole
def _settle(kernel, C, tols, reals, places, marks, slot, widest):
    """Shrink, as libsvm does every so often; tolerances that undo shrinking part here."""
    G, alpha, p = reals[slot, 0], reals[slot, 1], reals[slot, 2]
    rise, fall, bar = reals[slot, 3], reals[slot, 4], reals[slot, 5]
    place, order = places[slot, 0], places[slot, 1]
    mark = marks[slot]
    up = largest(G, rise, 1.0, widest)
    low = largest(G, fall, -1.0, widest)
    if mark[UNSHRUNK] == 0:
        part = mark[FIRST]
        while part < mark[END] and up + low <= tols[part] * 10:
            part += 1
        if mark[FIRST] < part < mark[END]:
            _fork(reals, places, marks, slot, part, np.int64(1), np.int64(SHRINKING))
            mark[END] = part
        if part > mark[FIRST]:
            mark[UNSHRUNK] = 1
            reconstruct(kernel, G, bar, alpha, p, order, C, mark[ACTIVE])
            mark[ACTIVE] = len(G)
    mark[ACTIVE] = shrink(G, alpha, place, order, C, mark[ACTIVE], up, low)
    mark_all(alpha, rise, fall, order, C, mark[ACTIVE])


@compiled_whole
def _unshrink(kernel, C, reals, places, marks, slot, part):
    """Bring every variable back for those tolerances that the active ones have met."""
    G, alpha, p = reals[slot, 0], reals[slot, 1], reals[slot, 2]
    rise, fall, bar = reals[slot, 3], reals[slot, 4], reals[slot, 5]
    order, mark = places[slot, 1], marks[slot]
    if part < mark[END]:
        resumed = mark[COUNTER] + 1
        _fork(reals, places, marks, slot, part, resumed, np.int64(SHRINKING))
        mark[END] = part
    reconstruct(kernel, G, bar, alpha, p, order, C, mark[ACTIVE])
    mark[ACTIVE] = len(G)
    mark[COUNTER] = 1
    mark_all(alpha, rise, fall, order, C, mark[ACTIVE])


@compiled_whole
def _advance(kernel, C, tols, max_iter, reals, places, marks, slot, out):
    """Run one state until all its tolerances are met."""
    G, alpha = reals[slot, 0], reals[slot, 1]
    rise, fall, bar = reals[slot, 3], reals[slot, 4], reals[slot, 5]
    place, order = places[slot, 0], places[slot, 1]
    mark = marks[slot]
    everything = len(G)
    period = min(everything, 1000)
    gain = np.empty(everything + 1)
    widest = np.empty(everything // 2 + 1)
    while mark[FIRST] < mark[END]:
        capped = max_iter != -1 and mark[ITERATION] >= max_iter
        if capped:
            _finish(out, reals, places, marks, slot, mark[END], len(tols), C, capped)
            return
        mark[COUNTER] -= 1
        if mark[COUNTER] == 0:
            mark[COUNTER] = period
            if mark[MODE] == BOTH:
                _fork(
                    reals, places, marks, slot, mark[FIRST], np.int64(period + 1), np.int64(PLAIN)
                )
                mark[MODE] = SHRINKING
            if mark[MODE] == SHRINKING:
                _settle(kernel, C, tols, reals, places, marks, slot, widest)
        i, top, best, gap = choose(kernel, G, rise, fall, place, order, gain, widest)
        part = _met(tols, mark[FIRST], mark[END], gap)
        if part > mark[FIRST] and mark[ACTIVE] < everything:
            _unshrink(kernel, C, reals, places, marks, slot, part)
            i, top, best, gap = choose(kernel, G, rise, fall, place, order, gain, widest)
            part = _met(tols, mark[FIRST], mark[END], gap)
        if part > mark[FIRST]:
            _finish(out, reals, places, marks, slot, part, len(tols), C, capped)
            if mark[FIRST] == mark[END]:
                return
        j = partner(kernel, i, G, top, gain, best, place, order)
        mark[ITERATION] += 1
        n = len(kernel.K)
        bend = curvature_of(kernel, i % n, j % n)
        move(kernel, bend, G, alpha, rise, fall, bar, i, j, C, mark[MODE] != PLAIN)


def solve_family(kernel, y, C, epsilon, tols, mode, max_iter, out):
    """Solve one problem for every tolerance, plainly, with shrinking, or both ways.

    Parameters
    ----------
    kernel : TrainingKernel
        Its rows are made as they are read.
    y : ndarray of shape (n,)
    C, epsilon : float
    tols : ndarray of shape (n_tols,)
        Largest first.
    mode : int
        PLAIN, SHRINKING or BOTH.
    max_iter : int
        -1 for no limit.
    out : tuple of arrays
        Coefficients (2 * n_tols, n), rho, iterations and capped (2 * n_tols,), filled in: first
        the plain solutions, then those with shrinking.
    """
    n, n_states = len(y), len(tols) + 1
    reals = np.zeros((n_states, 6, 2 * n))  # G, alpha, p, rise, fall, bar
    places = np.empty((n_states, 2, 2 * n), dtype=np.int32)  # place of each variable, order
    marks = np.zeros((n_states + 1, 7), dtype=np.int64)  # last row: how many states there are
    reals[0, 2] = np.concatenate([epsilon - y, epsilon + y])
    reals[0, 0] = reals[0, 2]
    places[0] = np.arange(2 * n)
    marks[0] = [0, min(2 * n, 1000) + 1, 2 * n, 0, 0, len(tols), mode]
    marks[-1, 0] = 1
    mark_all(reals[0, 1], reals[0, 3], reals[0, 4], places[0, 1], C, 2 * n)
    slot = 0
    while slot < marks[-1, 0]:
        _advance(kernel, C, tols, max_iter, reals, places, marks, slot, out)
        slot += 1


@compiled_whole
def kernel_sums(coef, between, rho):
    """Predict: for each solution, the kernel's columns summed in the order of the rows.

    Parameters
    ----------
    coef : ndarray of shape (n_solutions, n)
    between : ndarray of shape (n, n_rows)
    rho : ndarray of shape (n_solutions,)

    Returns
    -------
    ndarray of shape (n_solutions, n_rows)
    """
    sums = np.zeros((len(coef), between.shape[1]))
    for s in range(len(coef)):
        for i in range(len(between)):
            if coef[s, i] != 0:
                for k in range(between.shape[1]):
                    sums[s, k] += coef[s, i] * between[i, k]
        for k in range(between.shape[1]):
            sums[s, k] -= rho[s]
    return sums


@compiled_whole
def exponentials(factor, values):
    """Return ``exp(factor * values)`` by the C library, as libsvm; NumPy's may differ in a bit."""
    out = np.empty(values.shape)
    for i in range(values.shape[0]):
        for k in range(values.shape[1]):
            out[i, k] = math.exp(factor * values[i, k])
    return out
