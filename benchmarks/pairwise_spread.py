"""Does the spread of pairwise predictions say how wrong they are? Coverage, raw and calibrated.

    python benchmarks/pairwise_spread.py [--seed 42] [--trees 100]

A pairwise model predicts a cluster against every reference; the standard deviation of these
predictions is its spread. On ten outer folds three 80, 90 and 95 % intervals around the same
predictions are compared: the spread taken as a standard deviation, the spread times the quantile
that inner folds of the training set give it, and the conformal interval of `predict`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold

from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.table import load_table
from clusteract.validation import OuterFolds
from clusteract.validation.intervals import LocalDifficulty
from clusteract.validation.intervals.coverage import LEVELS

KINDS = ("spread as it is", "spread, calibrated", "conformal, as in `predict`")


def main() -> None:
    """Print coverage and mean width of each interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--trees", type=int, default=100)
    options = parser.parse_args()
    table = load_table("homonuclear-159-24").mask_sentinels()
    X, y = table.descriptors, np.asarray(table.target)
    X = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
    boosted = HistGradientBoostingRegressor(max_iter=options.trees, random_state=0)
    model = PairwiseDifferenceRegressor(boosted, direction="antisymmetric", random_state=0)
    found: dict[tuple[str, float], list[np.ndarray]] = {}
    for train, test in OuterFolds(seed=options.seed).split(y):
        for kind, level, error, reach in intervals(model, X, y, train, test):
            found.setdefault((kind, level), []).append(np.array([error <= reach, 2 * reach]))
    print("| interval | " + " | ".join(f"{100 * v:g} %: coverage, width" for v in LEVELS) + " |")
    print("|---|" + "---|" * len(LEVELS))
    for kind in KINDS:
        cells = [np.concatenate(found[kind, v], axis=1).mean(axis=1) for v in LEVELS]
        print(f"| {kind} | " + " | ".join(f"{100 * c:.0f} %, {w:.2f}" for c, w in cells) + " |")


def intervals(
    model: PairwiseDifferenceRegressor,
    X: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> Iterator[tuple[str, float, np.ndarray, np.ndarray]]:
    """Yield kind, level, absolute errors of the test clusters and half their interval's width."""
    error, spread = np.zeros(len(train)), np.zeros(len(train))
    for inner, unseen in KFold(5, shuffle=True, random_state=0).split(train):
        value, spread[unseen] = predict(model, X, y, train[inner], train[unseen])
        error[unseen] = np.abs(value - y[train[unseen]])
    value, own = predict(model, X, y, train, test)
    apart = np.abs(value - y[test])
    local = LocalDifficulty(X[train], error)
    for level in LEVELS:
        yield KINDS[0], level, apart, NormalDist().inv_cdf((1 + level) / 2) * own
        yield KINDS[1], level, apart, quantile(error / spread, level) * own
        yield KINDS[2], level, apart, quantile(error / local.own, level) * local.of(X[test])


def predict(
    model: PairwiseDifferenceRegressor,
    X: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return value and spread of clusters that were in no training pair."""
    return clone(model).fit(X[train], y[train]).predict(X[test], return_std=True)


def quantile(scores: np.ndarray, level: float) -> float:
    """Return the conformal quantile."""
    return float(np.sort(scores)[math.ceil(level * (len(scores) + 1)) - 1])


if __name__ == "__main__":
    main()
