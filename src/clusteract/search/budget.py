"""A budgeted search: some candidates of a grid, drawn at random without replacement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.model_selection import ParameterGrid
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from clusteract.recipes.successive_halving import SuccessiveHalving

Grid = Mapping[str, Sequence[Any]]


def draw_candidates(
    grid: Grid, budget: int | None, seed: int, halving: SuccessiveHalving | None = None
) -> list[dict[str, list[Any]]]:
    """Draw candidates from a grid, as a list of one-candidate grids in the grid's own order.

    Parameters
    ----------
    grid : mapping of str to sequence
    budget : int or None
        How many to draw; None, or as many as there are, returns the grid itself.
    seed : int
    halving : SuccessiveHalving, optional
        What it skips is not drawn.

    Examples
    --------
    >>> grid = {"C": [1, 2, 3], "tol": [0.1, 0.2]}
    >>> draw_candidates(grid, 2, seed=0)
    [{'tol': [0.1], 'C': [2]}, {'tol': [0.2], 'C': [3]}]
    >>> draw_candidates(grid, None, seed=0)
    [{'C': [1, 2, 3], 'tol': [0.1, 0.2]}]
    """
    open_grid = budgeted_grid(grid, budget, halving)
    candidates = ParameterGrid(open_grid)
    if budget is None or budget >= len(candidates):
        return [open_grid]
    drawn = sample_without_replacement(
        len(candidates), budget, random_state=check_random_state(seed)
    )
    return [{key: [value] for key, value in candidates[int(i)].items()} for i in sorted(drawn)]


def is_exhaustive(grid: Grid, budget: int | None) -> bool:
    """Tell whether a budget is enough for a whole grid."""
    return budget is None or budget >= len(ParameterGrid(dict(grid)))


def budgeted_grid(
    grid: Grid, budget: int | None, halving: SuccessiveHalving | None
) -> dict[str, list[Any]]:
    """Return what a budget is drawn from: the grid without what is skipped, if it falls short."""
    whole = {key: list(values) for key, values in grid.items()}
    return whole if halving is None or is_exhaustive(grid, budget) else halving.thinned(whole)


def count_candidates(
    grid: Grid, budget: int | None, halving: SuccessiveHalving | None = None
) -> int:
    """Count the candidates that a budgeted search considers."""
    number = len(ParameterGrid(budgeted_grid(grid, budget, halving)))
    return number if budget is None else min(number, budget)
