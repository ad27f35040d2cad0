"""A recipe's pipeline with its settings chosen inside one training set."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.search import SharedGridSearchCV
from clusteract.search.budget import draw_candidates
from clusteract.validation.fold_search import clone_params

_BUDGET = 20


def chosen_pipeline(
    recipe: Recipe,
    X: np.ndarray,
    y: np.ndarray,
    *,
    folds: int = 10,
    budget: int | None = _BUDGET,
    seed: int = 42,
) -> Pipeline:
    """Return the unfitted pipeline that inner folds of a training set choose.

    Parameters
    ----------
    recipe : Recipe
    X : ndarray, (n_rows, n_descriptors)
        What the recipe sees of the training set (`Recipe.see`).
    y : ndarray, (n_rows,)
    folds : int
    budget : int or None
        Candidates drawn from a larger search space.
    seed : int
    """
    pipeline = recipe.pipeline(seed, impute=True)
    grid = draw_candidates(recipe.grid_for(X.shape[1]), budget, seed, recipe.looks)
    candidates = list(ParameterGrid(grid))
    if len(candidates) == 1:
        best = candidates[0]
    else:
        search = SharedGridSearchCV(pipeline, grid, cv=folds, scoring=recipe.scoring, refit=False)
        best = search.fit(X, y).best_params_
    return clone(pipeline).set_params(**clone_params(best))
