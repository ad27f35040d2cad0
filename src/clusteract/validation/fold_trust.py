"""Intervals and border of a study's best recipe, measured on the study's own outer folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.recipes import Recipe
from clusteract.runs.piece import Piece
from clusteract.table import Table
from clusteract.validation.applicability.check import ApplicabilityCheck
from clusteract.validation.applicability.domain import ApplicabilityDomain
from clusteract.validation.applicability.left_out_blocks import (
    BLOCKS,
    left_out_blocks,
    raised_limits,
)
from clusteract.validation.fold_search import FoldSearch, Problem, refit_and_predict, refit_key
from clusteract.validation.groups import main_metal
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.intervals.coverage import Coverage
from clusteract.validation.records import RecipeResult
from clusteract.validation.splits import Split, check_folds
from clusteract.validation.training_memory import TrainingMemory, Trust, error_folds

OUTER, METAL, INNER = "outer folds", "unseen metals", "inner errors"
_BUDGET = 20  # candidates searched where a metal is left out: enough to see the border at work

# Nominal levels of the calibration curve; those that are promised are among them.
CURVE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass
class InnerErrors(FoldSearch):
    """A unit again: what was chosen there predicts inner folds that it has not seen.

    An outer fold and a saved model have the same inner folds (`error_folds`) and leave out the same
    blocks of neighbours (`left_out_blocks`): intervals and border measured on the one are those
    that the other gives.

    Attributes
    ----------
    pipeline_chosen : Pipeline
        Unfitted.
    errors : ndarray, (n_train,)
        Target minus prediction of each training cluster.
    block_errors : ndarray, (n_train,)
        The same where its block of neighbours was left out.
    """

    pipeline_chosen: Pipeline | None = None
    errors: np.ndarray = field(default_factory=lambda: np.zeros(0))
    block_errors: np.ndarray = field(default_factory=lambda: np.zeros(0))
    blocks: list[Split] = field(default_factory=list)
    # An inner fold and a block may hold the same clusters: then one fit answers both.
    _places: dict[str, list[tuple[np.ndarray, np.ndarray]]] = field(
        default_factory=dict, repr=False
    )

    @property
    def label(self) -> str:
        """What it measures."""
        return INNER

    @property
    def n_steps(self) -> int:
        """One for each inner fold and each block."""
        return inner_steps(self.problem)

    def first_pieces(self) -> list[Piece]:
        """Return a piece for each inner fold and each block."""
        problem, (train, _) = self.problem, self.split
        self.errors, self.block_errors = np.zeros(len(train)), np.zeros(len(train))
        self.blocks = left_out_blocks(problem.X[train])
        inner = error_folds(len(train), problem.inner_folds, problem.seed)
        pieces = [
            *(self._piece("inner", split, self.errors) for split in inner),
            *(self._piece("block", split, self.block_errors) for split in self.blocks),
        ]
        # Blocks that are too large to be left out count as done.
        pieces[-1] = replace(pieces[-1], covers=1 + inner_steps(problem) - len(pieces))
        return pieces

    def _piece(self, kind: str, split: Split, errors: np.ndarray) -> Piece:
        problem, (train, _), (seen, unseen) = self.problem, self.split, split
        assert self.pipeline_chosen is not None
        args = (self.pipeline_chosen, problem.X, problem.y, train[seen], train[unseen])
        key = refit_key(*args)
        self._places.setdefault(key, []).append((errors, unseen))
        return Piece(key, kind, refit_and_predict, args, covers=1)

    def accept(self, piece: Piece, answer: Any, seconds: float) -> list[Piece]:
        """Keep the errors of an inner fold or a block."""
        for errors, place in self._places[piece.key]:
            errors[place] = self.problem.y[self.split[0][place]] - np.array(answer["test"])
        return []

    def tested(self, training: Table) -> np.ndarray:
        """Return how far left-out blocks raise the border's limits (`raised_limits`)."""
        return raised_limits(training, self.blocks, self.block_errors)


def inner_steps(problem: Problem) -> int:
    """Return how many fits measure the inner errors of a training set, for progress."""
    return problem.inner_folds + BLOCKS


def inner_errors(units: Sequence[FoldSearch]) -> list[InnerErrors]:
    """Return the units that measure the inner errors of finished ones."""
    return [
        InnerErrors(u.problem, u.recipe, u.fold, u.split, u.budget, pipeline_chosen=u.chosen())
        for u in units
    ]


