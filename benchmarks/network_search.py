"""Ways of spending a network's budget: best inner score by processor time; prints a table.

On one outer training set (another seed than the study's own), each way searches until its time is
spent; what it is worth is the best mean RMSE over all ten inner folds that it has found so far.

Usage: python benchmarks/network_search.py [--recipe mlp-kbest] [--fold 1] [--seconds 40]
Optuna's TPE takes part where Optuna is installed (pip install optuna).
"""

from __future__ import annotations

import argparse
import importlib.util
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from clusteract.data import load_table
from clusteract.estimators import get_recipe
from clusteract.estimators.networks.candidates import FITTERS
from clusteract.search.proposing import propose
from clusteract.validation import OuterFolds
from clusteract.validation.splits import inner_splits

Candidate = dict[str, Any]
Found = Iterator[float]  # RMSE over all inner folds, of one candidate after another


class Judge:
    """Trains a recipe's candidates on inner folds of one outer training set."""

    def __init__(self, recipe: str, X: np.ndarray, y: np.ndarray, seed: int) -> None:
        self.recipe, self.X, self.y = get_recipe(recipe), X, y
        self.pipeline = self.recipe.pipeline(seed, impute=True)
        self.splits = inner_splits(10, len(y))
        self.looks = self.recipe.looks
        self.grid = self.looks.thinned(self.recipe.grid_for(X.shape[1]))

    def look(self, candidate: Candidate) -> float:
        """Return the RMSE of a first look."""
        own = self.pipeline.get_params()[self.looks.length]
        return self._rmse(self.looks.shortened(candidate, own), self.looks.folds_of(10))

    def score(self, candidate: Candidate) -> float:
        """Return the RMSE of whole trainings on all inner folds."""
        return self._rmse(candidate, range(10))

    def _rmse(self, candidate: Candidate, folds: Sequence[int]) -> float:
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
    """First looks at candidates drawn at random, then the best eighth to the end."""
    looked = [c for c, _ in zip(drawn(judge, seed), range(budget), strict=False)]
    yield from finals(judge, looked, [judge.look(one) for one in looked])


def looks_and_proposals(judge: Judge, seed: int, budget: int) -> Found:
    """Do as the package does."""
    first, *generations = judge.looks.generation_sizes(budget)
    tried = [c for c, _ in zip(drawn(judge, seed), range(first), strict=False)]
    scores = [-judge.look(one) for one in tried]
    for number, size in enumerate(generations):
        fresh = propose(judge.grid, tried, scores, size, [seed, number])
        scores += [-judge.look(one) for one in fresh]
        tried += fresh
    yield from finals(judge, tried, [-s for s in scores])


def finals(judge: Judge, looked: list[Candidate], errors: list[float]) -> Found:
    best = np.argsort(errors, kind="stable")[: judge.looks.n_finalists(len(looked))]
    for i in best:
        yield judge.score(looked[i])


def tpe(judge: Judge, seed: int, pruned: bool) -> Found:
    """Optuna's TPE; with pruning by the same first look, or without."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=8)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4)
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    while True:
        trial = study.ask()
        where = {k: trial.suggest_categorical(k, range(len(v))) for k, v in judge.grid.items()}
        candidate = {k: judge.grid[k][i] for k, i in where.items()}
        if pruned:
            trial.report(judge.look(candidate), 0)
            if trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                continue
        score = judge.score(candidate)
        study.tell(trial, score)
        yield score


def race(name: str, ways: Found, seconds: float, marks: Sequence[float]) -> None:
    """Run one way until its time is over; print the best score at some moments."""
    start, best, curve = time.process_time(), np.inf, []
    for score in ways:
        best = min(best, score)
        curve.append((time.process_time() - start, best))
        if curve[-1][0] > seconds:
            break
    at = [min((b for t, b in curve if t <= mark), default=np.nan) for mark in marks]
    spent = time.process_time() - start
    print(f"| {name} | {' | '.join(f'{b:.3f}' for b in at)} | {best:.3f} after {spent:.0f} s |",
          flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="auto")
    parser.add_argument("--recipe", default="mlp-kbest", choices=("mlp-kbest", "dense-kbest"))
    parser.add_argument("--outer-seed", type=int, default=7)
    parser.add_argument("--fold", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--budget", type=int, default=48, help="of first looks")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    table = load_table(asked.data).mask_sentinels()
    train, _ = OuterFolds(10, 1, asked.outer_seed).split(table.n_clusters)[asked.fold - 1]
    judge = Judge(asked.recipe, table.descriptors[train], table.target[train], seed=42)
    quick = next(c for c in ParameterGrid(judge.grid) if 1e-2 in c.values())
    judge.look(quick)  # compile
    marks = [asked.seconds * share for share in (0.25, 0.5, 1.0)]
    print(f"| {asked.recipe}, fold {asked.fold} | {' | '.join(f'{m:.0f} s' for m in marks)} | |")
    print("|---|---|---|---|---|")
    race("random", at_random(judge, asked.seed), asked.seconds, marks)
    if importlib.util.find_spec("optuna"):
        race("TPE", tpe(judge, asked.seed, False), asked.seconds, marks)
        race("TPE, pruned by a first look", tpe(judge, asked.seed, True), asked.seconds, marks)
    race("halving", halving(judge, asked.seed, asked.budget), np.inf, marks)
    race("looks and proposals", looks_and_proposals(judge, asked.seed, asked.budget), np.inf, marks)


if __name__ == "__main__":
    main()
