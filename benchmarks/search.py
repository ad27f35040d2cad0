"""Time the shared grid search beside its peers on slices of the study's grids; prints tables.

Each engine searches the same candidates on the same inner folds, with the same number of worker
processes, one engine after the other within each round, so that a busy machine slows them alike.
With `--jobs 1` the ratios are of processor time, which a busy machine changes little.
"Native" is the time of the distinct fits alone, each made once by scikit-learn's own `fit`,
divided by the number of workers: what a perfect grid search without any overhead would take if it
could do nothing but call `fit`.

`--sample N`: GridSearchCV fits N candidates drawn at random, and its time is scaled up to all of
them; it shares nothing, so its time is a sum over candidates. The others search everything.

Usage: python benchmarks/search.py [--table FILE] [--slices A,B] [--engines N] [--jobs 2]
    [--rounds 1] [--full] [--sample N]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import RFE
from sklearn.model_selection import GridSearchCV, KFold, ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from threadpoolctl import threadpool_limits

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.search import SharedGridSearchCV
from clusteract.table import load_table

SCORING = "neg_root_mean_squared_error"
SEED = 42
SCALERS = (StandardScaler(), MinMaxScaler())

Split = tuple[np.ndarray, np.ndarray]
Job = Callable[[], Any]


@dataclass(frozen=True)
class Slice:
    """A part of a grid: the pipeline, its candidates, and how to list its distinct fits."""

    name: str
    pipeline: Any
    grid: Any
    distinct_fits: Callable[[Any, dict[str, Any], np.ndarray, np.ndarray], list[Job]]


def slices(full: bool) -> list[Slice]:
    """List the study's recipes and the reference's boosting, thinned unless `full`."""
    trees = {"model__n_estimators": tuple(range(200, 341, 20))}
    machines = {"model__gamma": ("scale", 0.1), "feature_select__k": (8,)}
    found = []
    for name, thin, fits in (
        ("rfr-rfe", trees, forest_rfe_fits),
        ("rfr-kbest", trees, forest_fits),
        ("svr-rbf-kbest", machines | {"scaler": SCALERS}, svr_fits),
        ("svr-rbf-kbest-standard", machines, svr_fits),
        ("svr-poly-kbest", machines, svr_fits),
    ):
        recipe = get_recipe(name)
        grid = {**recipe.grid, **({} if full else thin)}
        found.append(Slice(name, recipe.pipeline(SEED), grid, fits))
    boosting = {
        "model__n_estimators": range(100, 191, 10),
        "model__learning_rate": (0.08, 0.1, 0.12),
    }
    model = Pipeline([("model", GradientBoostingRegressor(random_state=2))])
    found.append(Slice("gbr (reference)", model, boosting, boosting_fits))
    return found


def settings_of(grid: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """List the distinct settings of one step."""
    head = f"{step}__"
    return list(ParameterGrid({k[len(head) :]: v for k, v in grid.items() if k.startswith(head)}))


def fit_job(estimator: Any, X: np.ndarray, y: np.ndarray) -> Job:
    return lambda: clone(estimator).fit(X, y)


def largest_only(grid: dict[str, Any]) -> dict[str, Any]:
    return {**grid, "model__n_estimators": (max(grid["model__n_estimators"]),)}


def model_fits(pipeline: Any, grid: dict[str, Any], X: np.ndarray, y: np.ndarray) -> list[Job]:
    """Make one job a setting of the model."""
    model = pipeline.steps[-1][1]
    return [fit_job(clone(model).set_params(**s), X, y) for s in settings_of(grid, "model")]


def selected(selector: Any, grid: dict[str, Any], X: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    settings = settings_of(grid, "feature_select")
    return [clone(selector).set_params(**s).fit_transform(X, y) for s in settings]


def forest_rfe_fits(pipeline, grid, X, y) -> list[Job]:
    """Fit the elimination path, then the largest forest of each setting on each set of columns."""
    rfe = pipeline.named_steps["feature_select"]
    fewest = min(grid["feature_select__n_features_to_select"])
    path = clone(rfe).set_params(n_features_to_select=fewest + 1)  # its last fit ranks them
    ranking = RFE(rfe.estimator, n_features_to_select=fewest).fit(X, y).ranking_
    order = np.argsort(ranking, kind="stable")
    columns = [order[:k] for k in grid["feature_select__n_features_to_select"]]
    jobs = [fit_job(path, X, y)]
    for kept in columns:
        jobs += model_fits(pipeline, largest_only(grid), X[:, np.sort(kept)], y)
    return jobs


def forest_fits(pipeline, grid, X, y) -> list[Job]:
    """Fit the largest forest of each setting on each set of columns."""
    sets = selected(pipeline.named_steps["feature_select"], grid, X, y)
    return [job for kept in sets for job in model_fits(pipeline, largest_only(grid), kept, y)]


def svr_fits(pipeline, grid, X, y) -> list[Job]:
    """Solve every problem that reaches the solver; the rbf kernel never reads the degree."""
    if grid["model__kernel"] == ("rbf",):
        grid = {**grid, "model__degree": (3,)}
    jobs = []
    for scaler in grid["scaler"]:
        scaled = clone(scaler).fit_transform(X)
        for kept in selected(pipeline.named_steps["feature_select"], grid, scaled, y):
            jobs += model_fits(pipeline, grid, kept, y)
    return jobs


def boosting_fits(pipeline, grid, X, y) -> list[Job]:
    """Fit the longest model of each learning rate."""
    return model_fits(pipeline, largest_only(grid), X, y)


def plain(slice_: Slice, jobs: int, splits: list[Split]):
    return GridSearchCV(slice_.pipeline, slice_.grid, **search_settings(jobs, splits))


def drawn(slice_: Slice, n: int) -> tuple[Slice, np.ndarray]:
    """Keep so many candidates, drawn at random; return the slice and which they are."""
    candidates = list(ParameterGrid(slice_.grid))
    n = min(n or len(candidates), len(candidates))
    which = np.sort(np.random.default_rng(SEED).permutation(len(candidates))[:n])
    grid = [{name: [value] for name, value in candidates[i].items()} for i in which]
    return replace(slice_, grid=grid), which


def shared(slice_: Slice, jobs: int, splits: list[Split]):
    return SharedGridSearchCV(slice_.pipeline, slice_.grid, **search_settings(jobs, splits))


def remembering(slice_: Slice, jobs: int, splits: list[Split]):
    folder = tempfile.mkdtemp(prefix="clusteract-benchmark-")
    pipeline = clone(slice_.pipeline).set_params(memory=folder)
    search = GridSearchCV(pipeline, slice_.grid, **search_settings(jobs, splits))
    search.clean_up = lambda: shutil.rmtree(folder, ignore_errors=True)
    return search


def dask(slice_: Slice, jobs: int, splits: list[Split]):
    from dask_ml.model_selection import GridSearchCV as DaskGridSearchCV

    scheduler = "processes" if jobs > 1 else "synchronous"
    settings = search_settings(jobs, splits) | {"scheduler": scheduler}
    return DaskGridSearchCV(slice_.pipeline, slice_.grid, **settings)


def search_settings(jobs: int, splits: list[Split]) -> dict[str, Any]:
    return {"cv": splits, "scoring": SCORING, "n_jobs": jobs, "refit": False}


ENGINES = {
    "SharedGridSearchCV": shared,
    "GridSearchCV": plain,
    "GridSearchCV + Pipeline(memory=)": remembering,
    "dask-ml GridSearchCV": dask,
}


def timed(work: Callable[[], Any]) -> np.ndarray:
    """Return the wall and processor seconds that some work takes; the latter of this process."""
    start = np.array([time.perf_counter(), time.process_time()])
    work()
    return np.array([time.perf_counter(), time.process_time()]) - start


def run_jobs(jobs: list[Job]) -> None:
    """Make the distinct fits, quietly, on one thread."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        for job in jobs:
            job()


