"""Nested cross-validation: every choice that used the target was made inside a training set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.recipes import Recipe
from clusteract.runs.progress import Report, ignore
from clusteract.runs.runner import Runner, Store, use_runner
from clusteract.table import Table
from clusteract.validation.baselines import SHUFFLED, mean_baseline, shuffled_target
from clusteract.validation.fold_search import FoldSearch, Problem
from clusteract.validation.fold_trust import (
    inner_errors,
    inner_steps,
    measure_trust,
    unseen_metal_check,
    unseen_metal_units,
)
from clusteract.validation.hard_splits import HardFolds
from clusteract.validation.records import RecipeResult
from clusteract.validation.splits import OuterFolds, Split, check_folds
from clusteract.validation.study_result import StudyResult
from clusteract.validation.trust import trust_baselines

# The parts of its work, for progress.
RECIPES, CHECKS = "recipes", "checks"


def nested_cross_validate(
    table: Table,
    recipes: Iterable[Recipe],
    *,
    outer: OuterFolds | None = None,
    inner_folds: int = 10,
    budget: Mapping[str, int | None] | None = None,
    missing: str = "impute",
    seed: int = 42,
    jobs: int = 1,
    baselines: bool = True,
    store: Store | None = None,
    progress: Report = ignore,
    runner: Runner | None = None,
) -> StudyResult:
    """Score recipes honestly on a table.

    For each outer fold, a recipe's settings are chosen by inner folds of the outer training set
    alone (scaler, selector and model in one pipeline), refitted on that training set, and judged
    on the outer test set, which nothing has seen.

    Parameters
    ----------
    table : Table
        With a target.
    recipes : iterable of Recipe
    outer : OuterFolds, optional
        10 folds shuffled with `seed` by default.
    inner_folds : int
        Contiguous folds of the outer training set, as scikit-learn's ``cv=inner_folds``.
    budget : mapping of str to int or None, optional
        Candidates drawn at random for a recipe, None (or no entry) for all of them. A network's
        begin with first looks (`Recipe.looks`).
    missing : {"impute", "as-published"}
        Impute missing values and sentinels inside folds, or take the numbers as they stand.
    seed : int
        Of outer shuffling, of the recipes' own randomness and of drawn candidates.
    jobs : int
        Worker processes; the result does not depend on their number. -1: one per core.
    baselines : bool
        Add the constant baseline, the shuffled-target run and the other trust checks, and
        measure the best recipe's intervals and border.
    store : Store, optional
        Finished pieces are kept in it and taken from it.
    progress : callable, optional
        Gets a `Progress` after each piece.
    runner : Runner, optional
        One that is open, instead of `jobs`, `store` and `progress`; it stays open.

    Returns
    -------
    StudyResult

    Raises
    ------
    InputError
        Where the table has no target, too few clusters, or missing values as published.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.recipes import get_recipe
    >>> table = make_synthetic_table(60, seed=1)
    >>> forest = get_recipe("rfr-kbest").with_grid({"model__n_estimators": [20]})
    >>> result = nested_cross_validate(
    ...     table, [forest], outer=OuterFolds(folds=3), inner_folds=3, seed=1, baselines=False
    ... )
    >>> bool(result.best.mean("test", "r") > 0.3)
    True
    """
    recipes = list(recipes)
    outer = outer or OuterFolds(seed=seed)
    used = table.mask_sentinels() if missing == "impute" else table
    problem = make_problem(used, inner_folds=inner_folds, seed=seed, missing=missing)
    splits = check_design(table, outer, inner_folds)
    limits = dict(budget or {})

    with use_runner(runner, jobs, store, progress) as runner:
        plan = [
            _units(problem_for(recipe, used, problem), recipe, splits, limits.get(recipe.name))
            for recipe in recipes
        ]
        if baselines:  # of which recipe is not known yet: expect the largest
            runner.expect(CHECKS, max(_steps_beside(used, units, outer) for units in plan))
        runner.run([unit for units in plan for unit in units], RECIPES)
        found = {r.name: _gather(r, units) for r, units in zip(recipes, plan, strict=True)}
        result = StudyResult(
            table=used,
            recipes=found,
            settings={
                "seed": seed,
                "outer_folds": outer.folds,
                "outer_repeats": outer.repeats,
                "inner_folds": inner_folds,
                "missing": missing,
                "budget": {r.name: limits.get(r.name) for r in recipes},
                **_left_out(outer),
            },
        )
        if not baselines:
            return result
        return _with_baselines(result, recipes, plan, splits, outer, runner)


def _left_out(outer: OuterFolds) -> dict[str, Any]:
    if not isinstance(outer, HardFolds):
        return {}
    return {"leave_out": outer.kind, "left_out": list(outer.labels)}


def check_design(table: Table, outer: OuterFolds, inner_folds: int) -> list[Split]:
    """Check that the table has clusters enough for its folds; return the outer splits."""
    splits = outer.split(table.n_rows)
    check_folds(inner_folds, min(len(train) for train, _ in splits), "inner")
    return splits


def make_problem(table: Table, *, inner_folds: int, seed: int, missing: str) -> Problem:
    """Check that the table can be modelled, and take out of it what the pieces need."""
    if table.target is None:
        raise InputError(f"{table.source.name} has no target; name its column (target=...)")
    if np.ptp(table.target) == 0:
        raise InputError(
            f"{table.source.name}: the target {table.target_name!r} is constant; there is nothing "
            "to model"
        )
    if missing != "impute" and table.missing_cells:
        row, descriptor = table.missing_cells[0]
        raise InputError(
            f"{table.source.name}: {descriptor!r} of {table.names[row]} is missing "
            f"({len(table.missing_cells)} such cells); fill it, or use missing = 'impute'"
        )
    return Problem(
        X=table.descriptors,
        y=table.target,
        descriptors=table.descriptor_names,
        inner_folds=inner_folds,
        seed=seed,
        impute=missing == "impute",
    )


def problem_for(recipe: Recipe, table: Table, problem: Problem) -> Problem:
    """Return a table's problem with the columns that a recipe sees."""
    seen = recipe.see(table)
    return replace(problem, X=seen.descriptors, descriptors=seen.descriptor_names)


