"""Fitting a recipe on all rows: search its settings once more, then fit what was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.data import ClusterTable
from clusteract.errors import InputError, close_matches
from clusteract.estimators import Recipe
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.results.summary import library_versions
from clusteract.validation import StudyResult
from clusteract.validation.executors import Executor, make_executor, timed_piece
from clusteract.validation.nested import make_problem, problem_for
from clusteract.validation.pieces import Piece, Unit, describe_params
from clusteract.validation.progress import Report, ignore
from clusteract.validation.reliability import with_reliability
from clusteract.validation.runner import Runner, Store
from clusteract.validation.splits import check_folds


def fit_model(
    table: ClusterTable,
    recipe: Recipe,
    *,
    seed: int = 42,
    inner_folds: int = 10,
    budget: int | None = None,
    missing: str = "impute",
    honest: HonestScore | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Report = ignore,
) -> SavedModel:
    """Fit a recipe on all rows of a table, ready to be saved and to predict.

    Settings are searched by the same inner folds, candidates and seed as within an outer fold of
    `nested_cross_validate`, so that `honest` tells what to expect of the result.

    Parameters
    ----------
    table : ClusterTable
        With a target.
    recipe : Recipe
    seed, inner_folds, budget, missing
        As in `nested_cross_validate`; `budget` is this recipe's own.
    honest : HonestScore, optional
        Of that nested cross-validation.
    jobs : int
        Worker processes; the model does not depend on their number.
    executor : Executor, optional
        Where the pieces of the search run, instead of `jobs` local processes; it is closed.
    store : Store, optional
        Finished pieces are kept in it and taken from it.
    progress : callable, optional
        Gets a `Progress` after each piece.

    Returns
    -------
    SavedModel

    Raises
    ------
    InputError
        Where the table can't be modelled.

    Examples
    --------
    >>> from clusteract.data import make_synthetic_table
    >>> from clusteract.estimators import get_recipe
    >>> recipe = get_recipe("svr-rbf-kbest")
    >>> model = fit_model(make_synthetic_table(60, seed=1), recipe, budget=4, inner_folds=3, seed=1)
    >>> model.label, len(model.descriptors), model.rate
    ('svr-rbf-kbest on 60 clusters of synthetic (SYNTHETIC)', 24, 'k1')
    """
    used = table.mask_sentinels() if missing == "impute" else table
    pipeline, params = fit_final(
        used,
        recipe,
        seed=seed,
        inner_folds=inner_folds,
        budget=budget,
        missing=missing,
        executor=executor or make_executor(jobs),
        store=store,
        progress=progress,
    )
    seen = recipe.see(used)
    pipeline, _ = timed_piece(
        with_reliability,
        pipeline,
        seen.descriptors,
        np.asarray(used.target),
        used.names,
        inner_folds,
        seed,
    )
    return SavedModel(
        pipeline=pipeline,
        recipe=recipe.name,
        title=recipe.title,
        params=params,
        descriptors=seen.descriptor_names,
        ranges=training_ranges(seen.descriptors),
        target=str(used.target_name),
        data=_training_data(used),
        missing=missing,
        search={"inner_folds": inner_folds, "budget": budget, "seed": seed},
        honest=honest,
        versions=library_versions(),
    )


def fit_best(
    result: StudyResult,
    recipes: Iterable[Recipe],
    *,
    recipe: str | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Report = ignore,
) -> SavedModel:
    """Fit a study's best recipe on all its rows, its honest score inside.

    Parameters
    ----------
    result : StudyResult
    recipes : iterable of Recipe
        Those of the study, with its own grids.
    recipe : str, optional
        Another one of them than the best.
    jobs, executor, store, progress
        As in `fit_model`.

    Raises
    ------
    InputError
        Where `recipe` is none of the study's.
    """
    known = {r.name: r for r in recipes if r.name in result.recipes}
    name = result.best.name if recipe is None else recipe
    if name not in known:
        raise InputError(f"recipe {name!r} is not in this study; {close_matches(name, known)}")
    settings = result.settings
    return fit_model(
        result.table,
        known[name],
        seed=settings["seed"],
        inner_folds=settings["inner_folds"],
        budget=settings["budget"].get(name),
        missing=settings["missing"],
        honest=HonestScore.from_result(result.recipes[name], settings),
        jobs=jobs,
        executor=executor,
        store=store,
        progress=progress,
    )


def fit_final(
    table: ClusterTable,
    recipe: Recipe,
    *,
    seed: int,
    inner_folds: int,
    budget: int | None,
    missing: str,
    executor: Executor,
    store: Store | None = None,
    progress: Report = ignore,
) -> tuple[Pipeline, dict[str, Any]]:
    """Search a recipe's settings on all rows and fit the chosen ones there.

    Returns
    -------
    pipeline : Pipeline
        Fitted.
    params : dict
        The chosen settings; estimators by their text.
    """
    problem = make_problem(table, inner_folds=inner_folds, seed=seed, missing=missing)
    problem = problem_for(recipe, table, problem)
    check_folds(inner_folds, table.n_clusters, "inner")
    # The whole table is training set and test set: nothing of the latter is looked at.
    everyone = np.arange(table.n_clusters)
    unit = _SearchOnly(problem, recipe, fold=1, split=(everyone, everyone), budget=budget)
    with Runner(executor, store, progress) as runner:
        runner.expect(unit.n_steps)
        runner.run([unit])
    fitted, _ = timed_piece(unit.chosen().fit, problem.X, problem.y)
    params = fitted.get_params()
    return fitted, describe_params({key: params[key] for key in recipe.grid})


class _SearchOnly(Unit):
    """A unit that ends with its search: there is no test set to predict."""

    def _after_search(self) -> list[Piece]:
        return []


def training_ranges(X: np.ndarray) -> np.ndarray:
    """Return the lowest and highest known value of each column, (n_descriptors, 2).

    Examples
    --------
    >>> training_ranges(np.array([[1.0, np.nan], [3.0, np.nan]])).tolist()
    [[1.0, 3.0], [nan, nan]]
    """
    known = ~np.isnan(X)
    low = np.min(X, axis=0, where=known, initial=np.inf)
    high = np.max(X, axis=0, where=known, initial=-np.inf)
    return np.where(known.any(axis=0), [low, high], np.nan).T


def _training_data(table: ClusterTable) -> TrainingData:
    elements = {element for f in table.formulas if f for element in f.elements}
    return TrainingData(
        name=table.source.name,
        sha256=table.source.sha256,
        n_clusters=table.n_clusters,
        synthetic=table.source.synthetic,
        elements=tuple(sorted(elements)),
    )
