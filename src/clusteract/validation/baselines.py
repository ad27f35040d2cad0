"""What no skill looks like: the training mean, and a recipe's search on shuffled targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.runs import Flow, Job, Steps
from clusteract.validation.fold_search import FoldSearch, refit_and_predict
from clusteract.validation.records import RecipeResult, plain_fold
from clusteract.validation.splits import Split

SHUFFLED, RANDOM = "shuffled", "random split"

# The shuffled run answers "does this procedure find skill where there is none"; some candidates
# of the search are as good for that as all.
SHUFFLED_BUDGET = 20


def mean_baseline(y: np.ndarray, splits: list[Split]) -> RecipeResult:
    """Score the constant prediction, the mean of each training set.

    Parameters
    ----------
    y : ndarray, (n_rows,)
    splits : list of (training rows, test rows)
    """
    folds = []
    for i, (train, test) in enumerate(splits, start=1):
        fitted, unseen = (np.full(len(rows), np.mean(y[train])) for rows in (train, test))
        folds.append(plain_fold("mean", i, (train, test), y, fitted, unseen))
    return RecipeResult(name="mean", title="Mean of the training set", folds=tuple(folds))


def random_split(
    searches: Sequence[FoldSearch], chosen: Sequence[Pipeline], splits: Sequence[Split]
) -> Flow[RecipeResult]:
    """Return the fits that say what a random split, which parts groups, is worth.

    What each grouped fold has chosen is fitted on a random one: a fit a fold, and no search.

    Parameters
    ----------
    searches : sequence of FoldSearch
        Of one recipe, on folds that part no group.
    chosen : sequence of Pipeline
        Unfitted, what each of them chose.
    splits : sequence of (training rows, test rows)
        As many random ones.
    """
    first = searches[0]

    def steps() -> Steps[RecipeResult]:
        y, data = first.problem.y, (first.problem.X, first.problem.y)
        places = [search.place._replace(label=RANDOM) for search in searches]
        answers = yield [
            Job(place, refit_and_predict, (pipeline, *data, *split))
            for place, pipeline, split in zip(places, chosen, splits, strict=True)
        ]
        folds = [
            plain_fold(RANDOM, i, split, y, np.array(a["train"]), np.array(a["test"]))
            for i, (split, a) in enumerate(zip(splits, answers, strict=True), start=1)
        ]
        return RecipeResult(RANDOM, first.recipe.title, tuple(folds))

    return Flow(steps(), len(searches))


def shuffled_target(fold: FoldSearch) -> FoldSearch:
    """Return the same recipe and fold with the table's targets shuffled.

    The permutation depends on the study's seed alone, so every fold sees the same shuffled
    table. At most `SHUFFLED_BUDGET` candidates are searched.
    """
    problem = fold.problem
    order = np.random.default_rng(problem.seed).permutation(len(problem.y))
    return replace(
        fold,
        problem=replace(problem, y=problem.y[order]),
        budget=at_most(SHUFFLED_BUDGET, fold.budget),
        place=fold.place._replace(label=SHUFFLED),
    )


def at_most(largest: int, budget: int | None) -> int:
    """Return a budget that is no larger than one; None is the whole grid."""
    return largest if budget is None else min(largest, budget)
