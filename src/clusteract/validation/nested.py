"""Nested cross-validation: every choice that used the target was made inside a training set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from clusteract.recipes import Recipe
from clusteract.runs import Flow, Runner
from clusteract.runs.runner import use_runner
from clusteract.table import Table
from clusteract.validation.baselines import (
    SHUFFLED,
    mean_baseline,
    random_split,
    shuffled_target,
)
from clusteract.validation.design import Design
from clusteract.validation.fold_search import FoldOutcome, FoldSearch
from clusteract.validation.fold_trust import (
    inner_errors,
    inner_steps,
    measure_trust,
    unseen_group_check,
    unseen_groups,
)
from clusteract.validation.records import RecipeResult
from clusteract.validation.study_result import StudyResult
from clusteract.validation.trust import trust_baselines

# The parts of its work, for progress.
RECIPES, CHECKS = "recipes", "checks"


def nested_cross_validate(
    table: Table,
    recipes: Iterable[Recipe],
    *,
    outer: BaseCrossValidator | str | None = None,
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
    outer : splitter or str, optional
        `OuterFolds`, or any of scikit-learn's; or what is left out: one of
        `list_hard_splits`, or a column. 10 folds shuffled with `seed` by default. Rows of one of
        `table.groups` are never parted.
    inner_folds : int
        Contiguous folds of the outer training set, as scikit-learn's ``cv=inner_folds``.
    budget : mapping of str to int or None, optional
        Candidates drawn at random for a recipe, None (or no entry) for all of them. A network's
        begin with first looks (`Recipe.halving`).
    missing : {"impute", "as-published"}
        Impute missing values and sentinels inside folds, or take the numbers as they stand.
    seed : int
        Of outer shuffling, of the recipes' own randomness and of drawn candidates.
    jobs : int
        Worker processes; the result does not depend on their number. -1: one per core.
    baselines : bool
        Add the constant baseline, the shuffled-target run and the other trust checks, and
        measure the best recipe's intervals and applicability domain.
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
    >>> from clusteract.validation import OuterFolds
    >>> table = make_synthetic_table(60, seed=1)
    >>> forest = get_recipe("rfr-kbest").with_grid({"model__n_estimators": [20]})
    >>> result = nested_cross_validate(
    ...     table, [forest], outer=OuterFolds(folds=3), inner_folds=3, seed=1, baselines=False
    ... )
    >>> bool(result.best.mean("test", "r") > 0.3)
    True
    """
    design = Design(table, tuple(recipes), outer, inner_folds, dict(budget or {}), missing, seed)
    design.check()
    with use_runner(runner, jobs) as runner:
        return cross_validate(design, runner, baselines=baselines)


def cross_validate(design: Design, runner: Runner, *, baselines: bool = True) -> StudyResult:
    """Score the recipes of a design; see `nested_cross_validate`."""
    searches = {recipe.name: design.searches(recipe) for recipe in design.recipes}
    checks: dict[str, _Checks] = {}
    if baselines:  # of which recipe is not known yet: expect the largest
        checks = {name: _Checks(design, folds) for name, folds in searches.items()}
        runner.expect(CHECKS, max(c.n_steps for c in checks.values()))
    outcomes = iter(runner.run([s.flow() for folds in searches.values() for s in folds], RECIPES))
    by_recipe = {name: [next(outcomes) for _ in folds] for name, folds in searches.items()}
    result = StudyResult(
        table=design.table,
        recipes={
            r.name: RecipeResult(r.name, r.title, tuple(o.result for o in by_recipe[r.name]))
            for r in design.recipes
        },
        settings=design.settings,
    )
    if not baselines:
        return result
    best = result.best.name
    return checks[best].run(result, by_recipe[best], runner)


class _Checks:
    """What the best recipe must beat, and how far it can be trusted: on the same outer folds."""

    def __init__(self, design: Design, searches: list[FoldSearch]) -> None:
        self._design, self._searches = design, searches
        self._shuffled = [shuffled_target(search) for search in searches]
        self._groups = [] if design.leaves_out else unseen_groups(design.table, searches)

    @property
    def n_steps(self) -> int:
        """How many steps they take, for progress."""
        fits = sum(search.n_steps for search in self._shuffled + self._groups)
        inner = sum(inner_steps(search.problem) for search in self._searches)
        return fits + inner + len(self._design.random_splits)

    def run(self, result: StudyResult, outcomes: list[FoldOutcome], runner: Runner) -> StudyResult:
        """Return the result with its checks."""
        table, splits, best = self._design.table, self._design.splits, result.best
        recipe = self._design.recipe(best.name)
        pairs = zip(self._searches, outcomes, strict=True)
        inner = [inner_errors(search, o.chosen, o.errors) for search, o in pairs]
        flows: list[Flow] = [*(s.flow() for s in self._shuffled + self._groups), *inner]
        random = self._design.random_splits
        if random:
            flows.insert(0, random_split(self._searches, [o.chosen for o in outcomes], random))
        answers = iter(runner.run(flows, CHECKS))
        flattering = next(answers) if random else None
        no_skill = [next(answers).result for _ in self._shuffled]
        unseen = [next(answers).result for _ in self._groups]
        coverage, border = measure_trust(table, recipe, best, list(answers))
        group_check = unseen_group_check(table, recipe, unseen)
        return replace(
            result,
            baselines={
                "mean": mean_baseline(np.asarray(table.target), splits),
                SHUFFLED: RecipeResult(SHUFFLED, "Shuffled targets", tuple(no_skill)),
                **trust_baselines(table, splits),
            },
            shuffled_recipe=best.name,
            coverage=coverage,
            applicability=(border,) if group_check is None else (border, group_check),
            random_split=flattering,
        )
