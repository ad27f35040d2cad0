"""ApplicabilityCheck: errors inside and outside, where a study left clusters out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clusteract.validation.applicability.domain import Judgement


@dataclass(frozen=True)
class ApplicabilityCheck:
    """Errors of unseen clusters beside what the applicability domain said of them.

    Attributes
    ----------
    recipe, question : str
        The question is what was left out: "random", "metal" and so on.
    inside : ndarray of bool, (n,)
    error : ndarray, (n,)
        Predicted minus measured.
    distance : ndarray, (n,)
        In units of the applicability domain's limit.
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

    @classmethod
    def of(
        cls,
        recipe: str,
        question: str,
        judged: Sequence[Judgement],
        error: np.ndarray,
        rows: Iterable[int],
    ) -> ApplicabilityCheck:
        """Gather what was judged fold by fold; `error` and `rows` are in the same order."""
        return cls(
            recipe=recipe,
            question=question,
            inside=np.concatenate([j.inside for j in judged]),
            error=error,
            distance=np.concatenate([j.distance for j in judged]),
            reasons=tuple(r for j in judged for r in j.reasons),
            rows=tuple(rows),
            remarks=tuple(r for j in judged for r in j.remarks),
        )

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


def _rmse(error: np.ndarray) -> float | None:
    return float(np.sqrt(np.mean(error**2))) if len(error) else None
