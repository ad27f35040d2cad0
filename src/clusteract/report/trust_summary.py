"""The trust of a study's best recipe as plain values: intervals, border, what descriptors add."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusteract.validation.applicability import ApplicabilityCheck
from clusteract.validation.groups import main_grouping
from clusteract.validation.intervals import Coverage
from clusteract.validation.intervals.coverage import LEVELS
from clusteract.validation.study_result import StudyResult
from clusteract.validation.trust import what_descriptors_add


def trust_summary(result: StudyResult) -> dict[str, Any] | None:
    """Return what `summary.json` holds under ``trust``; None where nothing was measured.

    Returns
    -------
    dict
        ``recipe``; ``descriptors_add`` (a sentence); ``intervals``: ``all`` and ``groups`` (by
        metal) with ``n`` and, by level, ``coverage`` and mean ``width``, and the ``curve`` of
        nominal and measured coverage; ``border``: for each question counts and RMSE inside and
        outside, and the reasons most often given.
    """
    if result.coverage is None:
        return None
    return {
        "row": result.table.domain.row,
        "group": main_grouping(result.table) or "group",
        "recipe": result.coverage.recipe,
        "descriptors_add": what_descriptors_add(result),
        "intervals": _intervals(result.coverage),
        "border": [
            {**applicability_numbers(b), "row": result.table.domain.row}
            for b in result.applicability
        ],
    }


def _intervals(coverage: Coverage) -> dict[str, Any]:
    groups = np.array(coverage.groups)
    everyone = np.full(len(groups), True)
    return {
        "all": _group(coverage, everyone),
        "groups": {str(g): _group(coverage, groups == g) for g in dict.fromkeys(coverage.groups)},
        "curve": [[level, float(coverage.covered(level).mean())] for level in coverage.ends],
    }


def _group(coverage: Coverage, members: np.ndarray) -> dict[str, Any]:
    return {
        "n": coverage.n_rows(members),
        "coverage": {f"{v:g}": float(coverage.covered(v)[members].mean()) for v in LEVELS},
        "width": {f"{v:g}": _mean_width(coverage.width(v)[members]) for v in LEVELS},
    }


def _mean_width(width: np.ndarray) -> float | None:
    return float(width.mean()) if np.isfinite(width).all() else None


def applicability_numbers(check: ApplicabilityCheck) -> dict[str, Any]:
    """Return counts and errors inside and outside, and why clusters were outside."""
    kinds: dict[str, int] = {}
    for reasons in check.reasons:
        for kind in dict.fromkeys(map(_kind, reasons)):
            kinds[kind] = kinds.get(kind, 0) + 1
    ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    return {**check.summary(), "reasons": dict(ordered)}


def _kind(reason: str) -> str:
    for start, kind in _KINDS.items():
        if reason.startswith(start):
            return kind
    return "a descriptor out of range"


_KINDS = {
    "no training": "what was never seen in training",
    "far from": "far from all training rows",
    "an unusual mixture": "an unusual mixture of descriptors (leverage)",
}
