"""The choice of a model for new metal parts, by the training table alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from clusteract.errors import InputError
from clusteract.report.chapters import TextTable
from clusteract.runs import Job, Place, Run
from clusteract.table import Table
from clusteract.validation import score_predictions
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.splits import Split
from mou2025.transfer_models import (
    TransferModel,
    get_transfer_model,
    put_together,
    to_fit,
)

CORES, METALS = "cores", "metals"
_MOST_GROUPS = 30  # left-out groups of cores; one core each where there are no more

Choice = dict[str, dict[str, Any]]


def fit_without(
    model: Any, X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> list[float]:
    """Predict clusters of cores or metals that training never saw."""
    return clone(model).fit(X[train], y[train]).predict(X[test]).tolist()


def score_inside(run: Run, train: Table, models: Sequence[TransferModel], seed: int) -> Choice:
    """Score models by two questions to the training table.

    A cluster of two known metals is more foreign than one of a left-out core, whose metal is
    known, and less than one of a left-out metal. So both are asked, and the model is chosen by
    the mean of both errors. The reference's own models are no candidates, unless there are no
    others.

    Returns
    -------
    dict
        For each candidate the scores of each question, and ``rmse``, their mean.

    Raises
    ------
    InputError
        Where all clusters have one core.
    """
    y = np.asarray(train.target)
    candidates = [m for m in models if not m.reference] or list(models)
    parts, splits = to_fit(candidates), _questions(train)
    jobs = []
    for model in parts:
        build, (X, _) = model.build(seed), model.columns(train, train)
        jobs += [
            Job(
                Place(f"{model.name}, {question}", k, len(folds)),
                fit_without,
                (build, X, y, *split),
            )
            for question, folds in splits.items()
            for k, split in enumerate(folds, start=1)
        ]
    answers = iter(run.runner.answers(jobs))
    predicted: dict[str, dict[str, np.ndarray]] = {question: {} for question in splits}
    for model in parts:
        for question, folds in splits.items():
            values = predicted[question][model.name] = np.full(len(y), np.nan)
            for _, test in folds:
                values[test] = next(answers)
    return _scores(y, candidates, predicted)


def _questions(train: Table) -> dict[str, list[Split]]:
    """Return the folds that leave out each core, and each metal where there are several."""
    y, cores = np.asarray(train.target), np.array(_finest(train))
    n_cores = len(set(cores.tolist()))
    if n_cores < 2:
        raise InputError(
            f"{train.source.name}: there are no two groups, so none can be left out and no model "
            "chosen; use `clusteract fit` and `clusteract predict`"
        )
    splits = {CORES: list(GroupKFold(min(_MOST_GROUPS, n_cores)).split(y, y, cores))}
    with suppress(InputError):  # one metal, or none with three clusters
        coarse = hard_folds(train, next(iter(train.domain.groupings), ""))
        splits[METALS] = list(coarse.split())
    return splits


def _finest(table: Table) -> tuple[str, ...]:
    """Return the grouping of the most groups; the rows themselves where there is none."""
    groupings = [labels(table) for labels in table.domain.groupings.values()]
    return max(groupings, key=lambda labels: len(set(labels)), default=table.names)


def _scores(
    y: np.ndarray,
    candidates: Sequence[TransferModel],
    predicted: Mapping[str, Mapping[str, np.ndarray]],
) -> Choice:
    found: Choice = {model.name: {} for model in candidates}
    for question, by_part in predicted.items():
        for name, values in put_together(candidates, by_part).items():
            known = np.isfinite(values)
            found[name][question] = score_predictions(y[known], values[known])._asdict()
    for scores in found.values():
        scores["rmse"] = float(np.mean([s["rmse"] for s in scores.values()]))
    return found


def choice_table(inside: Choice, chosen: str) -> TextTable:
    """Return the table of the choice, best first."""
    rows = []
    for name, scores in sorted(inside.items(), key=lambda item: item[1]["rmse"]):
        asked = [scores.get(question, {}) for question in (CORES, METALS)]
        cells = [s.get(metric) for s in asked for metric in ("r", "rmse")]
        mark = "chosen" if name == chosen else ""
        rows.append((get_transfer_model(name).title, *cells, scores["rmse"], mark))
    return TextTable(
        "The choice: predictions for left-out cores and left-out metals of the training table",
        ("model", "cores r", "cores RMSE", "metals r", "metals RMSE", "mean RMSE", ""),
        tuple(rows),
        note="Nothing of the new table is used for it. A cluster of two known metals is more "
        "foreign than a new core of a known metal, and less than a new metal: hence the mean.",
    )
