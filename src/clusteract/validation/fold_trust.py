"""Intervals and applicability domain of a study's best recipe, on the study's own outer folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.recipes import Recipe
from clusteract.runs import Flow, Job, Place, Steps
from clusteract.table import Table
from clusteract.validation.applicability.check import ApplicabilityCheck
from clusteract.validation.applicability.domain import ApplicabilityDomain
from clusteract.validation.applicability.left_out_blocks import (
    BLOCKS,
    left_out_blocks,
    raised_limits,
)
from clusteract.validation.baselines import at_most
from clusteract.validation.fold_search import FoldSearch, Problem, refit_and_predict
from clusteract.validation.groups import main_group, main_grouping
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.intervals.coverage import Coverage
from clusteract.validation.records import FoldResult, RecipeResult
from clusteract.validation.splits import Split, apart, check_folds
from clusteract.validation.training_memory import IntervalModel, TrainingMemory, error_folds

OUTER, UNSEEN, INNER = "outer folds", "unseen groups", "inner errors"
_BUDGET = 20  # candidates searched where a group is left out: enough to see the domain at work

# Nominal levels of the calibration curve; those that are promised are among them.
CURVE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class InnerErrors:
    """How a chosen pipeline predicts rows of its training set that it has not seen.

    An outer fold and a saved model have the same inner folds (`error_folds`) and leave out the same
    blocks of neighbours (`left_out_blocks`): intervals and domain measured on the one are those
    that the other gives.

    Attributes
    ----------
    errors : ndarray, (n_train,)
        Target minus prediction of each training row.
    block_errors : ndarray, (n_train,)
        The same where its block of neighbours was left out.
    blocks : list of (training rows, test rows)
        Positions in the training set.
    """

    errors: np.ndarray
    block_errors: np.ndarray
    blocks: list[Split]

    def tested(self, training: Table) -> np.ndarray:
        """Return how far left-out blocks raise the domain's limits (`raised_limits`)."""
        return raised_limits(training, self.blocks, self.block_errors)


class InnerFolds:
    """The fits that measure a training set's `InnerErrors`.

    Parameters
    ----------
    fold : FoldSearch
        Of that training set.
    own_errors : ndarray, (n_train,), optional
        From the model's own inner folds: then blocks alone are fitted. Those folds part groups,
        so that with groups they are fitted anew.
    """

    def __init__(self, fold: FoldSearch, own_errors: np.ndarray | None = None) -> None:
        self._own_errors = own_errors if fold.problem.groups is None else None
        self._problem, (self._train, _) = fold.problem, fold.split
        problem, n_rows = fold.problem, len(self._train)
        groups = problem.groups_of(self._train)
        self._inner = error_folds(n_rows, problem.inner_folds, problem.seed, groups)
        blocks = [apart(s, groups) for s in left_out_blocks(problem.X[self._train])]
        self._blocks = [s for s in blocks if len(s[0]) >= len(s[1])]

    def jobs(self, chosen: Pipeline, place: Place) -> list[Job]:
        """Return a job for each inner fold and each block, for what the search has chosen."""
        problem = self._problem
        jobs = []
        for train, test in self._splits:
            rows = self._train[train], self._train[test]
            jobs.append(Job(place, refit_and_predict, (chosen, problem.X, problem.y, *rows)))
        # Blocks that are too large to be left out count as done.
        rest = inner_steps(problem) - len(jobs)
        return [*jobs[:-1], *(replace(job, covers=1 + rest) for job in jobs[-1:])]

    @property
    def _splits(self) -> list[Split]:
        return self._blocks if self._own_errors is not None else self._inner + self._blocks

    def errors(self, answers: Sequence[dict[str, Any]]) -> InnerErrors:
        """Put the answers of the jobs together."""
        measured = self._problem.y[self._train]
        n = len(self._splits) - len(self._blocks)
        inner = self._own_errors
        if inner is None:
            inner = _errors(measured, self._inner, answers[:n])
        block = _errors(measured, self._blocks, answers[n:])
        return InnerErrors(inner, block, self._blocks)


def _errors(measured: np.ndarray, splits: list[Split], answers: Sequence[dict]) -> np.ndarray:
    errors = np.zeros(len(measured))
    for (_, test), answer in zip(splits, answers, strict=True):
        errors[test] = measured[test] - np.array(answer["test"])
    return errors


def inner_steps(problem: Problem) -> int:
    """Return how many fits measure the inner errors of a training set, for progress."""
    return problem.inner_folds + BLOCKS


