"""What no skill looks like: the training mean, and a recipe's search on shuffled targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clusteract.validation.fold_search import FoldSearch
from clusteract.validation.records import FoldResult, RecipeResult
from clusteract.validation.splits import Split

SHUFFLED = "shuffled"

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
    folds = tuple(_mean_fold(y, i, *split) for i, split in enumerate(splits, start=1))
    return RecipeResult(name="mean", title="Mean of the training set", folds=folds)


def _mean_fold(y: np.ndarray, fold: int, train: np.ndarray, test: np.ndarray) -> FoldResult:
    mean = float(np.mean(y[train]))
    return FoldResult(
        recipe="mean",
        fold=fold,
        train=tuple(train.tolist()),
        test=tuple(test.tolist()),
        y_train=tuple(y[train].tolist()),
        y_test=tuple(y[test].tolist()),
        train_predictions=(mean,) * len(train),
        test_predictions=(mean,) * len(test),
        best_params={},
        selected=(),
        inner_score=float("nan"),
        fits=1,
        fits_naive=1,
    )


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
