"""What chapters over recipes share: a recipe tuned and fitted inside one training set."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.recipes.checking import category_columns
from clusteract.search import SharedGridSearchCV
from clusteract.search.budget import draw_candidates
from clusteract.table import Table

INNER_FOLDS = 5
BUDGET = 10  # candidates of a recipe that says nothing itself

# An unfitted pipeline, the candidates that are tried, and the score that chooses.
Task = tuple[Pipeline, list[dict[str, Any]], str]


def search_task(recipe: Recipe, view: Table, seed: int, budget: int | None) -> Task:
    """Return what `fit_chosen` needs to search a recipe on rows of a table that it sees.

    `budget` is how many candidates are tried; None for all.
    """
    pipeline = recipe.pipeline(seed, impute=True, categories=category_columns(view))
    grid = recipe.grid_for(view.n_descriptors)
    return pipeline, draw_candidates(grid, budget, seed, recipe.halving), recipe.scoring


def fit_chosen(task: Task, X: np.ndarray, y: np.ndarray, folds: int = INNER_FOLDS) -> Pipeline:
    """Choose settings by inner folds of a training set, and fit them on all of it."""
    pipeline, grids, scoring = task
    candidates = list(ParameterGrid(grids))
    if len(candidates) == 1:
        params = {key: clone(value, safe=False) for key, value in candidates[0].items()}
        return clone(pipeline).set_params(**params).fit(X, y)
    search = SharedGridSearchCV(pipeline, grids, cv=folds, scoring=scoring)
    return search.fit(X, y).best_estimator_
