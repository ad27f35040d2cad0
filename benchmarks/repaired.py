"""What repairs do to scores: the same honest scores on a table as published and repaired.

Usage: python benchmarks/repaired.py [--table homonuclear-159-24] [--seeds 42,0,1,2,3]

The settings of the models are fixed, so nothing is chosen by looking at a score.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from clusteract.audit import audit, repair
from clusteract.table import Table, load_table


def models():
    yield "forest", make_pipeline(SimpleImputer(), RandomForestRegressor(200, random_state=42))
    yield "extra trees", make_pipeline(SimpleImputer(), ExtraTreesRegressor(200, random_state=42))
    yield (
        "SVR, 8 best",
        make_pipeline(SimpleImputer(), StandardScaler(), SelectKBest(f_regression, k=8), SVR(C=1)),
    )


def versions(table: Table):
    report = audit(table)
    yield "as published", table
    mended, changes = repair(table, report)
    yield f"repaired ({len(changes)} cells)", mended
    emptied, changes = repair(table, report, doubtful="missing")
    yield f"repaired, doubtful cells missing ({len(changes)} cells)", emptied


def scores(model, table: Table, seeds: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return test r and RMSE of every outer fold of every seed."""
    X, y, r, rmse = table.descriptors, table.target, [], []
    for seed in seeds:
        for train, test in KFold(10, shuffle=True, random_state=seed).split(X):
            guess = model.fit(X[train], y[train]).predict(X[test])
            r.append(np.corrcoef(guess, y[test])[0, 1])
            rmse.append(np.sqrt(np.mean((guess - y[test]) ** 2)))
    return np.array(r), np.array(rmse)


def spread(difference: np.ndarray, share: float = 1 / 9) -> float:
    """Corrected standard error of repeated folds (Nadeau and Bengio, 10.1023/A:1024068626366)."""
    return float(np.sqrt((1 / len(difference) + share) * difference.var(ddof=1)))


def _change(change: np.ndarray) -> str:
    return f"{change.mean():+.3f} ± {spread(change):.3f}" if change.any() else ""


def compare(name: str, seeds: list[int]) -> None:
    print(f"\n{name}: mean test r / RMSE over {10 * len(seeds)} outer folds")
    print("| model | version | r | RMSE | change of RMSE |")
    print("|---|---|---|---|---|")
    tables = list(versions(load_table(name)))
    for label, model in models():
        first = None
        for version, table in tables:
            r, rmse = scores(model, table, seeds)
            first = rmse if first is None else first
            change = rmse - first
            words = (
                "" if version == "as published" else f"{change.mean():+.3f} ± {spread(change):.3f}"
            )
            print(
                f"| {label} | {version} | {r.mean():.3f} | {rmse.mean():.3f} | {words} |",
                flush=True,
            )


def transfer(train_name: str, test_name: str) -> None:
    print(f"\ntrained on {train_name}, tested on {test_name}: r / RMSE / MAE")
    print("| model | training table | test table | r | RMSE | MAE |")
    print("|---|---|---|---|---|---|")
    trains, tests = (
        list(versions(load_table(train_name)))[:2],
        list(versions(load_table(test_name))),
    )
    for label, model in models():
        for (a, train), (b, test) in [
            (trains[0], tests[0]),
            (trains[0], tests[1]),
            (trains[1], tests[1]),
            (trains[1], tests[2]),
        ]:
            guess = model.fit(train.descriptors, train.target).predict(test.descriptors)
            error = guess - test.target
            r = np.corrcoef(guess, test.target)[0, 1]
            numbers = f"{r:.3f} | {np.sqrt(np.mean(error**2)):.3f} | {np.abs(error).mean():.3f}"
            print(f"| {label} | {a} | {b} | {numbers} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", default="homonuclear-159-24")
    parser.add_argument("--seeds", default="42,0,1,2,3")
    options = parser.parse_args()
    seeds = [int(s) for s in options.seeds.split(",")]
    transfer("homonuclear-159-15", "heteronuclear-57-15")
    compare(options.table, seeds)


if __name__ == "__main__":
    main()
