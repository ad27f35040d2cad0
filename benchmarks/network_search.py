"""Ways of spending a network's budget: best inner score by processor time; prints a table.

On outer training sets of other seeds than the study's own, each way searches until its time is
spent; what it is worth is the best mean RMSE over all ten inner folds that it has found so far:
mean and spread over searches, and the mean place among the ways (1 is best). A training that two
ways ask for is done once, and its time is counted for both.

Usage: python benchmarks/network_search.py [--recipe mlp-kbest] [--outer-seeds 7 8] [--repeats 2]
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import optuna
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from clusteract.estimators.networks.candidates import FITTERS
from clusteract.recipes import get_recipe
from clusteract.recipes.successive_halving import SuccessiveHalving
from clusteract.search.tpe import propose
from clusteract.table import load_table
from clusteract.validation import OuterFolds
from clusteract.validation.splits import inner_splits

Candidate = dict[str, Any]
NETWORKS = ("mlp-kbest", "dense-kbest", "dense-standardized")
ENDLESS = ("random", "TPE, pruned by a first look")  # stopped at the time; others end
Curve = list[tuple[float, float]]  # CPU seconds, the best RMSE so far
Found = Iterator[float]  # RMSE over all inner folds, of one candidate after another


class Judge:
    """Trains a recipe's candidates on inner folds of one outer training set."""

    def __init__(
        self, recipe: str, X: np.ndarray, y: np.ndarray, seed: int, steps: int | None = None
    ) -> None:
        self.recipe, self.X, self.y = get_recipe(recipe), X, y
        self.pipeline = self.recipe.pipeline(seed, impute=True)
        self.splits = inner_splits(10, len(y))
        self.halving = replace(self.recipe.halving, steps=steps or self.recipe.halving.steps)
        self._known: dict[tuple[Any, ...], tuple[float, float]] = {}
        self._saved = 0.0  # seconds of trainings that were not repeated
        self.grid = self.halving.thinned(self.recipe.grid_for(X.shape[1]))

    def clock(self) -> float:
        """Return the CPU seconds so far, as if every way had trained what it asked for."""
        return time.process_time() + self._saved

    def look(self, candidate: Candidate) -> float:
        """Return the RMSE of a first look."""
        own = self.pipeline.get_params()[self.halving.length]
        return self._rmse(self.halving.shortened(candidate, own), self.halving.folds_of(10))

    def score(self, candidate: Candidate) -> float:
        """Return the RMSE of whole trainings on all inner folds."""
        return self._rmse(candidate, range(10))

    def _rmse(self, candidate: Candidate, folds: Sequence[int]) -> float:
        key = (*((k, str(v)) for k, v in sorted(candidate.items())), *folds)
        if key in self._known:
            self._saved += self._known[key][1]
        else:
            start = time.process_time()
            error = self._train(candidate, folds)
            self._known[key] = error, time.process_time() - start
        return self._known[key][0]

    def _train(self, candidate: Candidate, folds: Sequence[int]) -> float:
        pipeline = clone(self.pipeline).set_params(**clone(candidate, safe=False))
        head, model = pipeline[:-1], pipeline[-1]
        requests, tests = [], []
        for train, test in (self.splits[i] for i in folds):
            fitted = clone(head).fit(self.X[train], self.y[train])
            requests.append((model, fitted.transform(self.X[train]), self.y[train]))
            tests.append((fitted.transform(self.X[test]), self.y[test]))
        fits = FITTERS[type(model)](requests)
        errors = [one.predict(X) - y for one, (X, y) in zip(fits, tests, strict=True)]
        return float(np.mean([np.sqrt(np.mean(e**2)) for e in errors]))


def at_random(judge: Judge, seed: int) -> Found:
    """Whole trainings of candidates drawn from the grid."""
    for candidate in drawn(judge, seed):
        yield judge.score(candidate)


def drawn(judge: Judge, seed: int) -> Iterator[Candidate]:
    candidates = ParameterGrid(judge.grid)
    for i in np.random.default_rng(seed).permutation(len(candidates)).tolist():
        yield candidates[i]


def halving(judge: Judge, seed: int, budget: int) -> Found:
    """First looks at candidates drawn at random, then the best of them to the end."""
    looked = [c for c, _ in zip(drawn(judge, seed), range(budget), strict=False)]
    yield from finals(judge, looked, [judge.look(one) for one in looked], judge.halving)


def looks_and_proposals(
    judge: Judge,
    seed: int,
    budget: int,
    propose: Callable[..., list[Candidate]] = propose,
    **settings: Any,
) -> Found:
    """Do as the package does; `settings` replace some of its `SuccessiveHalving`."""
    looks = replace(judge.halving, **settings)
    first, *generations = looks.generation_sizes(budget)
    tried = [c for c, _ in zip(drawn(judge, seed), range(first), strict=False)]
    scores = [-judge.look(one) for one in tried]
    for number, size in enumerate(generations):
        fresh = propose(judge.grid, tried, scores, size, [seed, number])
        scores += [-judge.look(one) for one in fresh]
        tried += fresh
    yield from finals(judge, tried, [-s for s in scores], looks)


