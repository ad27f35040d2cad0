"""The tournament of docs/accuracy.md: recipes and peers on tables of many kinds, on the same folds.

    CLUSTERACT_TABLES=folder python benchmarks/tables.py --out tables.jsonl --figure tables.png

Every table in the folder takes part (targets and sources: `TABLES`; of others the last column is
the target), with scikit-learn's diabetes; missing ones are downloaded where their source allows it.
Numeric columns alone, medians of all rows for missing values, constant columns left out:
what peers get without encoders of their own. `KFold(5, shuffle=True, random_state=42)`.
Every result is a line of the output file; a second call does only what is missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pooch
from measuring import chosen_pipeline
from scipy.stats import t as student
from sklearn.datasets import load_diabetes
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clusteract.recipes import get_recipe
from clusteract.table import Source, Table
from clusteract.validation.training_memory import IntervalModel, TrainingMemory

PYCARET = "https://raw.githubusercontent.com/pycaret/datasets/main/data/common/"
UCI = "https://archive.ics.uci.edu/ml/machine-learning-databases/"
LEVELS = (0.8, 0.9, 0.95)
RECIPES = ("auto", "gp-additive", "blend", "boosted-made", "extra-trees-made")


class Entry(NamedTuple):
    """Where a table is from, its target, and what is neither target nor descriptor."""

    target: str | None
    left_out: tuple[str, ...] = ()
    url: str | None = None


TABLES = {
    "robert": Entry(
        "Target_values",
        ("Name",),
        "https://raw.githubusercontent.com/jvalegre/robert/master/docs/_static/Robert_example.csv",
    ),
    "slump": Entry("strength"),
    "automobile": Entry("price", (), PYCARET + "automobile.csv"),
    "machine": Entry("performance"),
    "yacht": Entry("resistance"),
    "steels": Entry("yield_strength"),
    "auto-mpg": Entry("mpg"),
    "diffusion": Entry(
        "E_regression",
        (),
        "https://raw.githubusercontent.com/uw-cmg/MAST-ML/master/mastml/data/"
        "diffusion_data_selectfeatures.xlsx",
    ),
    "diabetes": Entry("target"),
    "housing": Entry("medv", (), PYCARET + "boston.csv"),
    "energy": Entry("Heating Load", ("Cooling Load",), PYCARET + "energy.csv"),
    "concrete": Entry("strength", (), PYCARET + "concrete.csv"),
}


def _catboost(d: int) -> Any:
    from catboost import CatBoostRegressor

    return CatBoostRegressor(verbose=0, random_seed=0, thread_count=1, allow_writing_files=False)


def _matern(d: int) -> Any:
    kernel = ConstantKernel() * Matern(np.ones(d), nu=2.5) + WhiteKernel()
    process = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
    return make_pipeline(StandardScaler(), process)


PEERS: dict[str, Callable[[int], Any]] = {
    "catboost": _catboost,
    "extra trees": lambda d: ExtraTreesRegressor(300, random_state=0),
    "Matern process": _matern,
    "ridge": lambda d: make_pipeline(StandardScaler(), RidgeCV()),
}


def main() -> None:
    """Measure what is missing, then print the table and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("tables.jsonl"))
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--tables", default="")
    parser.add_argument("--models", default=",".join([*PEERS, *RECIPES]))
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    kept = _read(options.out)
    names = options.tables.split(",") if options.tables else list_tables()
    for table in names:
        X, y = load(table)
        for model in options.models.split(","):
            key = (table, model, options.seed)
            if key not in kept and _installed(model):
                kept[key] = measure(model, X, y, options.seed)
                with options.out.open("a") as stream:
                    stream.write(json.dumps({"key": key, "value": kept[key]}) + "\n")
                print(*key, np.mean(kept[key]["rmse"]).round(4), flush=True)
    results = {(t, m): v for (t, m, seed), v in kept.items() if seed == options.seed}
    print(report(results))
    if options.figure:
        draw(results, options.figure)