def inner_errors(
    fold: FoldSearch, chosen: Pipeline, own_errors: np.ndarray | None = None
) -> Flow[InnerErrors]:
    """Return the jobs that measure the inner errors of what a fold's search has chosen."""

    def steps() -> Steps[InnerErrors]:
        folds = InnerFolds(fold, own_errors)
        answers = yield folds.jobs(chosen, fold.place._replace(label=INNER))
        return folds.errors(answers)

    return Flow(steps(), inner_steps(fold.problem))


def measure_trust(
    table: Table, recipe: Recipe, result: RecipeResult, inner: Sequence[InnerErrors]
) -> tuple[Coverage, ApplicabilityCheck]:
    """Compare a recipe's outer test errors with its intervals and its applicability domain.

    Parameters
    ----------
    table : Table
        Sentinels masked where they are imputed.
    recipe : Recipe
    result : RecipeResult
        Of that recipe.
    inner : sequence of InnerErrors
        Of each outer fold.
    """
    view = recipe.see(table)
    parts = [_judge_fold(view, *pair) for pair in zip(result.folds, inner, strict=True)]
    measured, predicted = result.out_of_fold()
    rows = [i for fold in result.folds for i in fold.test]
    groups = main_group(table)
    coverage = Coverage(
        recipe=recipe.name,
        rows=tuple(rows),
        measured=tuple(measured.tolist()),
        predicted=tuple(predicted.tolist()),
        ends={level: _ends(parts, level) for level in CURVE},
        groups=tuple(groups[i] for i in rows),
    )
    judged = [p["judged"] for p in parts]
    return coverage, ApplicabilityCheck.of(recipe.name, OUTER, judged, predicted - measured, rows)


def _judge_fold(view: Table, fold: FoldResult, inner: InnerErrors) -> dict[str, Any]:
    training, unseen = view.take(fold.train), view.take(fold.test)
    memory = TrainingMemory().fit(training.descriptors, np.array(fold.y_train))
    memory.errors_, memory.labels_ = inner.errors, list(training.names)
    memory.tested_ = inner.tested(training)
    model = IntervalModel(memory, view)
    distances = model.applicability_domain.space.distances(unseen.descriptors)
    difficulty = model.difficulty.of(unseen.descriptors, distances)
    predicted = np.array(fold.test_predictions)
    return {
        "judged": model.applicability_domain.judge(unseen, distances),
        "ends": {level: model.interval(predicted, difficulty, level) for level in CURVE},
    }


def _ends(
    parts: Sequence[dict[str, Any]], level: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low, high = (np.concatenate([p["ends"][level][i] for p in parts]) for i in (0, 1))
    return tuple(low.tolist()), tuple(high.tolist())


def unseen_groups(table: Table, folds: Sequence[FoldSearch]) -> list[FoldSearch]:
    """Return searches that leave out one group after the other; none where there are no two.

    Parameters
    ----------
    table : Table
    folds : sequence of FoldSearch
        Those of the recipe on the study's own outer folds.
    """
    first = folds[0]
    try:
        groups = first.problem.groups
        folds_of = hard_folds(table, main_grouping(table))
        splits = [apart(split, groups) for split in folds_of.splits]
        check_folds(first.problem.inner_folds, min(len(train) for train, _ in splits), "inner")
    except InputError:
        return []
    budget = at_most(_BUDGET, first.budget)
    return [
        replace(first, split=split, budget=budget, place=Place(UNSEEN, i, len(splits)))
        for i, split in enumerate(splits, start=1)
    ]


def unseen_group_check(
    table: Table, recipe: Recipe, folds: Sequence[FoldResult]
) -> ApplicabilityCheck | None:
    """Compare errors inside and outside the applicability domain where the group was never seen.

    No block is left out here to raise the domain's limits: what was never seen decides by itself.

    Parameters
    ----------
    table : Table
        Sentinels masked where they are imputed.
    recipe : Recipe
    folds : sequence of FoldResult
        Of `unseen_groups`.
    """
    if not folds:
        return None
    view = recipe.see(table)
    judged = [ApplicabilityDomain(view.take(f.train)).judge(view.take(f.test)) for f in folds]
    errors = [np.subtract(f.test_predictions, f.y_test) for f in folds]
    question, rows = f"unseen {main_grouping(table)}s", [i for f in folds for i in f.test]
    return ApplicabilityCheck.of(recipe.name, question, judged, np.concatenate(errors), rows)
