"""Nested cross-validation: every choice that used the target was made inside a training set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from clusteract.errors import InputError
from clusteract.recipes import Recipe
from clusteract.runs import Flow, Place, Runner
from clusteract.runs.runner import use_runner
from clusteract.table import Table
from clusteract.validation.baselines import SHUFFLED, mean_baseline, shuffled_target
from clusteract.validation.fold_search import FoldOutcome, FoldSearch, Problem
from clusteract.validation.fold_trust import (
    inner_errors,
    inner_steps,
    measure_trust,
    unseen_metal_check,
    unseen_metals,
)
from clusteract.validation.records import RecipeResult
from clusteract.validation.splits import GivenFolds, OuterFolds, Split, check_folds
from clusteract.validation.study_result import StudyResult
from clusteract.validation.trust import trust_baselines

# The parts of its work, for progress.
RECIPES, CHECKS = "recipes", "checks"


def nested_cross_validate(
    table: Table,
    recipes: Iterable[Recipe],
    *,
    outer: BaseCrossValidator | None = None,
    inner_folds: int = 10,
    budget: Mapping[str, int | None] | None = None,
    missing: str = "impute",
    seed: int = 42,
    jobs: int = 1,
    baselines: bool = True,
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
    outer : splitter, optional
        `OuterFolds`, or any of scikit-learn's; 10 folds shuffled with `seed` by default.
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
    runner : Runner, optional
        One with a store, or that reports, instead of `jobs`; such as a `Run`'s.

    Returns
    -------
    StudyResult

    Raises
    ------
    InputError
        Where the table has no target, too few rows, or missing values as published.

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
    recipes, limits = list(recipes), dict(budget or {})
    outer = outer or OuterFolds(seed=seed)
    used = table.mask_sentinels() if missing == "impute" else table
    problem = make_problem(used, inner_folds=inner_folds, seed=seed, missing=missing)
    splits = check_design(table, outer, inner_folds)
    searches = [
        _fold_searches(problem_for(r, used, problem), r, splits, limits.get(r.name))
        for r in recipes
    ]
    with use_runner(runner, jobs) as runner:
        if baselines:  # of which recipe is not known yet: expect the largest
            runner.expect(CHECKS, max(_steps_beside(used, folds, outer) for folds in searches))
        outcomes = runner.run([fold.flow() for folds in searches for fold in folds], RECIPES)
        chosen = [outcomes[i : i + len(splits)] for i in range(0, len(outcomes), len(splits))]
        result = StudyResult(
            table=used,
            recipes={
                r.name: RecipeResult(r.name, r.title, tuple(o.result for o in of_recipe))
                for r, of_recipe in zip(recipes, chosen, strict=True)
            },
            settings={
                "seed": seed,
                **_settings(outer),
                "inner_folds": inner_folds,
                "missing": missing,
                "budget": {r.name: limits.get(r.name) for r in recipes},
            },
        )
        if not baselines:
            return result
        best = [r.name for r in recipes].index(result.best.name)
        return _with_baselines(
            result, recipes[best], searches[best], chosen[best], splits, outer, runner
        )


def _settings(outer: BaseCrossValidator) -> dict[str, Any]:
    repeats = getattr(outer, "repeats", 1)
    settings = {"outer_folds": outer.get_n_splits() // repeats, "outer_repeats": repeats}
    if _leaves_out(outer):
        settings |= {"leave_out": outer.kind, "left_out": list(outer.labels)}
    return settings


def _leaves_out(outer: BaseCrossValidator) -> bool:
    return bool(isinstance(outer, GivenFolds) and outer.kind)


def check_design(table: Table, outer: BaseCrossValidator, inner_folds: int) -> list[Split]:
    """Check that the table has rows enough for its folds; return the outer splits."""
    splits = list(outer.split(table.descriptors, table.target))
    check_folds(inner_folds, min(len(train) for train, _ in splits), "inner")
    return splits


def make_problem(table: Table, *, inner_folds: int, seed: int, missing: str) -> Problem:
    """Check that the table can be modelled, and take out of it what the jobs need."""
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


def _fold_searches(
    problem: Problem, recipe: Recipe, splits: list[Split], budget: int | None
) -> list[FoldSearch]:
    return [
        FoldSearch(problem, recipe, split, budget, Place(recipe.name, fold, len(splits)))
        for fold, split in enumerate(splits, start=1)
    ]


def _metals(
    table: Table, searches: list[FoldSearch], outer: BaseCrossValidator
) -> list[FoldSearch]:
    return [] if _leaves_out(outer) else unseen_metals(table, searches)


def _steps_beside(table: Table, searches: list[FoldSearch], outer: BaseCrossValidator) -> int:
    more = [*map(shuffled_target, searches), *_metals(table, searches, outer)]
    return sum(s.n_steps for s in more) + sum(inner_steps(s.problem) for s in searches)


def _with_baselines(
    result: StudyResult,
    recipe: Recipe,
    searches: list[FoldSearch],
    outcomes: list[FoldOutcome],
    splits: list[Split],
    outer: BaseCrossValidator,
    runner: Runner,
) -> StudyResult:
    """Add to a result what its best recipe must beat, and how far it can be trusted."""
    shuffled = [shuffled_target(search) for search in searches]
    metals = _metals(result.table, searches, outer)
    inner = [inner_errors(s, o.chosen) for s, o in zip(searches, outcomes, strict=True)]
    flows: list[Flow] = [*(s.flow() for s in shuffled + metals), *inner]
    answers = iter(runner.run(flows, CHECKS))
    no_skill, unseen = ([next(answers).result for _ in some] for some in (shuffled, metals))
    coverage, border = measure_trust(result.table, recipe, result.best, list(answers))
    metal_check = unseen_metal_check(result.table, recipe, unseen)
    return replace(
        result,
        baselines={
            "mean": mean_baseline(searches[0].problem.y, splits),
            SHUFFLED: RecipeResult(SHUFFLED, "Shuffled targets", tuple(no_skill)),
            **trust_baselines(result.table, splits),
        },
        shuffled_recipe=recipe.name,
        coverage=coverage,
        borders=(border,) if metal_check is None else (border, metal_check),
    )
