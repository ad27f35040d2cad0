"""Hold the shared grid search against GridSearchCV on larger tables: time and memory, losses too.

Each search runs in a process of its own, on one split, all candidates in both; time is processor
time, which a busy machine changes little, and memory is the peak of the process. Compiling is
outside the time and inside the memory.

Usage: python benchmarks/search_large.py [--rows 1000,2500,4000] [--grids A,B]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from clusteract.search import SharedGridSearchCV

ENGINES = {"GridSearchCV": GridSearchCV, "SharedGridSearchCV": SharedGridSearchCV}
CS = [0.1, 1.0, 10.0, 100.0]
SVR_GRID = {"gamma": list(np.logspace(-3, 1, 16)), "C": CS}
SMOOTH_GRID = {"gamma": list(np.logspace(-4, -1, 16)), "C": CS}
SCALED_GRID = {"scale": [StandardScaler(), PCA()], "svr__C": CS[:3], "svr__gamma": [0.05, 0.2]}
SCALED = Pipeline([("scale", StandardScaler()), ("svr", SVR())])
BOOSTING = GradientBoostingRegressor(random_state=0)
FOREST = RandomForestClassifier(random_state=0)
CHOSEN = Pipeline([("rfe", RFE(Ridge())), ("ridge", Ridge())])
CHOSEN_GRID = {"rfe__n_features_to_select": range(1, 9), "ridge__alpha": [0.1, 1.0, 10.0]}

# name: (estimator, grid, whether its target is a class)
GRIDS: dict[str, tuple[Any, Any, bool]] = {
    "SVR, 16 gammas to 10 x 4 C": (SVR(), SVR_GRID, False),
    "SVR, 16 gammas to 0.1 x 4 C": (SVR(), SMOOTH_GRID, False),
    "scaler or PCA(), SVR": (SCALED, SCALED_GRID, False),
    "RFE(Ridge()), Ridge": (CHOSEN, CHOSEN_GRID, False),
    "boosting, 4 lengths": (BOOSTING, {"n_estimators": [25, 50, 75, 100]}, False),
    "forest classifier, 4 sizes": (FOREST, {"n_estimators": [25, 50, 75, 100]}, True),
    "SVC, 3 C": (SVC(), {"C": CS[:3]}, True),
}


def make_table(n_rows: int, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 8))
    y = 2 * X[:, 0] + np.sin(2 * X[:, 1]) + 0.3 * rng.normal(size=n_rows)
    return X, (y > 0).astype(int) if classes else y


def measure(engine: str, name: str, n_rows: int) -> dict[str, Any]:
    """Search once; return seconds, the peak in MiB, and the scores' bytes."""
    warnings.simplefilter("ignore")
    estimator, grid, classes = GRIDS[name]
    X, y = make_table(n_rows, classes)
    search = ENGINES[engine]
    search(estimator, grid, cv=2, refit=False).fit(X[:60], y[:60])
    split = [(np.arange(n_rows // 5, n_rows), np.arange(n_rows // 5))]
    start = time.process_time()
    done = search(estimator, grid, cv=split, refit=False).fit(X, y)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scores = done.cv_results_["mean_test_score"].tobytes().hex()
    return {"seconds": seconds, "peak": peak, "scores": scores}


def in_a_process(engine: str, name: str, n_rows: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", engine, name, str(n_rows)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def report(name: str, n_rows: int) -> None:
    plain, shared = (in_a_process(engine, name, n_rows) for engine in ENGINES)
    bits = "no bit" if plain["scores"] == shared["scores"] else "SCORES DIFFER"
    print(
        f"| {name} | {n_rows:,} | {plain['seconds']:.2f} | {shared['seconds']:.2f} | "
        f"{plain['seconds'] / shared['seconds']:.2f} | {plain['peak']:.0f} | "
        f"{shared['peak']:.0f} | {bits} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1000,2500,4000")
    parser.add_argument("--grids", help="numbers of the grids, from 0; default: all")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        engine, name, n_rows = arguments.one
        print(json.dumps(measure(engine, name, int(n_rows))))
        return
    names = list(GRIDS)
    which = map(int, arguments.grids.split(",")) if arguments.grids else range(len(names))
    print("| grid | rows | GridSearchCV, s | shared, s | times | peak, MiB | shared | differs by |")
    print("|---|---|---|---|---|---|---|---|")
    for place in which:
        for n_rows in map(int, arguments.rows.split(",")):
            report(names[place], n_rows)


if __name__ == "__main__":
    main()
