"""A budgeted search: some candidates of a grid, drawn at random without replacement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.model_selection import ParameterGrid
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement


def draw_candidates(
    grid: Mapping[str, Sequence[Any]], budget: int | None, seed: int
) -> list[dict[str, list[Any]]]:
    """Draw candidates from a grid, as a list of one-candidate grids in the grid's own order.

    Parameters
    ----------
    grid : mapping of str to sequence
    budget : int or None
        How many to draw; None, or as many as there are, returns the grid itself.
    seed : int

    Examples
    --------
    >>> grid = {"C": [1, 2, 3], "tol": [0.1, 0.2]}
    >>> draw_candidates(grid, 2, seed=0)
    [{'tol': [0.1], 'C': [2]}, {'tol': [0.2], 'C': [3]}]
    >>> draw_candidates(grid, None, seed=0)
    [{'C': [1, 2, 3], 'tol': [0.1, 0.2]}]
    """
    candidates = ParameterGrid(dict(grid))
    if budget is None or budget >= len(candidates):
        return [{key: list(values) for key, values in grid.items()}]
    drawn = sample_without_replacement(
        len(candidates), budget, random_state=check_random_state(seed)
    )
    return [{key: [value] for key, value in candidates[int(i)].items()} for i in sorted(drawn)]
