"""check_applicability: errors inside and outside, over several ways to leave clusters out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.table import Table
from clusteract.validation.applicability.domain import ApplicabilityDomain
from clusteract.validation.applicability.left_out_blocks import (
    left_out_blocks,
    raised_limits,
    unseen_errors,
)
from clusteract.validation.choosing import chosen_pipeline
from clusteract.validation.splits import OuterFolds


@dataclass(frozen=True)
class ApplicabilityCheck:
    """Errors of unseen clusters beside what the border said of them.

    Attributes
    ----------
    recipe, question : str
        The question is what was left out: "random", "metal" and so on.
    inside : ndarray of bool, (n,)
    error : ndarray, (n,)
        Predicted minus measured.
    distance : ndarray, (n,)
        In units of the border's limit.
    reasons : tuple of tuple of str, (n,)
    rows : tuple of int, (n,)
        Of the table: over repeats a row recurs.
    remarks : tuple of tuple of str, (n,)
        What was unusual and no reason.
    """

    recipe: str
    question: str
    inside: np.ndarray
    error: np.ndarray
    distance: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    rows: tuple[int, ...]
    remarks: tuple[tuple[str, ...], ...]

    @property
    def unusual(self) -> np.ndarray:
        """Whether a cluster was remarked on and is inside all the same, (n,)."""
        return self.inside & np.array([bool(r) for r in self.remarks])

    def summary(self) -> Mapping[str, Any]:
        """Return counts of predictions and RMSE inside and outside (None where there is none).

        ``n_rows`` counts each cluster once; without repeats there are as many predictions.
        The unusual are those inside that were remarked on.
        """
        return {
            "recipe": self.recipe,
            "question": self.question,
            "n_clusters": len(set(self.rows)),
            "n_inside": int(self.inside.sum()),
            "n_outside": int((~self.inside).sum()),
            "rmse_inside": _rmse(self.error[self.inside]),
            "rmse_outside": _rmse(self.error[~self.inside]),
            "n_unusual": int(self.unusual.sum()),
            "rmse_unusual": _rmse(self.error[self.unusual]),
        }


def check_applicability(
    table: Table, recipe: Recipe, outer: OuterFolds, question: str, *, seed: int = 42
) -> ApplicabilityCheck:
    """Compare errors inside and outside over outer folds.

    Parameters
    ----------
    table : Table
        With a target.
    recipe : Recipe
    outer : OuterFolds
        Random ones or `hard_folds`.
    question : str
        What the folds leave out.
    seed : int
    """
    used = table.mask_sentinels()
    seen, y = recipe.see(used), np.asarray(table.target)
    found, rows = [], []
    for train, test in outer.split(table.descriptors):
        pipeline = chosen_pipeline(recipe, seen.descriptors[train], y[train], seed=seed)
        pipeline.fit(seen.descriptors[train], y[train])
        judged = ApplicabilityDomain(seen.take(train), _tested(pipeline, seen.take(train))).judge(
            seen.take(test)
        )
        found.append((judged, pipeline.predict(seen.descriptors[test]) - y[test]))
        rows += test.tolist()
    return ApplicabilityCheck(
        recipe=recipe.name,
        question=question,
        inside=np.concatenate([j.inside for j, _ in found]),
        error=np.concatenate([e for _, e in found]),
        distance=np.concatenate([j.distance for j, _ in found]),
        reasons=tuple(r for j, _ in found for r in j.reasons),
        rows=tuple(rows),
        remarks=tuple(r for j, _ in found for r in j.remarks),
    )


def _tested(pipeline: Pipeline, training: Table) -> np.ndarray:
    X, y = training.descriptors, np.asarray(training.target)
    blocks = left_out_blocks(X)
    return raised_limits(training, blocks, unseen_errors(pipeline, X, y, blocks))


def _rmse(error: np.ndarray) -> float | None:
    return float(np.sqrt(np.mean(error**2))) if len(error) else None
