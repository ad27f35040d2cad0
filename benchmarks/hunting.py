"""How much a hunt for descriptors wins by chance: made pairs, chosen outside and inside.

A sum of two descriptors of one kind, such as `VDE + EHOMO / 2`, can be hunted for by its score.
This benchmark hunts through all of them (pairs of one kind x directions) and shows four things:
the score without a hunt; the score of the best pair, chosen by looking at all rows (leaky); the
score where the hunt is repeated inside every training set (honest); and what the same hunt wins on
simulated targets that no pair had a part in.

Usage: python benchmarks/hunting.py [--table NAME] [--seeds 0,1,2,3] [--simulations 400]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from sklearn.impute import SimpleImputer

from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.recipes import get_recipe
from clusteract.table import load_table
from clusteract.validation import OuterFolds, score_predictions

KINDS = {"energy": ("VDE", "EHOMO"), "charge": ("Q",), "population": ("ns", "nd")}
ANGLES = np.deg2rad([a for a in np.arange(-82.5, 90, 7.5) if a])
SHARE = 0.2  # of the variogram that a hunted pair gets before weights are learned again

Pair = tuple[int, int, float]


def pairs_of(names: tuple[str, ...]) -> list[Pair]:
    """List all directions in the plane of two of the named descriptors of one kind."""
    groups = [
        [j for j, name in enumerate(names) if any(word in name for word in words)]
        for words in KINDS.values()
    ]
    return [(i, j, t) for group in groups for i, j in combinations(group, 2) for t in ANGLES]


def pair_column(Z: np.ndarray, pair: Pair) -> np.ndarray:
    """Return the direction's coordinate, (n,), of standardised descriptors (n, m)."""
    i, j, angle = pair
    return np.cos(angle) * Z[:, i] + np.sin(angle) * Z[:, j]


class Covariance:
    """The fitted process's covariance of its training clusters, with a pair added or without."""

    def __init__(self, model: AdditiveGPR) -> None:
        self.Z, self.y, self.n = model.standardised_, model.y_, len(model.y_)
        self.ratio = model.noise_variance_ / model.scale_
        self.scale = model.scale_
        variogram = model._variogram(self.Z)
        self.size = variogram.mean()
        self.matrix = -variogram

    def with_pair(self, pair: Pair) -> np.ndarray:
        """Return the covariance, (n, n), with a share of the pair's."""
        u = pair_column(self.Z, pair)
        extra = np.sqrt(np.abs(u[:, None] - u[None]))
        return self.matrix - SHARE * self.size * extra / extra.mean()

    def errors(self, matrix: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the leave-one-out RMSE of each column of the targets (n, n_targets)."""
        bordered = np.ones((self.n + 1, self.n + 1))
        bordered[: self.n, : self.n] = matrix + self.ratio * np.eye(self.n)
        bordered[-1, -1] = 0.0
        inverse = np.linalg.inv(bordered)[: self.n, : self.n]
        residual = (inverse @ targets) / np.diag(inverse)[:, None]
        return np.sqrt((residual**2).mean(axis=0))

    def evidence(self, matrix: np.ndarray) -> float:
        """Return the logarithm of the restricted likelihood, but for a constant."""
        lower = cholesky(_centred(matrix) + self.ratio * np.eye(self.n), lower=True)
        energy = solve_triangular(lower, self.y - self.y.mean(), lower=True)
        return -0.5 * (self.n - 1) * np.log(energy @ energy) - np.log(np.diag(lower)).sum()

    def simulate(self, number: int, seed: int) -> np.ndarray:
        """Draw targets from the process without any pair, (n, number)."""
        matrix = _centred(self.matrix) + self.ratio * np.eye(self.n)
        lower = np.linalg.cholesky(matrix)
        draws = np.random.default_rng(seed).standard_normal((self.n, number))
        return np.sqrt(self.scale) * (lower @ draws)


def _centred(matrix: np.ndarray) -> np.ndarray:
    rows = matrix.mean(axis=0)
    return matrix - rows[:, None] - rows + rows.mean()


def hunt_inside(X: np.ndarray, y: np.ndarray, pairs: list[Pair]) -> Pair:
    """Return the pair of the largest evidence on a training set."""
    known = Covariance(AdditiveGPR().fit(X, y))
    return max(pairs, key=lambda pair: known.evidence(known.with_pair(pair)))


def predictions(
    X: np.ndarray, y: np.ndarray, splits: list, pairs: list[Pair]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (test rows, predicted) of each fold; of several pairs one is chosen in each."""
    for train, test in splits:
        impute = SimpleImputer(strategy="median", keep_empty_features=True).fit(X[train])
        A, B = impute.transform(X[train]), impute.transform(X[test])
        if pairs:
            pair = pairs[0] if len(pairs) == 1 else hunt_inside(A, y[train], pairs)
            mean, sd = A.mean(axis=0), A.std(axis=0)
            sd[sd == 0] = 1.0
            A, B = (np.column_stack([V, pair_column((V - mean) / sd, pair)]) for V in (A, B))
        yield test, AdditiveGPR().fit(A, y[train]).predict(B)


def nested(X: np.ndarray, y: np.ndarray, seeds: list[int], pairs: list[Pair]) -> str:
    """Return mean test r and RMSE over outer folds and seeds."""
    found = [
        score_predictions(y[test], predicted)[:2]
        for seed in seeds
        for test, predicted in predictions(X, y, OuterFolds(seed=seed).split(y), pairs)
    ]
    r, rmse = np.mean(found, axis=0)
    return f"{r:.3f} | {rmse:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="homonuclear-159-24")
    parser.add_argument("--seeds", default="0,1,2,3")
    parser.add_argument("--simulations", type=int, default=400)
    asked = parser.parse_args()
    seeds = [int(s) for s in asked.seeds.split(",")]
    own = load_table(asked.table).mask_sentinels()
    table = get_recipe("gp-additive").see(own)  # its first columns are the table's own
    X, y = table.descriptors, np.asarray(table.target)
    pairs = pairs_of(own.descriptor_names)
    whole = SimpleImputer(strategy="median", keep_empty_features=True).fit_transform(X)
    known = Covariance(AdditiveGPR().fit(whole, y))
    targets = np.column_stack([y, known.simulate(asked.simulations, seed=0)])
    base = known.errors(known.matrix, targets)
    each = np.array([known.errors(known.with_pair(pair), targets) for pair in pairs])
    won = 1 - each.min(axis=0) / base
    best = pairs[int(each[:, 0].argmin())]
    names = [table.descriptor_names[k] for k in best[:2]]
    angle = np.rad2deg(best[2])
    print(f"{len(pairs)} pairs; best of all rows: {names[0]}, {names[1]} at {angle:.1f} degrees")
    print("\n| descriptors | test r | test RMSE |\n|---|---|---|")
    print(f"| no hunt | {nested(X, y, seeds, [])} |")
    print(f"| best pair by looking at all rows (leaky) | {nested(X, y, seeds, [best])} |")
    print(f"| the same hunt inside each training set | {nested(X, y, seeds, pairs)} |")
    print(
        f"\nleave-one-out RMSE lowered by the hunt: {won[0]:.1%}; on {asked.simulations} simulated "
        f"targets {np.median(won[1:]):.1%} (median), {np.quantile(won[1:], 0.95):.1%} (95 %); "
        f"a share of {np.mean(won[1:] >= won[0]):.2f} of them wins as much"
    )


if __name__ == "__main__":
    main()