def propose_by_optuna(
    grid: dict[str, list[Any]],
    tried: list[Candidate],
    scores: list[float],
    number: int,
    seed: Sequence[int],
) -> list[Candidate]:
    """Do as `search.tpe.propose`, by Optuna's TPE told of all looks so far."""
    choices = {k: optuna.distributions.CategoricalDistribution(range(len(grid[k]))) for k in grid}
    state = int(np.random.SeedSequence(list(seed)).generate_state(1)[0])
    sampler = optuna.samplers.TPESampler(
        seed=state, multivariate=True, constant_liar=True, n_startup_trials=1
    )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    taken = []
    for candidate, score in zip(tried, scores, strict=True):
        where = {k: next(i for i, v in enumerate(grid[k]) if v is candidate[k]) for k in grid}
        taken.append(where)
        trial = optuna.trial.create_trial(params=where, distributions=choices, value=score)
        study.add_trial(trial)
    wanted = len(taken) + number
    for _ in range(4 * number):
        where = dict(study.ask(choices).params)
        if where not in taken and len(taken) < wanted:
            taken.append(where)
    return [{k: grid[k][where[k]] for k in grid} for where in taken[len(tried) :]]


def finals(
    judge: Judge, looked: list[Candidate], errors: list[float], looks: SuccessiveHalving
) -> Found:
    best = np.argsort(errors, kind="stable")[: looks.n_finalists(len(looked))]
    for i in best:
        yield judge.score(looked[i])


def pruned_tpe(judge: Judge, seed: int) -> Found:
    """Optuna's TPE; a candidate whose first look is worse than the median is given up."""
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=8)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4)
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    while True:
        trial, candidate = ask(study, judge)
        trial.report(judge.look(candidate), 0)
        if trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            continue
        score = judge.score(candidate)
        study.tell(trial, score)
        yield score


def ask(study: optuna.Study, judge: Judge) -> tuple[optuna.Trial, Candidate]:
    trial = study.ask()
    where = {k: trial.suggest_categorical(k, range(len(v))) for k, v in judge.grid.items()}
    return trial, {k: judge.grid[k][i] for k, i in where.items()}


def race(judge: Judge, ways: Found, seconds: float) -> Curve:
    """Run one way until its time is over; return seconds and the best score so far."""
    start, best, curve = judge.clock(), np.inf, []
    for score in ways:
        best = min(best, score)
        curve.append((judge.clock() - start, best))
        if curve[-1][0] > seconds:
            break
    return curve


def make_ways(judge: Judge, seed: int, budget: int) -> dict[str, Found]:
    by_optuna = {"propose": propose_by_optuna}

    def proposing(finalists: float, **settings: Any) -> Found:
        return looks_and_proposals(judge, seed, budget, finalists=finalists, **settings)

    return {
        "random": at_random(judge, seed),
        "successive halving": halving(judge, seed, budget),
        "TPE, pruned by a first look": pruned_tpe(judge, seed),
        "looks and proposals, an eighth finished": proposing(1 / 8),
        "looks and proposals, a quarter finished": proposing(1 / 4),
        "Optuna proposes, an eighth finished": proposing(1 / 8, **by_optuna),
        "Optuna proposes, a quarter finished": proposing(1 / 4, **by_optuna),
    }


def at(curve: Curve, mark: float) -> float:
    return min((best for seconds, best in curve if seconds <= mark), default=np.nan)


def places(curves: dict[str, list[Curve]], mark: float) -> dict[str, float]:
    """Return each way's mean place at a time; nothing found yet is the last."""
    found = np.array([[at(curve, mark) for curve in of_way] for of_way in curves.values()])
    ranks = rankdata(np.nan_to_num(found, nan=np.inf), axis=0)
    return dict(zip(curves, ranks.mean(axis=1).tolist(), strict=True))


def show(name: str, curves: list[Curve], marks: Sequence[float], place: float) -> None:
    """Print one way's row: means over its searches; a dash where one of them had found nothing."""
    found = [[at(curve, mark) for curve in curves] for mark in (*marks, np.inf)]
    shown = ["-" if np.isnan(f).any() else f"{np.mean(f):.3f} ± {np.std(f):.3f}" for f in found]
    spent = np.mean([curve[-1][0] for curve in curves])
    finished = np.mean([len(curve) for curve in curves])
    print(f"| {name} | {' | '.join(shown)} | {place:.1f} | {spent:.0f} s | {finished:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="auto")
    parser.add_argument("--recipe", default="mlp-kbest", choices=NETWORKS)
    parser.add_argument("--outer-seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--fold", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=28)
    parser.add_argument("--budget", type=int, default=48, help="of first looks")
    parser.add_argument("--steps", type=int, help="of a first look, not the recipe's")
    parser.add_argument("--repeats", type=int, default=2, help="searches of each training set")
    parser.add_argument("--first-seed", type=int, default=1, help="of the searches")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    table = load_table(asked.data).mask_sentinels()
    curves: dict[str, list[Curve]] = {}
    for outer_seed in asked.outer_seeds:
        train, _ = list(OuterFolds(10, 1, outer_seed).split(table.descriptors))[asked.fold - 1]
        rows = table.descriptors[train], np.asarray(table.target)[train]
        judge = Judge(asked.recipe, *rows, seed=42, steps=asked.steps)
        judge.look(next(c for c in ParameterGrid(judge.grid) if 1e-2 in c.values()))  # compile
        for seed in range(asked.first_seed, asked.first_seed + asked.repeats):
            for name, way in make_ways(judge, seed, asked.budget).items():
                curve = race(judge, way, asked.seconds if name in ENDLESS else np.inf)
                print(outer_seed, seed, name, curve, file=sys.stderr, flush=True)
                curves.setdefault(name, []).append(curve)
    marks = [asked.seconds * share for share in (0.5, 0.75, 1.0)]
    heads = [f"{mark:.0f} s" for mark in marks]
    print(f"| {asked.recipe} | {' | '.join(heads)} | at its end | place | spent | trained |")
    print("|---" * (len(marks) + 5) + "|")
    ranked = places(curves, asked.seconds)
    for name, found in curves.items():
        show(name, found, marks, ranked[name])


if __name__ == "__main__":
    main()
