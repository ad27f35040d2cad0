"""How a recipe spends a budget, where its candidates need not all be trained to the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class SuccessiveHalving:
    """A first look at many candidates, a whole training on all inner folds for few.

    Some candidates are drawn at random; the others resemble those that looked best so far
    (`search.tpe`). The finalists are scored as in a plain search, and the best is chosen.

    Attributes
    ----------
    length : str
        The parameter that says how long a candidate is trained.
    steps : int
        The longest training in a first look, in the unit of `length`.
    folds : int
        Inner folds of a first look, spread over all of them.
    drawn : float
        Share of the budget that is drawn at random.
    generations : int
        How often candidates are proposed after that, each time from all looks so far.
    finalists : float
        Share of the budget that is trained to the end.
    skip : mapping of str to tuple
        Values of the grid that no budget is spent on. An exhaustive search has them.

    Examples
    --------
    >>> looks = SuccessiveHalving("model__epochs", steps=40, folds=3, skip={"rate": (0.001,)})
    >>> looks.generation_sizes(64), looks.n_finalists(64), looks.folds_of(10)
    ([16, 8, 8, 8, 8, 8, 8], 8, [0, 4, 9])
    >>> looks.thinned({"rate": [0.001, 0.1], "k": [7]})
    {'rate': [0.1], 'k': [7]}
    """

    length: str
    steps: int
    folds: int
    drawn: float = 1 / 4
    generations: int = 6
    finalists: float = 1 / 8
    skip: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def generation_sizes(self, budget: int) -> list[int]:
        """Split a budget into the candidates drawn and those of each generation."""
        first = math.ceil(self.drawn * budget)
        later = np.array_split(np.arange(budget - first), self.generations)
        return [first, *(len(part) for part in later if len(part))]

    def n_finalists(self, budget: int) -> int:
        """Count the candidates that are trained to the end."""
        return max(1, math.ceil(self.finalists * budget))

    def folds_of(self, n_folds: int) -> list[int]:
        """Return which of the inner folds a first look sees, counted from 0."""
        return np.linspace(0, n_folds - 1, min(self.folds, n_folds)).astype(int).tolist()

    def n_steps(self, budget: int, n_folds: int) -> int:
        """Count candidates times folds of the whole search, for progress."""
        return budget * len(self.folds_of(n_folds)) + self.n_finalists(budget) * n_folds

    def thinned(self, grid: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """Return a grid without the skipped values; a list that holds nothing else stays whole."""
        kept = {k: [v for v in vs if v not in self.skip.get(k, ())] for k, vs in grid.items()}
        return {k: kept[k] or list(grid[k]) for k in grid}

    def shortened(self, candidate: Mapping[str, Any], own: int) -> dict[str, Any]:
        """Return a candidate as a first look trains it; `own` is the estimator's length."""
        return {**candidate, self.length: min(candidate.get(self.length, own), self.steps)}
