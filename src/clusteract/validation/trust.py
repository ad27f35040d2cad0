"""Trust checks: what a model must beat before its descriptors are believed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from clusteract.chemistry.descriptors.made import composition_only
from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.table import Table
from clusteract.validation.compare import Difference, compare_recipes
from clusteract.validation.groups import main_metal
from clusteract.validation.neighbours import Neighbourhood
from clusteract.validation.records import RecipeResult, plain_fold
from clusteract.validation.splits import Split
from clusteract.validation.study_result import StudyResult

CORE, NEAREST, FORMULA = "core", "nearest", "formula-alone"
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
        ``nearest``: the target of the training cluster with the most similar descriptors. Where
        labels are formulas, also ``core``: the mean of the training clusters of the same core
        (of the same metal where there is none, of all where there is none either), and
        ``formula-alone``: an additive Gaussian process on the composition, without descriptors.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.validation.splits import OuterFolds
    >>> table = make_synthetic_table(60, seed=1)
    >>> sorted(trust_baselines(table, list(OuterFolds(3).split(table.names))))
    ['core', 'formula-alone', 'nearest']
    """
    found = {NEAREST: _score("Nearest cluster", NEAREST, table, splits, _nearest)}
    if None not in table.formulas:
        found[CORE] = _score("Mean of the core", CORE, table, splits, _core_mean)
        seen = composition_only(table)
        found[FORMULA] = _score("Formula alone", FORMULA, seen, splits, _process)
    return found


def what_descriptors_add(result: StudyResult, metric: str = "rmse") -> str:
    """Say in a sentence what the best recipe's descriptors add beyond the formula.

    Parameters
    ----------
    result : StudyResult
        With the baseline ``formula-alone``.
    metric : {"rmse", "r"}
    """
    if FORMULA not in result.baselines:
        return "Labels are no formulas, so what the descriptors add beyond them is not known."
    best, formula = result.best, result.baselines[FORMULA]
    found = compare_recipes(best, formula, metric)
    return (
        f"The formula alone, without any descriptor, reaches {_score_words(formula)}; {best.title} "
        f"{_score_words(best)}: {_verdict(found)}."
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


def _core_mean(table: Table, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(table.target)
    keys = [np.array(table.cores), np.array(main_metal(table))]

    def of(row: int) -> float:
        for groups in keys:
            same = y[train][groups[train] == groups[row]]
            if len(same):
                return float(same.mean())
        return float(y[train].mean())

    return np.array([of(i) for i in train]), np.array([of(i) for i in test])


def _process(table: Table, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    X, y = table.descriptors, np.asarray(table.target)
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    model = make_pipeline(imputer, AdditiveGPR(roughness=1.0, noise=0.3)).fit(X[train], y[train])
    return model.predict(X[train]), model.predict(X[test])
