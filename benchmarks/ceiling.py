"""What limits the accuracy: a learning curve, the noise, and clusters that are nearly alike.

Usage: python benchmarks/ceiling.py [--table NAME] [--recipe gp-additive] [--repeats 30]
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import nnls

from clusteract.recipes import get_recipe
from clusteract.table import load_table
from clusteract.validation import OuterFolds, score_predictions
from clusteract.validation.neighbours import Neighbourhood

SIZES = (40, 60, 80, 100, 120, 143)
TEST = 16
FACTOR = np.log10(3)  # the experimental uncertainty of k1, as a factor


def learning_curve(recipe, X: np.ndarray, y: np.ndarray, repeats: int) -> dict[int, float]:
    """Return the test RMSE by number of training clusters, on the same random splits."""
    squares: dict[int, list[float]] = {n: [] for n in SIZES}
    rng = np.random.default_rng(0)
    for _ in range(repeats):
        order = rng.permutation(len(y))
        test = order[:TEST]
        for n in SIZES:
            train = order[TEST : TEST + n]
            model = recipe.pipeline(0, impute=True).fit(X[train], y[train])
            squares[n] += ((model.predict(X[test]) - y[test]) ** 2).tolist()
    return {n: float(np.sqrt(np.mean(values))) for n, values in squares.items()}


def with_mixed(recipe, seeds: range) -> tuple[float, float]:
    """Return the test RMSE without, and with, the clusters of two metals in every training set."""
    own, more = (
        recipe.see(load_table(name).mask_sentinels())
        for name in ("homonuclear-159-15", "heteronuclear-57-15")
    )
    shared = [n for n in own.descriptor_names if n in more.descriptor_names]
    X, X_more = (
        t.descriptors[:, [t.descriptor_names.index(n) for n in shared]] for t in (own, more)
    )
    y, y_more = np.asarray(own.target), np.asarray(more.target)
    found: list[list[float]] = [[], []]
    for seed in seeds:
        for train, test in OuterFolds(seed=seed).split(y):
            for n, scores in zip((0, len(y_more)), found, strict=True):
                rows, targets = np.vstack([X[train], X_more[:n]]), [*y[train], *y_more[:n]]
                model = recipe.pipeline(0, impute=True).fit(rows, targets)
                scores.append(score_predictions(y[test], model.predict(X[test])).rmse)
    return float(np.mean(found[0])), float(np.mean(found[1]))


def limit_of(curve: dict[int, float]) -> tuple[float, float]:
    """Fit RMSE^2 = a + b / sqrt(n), neither negative; return a and b."""
    sizes = np.array(list(curve))
    columns = np.column_stack([np.ones(len(sizes)), sizes**-0.5])
    (a, b), _ = nnls(columns, np.array(list(curve.values())) ** 2)
    return float(a), float(b)


def near_pairs(X: np.ndarray, y: np.ndarray) -> list[tuple[str, int, float]]:
    """Return, for the nearest pairs, their number and half the mean squared difference, rooted."""
    distances = Neighbourhood(X).own_distances()
    i, j = np.triu_indices(len(y), 1)
    order = np.argsort(distances[i, j])
    squares = (y[i] - y[j])[order] ** 2 / 2
    found = [(f"nearest {n}", n, float(np.sqrt(squares[:n].mean()))) for n in (20, 50, 100, 200)]
    return [*found, ("all", len(squares), float(np.sqrt(squares.mean())))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="homonuclear-159-24")
    parser.add_argument("--recipe", default="gp-additive")
    parser.add_argument("--repeats", type=int, default=30)
    asked = parser.parse_args()
    recipe = get_recipe(asked.recipe)
    own = load_table(asked.table).mask_sentinels()
    table = recipe.see(own)
    X, y = table.descriptors, np.asarray(table.target)
    curve = learning_curve(recipe, X, y, asked.repeats)
    print("| training clusters | test RMSE |\n|---|---|")
    for n, rmse in curve.items():
        print(f"| {n} | {rmse:.3f} |")
    a, b = limit_of(curve)
    for n in (300, 600, 10_000):
        print(f"| {n} (extrapolated) | {np.sqrt(a + b / np.sqrt(n)):.3f} |")
    print("\n| pairs by descriptors | number | sd of one target |\n|---|---|---|")
    for name, number, sd in near_pairs(own.descriptors, y):
        print(f"| {name} | {number} | {sd:.2f} |")
    without, more = with_mixed(recipe, range(4))
    print(f"\n15-descriptor table: {without:.3f}; trained on the 57 of two metals, too: {more:.3f}")
    model = recipe.pipeline(0, impute=True).fit(X, y)
    noise = getattr(model[-1], "noise_variance_", None)
    if noise is not None:
        print(f"\nnoise by likelihood: sd {np.sqrt(noise):.2f}; factor 3 in k1: {FACTOR:.2f}")


if __name__ == "__main__":
    main()
