"""One pairwise model on one split of pairs: chosen inside it, trained, judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import ParameterGrid

from clusteract.estimators.pairwise import PairwiseDifferenceRegressor, diagnose
from clusteract.estimators.pairwise.aggregate import list_aggregates
from clusteract.estimators.pairwise_products import PairwiseProducts
from clusteract.explain import shapley_values
from clusteract.validation import score_predictions
from clusteract.validation.pairs import (
    BOTH_UNSEEN,
    ONE_SEEN,
    RANDOM,
    PairSplit,
    disjoint_pair_splits,
    random_pair_split,
)
from mou2025.tuning import tune_network

# Pairs that settings are compared on: a choice among four needs no more.
_CHOICE_PAIRS = 2_000
_EXPLAINED, _BACKGROUND, _DRAWS = 40, 200, 40
_TRIPLES = 1_000  # of new clusters in each fold: an SVR on 10,000 pairs is slow to ask


def columns(X: np.ndarray, training: np.ndarray, products: bool) -> np.ndarray:
    """Return what pairs are made of: descriptors, and the products of every two of them.

    Missing values become the median of the training clusters.
    """
    fill = SimpleImputer(strategy="median", keep_empty_features=True).fit(X[training])
    filled = fill.transform(X)
    return PairwiseProducts().fit_transform(filled) if products else filled


def judge_random(
    model: PairwiseDifferenceRegressor,
    grid: Mapping,
    X: np.ndarray,
    y: np.ndarray,
    products: bool,
    seed: int,
) -> dict[str, Any]:
    """Train on pairs drawn at random and predict the others, as the reference did.

    Its network also stopped where its test pairs were predicted best; so does this one.
    """
    split = random_pair_split(len(y), seed=seed)
    inner = random_pair_split(len(y), seed=seed + 1)
    X = columns(X, split.clusters, products)
    chosen = choose(model, grid, X, y, inner.train, inner.tests[RANDOM])
    test = split.tests[RANDOM]
    fitted = clone(model).set_params(**chosen)
    fitted.fit(X, y, pairs=split.train, validation_pairs=test)
    return {"chosen": chosen, RANDOM: judge(y, test, fitted.difference(*_ends(X, test)))}


def judge_disjoint(
    model: PairwiseDifferenceRegressor,
    grid: Mapping,
    X: np.ndarray,
    y: np.ndarray,
    products: bool,
    split: PairSplit,
    explain: bool,
    trials: int = 0,
    whole_trials: bool = False,
    storage: str | None = None,
) -> dict[str, Any]:
    """Train on pairs of training clusters; judge pairs with new clusters, and new clusters.

    Settings are chosen, and a network stops, by pairs with training clusters that were set
    aside: nothing of a test cluster is looked at.
    """
    X, rows = columns(X, split.clusters, products), split.clusters
    if trials:
        chosen = tune_network(model, X[rows], y[rows], trials, whole_trials, storage)
    else:
        inner = disjoint_pair_splits(len(rows), folds=5)[0]
        aside = np.vstack([inner.tests[ONE_SEEN], inner.tests[BOTH_UNSEEN]])
        chosen = choose(model, grid, X[rows], y[rows], inner.train, aside)
    fitted = clone(model).set_params(**chosen).fit(X[rows], y[rows])
    new = np.unique(split.tests[BOTH_UNSEEN])
    found: dict[str, Any] = {
        "chosen": chosen,
        "new": {"rows": new.tolist(), **_against_references(fitted, X[new])},
        "diagnostics": vars(diagnose(fitted, X[new], _TRIPLES)),
        **{
            name: judge(y, pairs, fitted.difference(*_ends(X, pairs)))
            for name, pairs in split.tests.items()
        },
    }
    if explain:
        found["importance"] = difference_importance(fitted, X, split)
    return found


def _against_references(fitted: PairwiseDifferenceRegressor, X: np.ndarray) -> dict[str, Any]:
    """Predict new clusters, their references put together in every way."""
    ways = {}
    for name in list_aggregates():
        value, spread = fitted.set_params(aggregate=name).predict(X, return_std=True)
        ways[name] = {"value": value.tolist(), "spread": spread.tolist()}
    return {**ways["mean"], "ways": ways}


def judge_plain(
    model: BaseEstimator, X: np.ndarray, y: np.ndarray, split: PairSplit
) -> dict[str, Any]:
    """Fit an ordinary model on the clusters of the training pairs; judge its differences."""
    rows = split.clusters
    X = columns(X, rows, products=False)
    predicted = clone(model).fit(X[rows], y[rows]).predict(X)
    found: dict[str, Any] = {
        name: judge(y, pairs, predicted[pairs[:, 0]] - predicted[pairs[:, 1]])
        for name, pairs in split.tests.items()
    }
    if BOTH_UNSEEN in split.tests:
        new = np.unique(split.tests[BOTH_UNSEEN])
        found["new"] = {"rows": new.tolist(), "value": predicted[new].tolist()}
    return found


def choose(
    model: PairwiseDifferenceRegressor,
    grid: Mapping,
    X: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    aside: np.ndarray,
) -> dict[str, Any]:
    """Return the settings of the lowest error on pairs set aside; {} where there is no choice."""
    candidates = list(ParameterGrid(grid))
    if len(candidates) < 2:
        return {}
    few = train[np.random.default_rng(0).permutation(len(train))[:_CHOICE_PAIRS]]
    errors = []
    for candidate in candidates:
        fitted = clone(model).set_params(**candidate).fit(X, y, pairs=few)
        errors.append(judge(y, aside, fitted.difference(*_ends(X, aside)))["rmse"])
    return candidates[int(np.argmin(errors))]


def judge(y: np.ndarray, pairs: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Score predicted differences of pairs."""
    return score_predictions(y[pairs[:, 0]] - y[pairs[:, 1]], found)._asdict()


def _ends(X: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return X[pairs[:, 0]], X[pairs[:, 1]]


def difference_importance(
    fitted: PairwiseDifferenceRegressor, X: np.ndarray, split: PairSplit, seed: int = 0
) -> list[float]:
    """Return the mean absolute Shapley value of each column, for pairs with one new cluster.

    The background is pairs of training clusters.
    """
    random = np.random.default_rng(seed)

    def differences(pairs: np.ndarray, n: int) -> np.ndarray:
        first, second = _ends(X, random.permutation(pairs)[:n])
        return first - second

    nothing = np.zeros((1, X.shape[1]))
    found = shapley_values(
        lambda D: fitted.difference(D, nothing),
        differences(split.tests[ONE_SEEN], _EXPLAINED),
        differences(split.train, _BACKGROUND),
        draws=_DRAWS,
        seed=seed,
    )
    return np.abs(found.values).mean(axis=0).tolist()
