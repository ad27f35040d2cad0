"""Fitting a recipe on all rows: search its settings once more, then fit what was chosen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from clusteract.errors import InputError, close_matches
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.recipes import Recipe
from clusteract.runs import Runner
from clusteract.runs.runner import use_runner
from clusteract.table import Table
from clusteract.validation import StudyResult
from clusteract.validation.design import Design
from clusteract.validation.final_fit import FinalFit, fit_all_rows
from clusteract.validation.fold_search import describe_params
from clusteract.validation.training_memory import with_training_memory
from clusteract.versions import library_versions


def fit_model(
    table: Table,
    recipe: Recipe,
    *,
    seed: int = 42,
    inner_folds: int = 10,
    budget: int | None = None,
    missing: str = "impute",
    honest: HonestScore | None = None,
    jobs: int = 1,
    runner: Runner | None = None,
) -> SavedModel:
    """Fit a recipe on all rows of a table, ready to be saved and to predict.

    Settings are searched by the same inner folds, candidates and seed as within an outer fold of
    `nested_cross_validate`, so that `honest` tells what to expect of the result. What was chosen
    then predicts inner folds that it has not seen: those errors make its intervals.

    Parameters
    ----------
    table : Table
        With a target.
    recipe : Recipe
    seed, inner_folds, budget, missing
        As in `nested_cross_validate`; `budget` is this recipe's own.
    honest : HonestScore, optional
        Of that nested cross-validation.
    jobs : int
        Worker processes; the model does not depend on their number.
    runner : Runner, optional
        One with a store, or that reports, instead of `jobs`; such as a `Run`'s.

    Returns
    -------
    SavedModel

    Raises
    ------
    InputError
        Where the table can't be modelled.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.recipes import get_recipe
    >>> recipe = get_recipe("svr-rbf-kbest")
    >>> model = fit_model(make_synthetic_table(60, seed=1), recipe, budget=4, inner_folds=3, seed=1)
    >>> model.label, len(model.descriptors), model.rate
    ('svr-rbf-kbest on 60 clusters of synthetic (SYNTHETIC)', 24, 'k1')
    """
    budgets = {recipe.name: budget}
    design = Design(table, (recipe,), None, inner_folds, budgets, missing, seed)
    design.check(outer=False)
    with use_runner(runner, jobs) as runner:
        return pack_model(design, fit_all_rows(design, recipe.name, runner), honest)


def fit_best(
    result: StudyResult,
    recipes: Iterable[Recipe],
    *,
    recipe: str | None = None,
    jobs: int = 1,
    runner: Runner | None = None,
) -> SavedModel:
    """Fit a study's best recipe on all its rows, its honest score inside.

    Parameters
    ----------
    result : StudyResult
    recipes : iterable of Recipe
        Those of the study, with its own grids.
    recipe : str, optional
        Another one of them than the best.
    jobs, runner
        As in `fit_model`.

    Raises
    ------
    InputError
        Where `recipe` is none of the study's.
    """
    settings = {k: result.settings[k] for k in ("inner_folds", "budget", "missing", "seed")}
    studied = [r for r in recipes if r.name in result.recipes]
    design = Design(result.table, tuple(studied), **settings)
    name, names = recipe or result.best.name, [r.name for r in studied]
    if name not in names:
        raise InputError(f"recipe {name!r} is not in this study; {close_matches(name, names)}")
    with use_runner(runner, jobs) as runner:
        fitted = fit_all_rows(design, name, runner)
    return pack_scored(design, fitted, result)


def pack_scored(design: Design, fitted: FinalFit, result: StudyResult) -> SavedModel:
    """Return a fit of all rows as a model with the honest score of its recipe inside."""
    name = fitted.recipe.name
    budget = {name: design.candidates(fitted.recipe)}
    honest = HonestScore.from_result(result.recipes[name], {**result.settings, "budget": budget})
    return pack_model(design, fitted, honest)


def pack_model(design: Design, fitted: FinalFit, honest: HonestScore | None) -> SavedModel:
    """Return a fit of all rows as a model that can be saved and predicts.

    Parameters
    ----------
    design : Design
        Of the fit.
    fitted : FinalFit
    honest : HonestScore or None
    """
    recipe, view, inner = fitted.recipe, fitted.view, fitted.inner
    params = fitted.pipeline.get_params()
    return SavedModel(
        pipeline=with_training_memory(
            fitted.pipeline,
            view.descriptors,
            np.asarray(view.target),
            view.names,
            inner.errors,
            inner.tested(view),
        ),
        recipe=recipe.name,
        title=recipe.title,
        params=describe_params({key: params[key] for key in recipe.grid}),
        descriptors=view.descriptor_names,
        ranges=training_ranges(view.descriptors),
        target=str(view.target_name),
        data=_training_data(design.table),
        missing=design.missing,
        search={
            "inner_folds": design.inner_folds,
            "budget": design.candidates(recipe),
            "seed": design.seed,
        },
        honest=honest,
        versions=library_versions(),
    )


def training_ranges(X: np.ndarray) -> np.ndarray:
    """Return the lowest and highest known value of each column, (n_descriptors, 2).

    Examples
    --------
    >>> training_ranges(np.array([[1.0, np.nan], [3.0, np.nan]])).tolist()
    [[1.0, 3.0], [nan, nan]]
    """
    there = ~np.isnan(X)
    low = np.min(X, axis=0, where=there, initial=np.inf)
    high = np.max(X, axis=0, where=there, initial=-np.inf)
    return np.where(there.any(axis=0), [low, high], np.nan).T


def _training_data(table: Table) -> TrainingData:
    return TrainingData(
        name=table.source.name,
        sha256=table.source.sha256,
        n_rows=table.n_rows,
        synthetic=table.source.synthetic,
        domain=table.domain_name,
    )
