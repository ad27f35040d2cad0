"""Candidates of a grid that resemble the best so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_GOOD = 0.15  # share of the candidates so far that count as good
_TRIES = 24  # drawn for each candidate proposed

Candidate = dict[str, Any]


def propose(
    grid: Mapping[str, Sequence[Any]],
    tried: Sequence[Candidate],
    scores: Sequence[float],
    number: int,
    seed: Sequence[int],
) -> list[Candidate]:
    r"""Propose candidates by a tree-structured Parzen estimator over a grid's values.

    With :math:`l` the frequencies of each parameter's values among the good candidates so far
    and :math:`g` those among the others, candidates are drawn from :math:`l`, and those of the
    largest :math:`l/g` are proposed. (J. Bergstra et al., NeurIPS 2011, parameters taken as
    independent.)

    Parameters
    ----------
    grid : mapping of str to sequence
    tried : sequence of dict
        Candidates of the grid.
    scores : sequence of float
        Of those; larger is better, nan is worst.
    number : int
    seed : sequence of int

    Returns
    -------
    list of dict
        At most `number` candidates, none of them tried.

    Examples
    --------
    >>> grid = {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}
    >>> tried = [{"a": a, "b": b} for a in (0, 3) for b in (0, 3)]
    >>> propose(grid, tried, [0.1, 0.2, 0.3, 0.9], 2, seed=[0])
    [{'a': 2, 'b': 3}, {'a': 1, 'b': 3}]
    """
    names, sizes = list(grid), [len(values) for values in grid.values()]
    codes = np.array([[_position(grid[n], c[n]) for n in names] for c in tried])
    likely, gain = _learn(codes, np.asarray(scores, dtype=float), sizes)
    random = np.random.default_rng(list(seed))
    taken = {tuple(row) for row in codes.tolist()}
    proposed: list[tuple[int, ...]] = []
    for _ in range(number):
        draws = np.stack([random.choice(len(p), _TRIES, p=p) for p in likely], axis=1)
        worth = np.sum([g[draws[:, j]] for j, g in enumerate(gain)], axis=0)
        ordered = map(tuple, draws[np.argsort(-worth, kind="stable")].tolist())
        if fresh := next((code for code in ordered if code not in taken), None):
            taken.add(fresh)
            proposed.append(fresh)
    return [{n: grid[n][i] for n, i in zip(names, code, strict=True)} for code in proposed]


def _learn(
    codes: np.ndarray, scores: np.ndarray, sizes: Sequence[int]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return, by parameter, how likely each value is in good candidates, and log l/g."""
    ranked = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")
    n_good = max(1, math.ceil(_GOOD * len(codes)))
    good, others = codes[ranked[:n_good]], codes[ranked[n_good:]]
    likely = [_frequencies(good[:, j], size) for j, size in enumerate(sizes)]
    gain = [np.log(p / _frequencies(others[:, j], len(p))) for j, p in enumerate(likely)]
    return likely, gain


def _position(values: Sequence[Any], value: Any) -> int:
    """Find a value by identity: 1 and 1.0, or two scalers, may look alike."""
    return next(i for i, v in enumerate(values) if v is value)


def _frequencies(column: np.ndarray, size: int) -> np.ndarray:
    """Estimate how often each value occurs, one more observation spread over all of them."""
    return (np.bincount(column, minlength=size) + 1 / size) / (len(column) + 1)
