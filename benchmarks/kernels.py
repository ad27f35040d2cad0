"""What else was tried for the additive process: other variograms, priors, averages; one table.

Development seeds only (docs/accuracy.md). Each variant is a set of variograms whose weights are
learned by restricted likelihood inside every training set.

Usage: python benchmarks/kernels.py [--table NAME] [--seeds 0,1,2,3]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer

from clusteract.chemistry.descriptors import NORMALISED
from clusteract.chemistry.groups import main_ligand, main_metal
from clusteract.estimators.additive.restricted_likelihood import learn_weights
from clusteract.recipes import get_recipe
from clusteract.table import Table, load_table
from clusteract.validation import OuterFolds, score_predictions

Cube = np.ndarray  # (n_variograms, n_a, n_b)
Part = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Cube]


@dataclass
class Variant:
    """A name, parts with their prior shares, and the prior's spread and noise."""

    name: str
    parts: Sequence[tuple[float, Part]]
    spread: float = 0.7
    noise: float = 0.08

    def cube(self, A, B, rows_a, rows_b) -> list[Cube]:
        """Return the variograms of each part."""
        return [part(A, B, rows_a, rows_b) for _, part in self.parts]


def power(h: float, columns: slice = slice(None)) -> Part:
    """Return one variogram a descriptor."""

    def part(A, B, rows_a, rows_b) -> Cube:
        a, b = A[:, columns].T, B[:, columns].T
        return np.abs(a[:, :, None] - b[:, None, :]) ** h

    return part


