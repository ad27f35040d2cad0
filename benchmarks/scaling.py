"""Time a study on 1 and 2 workers, and compute what many workers would need.

    python benchmarks/scaling.py [--run RUN] [--repeats 3]

Measured: the same small study (forest + RFE, 5 x 5 folds) with one process, with two, and on a
local Dask cluster of two workers, in turn. Computed: the jobs of a finished run (RUN, a run's
folder) with their measured seconds, given to 1 ... 100 workers in order; refits follow their
searches.
"""

import argparse
import heapq
import json
import sqlite3
import statistics
import time
from collections import defaultdict
from pathlib import Path

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.runs import Runner
from clusteract.runs.executors import open_workers
from clusteract.validation import OuterFolds, nested_cross_validate

WORKERS = (1, 2, 4, 8, 16, 32, 64, 100)


def study(jobs, scheduler):
    forest = get_recipe("rfr-rfe").with_grid({"model__n_estimators": [200, 240, 280, 320]})
    with open_workers(jobs, scheduler) as workers:
        return nested_cross_validate(
            make_synthetic_table(159, seed=0),
            [forest],
            outer=OuterFolds(5),
            inner_folds=5,
            baselines=False,
            runner=Runner(workers),
        )


def timed(*where) -> tuple[float, list]:
    start = time.perf_counter()
    result = study(*where)
    return time.perf_counter() - start, [f.test_predictions for f in result.best.folds]


def measure(repeats: int) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        ways = {
            "1 process": (1, None),
            "2 processes": (2, None),
            "Dask, 2 workers": (1, cluster.scheduler_address),
        }
        seconds, answers = defaultdict(list), []
        for _ in range(repeats):
            for name, where in ways.items():
                spent, answer = timed(*where)
                seconds[name].append(spent)
                answers.append(answer)
    same = all(a == answers[0] for a in answers)
    one = statistics.median(seconds["1 process"])
    print("| workers | median s | speed-up |\n|---|---|---|")
    for name, times in seconds.items():
        middle = statistics.median(times)
        print(f"| {name} | {middle:.1f} | {one / middle:.2f} |")
    print(f"\nall results byte for byte the same: {'yes' if same else 'NO'}")


def read_jobs(run: Path) -> dict[tuple[str, int], dict[str, list[float]]]:
    """Return seconds of the search and refit jobs of each recipe, or check, and fold."""
    units = defaultdict(lambda: {"search": [], "refit": []})
    with sqlite3.connect(f"file:{run / 'run.sqlite'}?mode=ro", uri=True) as db:
        for label, fold, value in db.execute("SELECT label, fold, value FROM jobs"):
            answer = json.loads(value)
            # Jobs of the checks depend on each other no more than those of a search do.
            which = "refit" if "selected" in answer["value"] else "search"
            units[label, fold][which].append(answer["seconds"])
    return dict(units)


def makespan(units, n_workers: int) -> float:
    """Give each job to the first free worker; return when the last one ends."""
    free = [0.0] * n_workers
    ends = []
    for jobs in units.values():
        last = 0.0
        for seconds in jobs["search"]:
            end = heapq.heappop(free) + seconds
            heapq.heappush(free, end)
            last = max(last, end)
        ends.append((last, sum(jobs["refit"])))
    for ready, seconds in sorted(ends):
        heapq.heappush(free, max(heapq.heappop(free), ready) + seconds)
    return max(free)


def plan(run: Path) -> None:
    units = read_jobs(run)
    total = sum(sum(p["search"]) + sum(p["refit"]) for p in units.values())
    n_jobs = sum(len(p["search"]) + len(p["refit"]) for p in units.values())
    longest = max(max(p["search"]) for p in units.values() if p["search"])
    print(f"\n{n_jobs:,} jobs, {total:,.0f} s of work, the longest {longest:.1f} s\n")
    print("| workers | computed s | efficiency |\n|---|---|---|")
    for n in WORKERS:
        span = makespan(units, n)
        print(f"| {n} | {span:,.0f} | {total / span / n:.0%} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, help="folder of a finished run")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    if options.repeats:
        measure(options.repeats)
    if options.run:
        plan(options.run)


if __name__ == "__main__":
    main()
