"""The columns of ``cv_results_``, bit for bit as scikit-learn computes them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.ma import MaskedArray
from scipy.stats import rankdata


def result_table(
    candidates: list[dict[str, Any]],
    test_scores: dict[str, np.ndarray],
    train_scores: dict[str, np.ndarray] | None,
    seconds: np.ndarray,
) -> dict[str, Any]:
    """Build ``cv_results_``.

    Parameters
    ----------
    candidates : list of dict
    test_scores, train_scores : dict
        For each scorer an array of shape (n_candidates, n_splits).
    seconds : ndarray of shape (n_candidates, n_splits)

    Returns
    -------
    dict
        Column name to array of length n_candidates.
    """
    results: dict[str, Any] = {}
    results.update(_summary("fit_time", seconds))
    results.update(_summary("score_time", np.zeros_like(seconds)))
    results.update(_parameter_columns(candidates))
    results["params"] = candidates
    for name, scores in test_scores.items():
        results.update(_score_columns(f"test_{name}", scores))
        results[f"rank_test_{name}"] = _rank(results[f"mean_test_{name}"])
        if train_scores is not None:
            results.update(_score_columns(f"train_{name}", train_scores[name]))
    return results


def _score_columns(name: str, scores: np.ndarray) -> dict[str, np.ndarray]:
    columns = {f"split{i}_{name}": scores[:, i] for i in range(scores.shape[1])}
    summary = _summary(name, scores)
    means = summary[f"mean_{name}"]
    if not np.isfinite(means).all():
        kind = name.partition("_")[0]
        warnings.warn(f"One or more of the {kind} scores are non-finite: {means}", stacklevel=2)
    return columns | summary


def _summary(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    means = np.average(values, axis=1)
    deviations = np.sqrt(np.average((values - means[:, np.newaxis]) ** 2, axis=1))
    return {f"mean_{name}": means, f"std_{name}": deviations}


def _rank(means: np.ndarray) -> np.ndarray:
    """Rank the candidates, best first; failed ones tie for the last place."""
    if np.isnan(means).all():
        return np.ones_like(means, dtype=np.int32)
    filled = np.where(np.isnan(means), np.nanmin(means) - 1, means)
    return rankdata(-filled, method="min").astype(np.int32, copy=False)


def _parameter_columns(candidates: list[dict[str, Any]]) -> dict[str, MaskedArray]:
    """Make one masked column a parameter, masked where a candidate does not set it."""
    where: dict[str, list[int]] = {}
    for index, params in enumerate(candidates):
        for name in params:
            where.setdefault(name, []).append(index)
    return {
        f"param_{name}": _masked(rows, [candidates[i][name] for i in rows], len(candidates))
        for name, rows in where.items()
    }


def _masked(rows: list[int], values: list[Any], length: int) -> MaskedArray:
    column = MaskedArray(np.empty(length, dtype=_column_type(values)), mask=True)
    filled = np.empty(len(values), dtype=column.dtype)
    for position, value in enumerate(values):  # one by one: a value may itself be a sequence
        filled[position] = value
    column[rows] = filled
    return column


def _column_type(values: list[Any]) -> np.dtype:
    """Choose the type as scikit-learn does: numpy's own, but object for text and sequences."""
    try:
        array = np.array(values)
    except ValueError:  # sequences of unequal lengths
        return np.dtype(object)
    return array.dtype if array.dtype.kind != "U" and array.ndim == 1 else np.dtype(object)
