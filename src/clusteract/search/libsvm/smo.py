"""libsvm's solver for support vector regression, for many settings at once, bit for bit.

The arithmetic is that of Fan, Chen and Lin (JMLR 6, 1889, 2005), in libsvm's order of
operations and with its tie-breaks, so that every iterate carries libsvm's bits. What is gained:

- settings that differ in ``tol`` and ``shrinking`` walk one path until their rules part them;
- the kernel matrix is made once, and its rows are read in place;
- variables k and k + n (above and below the tube) share a row, and stay in place when libsvm
  would swap them: `order` remembers where it would have put them. So every loop is a plain
  sweep that compiles to vector instructions.

`kernels` makes the matrices and `rules.svm` holds the result against libsvm itself.

All compiled functions stay in this one file: numba keys a cached function by its own file alone, so
that a caller goes on with the old code of what it imports from another file after that has changed.
"""

from __future__ import annotations

import numpy as np

from clusteract.compiling import compiling

TAU = 1e-12  # libsvm's stand-in for a curvature that is not positive
SLACK = 1.0 - 1e-12  # wider than the rounding of a product with a reciprocal
INF = np.inf
LARGEST_INT = 2**63 - 1

# What a state knows besides its arrays: columns of `marks`.
ITERATION, COUNTER, ACTIVE, UNSHRUNK, FIRST, END, MODE = range(7)
PLAIN, SHRINKING, BOTH = range(3)

_exact = compiling(error_model="numpy", nogil=True)


@_exact
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


@_exact
def _largest(G, mask, sign, widest):
    """Return the largest ``-sign * y * G`` where the mask, 0 or -inf, allows."""
    n = len(G) // 2
    above, below, mask_above, mask_below = G[:n], G[n:], mask[:n], mask[n:]
    for k in range(n):
        v = mask_above[k] - sign * above[k]
        w = mask_below[k] + sign * below[k]
        widest[k] = w if w > v else v
    return _maximum(widest)


@_exact
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


@_exact
def _gains(G, mask, top, inverse, gain, widest):
    """Estimate what moving with each partner gains; return the best and the widest violation."""
    n = len(G) // 2
    above, below, mask_above, mask_below = G[:n], G[n:], mask[:n], mask[n:]
    gain_above, gain_below = gain[:n], gain[n : 2 * n]
    for k in range(n):
        v = (top + above[k]) + mask_above[k]
        w = (top - below[k]) + mask_below[k]
        gain_above[k] = v * v * inverse[k] if v > 0 else -1.0
        gain_below[k] = w * w * inverse[k] if w > 0 else -1.0
        widest[k] = w if w > v else v
    return _maximum(gain), _maximum(widest)


@_exact
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


@_exact
def _partner(G, mask, top, curvature, gain, best, place, order):
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
        exact = -(v * v) / curvature[k % n]
        if exact < least or (exact == least and place[k] > place[chosen]):
            least = exact
            chosen = k
    return chosen


@_exact
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


@_exact
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


@_exact
def _sweep(G, row_i, row_j, u_i, u_j):
    """Update the gradient; variables below the tube move against those above."""
    n = len(row_i)
    above, below = G[:n], G[n:]
    for k in range(n):
        u = row_i[k] * u_i + row_j[k] * u_j
        above[k] += u
        below[k] -= u


@_exact
def _mark_bounds(alpha, rise, fall, k, C):
    """Say whether variable k may move up, and down, in terms of y alpha."""
    n = len(alpha) // 2
    not_upper = 0.0 if alpha[k] < C else -INF
    not_lower = 0.0 if alpha[k] > 0 else -INF
    rise[k] = not_upper if k < n else not_lower
    fall[k] = not_lower if k < n else not_upper


@_exact
def _track_bound(bar, row, sign, old, new, C):
    """Keep the part of the gradient that variables at the upper bound make."""
    was, now = old >= C, new >= C
    if was == now:
        return
    for k in range(len(row)):
        bar[k] += C * (-sign * row[k]) if was else C * (sign * row[k])


@_exact
def _offset(G, alpha, order, C, active):
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


@_exact
def _reconstruct(K, G, bar, alpha, p, order, C, active):
    """Bring the gradient of the inactive variables up to date."""
    n = len(K)
    for place in range(active, 2 * n):
        k = order[place]
        G[k] = (bar[k] if k < n else -bar[k - n]) + p[k]
    for place in range(active):
        i = order[place]
        if 0 < alpha[i] < C:
            row = K[i % n]
            a = alpha[i] if i < n else -alpha[i]
            for other in range(active, 2 * n):
                k = order[other]
                G[k] += a * row[k] if k < n else -a * row[k - n]


@_exact
def _is_settled(G, alpha, k, C, up, low):
    n = len(alpha) // 2
    if alpha[k] >= C:
        return -G[k] > (up if k < n else low)
    if alpha[k] <= 0:
        return G[k] > (low if k < n else up)
    return False


@_exact
def _shrink(G, alpha, place, order, C, active, up, low):
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


@_exact
def _mark_all(alpha, rise, fall, order, C, active):
    for k in range(len(alpha)):
        _mark_bounds(alpha, rise, fall, k, C)
    for where in range(active, len(alpha)):
        rise[order[where]] = -INF
        fall[order[where]] = -INF


@_exact
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


@_exact
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
            rho[which] = _offset(G, alpha, places[slot, 1], C, mark[ACTIVE])
            iterations[which] = mark[ITERATION]
            hit[which] = capped
        mark[FIRST] += 1