def native_seconds(slice_: Slice, X, y, splits: list[Split], workers: int) -> np.ndarray:
    lists = [
        slice_.distinct_fits(slice_.pipeline, dict(slice_.grid), X[a], y[a]) for a, _ in splits
    ]
    return sum(timed(lambda jobs=jobs: run_jobs(jobs)) for jobs in lists) / workers


def warm_up(engines: dict[str, Any], slice_: Slice, X, y, splits: list[Split], jobs: int) -> None:
    """Start workers and compile, outside the timing."""
    most = 1 if "model__n_estimators" in slice_.grid else 3  # forests compile nothing
    few = {name: list(values)[:most] for name, values in slice_.grid.items()}
    if "model__n_estimators" in few:
        few["model__n_estimators"] = [10, 12]
    small = Slice(slice_.name, slice_.pipeline, few, slice_.distinct_fits)
    for make in engines.values():
        search = make(small, jobs, splits)
        search.fit(X, y)
        getattr(search, "clean_up", lambda: None)()


def measure(
    slice_: Slice, X, y, rounds: list[list[Split]], jobs: int, engines: dict[str, Any], sample: int
) -> dict[str, Any]:
    """Time every engine on every round; say how far their scores are from GridSearchCV's."""
    warm_up(engines, slice_, X, y, rounds[0], jobs)
    seconds = {name: np.zeros(2) for name in engines}
    apart: dict[str, float] = dict.fromkeys(engines, 0.0)
    native, n = np.zeros(2), len(ParameterGrid(slice_.grid))
    part, which = drawn(slice_, sample)
    for splits in rounds:
        means = {}
        for name, make in engines.items():
            alone = name == "GridSearchCV"
            search = make(part if alone else slice_, jobs, splits)
            spent = timed(lambda search=search: search.fit(X, y))
            seconds[name] += spent * n / len(which) if alone else spent
            getattr(search, "clean_up", lambda: None)()
            mean = np.asarray(search.cv_results_["mean_test_score"])
            means[name] = mean if alone else mean[which]
        for name, mean in means.items():
            apart[name] = max(apart[name], float(np.abs(mean - means["GridSearchCV"]).max()))
        native += native_seconds(slice_, X, y, splits, jobs)
    fits = n * sum(map(len, rounds))
    return {
        "fits": fits,
        "sample": len(which),
        "seconds": seconds,
        "apart": apart,
        "native": native,
    }


