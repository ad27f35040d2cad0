"""Why the study's dense network scores as it does: one setting, changed in one way at a time.

Means over five inner folds of one outer training set (another seed than the study's own).

Usage: python benchmarks/network_offset.py [--data TABLE]
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clusteract.estimators.networks import DenseNetworkRegressor, fit_dense
from clusteract.table import load_table
from clusteract.validation import OuterFolds
from clusteract.validation.splits import inner_splits

Fold = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
BASE = {"dropout_rate": 0.05, "learning_rate": 1e-2, "epochs": 1000, "random_state": 42}
CHANGES: dict[str, dict[str, Any]] = {
    "as the study trains it": {},
    "learning rate 1e-4": {"learning_rate": 1e-4},
    "learning rate 1e-6": {"learning_rate": 1e-6},
    "a tenth set aside at random, not the last": {"shuffle_validation": True},
    "target standardised": {"standardize_target": True},
    "both": {"shuffle_validation": True, "standardize_target": True},
}


def folds(X: np.ndarray, y: np.ndarray) -> list[Fold]:
    """Return (X, y, X_test, y_test) of every second inner fold, scaled and selected."""
    found = []
    for train, test in inner_splits(10, len(y))[::2]:
        head = make_pipeline(
            SimpleImputer(strategy="median"), StandardScaler(), SelectKBest(f_regression, k=9)
        ).fit(X[train], y[train])
        found.append((head.transform(X[train]), y[train], head.transform(X[test]), y[test]))
    return found


def measure(fold: Fold, **changes: Any) -> tuple[float, float, float, int]:
    """Return RMSE, r, mean error and the epoch that was kept."""
    X, y, X_test, y_test = fold
    network = DenseNetworkRegressor(**{**BASE, **changes})
    fitted = fit_dense([(network, X, y)])[0]
    predicted = fitted.predict(X_test)
    error = predicted - y_test
    r = np.corrcoef(predicted, y_test)[0, 1]
    return float(np.sqrt(np.mean(error**2))), float(r), float(error.mean()), fitted.best_epoch_


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="auto")
    table = load_table(parser.parse_args().data).mask_sentinels()
    train, _ = next(OuterFolds(10, 1, 7).split(table.descriptors))
    X, y = table.descriptors[train], np.asarray(table.target)[train]
    print(f"target: mean {y.mean():.2f}, standard deviation {y.std():.2f}\n")
    print("| | RMSE | r | mean error by fold | epoch kept |\n|---|---|---|---|---|")
    for name, changes in CHANGES.items():
        rows = [measure(fold, **changes) for fold in folds(X, y)]
        rmse, r, errors, kept = (np.array(column) for column in zip(*rows, strict=True))
        means = ", ".join(f"{e:+.1f}" for e in errors)
        print(f"| {name} | {rmse.mean():.2f} | {r.mean():.2f} | {means} | {int(np.median(kept))} |")


if __name__ == "__main__":
    main()
