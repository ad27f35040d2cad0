"""What of a dense network's grid is worth its budget, the target standardised; prints tables.

Candidates drawn from the study's grid, their widths the same for each learning rate, trained on
all inner folds of outer training sets of other seeds than the study's own.

Usage: python benchmarks/network_target.py [--drawn 8] [--outer-seeds 7 8] [--as-written]
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from clusteract.estimators.networks import fit_dense
from clusteract.recipes import get_recipe
from clusteract.table import load_table
from clusteract.validation import OuterFolds
from clusteract.validation.splits import inner_splits

RATE, LENGTH = "model__learning_rate", "model__epochs"
RATES = (1e-2, 1e-4, 1e-6)
LOOK, LOOKED = 40, (0, 4, 9)  # epochs and inner folds of a first look


def draw(number: int, seed: int) -> list[dict[str, Any]]:
    """Draw settings without their learning rate; all train for 1,000 epochs at most."""
    grid = {k: v for k, v in get_recipe("dense-kbest").grid.items() if k not in (RATE, LENGTH)}
    every = ParameterGrid(grid)
    chosen = np.random.default_rng(seed).permutation(len(every))[:number]
    return [{**every[int(i)], LENGTH: 1000} for i in chosen]


def requests(pipeline: Any, X: np.ndarray, y: np.ndarray, folds: list[Any]) -> Any:
    """Return what `fit_dense` takes for each inner fold, and the rows to judge by."""
    asked, tests = [], []
    for train, test in folds:
        head = clone(pipeline[:-1]).fit(X[train], y[train])
        asked.append((pipeline[-1], head.transform(X[train]), y[train]))
        tests.append((head.transform(X[test]), y[test]))
    return asked, tests


def measure(pipeline: Any, X: np.ndarray, y: np.ndarray) -> list[float]:
    """Return RMSE over all inner folds, that of a first look, r, epochs run: median and most."""
    asked, tests = requests(pipeline, X, y, inner_splits(10, len(y)))
    fits = fit_dense(asked)
    found = [(one.predict(Z), truth) for one, (Z, truth) in zip(fits, tests, strict=True)]
    epochs = [one.n_iter_ for one in fits]
    short = fit_dense([(clone(asked[i][0]).set_params(epochs=LOOK), *asked[i][1:]) for i in LOOKED])
    looks = [(one.predict(tests[i][0]), tests[i][1]) for i, one in zip(LOOKED, short, strict=True)]
    r = np.mean([np.corrcoef(*pair)[0, 1] for pair in found])
    return [_rmse(found), _rmse(looks), float(r), float(np.median(epochs)), max(epochs)]


def _rmse(pairs: list[tuple[np.ndarray, np.ndarray]]) -> float:
    return float(np.mean([np.sqrt(np.mean((a - b) ** 2)) for a, b in pairs]))


def show(name: str, rows: list[list[float]]) -> None:
    errors, looks, r, median, most = np.array(rows).T
    agree = spearmanr(errors, looks).statistic
    print(
        f"| {name} | {errors.mean():.3f} | {errors.min():.3f} | {r.mean():.2f} "
        f"| {np.median(median):.0f} | {most.max():.0f} | {agree:.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="auto")
    parser.add_argument("--drawn", type=int, default=8, help="settings for each learning rate")
    parser.add_argument("--outer-seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--rates", type=float, nargs="+", default=RATES)
    parser.add_argument("--as-written", action="store_true", help="the target not standardised")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    table = load_table(asked.data).mask_sentinels()
    pipeline = get_recipe("dense-kbest").pipeline(42, impute=True)
    pipeline.set_params(model__standardize_target=not asked.as_written)
    print("| | RMSE, mean | best | r | epochs, median | most | first look agrees |")
    print("|---" * 7 + "|")
    for rate in asked.rates:
        for shuffle in (False, True):
            pipeline.set_params(model__shuffle_validation=shuffle)
            rows = []
            for seed in asked.outer_seeds:
                train, _ = next(OuterFolds(10, 1, seed).split(table.descriptors))
                X, y = table.descriptors[train], np.asarray(table.target)[train]
                for one in draw(asked.drawn, seed):
                    candidate = clone(pipeline).set_params(**clone(one, safe=False), **{RATE: rate})
                    rows.append(measure(candidate, X, y))
            show(f"{rate:g}{', validation rows at random' if shuffle else ''}", rows)


if __name__ == "__main__":
    main()