def _read(path: Path) -> dict[tuple, dict[str, Any]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return {tuple(r["key"]): r["value"] for r in map(json.loads, lines)}


def _installed(model: str) -> bool:
    return model != "catboost" or importlib.util.find_spec("catboost") is not None


def _folder() -> Path:
    return Path(os.environ.get("CLUSTERACT_TABLES", pooch.os_cache("clusteract-tables")))


def list_tables() -> list[str]:
    """Return the names of all tables, small ones first as far as they are known."""
    files = {p.stem for p in _folder().glob("*") if p.suffix in (".csv", ".xlsx")}
    can_be_had = [n for n, e in TABLES.items() if n in files or e.url or n == "diabetes"]
    return can_be_had + sorted(files - set(TABLES))


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return descriptors and target of a table: numeric columns, rows with a target."""
    entry = TABLES.get(name, Entry(None))
    frame = load_diabetes(as_frame=True).frame if name == "diabetes" else _frame(name, entry)
    target = entry.target or frame.columns[-1]
    y = pd.to_numeric(frame[target], errors="coerce")
    columns = frame.drop(columns=[target, *entry.left_out]).select_dtypes("number")[y.notna()]
    X = columns.fillna(columns.median()).to_numpy(float)
    return X[:, X.std(axis=0) > 0], y.dropna().to_numpy(float)


def _frame(name: str, entry: Entry) -> pd.DataFrame:
    for suffix in (".csv", ".xlsx"):
        path = _folder() / (name + suffix)
        if path.exists():
            break
    else:
        url = str(entry.url)
        path = Path(pooch.retrieve(url, None, name + Path(url).suffix, _folder()))
    excel = path.suffix == ".xlsx"
    return pd.read_excel(path, engine="calamine") if excel else pd.read_csv(path)


def measure(model: str, X: np.ndarray, y: np.ndarray, seed: int) -> dict[str, Any]:
    """Return RMSE of each fold, seconds of this processor, and what intervals cover."""
    start, rmse, inside = time.process_time(), [], []
    for train, test in KFold(5, shuffle=True, random_state=seed).split(X):
        estimator: Any = (
            PEERS[model](X.shape[1])
            if model in PEERS
            else chosen_pipeline(get_recipe(model), X[train], y[train], folds=5)
        )
        estimator.fit(X[train], y[train])
        predicted = estimator.predict(X[test])
        rmse.append(float(np.sqrt(np.mean((predicted - y[test]) ** 2))))
        if model == "auto":
            inside.append(_inside(estimator, X, y, train, test, predicted))
    coverage = np.concatenate(inside, axis=1).mean(axis=1).tolist() if inside else []
    seconds = (time.process_time() - start) / 5
    return {"rmse": rmse, "seconds": seconds, "coverage": coverage, "shape": list(X.shape)}


def _inside(
    fitted: Any, X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray, mean: np.ndarray
) -> np.ndarray:
    """Return which test rows lie in the product's intervals of each level, (n_levels, n_test)."""
    memory = TrainingMemory().fit(X[train], y[train])
    memory.errors_ = y[train] - fitted[-1].out_of_fold_
    memory.labels_ = [str(i) for i in train]
    names = tuple(f"x{i}" for i in range(X.shape[1]))
    like = Table(tuple(memory.labels_), X[train], names, y[train], "y", Source("benchmark", ""))
    model = IntervalModel(memory, like)
    difficulty = model.difficulty.of(X[test], model.applicability_domain.space.distances(X[test]))
    ends = [model.interval(mean, difficulty, level) for level in LEVELS]
    return np.array([(low <= y[test]) & (y[test] <= high) for low, high in ends])


Results = dict[tuple[str, str], dict[str, Any]]


def report(results: Results) -> str:
    """Return the table of docs/accuracy.md, and what holds over all tables."""
    tables = list(dict.fromkeys(t for t, m in results if m == "auto"))
    lines = [
        "| table | rows x columns | "
        + " | ".join(PEERS)
        + " | auto | to the best peer | seconds |",
        "|---" * (len(PEERS) + 5) + "|",
    ]
    for table in tables:
        own, best = results[table, "auto"], best_peer(results, table)
        cells = [
            f"{np.mean(results[table, p]['rmse']):.4g}" for p in PEERS if (table, p) in results
        ]
        ratio, noise = ratio_and_noise(own["rmse"], results[table, best]["rmse"])
        shape = " x ".join(f"{n:,}" for n in own["shape"])
        score = f"{np.mean(own['rmse']):.4g} | {ratio:.3f} ± {noise:.3f} | {own['seconds']:.1f}"
        lines.append(f"| {table} | {shape} | " + " | ".join(cells) + f" | {score} |")
    ratios = [ratio_to_best(results, t, "auto") for t in tables]
    rows = np.array([results[t, "auto"]["shape"][0] for t in tables])
    covered = rows / rows.sum() @ np.array([results[t, "auto"]["coverage"] for t in tables])
    lines.append(f"\nGeometric mean of the ratios: {np.exp(np.mean(np.log(ratios))):.3f}")
    lines.append(f"Coverage of 80, 90, 95 % intervals, rows pooled: {covered.round(3).tolist()}")
    for table in tables:
        lines.append(f"  {table}: {np.round(results[table, 'auto']['coverage'], 3).tolist()}")
    return "\n".join(lines)


def best_peer(results: Results, table: str) -> str:
    """Return the peer of lowest RMSE, which is known only afterwards."""
    peers = [p for p in PEERS if (table, p) in results]
    return min(peers, key=lambda p: np.mean(results[table, p]["rmse"]))


def ratio_to_best(results: Results, table: str, model: str) -> float:
    """Return a model's RMSE over the best peer's."""
    best = results[table, best_peer(results, table)]
    return float(np.mean(results[table, model]["rmse"]) / np.mean(best["rmse"]))


def ratio_and_noise(own: list[float], peer: list[float]) -> tuple[float, float]:
    """Return the ratio of mean RMSE and half its 95 % interval, corrected for shared rows.

    C. Nadeau, Y. Bengio, Machine Learning 2003, 52, 239, doi:10.1023/A:1024068626366.
    """
    n, difference = len(own), np.subtract(own, peer)
    sd = np.sqrt((1 / n + 1 / (n - 1)) * difference.var(ddof=1))
    return np.mean(own) / np.mean(peer), student.ppf(0.975, n - 1) * sd / np.mean(peer)


def draw(results: Results, path: Path) -> None:
    """Draw the ratio to the best peer, one row a table."""
    from matplotlib.figure import Figure

    tables = list(dict.fromkeys(t for t, m in results if m == "auto"))[::-1]
    figure = Figure(figsize=(6, 0.35 * len(tables) + 1), layout="constrained")
    axes = figure.subplots()
    for row, table in enumerate(tables):
        for model in (m for t, m in results if t == table):
            axes.plot(ratio_to_best(results, table, model), row, **_style(model))
    axes.axvline(1, color="0.6", linewidth=0.8)
    axes.set(xlim=(0.6, 2), xlabel="RMSE / RMSE of the best peer")
    axes.set_yticks(range(len(tables)), tables)
    axes.legend(*_legend(), fontsize=7, loc="lower right")
    figure.savefig(path, dpi=150)


def _style(model: str) -> dict[str, Any]:
    if model == "auto":
        return {"marker": "D", "color": "C3", "zorder": 3}
    return {"marker": "o" if model in PEERS else ".", "color": "0.5" if model in PEERS else "C0"}


def _legend() -> tuple[list[Any], list[str]]:
    from matplotlib.lines import Line2D

    kinds = {"auto": "auto", "a peer": "ridge", "another recipe": "blend"}
    return [Line2D([], [], linestyle="", **_style(m)) for m in kinds.values()], list(kinds)


if __name__ == "__main__":
    main()
