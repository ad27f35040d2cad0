"""Trust checks: what a model must beat before its descriptors are believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from clusteract.errors import InputError
from clusteract.table import Table
from clusteract.validation.compare import Difference, compare_recipes
from clusteract.validation.neighbours import Neighbourhood
from clusteract.validation.records import RecipeResult, plain_fold
from clusteract.validation.splits import Split
from clusteract.validation.study_result import StudyResult

NEAREST = "nearest"
MINUS = "\N{MINUS SIGN}"


def trust_baselines(table: Table, splits: Sequence[Split]) -> dict[str, RecipeResult]:
    """Score what needs no model, or no descriptor, on the same outer folds.

    Parameters
    ----------
    table : Table
        With a target; sentinels masked.
    splits : sequence of (training rows, test rows)

    Returns
    -------
    dict of str to RecipeResult
        ``nearest``: the target of the training row with the most similar descriptors; and the
        baselines of the table's domain.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.validation.splits import OuterFolds
    >>> table = make_synthetic_table(60, seed=1)
    >>> sorted(trust_baselines(table, list(OuterFolds(3).split(table.names))))
    ['core', 'formula-alone', 'nearest']
    """
    results = {NEAREST: _score(f"Nearest {table.domain.row}", NEAREST, table, splits, _nearest)}
    for baseline in table.domain.baselines:
        with suppress(InputError):  # labels that can't be read have no such baseline
            results[baseline.name] = _score(
                baseline.title, baseline.name, table, splits, baseline.predict
            )
    return results


def what_descriptors_add(result: StudyResult, metric: str = "rmse") -> str:
    """Say in a sentence what the best recipe's descriptors add beyond the labels alone.

    Parameters
    ----------
    result : StudyResult
    metric : {"rmse", "r"}

    Returns
    -------
    str
        Empty where the table's domain has no baseline without descriptors.
    """
    without = [b.name for b in result.table.domain.baselines if b.without_descriptors]
    name = next((n for n in without if n in result.baselines), None)
    if name is None:
        return ""
    best, alone = result.best, result.baselines[name]
    difference = compare_recipes(best, alone, metric)
    return (
        f"{alone.title}, without any descriptor, reaches {_score_words(alone)}; {best.title} "
        f"{_score_words(best)}: {_verdict(difference)}."
    )


def _score_words(result: RecipeResult) -> str:
    r, rmse = result.mean("test", "r"), result.mean("test", "rmse")
    known = "an undefined r" if math.isnan(r) else f"r {f'{r:z.2f}'.replace('-', MINUS)}"
    return f"{known} and RMSE {rmse:.2f}"


def _verdict(found: Difference) -> str:
    if math.isnan(found.low):
        return "on a single fold noise can't be told from what the descriptors add"
    if found.is_noise:
        return "what the descriptors add may be noise"
    better = (found.mean < 0) == (found.metric == "rmse")
    verdict = "descriptors add" if better else "the model loses"
    return f"{verdict} {abs(found.mean):.2f} in {found.metric.upper()}, more than noise"


def _score(title: str, name: str, table: Table, splits: Sequence[Split], predict):
    y = np.asarray(table.target)
    folds = [
        plain_fold(name, i, split, y, *predict(table, *split))
        for i, split in enumerate(splits, start=1)
    ]
    return RecipeResult(name, title, tuple(folds))


def _nearest(table: Table, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(table.target)[train]
    space = Neighbourhood(table.descriptors[train])
    own = space.own_distances().argmin(axis=1)
    return y[own], y[space.distances(table.descriptors[test]).argmin(axis=1)]