def available() -> dict[str, Any]:
    try:
        import dask_ml.model_selection  # noqa: F401
    except Exception:
        return {name: make for name, make in ENGINES.items() if "dask" not in name}
    return ENGINES


def report(slice_: Slice, found: dict[str, Any], clock: int) -> None:
    base, native = found["seconds"]["GridSearchCV"], found["native"]
    print(
        f"\n{slice_.name}: {found['fits']:,} pipeline fits; native {native[clock]:.2f} s; "
        f"GridSearchCV made {found['sample']:,} of the candidates"
    )
    print("| engine | wall, s | CPU, s | GridSearchCV / this | this / native | scores differ by |")
    print("|---|---|---|---|---|---|")
    for name, spent in found["seconds"].items():
        apart = "no bit" if found["apart"][name] == 0 else f"{found['apart'][name]:.1e}"
        cpu = f"{spent[1]:.2f}" if clock else ""
        ratios = f"{base[clock] / spent[clock]:.1f} | {spent[clock] / native[clock]:.2f}"
        print(f"| {name} | {spent[0]:.2f} | {cpu} | {ratios} | {apart} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", help="a table with a target; default: a synthetic one")
    parser.add_argument("--slices", help="comma-separated names")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1, help="each takes one inner fold a job")
    parser.add_argument("--full", action="store_true", help="the whole grids")
    parser.add_argument("--sample", type=int, default=0, help="candidates GridSearchCV fits")
    parser.add_argument("--engines", type=int, default=4, help="only the first so many")
    arguments = parser.parse_args()
    table = load_table(arguments.table) if arguments.table else make_synthetic_table(159, seed=0)
    outer = next(KFold(10, shuffle=True, random_state=SEED).split(table.descriptors))[0]
    X, y = table.descriptors[outer], table.target[outer]
    inner = list(KFold(10).split(X))
    jobs = arguments.jobs
    rounds = [inner[jobs * r : jobs * (r + 1)] for r in range(arguments.rounds)]
    clock = int(jobs == 1)  # in one process the processor's clock, which other programs spare
    print(f"{len(X)} x {X.shape[1]}, {jobs} worker(s), {arguments.rounds} round(s)")
    warnings.simplefilter("ignore")
    for slice_ in slices(arguments.full):
        if not arguments.slices or slice_.name in arguments.slices.split(","):
            engines = dict(list(available().items())[: arguments.engines])
            found = measure(slice_, X, y, rounds, jobs, engines, arguments.sample)
            report(slice_, found, clock)


if __name__ == "__main__":
    main()
