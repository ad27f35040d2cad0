"""The figures of a study as plain values: what `summary.json` holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from clusteract.report.trust_summary import trust_summary
from clusteract.table import Table
from clusteract.validation.compare import Difference
from clusteract.validation.metrics import Metrics
from clusteract.validation.records import FoldResult, RecipeResult
from clusteract.validation.study_result import StudyResult
from clusteract.versions import library_versions


def summary_dict(
    result: StudyResult, *, versions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the content of `summary.json`; undefined figures (NaN) are None.

    Parameters
    ----------
    result : StudyResult
    versions : mapping, optional
        Of the run; by default those of this process.

    Returns
    -------
    dict
        ``data``, ``recipes``, ``baselines`` (of the shape of ``recipes``), ``best_recipe``,
        ``comparisons`` (best minus other, on the test sets), ``trust`` (`trust_summary`),
        ``shuffled_recipe``, ``settings``, ``random_split`` (None without groups) and
        ``versions``. Folds count from 1.
    """
    return {
        "data": _data(result.table),
        "best_recipe": result.best.name,
        "recipes": {name: _recipe(recipe) for name, recipe in result.recipes.items()},
        "baselines": {name: _recipe(recipe) for name, recipe in result.baselines.items()},
        "shuffled_recipe": result.shuffled_recipe,
        "comparisons": _comparisons(result),
        "trust": plain(trust_summary(result)),
        "domain_baselines": [
            {"name": b.name, "asks": b.asks} for b in result.table.domain.baselines
        ],
        "settings": plain(result.settings),
        "random_split": None if result.random_split is None else _recipe(result.random_split),
        "versions": dict(versions or library_versions()),
    }


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: NaN and infinity are None, odd types their text.

    Examples
    --------
    >>> plain({"C": np.float64(0.5), "layers": (100, 50), "r": float("nan"), "depth": None})
    {'C': 0.5, 'layers': [100, 50], 'r': None, 'depth': None}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _data(table: Table) -> dict[str, Any]:
    return {
        "name": table.source.name,
        "sha256": table.source.sha256,
        "n_clusters": table.n_rows,
        "n_descriptors": table.n_descriptors,
        "synthetic": table.source.synthetic,
        "target": table.target_name,
        "row": table.domain.row,
    }


def _recipe(recipe: RecipeResult) -> dict[str, Any]:
    return plain(
        {
            "title": recipe.title,
            "train": _set(recipe, "train"),
            "test": _set(recipe, "test"),
            "pooled": _metrics(recipe.pooled),
            "best_fold": recipe.best_fold,
            "folds": [_fold(fold) for fold in recipe.folds],
            "fits": recipe.fits,
            "fits_naive": recipe.fits_naive,
            "capped": recipe.capped,
            "seconds": recipe.seconds,
        }
    )


def _set(recipe: RecipeResult, which: str) -> dict[str, float]:
    return {
        "r_mean": recipe.mean(which, "r"),
        "r_std": recipe.std(which, "r"),
        "rmse_mean": recipe.mean(which, "rmse"),
        "rmse_std": recipe.std(which, "rmse"),
        "mae_mean": recipe.mean(which, "mae"),
        "r2_mean": recipe.mean(which, "r2"),
    }


def _metrics(metrics: Metrics) -> dict[str, float]:
    return metrics._asdict()


def _fold(fold: FoldResult) -> dict[str, Any]:
    train, test = fold.train_scores, fold.test_scores
    return {
        "fold": fold.fold,
        "best_params": fold.best_params,
        "selected": fold.selected,
        "train_r": train.r,
        "test_r": test.r,
        "train_rmse": train.rmse,
        "test_rmse": test.rmse,
    }


def _comparisons(result: StudyResult) -> dict[str, dict[str, Any]]:
    by_metric = {metric: result.differences(metric) for metric in ("r", "rmse")}
    return {
        name: {metric: _difference(found[name]) for metric, found in by_metric.items()}
        for name in by_metric["rmse"]
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return plain(
        {
            "mean": difference.mean,
            "low": difference.low,
            "high": difference.high,
            "p": difference.p,
            "noise": difference.is_noise,
        }
    )