def _units(problem: Problem, recipe: Recipe, splits: list, budget: int | None) -> list[FoldSearch]:
    return [
        FoldSearch(problem, recipe, fold, split, budget)
        for fold, split in enumerate(splits, start=1)
    ]


def _gather(recipe: Recipe, units: list[FoldSearch]) -> RecipeResult:
    folds = tuple(u.result for u in units if u.result is not None)
    return RecipeResult(name=units[0].label, title=recipe.title, folds=folds)


def _metal_units(table: Table, units: list[FoldSearch], outer: OuterFolds) -> list[FoldSearch]:
    return [] if isinstance(outer, HardFolds) else unseen_metal_units(table, units)


def _steps_beside(table: Table, units: list[FoldSearch], outer: OuterFolds) -> int:
    more = [*map(shuffled_target, units), *_metal_units(table, units, outer)]
    return sum(u.n_steps for u in more) + sum(inner_steps(u.problem) for u in units)


def _with_baselines(
    result: StudyResult,
    recipes: list[Recipe],
    plan: list[list[FoldSearch]],
    splits: list,
    outer: OuterFolds,
    runner: Runner,
) -> StudyResult:
    best = result.best.name
    position = [r.name for r in recipes].index(best)
    units = [shuffled_target(u) for u in plan[position]]
    inner = inner_errors(plan[position])
    metals = _metal_units(result.table, plan[position], outer)
    runner.run([*units, *inner, *metals], CHECKS)
    shuffled = _gather(recipes[position], units)
    coverage, border = measure_trust(result.table, recipes[position], result.best, inner)
    unseen = unseen_metal_check(result.table, recipes[position], metals)
    return StudyResult(
        table=result.table,
        recipes=result.recipes,
        baselines={
            "mean": mean_baseline(plan[position][0].problem.y, splits),
            SHUFFLED: RecipeResult(SHUFFLED, "Shuffled targets", shuffled.folds),
            **trust_baselines(result.table, splits),
        },
        shuffled_recipe=best,
        settings=result.settings,
        coverage=coverage,
        borders=(border,) if unseen is None else (border, unseen),
    )
