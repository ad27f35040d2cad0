"""What is asked of a stranger's recipe before the search: can it be fitted here and saved."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.recipes.definition import Recipe
from clusteract.table import Table

FEW = 20  # rows that a recipe is tried on
_SECONDS = 10.0  # after that, the grid's other values are left to the search


def check_recipe(recipe: Recipe, table: Table, *, impute: bool = True, seed: int = 42) -> list[str]:
    """Clone, fit and predict a foreign recipe on 20 rows, with each value of its grid.

    Parameters
    ----------
    recipe : Recipe
        One of ours passes untried.
    table : Table
        With a target.
    impute : bool
        As the study does.
    seed : int

    Returns
    -------
    list of str
        What is worth saying: that it is not deterministic, that it can't be saved.

    Raises
    ------
    InputError
        Names the recipe, the setting and what went wrong, in one line.
    """
    if not recipe.foreign:
        return []
    seen = recipe.see(table)
    X, y = seen.descriptors, np.asarray(seen.target)
    rows = np.unique(np.linspace(0, len(y) - 1, FEW).astype(int))
    pipeline = recipe.pipeline(seed, impute=impute, categories=category_columns(seen))
    start, candidates = time.monotonic(), _one_at_a_time(recipe, X.shape[1])
    first = next(candidates)
    fitted, again = (_fit(recipe, pipeline, first, X, y, rows) for _ in range(2))
    predicted = fitted.predict(X[rows])
    _check_predictions(recipe, predicted, len(rows))
    for candidate in candidates:
        if time.monotonic() - start > _SECONDS:
            break
        _fit(recipe, pipeline, candidate, X, y, rows)
    remarks = []
    if not np.array_equal(np.asarray(predicted), np.asarray(again.predict(X[rows]))):
        remarks.append(
            f"recipe {recipe.name!r} is not deterministic: two fits with one seed differ, so a "
            "repeated run may, too"
        )
    return remarks + ask_saving(recipe, fitted)


def category_columns(table: Table) -> dict[int, int]:
    """Return which columns hold codes of categories, and how many categories each has."""
    categories = getattr(table, "categories", {})
    names = table.descriptor_names
    return {j: len(categories[name]) for j, name in enumerate(names) if name in categories}


def ask_saving(recipe: Recipe, pipeline: Any) -> list[str]:
    """Ask the model room how it will keep a pipeline; it stands downstream, and is found by name.

    Raises
    ------
    InputError
        Where it can't be saved at all.
    """
    try:
        way = importlib.import_module("clusteract.model").saving_way(pipeline)
    except InputError as error:
        raise InputError(f"recipe {recipe.name!r} can't be saved: {error}") from None
    if way == "stored":
        return []
    return [
        f"recipe {recipe.name!r} is saved as its settings and the training rows, and fitted again "
        "when it is loaded, which asks for trust in types that are not ours"
    ]


def _one_at_a_time(recipe: Recipe, n_descriptors: int) -> Iterator[dict[str, Any]]:
    """Go through the first candidate, and those that differ from it in one value."""
    grid = recipe.grid_for(n_descriptors)
    first = {key: values[0] for key, values in grid.items()}
    yield first
    for key, values in grid.items():
        yield from ({**first, key: value} for value in values[1:])


def _fit(
    recipe: Recipe,
    pipeline: Pipeline,
    candidate: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
) -> Pipeline:
    """Fit on few rows; on all, where few are no fair trial."""
    try:
        try:
            return _quietly(pipeline, candidate, X[rows], y[rows])
        except Exception:
            return _quietly(pipeline, candidate, X, y)
    except Exception as error:  # whatever a stranger's code raises
        settings = ", ".join(f"{key} = {value!r}" for key, value in candidate.items())
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise InputError(
            f"recipe {recipe.name!r} can't be fitted with {settings}: {words}"
        ) from None


def _quietly(pipeline: Pipeline, candidate: dict[str, Any], X: np.ndarray, y: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        params = {k: clone(v, safe=False) for k, v in candidate.items()}
        return clone(pipeline).set_params(**params).fit(X.copy(), y.copy())


def _check_predictions(recipe: Recipe, predicted: Any, n_rows: int) -> None:
    shape = np.shape(predicted)
    if shape != (n_rows,):
        raise InputError(
            f"recipe {recipe.name!r} predicts an array of shape {shape} for {n_rows} rows; one "
            "number for each row is needed"
        )
    if not np.all(np.isfinite(np.asarray(predicted, float))):
        raise InputError(f"recipe {recipe.name!r} predicts values that are no finite numbers")
