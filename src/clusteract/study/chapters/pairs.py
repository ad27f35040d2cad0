"""Pairs: honest scores of differences, of new rows, and whether a model's differences are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.estimators.pairwise import diagnose
from clusteract.recipes import Recipe, find_recipes
from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.numbers import listing, number, with_spread
from clusteract.runs import Job, Place, Run
from clusteract.study.chapters.choosing import BUDGET, Task, fit_chosen, search_task
from clusteract.table import Table
from clusteract.validation import score_predictions
from clusteract.validation.pairs import BOTH_UNSEEN, ONE_SEEN, PairSplit, disjoint_pair_splits

DEFAULT_RECIPES = ("pair-linear", "pair-svr", "pair-boosted", "rfr-kbest")
NEW = "new"
_SCHEMES = (ONE_SEEN, BOTH_UNSEEN, NEW)
_TRIPLES = 1_000  # of new rows in each fold: a kernel on many pairs is slow to ask
_MUST_BE_0 = ("identity", "antisymmetry", "additivity")


@dataclass(frozen=True)
class PairsWork:
    """What a comparison on pairs is made of.

    Attributes
    ----------
    recipes : tuple of str or Recipe
        Pairwise ones, and ordinary ones to hold them against.
    folds, seed : int
        Outer folds of rows.
    """

    recipes: tuple[Any, ...] = DEFAULT_RECIPES
    folds: int = 10
    seed: int = 42


def judge_pairs(task: Task, X: np.ndarray, y: np.ndarray, split: PairSplit) -> dict[str, Any]:
    """Tune and fit on training rows; score pairs with one and with two new rows, and new rows."""
    rows = split.clusters
    fitted = fit_chosen(task, X[rows], y[rows])
    new = np.unique(split.tests[BOTH_UNSEEN])
    answer: dict[str, Any] = {NEW: score_predictions(y[new], fitted.predict(X[new]))._asdict()}
    for name, pairs in split.tests.items():
        first, second = pairs.T
        predicted = _difference(fitted, X[first], X[second])
        answer[name] = score_predictions(y[first] - y[second], predicted)._asdict()
    if hasattr(fitted[-1], "difference"):
        answer["diagnostics"] = vars(diagnose(fitted[-1], fitted[:-1].transform(X[new]), _TRIPLES))
    return answer


def _difference(fitted: Pipeline, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    if not hasattr(fitted[-1], "difference"):
        return fitted.predict(A) - fitted.predict(B)
    return fitted[-1].difference(fitted[:-1].transform(A), fitted[:-1].transform(B))


def pairs_chapter(run: Run, table: Table, work: PairsWork) -> Chapter:
    """Score recipes on pairs of rows that training never saw, and on new rows themselves.

    Parameters
    ----------
    run : Run
    table : Table
        With a target.
    work : PairsWork
    """
    recipes = find_recipes(work.recipes)
    splits = disjoint_pair_splits(table.n_rows, work.folds, work.seed)
    answers = iter(run.runner.answers([j for r in recipes for j in _jobs(r, table, splits, work)]))
    folds = {recipe.name: [next(answers) for _ in splits] for recipe in recipes}
    titles = {recipe.name: recipe.title for recipe in recipes}
    return Chapter(
        name="pairwise",
        title="Differences of pairs",
        sentences=_sentences(titles, folds),
        tables=(_scores(titles, folds, "r"), _scores(titles, folds, "rmse"), _tests(titles, folds)),
        drawings=(),
        numbers={name: _numbers(answers) for name, answers in folds.items()},
    )


def _jobs(recipe: Recipe, table: Table, splits: Sequence[PairSplit], work: PairsWork) -> list[Job]:
    view, y = recipe.see(table), np.asarray(table.target)
    task = search_task(recipe, view, work.seed, recipe.budget or BUDGET)
    return [
        Job(Place(recipe.name, k, len(splits)), judge_pairs, (task, view.descriptors, y, split))
        for k, split in enumerate(splits, start=1)
    ]


def _values(folds: Sequence[Mapping[str, Any]], scheme: str, metric: str) -> np.ndarray:
    return np.array([fold[scheme][metric] for fold in folds], dtype=float)


def _scores(titles: Mapping[str, str], folds: Mapping[str, Sequence], metric: str) -> TextTable:
    rows = []
    for name, answers in folds.items():
        values = [_values(answers, scheme, metric) for scheme in _SCHEMES]
        spreads = [float(np.nanstd(v, ddof=1)) if len(v) > 1 else None for v in values]
        means = [float(np.nanmean(v)) for v in values]
        cells = [with_spread(m, s, 2) for m, s in zip(means, spreads, strict=True)]
        rows.append((titles[name], *cells))
    return TextTable(
        f"Pairs of rows that training never saw: {metric if metric == 'r' else 'RMSE'}",
        ("recipe", "one unseen", "both unseen", "new row"),
        tuple(rows),
        note="One unseen, both unseen: differences of a test pair with one or two rows of the "
        "test fold. New row: the target itself. Settings are chosen inside each training set. "
        "± over folds.",
    )


def _tests(titles: Mapping[str, str], folds: Mapping[str, Sequence]) -> TextTable:
    rows: list[tuple] = [
        (titles[name], *(_mean_test(answers, key) for key in ("size", *_MUST_BE_0)))
        for name, answers in folds.items()
        if "diagnostics" in answers[0]
    ]
    return TextTable(
        "Is it a difference? Root mean squares on new rows",
        ("recipe", "f(x,y)", "f(x,x)", "f(x,y)+f(y,x)", "f(x,y)+f(y,z)-f(x,z)"),
        tuple(rows),
        note="The last three must be 0.",
    )


def _mean_test(answers: Sequence[Mapping[str, Any]], key: str) -> float:
    return float(np.mean([fold["diagnostics"][key] for fold in answers]))


def _sentences(titles: Mapping[str, str], folds: Mapping[str, Sequence]) -> tuple[str, ...]:
    errors = {n: float(np.mean(_values(answers, NEW, "rmse"))) for n, answers in folds.items()}
    ranked = sorted(errors, key=lambda name: errors[name])
    order = [f"{titles[name]} {number(errors[name], 2)}" for name in ranked]
    words = [f"RMSE for a new row, best first: {listing(order)}."]
    if "diagnostics" not in folds[ranked[0]][0]:
        words.append(
            "No recipe that learns differences predicts a new row better than a plain one."
        )
    return (
        *words,
        "A random split of pairs would flatter every one of them: nearly each test pair's rows "
        "stand in other pairs of the training set.",
    )


def _numbers(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    means = {
        scheme: {m: float(np.nanmean(_values(answers, scheme, m))) for m in ("r", "rmse")}
        for scheme in _SCHEMES
    }
    return {**means, "folds": list(answers)}