@_exact
def _met(tols, first, end, gap):
    """Return the end of those tolerances, largest first, that a gap is below."""
    while first < end and gap < tols[first]:
        first += 1
    return first


@_exact
def _settle(K, C, tols, reals, places, marks, slot, widest):
    """Shrink, as libsvm does every so often; tolerances that undo shrinking part here."""
    G, alpha, p = reals[slot, 0], reals[slot, 1], reals[slot, 2]
    rise, fall, bar = reals[slot, 3], reals[slot, 4], reals[slot, 5]
    place, order = places[slot, 0], places[slot, 1]
    mark = marks[slot]
    up = _largest(G, rise, 1.0, widest)
    low = _largest(G, fall, -1.0, widest)
    if mark[UNSHRUNK] == 0:
        part = mark[FIRST]
        while part < mark[END] and up + low <= tols[part] * 10:
            part += 1
        if mark[FIRST] < part < mark[END]:
            _fork(reals, places, marks, slot, part, np.int64(1), np.int64(SHRINKING))
            mark[END] = part
        if part > mark[FIRST]:
            mark[UNSHRUNK] = 1
            _reconstruct(K, G, bar, alpha, p, order, C, mark[ACTIVE])
            mark[ACTIVE] = len(G)
    mark[ACTIVE] = _shrink(G, alpha, place, order, C, mark[ACTIVE], up, low)
    _mark_all(alpha, rise, fall, order, C, mark[ACTIVE])


@_exact
def _unshrink(K, C, reals, places, marks, slot, part):
    """Bring every variable back for those tolerances that the active ones have met."""
    G, alpha, p = reals[slot, 0], reals[slot, 1], reals[slot, 2]
    rise, fall, bar = reals[slot, 3], reals[slot, 4], reals[slot, 5]
    order, mark = places[slot, 1], marks[slot]
    if part < mark[END]:
        resumed = mark[COUNTER] + 1
        _fork(reals, places, marks, slot, part, resumed, np.int64(SHRINKING))
        mark[END] = part
    _reconstruct(K, G, bar, alpha, p, order, C, mark[ACTIVE])
    mark[ACTIVE] = len(G)
    mark[COUNTER] = 1
    _mark_all(alpha, rise, fall, order, C, mark[ACTIVE])


@_exact
def _choose(G, rise, fall, inverse, place, order, gain, widest):
    """Pick i; return it, its -y G, and what its partners gain and violate at most."""
    top = _largest(G, rise, 1.0, widest)
    i = order[_place_of(G, rise, top, place)] if top > -INF else np.int32(0)
    best, gap = _gains(G, fall, top, inverse[i % len(inverse)], gain, widest)
    return i, top, best, gap


@_exact
def _move(K, curvature, G, alpha, rise, fall, bar, i, j, C, track):
    """Move a pair of variables, and what depends on them."""
    n = len(K)
    ri, rj = i % n, j % n
    old_i, old_j = alpha[i], alpha[j]
    if (i < n) == (j < n):
        new = _step_across(old_i, old_j, G[i], G[j], curvature[ri, rj], C)
    else:
        new = _step_along(old_i, old_j, G[i], G[j], curvature[ri, rj], C)
    alpha[i], alpha[j] = new
    sign_i = 1.0 if i < n else -1.0
    sign_j = 1.0 if j < n else -1.0
    _sweep(G, K[ri], K[rj], sign_i * (alpha[i] - old_i), sign_j * (alpha[j] - old_j))
    _mark_bounds(alpha, rise, fall, i, C)
    _mark_bounds(alpha, rise, fall, j, C)
    if track:
        _track_bound(bar, K[ri], sign_i, old_i, alpha[i], C)
        _track_bound(bar, K[rj], sign_j, old_j, alpha[j], C)


@_exact
def _advance(K, curvature, inverse, C, tols, max_iter, reals, places, marks, slot, out):
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
                _settle(K, C, tols, reals, places, marks, slot, widest)
        i, top, best, gap = _choose(G, rise, fall, inverse, place, order, gain, widest)
        part = _met(tols, mark[FIRST], mark[END], gap)
        if part > mark[FIRST] and mark[ACTIVE] < everything:
            _unshrink(K, C, reals, places, marks, slot, part)
            i, top, best, gap = _choose(G, rise, fall, inverse, place, order, gain, widest)
            part = _met(tols, mark[FIRST], mark[END], gap)
        if part > mark[FIRST]:
            _finish(out, reals, places, marks, slot, part, len(tols), C, capped)
            if mark[FIRST] == mark[END]:
                return
        row = curvature[i % len(curvature)]
        j = _partner(G, fall, top, row, gain, best, place, order)
        mark[ITERATION] += 1
        _move(K, curvature, G, alpha, rise, fall, bar, i, j, C, mark[MODE] != PLAIN)


def solve_family(K, curvature, inverse, y, C, epsilon, tols, mode, max_iter, out):
    """Solve one problem for every tolerance, plainly, with shrinking, or both ways.

    Parameters
    ----------
    K : ndarray of shape (n, n)
        Kernel values, rounded to single precision as libsvm keeps them, held in double.
    curvature : ndarray of shape (n, n)
        ``(d[i] + d[j]) - 2 * K[i, j]`` with `d` the unrounded diagonal; TAU where not positive.
    inverse : ndarray of shape (n, n)
        ``1 / curvature``.
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
    _mark_all(reals[0, 1], reals[0, 3], reals[0, 4], places[0, 1], C, 2 * n)
    slot = 0
    while slot < marks[-1, 0]:
        _advance(K, curvature, inverse, C, tols, max_iter, reals, places, marks, slot, out)
        slot += 1


@_exact
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