def _similarity(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.exp(-power(0.5)(A, B, None, None)).mean(axis=0)


def products(order: int) -> Part:
    """Interactions of up to so many descriptors: a power of the mean similarity."""
    return lambda A, B, rows_a, rows_b: 1 - _similarity(A, B)[None] ** order


def isotropic(A, B, rows_a, rows_b) -> Cube:
    """Return one smooth function of all descriptors at once."""
    square = ((A[:, None] - B[None]) ** 2).mean(axis=2)
    return 1 - np.exp(-np.sqrt(square))[None]


def same(labels: Sequence[str], times_similarity: bool = False) -> Part:
    """One level for each group, or one function of the descriptors for each."""
    values = np.array(labels)

    def part(A, B, rows_a, rows_b) -> Cube:
        equal = (values[rows_a][:, None] == values[rows_b][None]).astype(float)
        return 1 - (equal * _similarity(A, B) if times_similarity else equal)[None]

    return part


def noise(labels: Sequence[str]) -> Part:
    """Let the noise differ between groups: a step away from every cluster, one for each group."""
    values = np.array(labels)
    groups = [values == label for label in sorted(set(labels))]

    def part(A, B, rows_a, rows_b) -> Cube:
        other = rows_a[:, None] != rows_b[None]
        return np.array([(g[rows_a][:, None] + 1.0 * g[rows_b][None]) / 2 * other for g in groups])

    return part


def ranked(A, B, rows_a, rows_b) -> Cube:
    """Return one variogram a descriptor, of ranks among the training clusters (the rows of B)."""
    known = np.sort(B, axis=0)
    rank = [
        np.column_stack(
            [
                np.interp(Z[:, j], known[:, j], np.linspace(0, 3, len(known)))
                for j in range(Z.shape[1])
            ]
        )
        for Z in (A, B)
    ]
    return power(0.5)(*rank, None, None)


def thresholds(number: int) -> Part:
    """Return one variogram for each of so many steps a descriptor, at training quantiles."""
    shares = np.arange(1, number + 1) / (number + 1)

    def part(A, B, rows_a, rows_b) -> Cube:
        steps = np.quantile(B, shares, axis=0)
        a, b = (np.concatenate([(step < Z).T for step in steps]).astype(float) for Z in (A, B))
        return np.abs(a[:, :, None] - b[:, None, :])

    return part


def monotone(strength: float) -> Callable:
    """Boosted trees that follow a descriptor's sign where its rank correlation is that strong."""

    def predict(A, B, y, train, test) -> np.ndarray:
        rank = np.array([spearmanr(column, y)[0] if np.ptp(column) else 0.0 for column in A.T])
        signs = np.where(np.abs(rank) >= strength, np.sign(rank), 0).astype(int)
        model = HistGradientBoostingRegressor(
            max_iter=300, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=8,
            max_features=0.3, monotonic_cst=signs, random_state=0,
        )  # fmt: skip
        return model.fit(A, y).predict(B)

    return predict


def variants(table: Table, n_own: int) -> list[Variant]:
    rough, made = power(0.5), slice(-len(NORMALISED), None)
    families = [slice(0, n_own), slice(n_own, made.start), made]
    metals, ligands = main_metal(table), main_ligand(table)
    return [
        Variant("additive, roughness 0.5 (`gp-additive`)", [(1.0, rough)]),
        Variant("roughness 0.3", [(1.0, power(0.3))]),
        Variant("roughness 1.0", [(1.0, power(1.0))]),
        Variant("two roughnesses a descriptor", [(0.6, rough), (0.4, power(1.2))]),
        Variant("ranks of descriptors", [(1.0, ranked)]),
        *(
            Variant(f"+ {n} thresholds a descriptor", [(0.7, rough), (0.3, thresholds(n))])
            for n in (1, 2, 3, 4, 5, 7)
        ),
        Variant("equal shares of own, composition, made", [(1.0, power(0.5, f)) for f in families]),
        Variant("without the made descriptors", [(1.0, power(0.5, slice(0, made.start)))]),
        Variant("weights all equal", [(1.0, rough)], spread=0.001),
        Variant("weights freer (spread 1.4)", [(1.0, rough)], spread=1.4),
        Variant("prior of the noise a quarter", [(1.0, rough)], noise=0.02),
        Variant("+ interactions of two", [(1.0, rough), (0.1, products(2))]),
        Variant("+ interactions of eight", [(1.0, rough), (0.1, products(8))]),
        Variant("+ one smooth function of all", [(1.0, rough), (0.1, isotropic)]),
        Variant("+ a level for each metal", [(1.0, rough), (0.1, same(metals))]),
        Variant("noise of each metal its own", [(0.9, rough), (0.1, noise(metals))], noise=0.02),
        Variant("+ functions for each metal", [(1.0, rough), (0.1, same(metals, True))]),
        Variant("+ functions for each ligand", [(1.0, rough), (0.1, same(ligands, True))]),
    ]


def krige(variant: Variant, A, B, y, train, test) -> np.ndarray:
    """Learn weights on standardised training clusters A, predict B."""
    inside, across = variant.cube(A, A, train, train), variant.cube(B, A, test, train)
    shares = np.array([share for share, _ in variant.parts])
    # Each part's variograms are scaled so that equal weights give the part its share.
    scales = shares / shares.sum() / [part.sum(axis=0).mean() for part in inside]
    cube = np.concatenate([c * part for c, part in zip(scales, inside, strict=True)])
    weights, ratio = learn_weights(cube, y, spread=variant.spread, noise=variant.noise)
    n = len(y)
    bordered = np.ones((n + 1, n + 1))
    bordered[:n, :n] = ratio * np.eye(n) - np.tensordot(weights, cube, 1)
    bordered[n, n] = 0.0
    solution = np.linalg.solve(bordered, np.append(y - y.mean(), 0.0))
    cross = np.concatenate([c * part for c, part in zip(scales, across, strict=True)])
    return y.mean() - np.tensordot(weights, cross, 1) @ solution[:n] + solution[n]


def out_of_fold(X: np.ndarray, y: np.ndarray, seed: int, predict: Callable) -> np.ndarray:
    """Predict every cluster by a model that has not seen its outer fold."""
    found = np.empty(len(y))
    for train, test in OuterFolds(seed=seed).split(y):
        impute = SimpleImputer(strategy="median", keep_empty_features=True).fit(X[train])
        A, B = impute.transform(X[train]), impute.transform(X[test])
        sd = A.std(axis=0)
        mean, sd = A.mean(axis=0), np.where(sd > 0, sd, 1.0)
        found[test] = predict((A - mean) / sd, (B - mean) / sd, y[train], train, test)
    return found


def trees(model) -> Callable:
    return lambda A, B, y, train, test: clone(model).fit(A, y).predict(B)


def print_row(name: str, y: np.ndarray, predictions: dict[int, np.ndarray]) -> None:
    scores = [
        score_predictions(y[test], predicted[test])[:2]
        for seed, predicted in predictions.items()
        for _, test in OuterFolds(seed=seed).split(y)
    ]
    r, rmse = np.mean(scores, axis=0)
    print(f"| {name} | {r:.3f} | {rmse:.3f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="homonuclear-159-24")
    parser.add_argument("--seeds", default="0,1,2,3")
    asked = parser.parse_args()
    seeds = [int(s) for s in asked.seeds.split(",")]
    own = load_table(asked.table).mask_sentinels()
    table = get_recipe("gp-additive").see(own)
    X, y = table.descriptors, np.asarray(table.target)
    methods = {
        v.name: lambda A, B, y, train, test, v=v: krige(v, A, B, y, train, test)
        for v in variants(table, own.n_descriptors)
    }
    methods["boosted trees"] = trees(get_recipe("boosted-made").pipeline(0)[-1])
    methods["extra trees"] = trees(get_recipe("extra-trees-made").pipeline(0)[-1])
    methods["histogram boosting"] = monotone(2.0)  # no correlation is that strong
    for strength in (0.5, 0.3, 0.1):
        methods[f"monotone where rank correlation is {strength} or more"] = monotone(strength)
    print("| variant | test r | test RMSE |\n|---|---|---|")
    found = {}
    for name, predict in methods.items():
        found[name] = {seed: out_of_fold(X, y, seed, predict) for seed in seeds}
        print_row(name, y, found[name])
    first = found[next(iter(methods))]
    for name in ("boosted trees", "extra trees", list(methods)[-1]):
        for share in (0.3, 0.5):
            mixed = {s: (1 - share) * first[s] + share * found[name][s] for s in seeds}
            print_row(f"`gp-additive`, averaged with {share:.0%} {name}", y, mixed)


if __name__ == "__main__":
    main()