def measure_trust(
    table: Table, recipe: Recipe, result: RecipeResult, units: Sequence[InnerErrors]
) -> tuple[Coverage, ApplicabilityCheck]:
    """Compare a recipe's outer test errors with its intervals and its border.

    Parameters
    ----------
    table : Table
        Sentinels masked where they are imputed.
    recipe : Recipe
    result : RecipeResult
        Of that recipe.
    units : sequence of InnerErrors
        Of each outer fold, finished.
    """
    seen = recipe.see(table)
    parts = [
        _judge_fold(seen, unit, np.array(fold.test_predictions))
        for unit, fold in zip(units, result.folds, strict=True)
    ]
    measured, predicted = result.out_of_fold()
    rows = [i for fold in result.folds for i in fold.test]
    metals = main_metal(table)
    coverage = Coverage(
        recipe=recipe.name,
        rows=tuple(rows),
        measured=tuple(measured.tolist()),
        predicted=tuple(predicted.tolist()),
        ends={level: _ends(parts, level) for level in CURVE},
        groups=tuple(metals[i] for i in rows),
    )
    border = ApplicabilityCheck(
        recipe=recipe.name,
        question=OUTER,
        inside=np.concatenate([p["judged"].inside for p in parts]),
        error=predicted - measured,
        distance=np.concatenate([p["judged"].distance for p in parts]),
        reasons=tuple(r for p in parts for r in p["judged"].reasons),
        rows=tuple(rows),
        remarks=tuple(r for p in parts for r in p["judged"].remarks),
    )
    return coverage, border


def _judge_fold(seen: Table, unit: InnerErrors, predicted: np.ndarray) -> dict[str, Any]:
    train, test = unit.split
    known = TrainingMemory().fit(seen.descriptors[train], unit.problem.y[train])
    known.errors_, known.labels_ = unit.errors, [seen.names[i] for i in train]
    known.tested_ = unit.tested(seen.take(train))
    trust = Trust(known, seen)
    unseen = seen.take(test)
    distances = trust.border.space.distances(unseen.descriptors)
    difficulty = trust.difficulty.of(unseen.descriptors, distances)
    return {
        "judged": trust.border.judge(unseen, distances),
        "ends": {level: trust.interval(predicted, difficulty, level) for level in CURVE},
    }


def _ends(
    parts: Sequence[dict[str, Any]], level: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low, high = (np.concatenate([p["ends"][level][i] for p in parts]) for i in (0, 1))
    return tuple(low.tolist()), tuple(high.tolist())


def unseen_metal_units(table: Table, units: Sequence[FoldSearch]) -> list[FoldSearch]:
    """Return the units that leave out one metal after the other; none where there are no two.

    Parameters
    ----------
    table : Table
    units : sequence of FoldSearch
        Those of the recipe on the study's own outer folds.
    """
    first = units[0]
    try:
        splits = hard_folds(table, "metal").splits
        check_folds(first.problem.inner_folds, min(len(train) for train, _ in splits), "inner")
    except InputError:
        return []
    budget = _BUDGET if first.budget is None else min(first.budget, _BUDGET)
    recipe = replace(first.recipe, name=METAL)
    return [FoldSearch(first.problem, recipe, i, s, budget) for i, s in enumerate(splits, start=1)]


def unseen_metal_check(
    table: Table, recipe: Recipe, units: Sequence[FoldSearch]
) -> ApplicabilityCheck | None:
    """Compare errors inside and outside the border where the metal was never seen.

    No block is left out here to raise the border's limits: the composition decides by itself.

    Parameters
    ----------
    table : Table
        Sentinels masked where they are imputed.
    recipe : Recipe
    units : sequence of FoldSearch
        Of `unseen_metal_units`, finished.
    """
    if not units:
        return None
    seen = recipe.see(table)
    judged = [
        ApplicabilityDomain(seen.take(u.split[0])).judge(seen.take(u.split[1])) for u in units
    ]
    folds = [u.result for u in units if u.result is not None]
    errors = [np.subtract(f.test_predictions, f.y_test) for f in folds]
    return ApplicabilityCheck(
        recipe=recipe.name,
        question=METAL,
        inside=np.concatenate([j.inside for j in judged]),
        error=np.concatenate(errors),
        distance=np.concatenate([j.distance for j in judged]),
        reasons=tuple(r for j in judged for r in j.reasons),
        rows=tuple(int(i) for u in units for i in u.split[1]),
        remarks=tuple(r for j in judged for r in j.remarks),
    )
