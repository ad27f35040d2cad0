"""Fitting a recipe on all rows: search its settings once more, then fit what was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError, close_matches
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.recipes import Recipe
from clusteract.runs import Flow, Job, Place, Runner, Steps
from clusteract.runs.runner import use_runner
from clusteract.search.budget import is_exhaustive
from clusteract.table import Table
from clusteract.validation import StudyResult
from clusteract.validation.fold_search import FoldSearch, describe_params
from clusteract.validation.fold_trust import InnerErrors, InnerFolds, inner_steps
from clusteract.validation.nested import make_problem, problem_for
from clusteract.validation.splits import check_folds
from clusteract.validation.training_memory import with_training_memory
from clusteract.versions import library_versions

# The part of a study's work, for progress.
MODEL = "model"


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
    used = table.mask_sentinels() if missing == "impute" else table
    plan = _plan(used, recipe, seed=seed, inner_folds=inner_folds, budget=budget, missing=missing)
    check_folds(inner_folds, used.n_rows, "inner")
    with use_runner(runner, jobs) as runner:
        [(fitted, inner)] = runner.run([_final_fit(plan)], MODEL)
    params = fitted.get_params()
    seen = recipe.see(used)
    return SavedModel(
        pipeline=with_training_memory(
            fitted, seen.descriptors, plan.problem.y, used.names, inner.errors, inner.tested(seen)
        ),
        recipe=recipe.name,
        title=recipe.title,
        params=describe_params({key: params[key] for key in recipe.grid}),
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
    studied = {r.name: r for r in recipes if r.name in result.recipes}
    name = result.best.name if recipe is None else recipe
    if name not in studied:
        raise InputError(f"recipe {name!r} is not in this study; {close_matches(name, studied)}")
    settings, budget = result.settings, result.settings["budget"].get(name)
    n_descriptors = studied[name].see(result.table).n_descriptors
    if is_exhaustive(studied[name].grid_for(n_descriptors), budget):
        budget = None
    searched = {**settings, "budget": {name: budget}}
    return fit_model(
        result.table,
        studied[name],
        seed=settings["seed"],
        inner_folds=settings["inner_folds"],
        budget=budget,
        missing=settings["missing"],
        honest=HonestScore.from_result(result.recipes[name], searched),
        jobs=jobs,
        runner=runner,
    )


def model_steps(
    table: Table,
    recipes: Iterable[Recipe],
    *,
    seed: int,
    inner_folds: int,
    budget: Mapping[str, int | None],
    missing: str,
) -> int:
    """Return the most steps that fitting one of some recipes on a table takes: for progress.

    Parameters
    ----------
    table : Table
    recipes : iterable of Recipe
    seed, inner_folds, budget, missing
        As in `nested_cross_validate`.
    """
    settings: dict[str, Any] = {"seed": seed, "inner_folds": inner_folds, "missing": missing}
    plans = [_plan(table, r, budget=budget.get(r.name), **settings) for r in recipes]
    return max(_n_steps(plan) for plan in plans)


def _plan(
    table: Table,
    recipe: Recipe,
    *,
    seed: int,
    inner_folds: int,
    budget: int | None,
    missing: str,
) -> FoldSearch:
    problem = make_problem(table, inner_folds=inner_folds, seed=seed, missing=missing)
    # The whole table is training set and test set: nothing of the latter is looked at.
    everyone = np.arange(table.n_rows)
    problem = problem_for(recipe, table, problem)
    return FoldSearch(problem, recipe, (everyone, everyone), budget, Place("saved model"))


def _final_fit(plan: FoldSearch) -> Flow[tuple[Pipeline, InnerErrors]]:
    """Return the jobs that end with a pipeline fitted on all rows, and its inner errors."""

    def steps() -> Steps[tuple[Pipeline, InnerErrors]]:
        _, chosen = yield from plan.search_steps()
        inner, problem = InnerFolds(plan), plan.problem
        # A fitted pipeline is nothing that a store of plain values can keep.
        fit = Job(plan.place, fit_pipeline, (clone(chosen), problem.X, problem.y), kept=False)
        fitted, *answers = yield [fit, *inner.jobs(chosen, plan.place)]
        return fitted, inner.errors(answers)

    return Flow(steps(), _n_steps(plan))


def _n_steps(plan: FoldSearch) -> int:
    return plan.n_steps + inner_steps(plan.problem)


def fit_pipeline(pipeline: Pipeline, X: np.ndarray, y: np.ndarray) -> Pipeline:
    """Fit a pipeline, in a worker."""
    return pipeline.fit(X, y)


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
    elements = {element for f in table.formulas if f for element in f.elements}
    return TrainingData(
        name=table.source.name,
        sha256=table.source.sha256,
        n_clusters=table.n_rows,
        synthetic=table.source.synthetic,
        elements=tuple(sorted(elements)),
    )
