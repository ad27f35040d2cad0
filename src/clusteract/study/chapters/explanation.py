"""Explanation: trees, kernels and networks about clusters that they never saw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clusteract.explain import Explanation, Threshold, explain_fold, find_threshold, gather
from clusteract.recipes import Recipe, find_recipes
from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.beeswarm import beeswarm
from clusteract.report.figures.dependence import dependence
from clusteract.report.figures.importance import importance_figure
from clusteract.report.figures.numbers import count, listing, number
from clusteract.report.figures.style import level_label, levels_of
from clusteract.runs import Job, Place, Run
from clusteract.study.chapters.choosing import BUDGET, Task, fit_chosen, search_task
from clusteract.table import Table
from clusteract.validation import OuterFolds
from clusteract.validation.splits import Split

# One of each kind, and how many of its settings are tried inside each training set.
DEFAULT_RECIPES = ("rfr-kbest", "svr-rbf-kbest", "mlp-kbest")
_BUDGET = {"rfr-kbest": 5, "svr-rbf-kbest": 60, "mlp-kbest": 4}
_SHOWN = 4  # descriptors whose dependence is drawn
SPIN = "2_σave"  # the study saw a threshold in it


@dataclass(frozen=True)
class ExplainWork:
    """What an explanation is made of.

    Attributes
    ----------
    recipes : tuple of str or Recipe
        Whatever `find_recipes` takes.
    folds, inner_folds, seed : int
    draws : int
        Of each Shapley value.
    exhaustive : bool
        Search the recipes' whole grids inside.
    """

    recipes: tuple[Any, ...] = DEFAULT_RECIPES
    folds: int = 10
    inner_folds: int = 5
    seed: int = 42
    draws: int = 100
    exhaustive: bool = False

    def budget(self, recipe: Recipe) -> int | None:
        """Return how many settings are tried inside each training set; None for all."""
        return None if self.exhaustive else recipe.budget or _BUDGET.get(recipe.name, BUDGET)


def explain_outside(
    task: Task,
    X: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    work: ExplainWork,
) -> dict[str, Any]:
    """Tune and fit on a training set, and explain the test rows by what was fitted."""
    fitted = fit_chosen(task, X[train], y[train], work.inner_folds)
    return explain_fold(fitted, X[train], X[test], y[test], draws=work.draws, seed=work.seed)


def explain_chapter(run: Run, table: Table, work: ExplainWork) -> Chapter:
    """Explain recipes by Shapley values and permutation importances of out-of-fold clusters.

    Parameters
    ----------
    run : Run
    table : Table
        With a target.
    work : ExplainWork
    """
    splits = list(
        OuterFolds(work.folds, seed=work.seed).split(table.descriptors, groups=table.groups)
    )
    recipes, X = find_recipes(work.recipes), table.descriptors
    names = [recipe.name for recipe in recipes]
    jobs = [job for recipe in recipes for job in _jobs(recipe, table, splits, work)]
    answers = run.runner.answers(jobs)
    tests = [test for _, test in splits]
    found = []
    for i, recipe in enumerate(recipes):
        folds = answers[i * len(splits) : (i + 1) * len(splits)]
        found.append(gather(recipe.title, table.descriptor_names, X, tests, folds))
    thresholds = {SPIN: _threshold(found[0], SPIN)} if SPIN in table.descriptor_names else {}
    for j in found[0].top(_SHOWN):
        descriptor = table.descriptor_names[j]
        thresholds.setdefault(descriptor, _threshold(found[0], descriptor))
    return Chapter(
        name="explain",
        title="Explanation",
        sentences=_sentences(table, found, thresholds),
        tables=(_importances(table, found), _thresholds(thresholds)),
        drawings=(
            *(beeswarm(table, e, name) for e, name in zip(found, names, strict=True)),
            importance_figure(table, found),
            dependence(table, found[0], thresholds),
        ),
        numbers=_numbers(table, found, names, thresholds),
    )


def _jobs(recipe: Recipe, table: Table, splits: Sequence[Split], work: ExplainWork) -> list[Job]:
    X, y = table.descriptors, np.asarray(table.target)
    task = search_task(recipe, table, work.seed, work.budget(recipe))
    return [
        Job(Place(recipe.name, fold, len(splits)), explain_outside, (task, X, y, *split, work))
        for fold, split in enumerate(splits, start=1)
    ]


def _threshold(found: Explanation, descriptor: str) -> Threshold | None:
    j = found.descriptors.index(descriptor)
    return find_threshold(found.X[:, j], found.values[:, j])


def _importances(table: Table, found: Sequence[Explanation]) -> TextTable:
    rows = []
    for j in found[0].top(table.n_descriptors):
        cells: list[Any] = [table.descriptor_names[j]]
        for e in found:
            cells += [float(e.importance[j]), float(e.permutation_mean[j])]
        rows.append(tuple(cells))
    columns = ["descriptor"]
    for e in found:
        columns += [f"{re.split(r' [+(]', e.title)[0]}: |Shapley|", "shuffled"]
    return TextTable(
        "What each descriptor does, for rows that the model never saw",
        tuple(columns),
        tuple(rows),
        note="|Shapley|: mean size of its contribution. Shuffled: rise of the test RMSE when it is "
        "shuffled among test rows; negative: the model does better without it.",
    )


def _thresholds(thresholds: dict[str, Threshold | None]) -> TextTable:
    rows = tuple(
        (
            name,
            found.at,
            f"{number(found.low)} to {number(found.high)}",
            found.below,
            found.above,
            f"{number(found.ramp_from)} to {number(found.ramp_to)}",
            found.step_r2,
            found.ramp_r2,
            found.line_r2,
        )
        for name, found in thresholds.items()
        if found is not None
    )
    return TextTable(
        "Steps and ramps in the contributions (first recipe)",
        (
            "descriptor",
            "step at",
            "95 % interval",
            "below",
            "above",
            "ramp",
            "R² of step",
            "of ramp",
            "of line",
        ),
        rows,
        note="A ramp is flat, then straight, then flat again. R²: of the contributions.",
        decimals=2,
    )


def _sentences(
    table: Table,
    found: Sequence[Explanation],
    thresholds: dict[str, Threshold | None],
) -> tuple[str, ...]:
    words = []
    for e in found:
        top = [table.descriptor_names[j] for j in e.top(3)]
        levels = [
            f"{100 * s:.0f} % {level_label(table, level)}"
            for level, s in e.by_level(levels_of(table)).items()
        ]
        words.append(
            f"{e.title}: {listing(top)} move the predictions of unseen rows most; by level "
            f"{listing(levels)}."
        )
    words += [_step(name, step) for name, step in thresholds.items() if step is not None]
    words += [_disagreement(e) for e in found]
    return tuple(words)


def _step(name: str, found: Threshold) -> str:
    shares = (
        f"a step explains {100 * found.step_r2:.0f} % of its contribution, a ramp "
        f"{100 * found.ramp_r2:.0f} %, a straight line {100 * found.line_r2:.0f} %."
    )
    if found.kind == "slope":
        return f"{name} acts like a slope: {shares}"
    if found.kind == "step":
        return (
            f"{name} acts by a sharp threshold at {number(found.at)} (95 % {number(found.low)} to "
            f"{number(found.high)}), from {number(found.below)} to {number(found.above)}: {shares}"
        )
    return (
        f"{name} acts by a threshold with a width: {number(found.ramp_below)} up to "
        f"{number(found.ramp_from)}, {number(found.ramp_above)} from {number(found.ramp_to)} on: "
        f"{shares}"
    )


def _disagreement(e: Explanation) -> str:
    apart = e.disagreements()
    named = [f"{name} ({a}. and {b}.)" for name, a, b in apart[:5]]
    return (
        f"{e.title}: Shapley and permutation importances agree with rank correlation "
        f"{number(e.agreement())}"
        + (
            f"; they disagree by five places or more on {count(len(apart), 'descriptor')}: "
            f"{listing(named)}."
            if apart
            else "."
        )
    )


def _numbers(
    table: Table,
    found: Sequence[Explanation],
    names: Sequence[str],
    thresholds: dict[str, Threshold | None],
) -> dict[str, Any]:
    recipes = {
        name: {
            "shapley": dict(zip(e.descriptors, e.importance.tolist(), strict=True)),
            "permutation": dict(zip(e.descriptors, e.permutation_mean.tolist(), strict=True)),
            "levels": {str(k): share for k, share in e.by_level(levels_of(table)).items()},
            "rank_correlation": e.agreement(),
            "largest_sampling_error": float(e.errors.max()),
        }
        for name, e in zip(names, found, strict=True)
    }
    steps = {name: vars(step) for name, step in thresholds.items() if step is not None}
    return {"recipes": recipes, "thresholds": steps}
