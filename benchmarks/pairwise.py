"""Pairwise learning at 5,000 clusters: 12.5 million pairs x 120 columns, time and peak memory.

    python benchmarks/pairwise.py [--clusters 5000] [--trees 300] [--epochs 5]

Each model runs in a process of its own, so that its peak memory is its own. The target is
planted; r is that of 200 new clusters predicted against all references.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np

DESCRIPTORS = 15  # with their products: 120 columns
MODELS = ("linear", "boosted", "network")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clusters", type=int, default=5000)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--model", choices=MODELS)
    args = parser.parse_args()
    if args.model:
        measure(args.model, args.clusters, args.trees, args.epochs)
        return
    n = args.clusters
    print(f"{n:,} clusters, {n * (n - 1) // 2:,} pairs x 120; peak memory of the whole process")
    print(f"{'model':8}  {'fit':>8}  {'predict':>8}  {'memory':>8}  {'r':>5}")
    for model in MODELS:
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--model", model], check=True)


def measure(model: str, n: int, trees: int, epochs: int) -> None:
    from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
    from clusteract.estimators.pairwise_products import PairwiseProducts

    random = np.random.default_rng(0)
    raw = random.normal(size=(n + 200, DESCRIPTORS))
    y = raw[:, 0] + raw[:, 1] * raw[:, 2] + np.abs(raw[:, 3]) + 0.3 * random.normal(size=len(raw))
    X = PairwiseProducts().fit_transform(raw)
    start = time.perf_counter()
    fitted = PairwiseDifferenceRegressor(base(model, trees, epochs), random_state=0)
    fitted.fit(X[:n], y[:n])
    middle = time.perf_counter()
    r = np.corrcoef(fitted.predict(X[n:]), y[n:])[0, 1]
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{model:8}  {middle - start:6.1f} s  {end - middle:6.1f} s  {peak:5.0f} MB  {r:5.3f}")


def base(model: str, trees: int, epochs: int):
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import LinearRegression

    from clusteract.estimators.networks import DenseNetworkRegressor

    if model == "linear":
        return LinearRegression()
    if model == "boosted":
        return HistGradientBoostingRegressor(max_iter=trees, max_depth=6, early_stopping=False)
    return DenseNetworkRegressor(
        hidden=(128, 64, 32), dropout_rate=0.05, learning_rate=1e-3, epochs=epochs, batch_size=512
    )


if __name__ == "__main__":
    main()
