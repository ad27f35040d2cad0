"""The fit on all rows: a recipe's settings searched once more, and the errors of what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.runs import Flow, Job, Runner, Steps
from clusteract.table import Table
from clusteract.validation.design import FINAL, Design
from clusteract.validation.fold_search import FoldSearch, own_errors, own_folds, settle
from clusteract.validation.fold_trust import InnerErrors, InnerFolds, inner_steps


@dataclass(frozen=True)
class FinalFit:
    """A recipe fitted on all rows of a table.

    Attributes
    ----------
    recipe : Recipe
    pipeline : Pipeline
        Fitted.
    view : Table
        The rows with the columns that the recipe sees.
    inner : InnerErrors
        How what was chosen predicts rows that it has not seen.
    """

    recipe: Recipe
    pipeline: Pipeline
    view: Table
    inner: InnerErrors


def fit_all_rows(design: Design, name: str, runner: Runner) -> FinalFit:
    """Search a recipe's settings by the inner folds of all rows, and fit what was chosen.

    Folds, candidates and seed are those within an outer fold of the same design, so that the
    honest score tells what to expect.
    """
    recipe = design.recipe(name)
    [(fitted, inner)] = runner.run([_flow(design.final_search(recipe))], FINAL)
    return FinalFit(recipe, fitted, recipe.see(design.table), inner)


def _flow(search: FoldSearch) -> Flow[tuple[Pipeline, InnerErrors]]:
    def steps() -> Steps[tuple[Pipeline, InnerErrors]]:
        _, chosen = yield from search.search_steps()
        problem = search.problem
        # A fitted pipeline is nothing that a store of plain values can keep.
        fit = Job(search.place, fit_pipeline, (clone(chosen), problem.X, problem.y), kept=False)
        if search.has_own_folds:  # what is fitted next needs what this fit settles
            [fitted] = yield [fit]
            own = own_folds(fitted, problem.y)
            inner = InnerFolds(search, own_errors(own))
            return fitted, inner.errors((yield inner.jobs(settle(chosen, own), search.place)))
        inner = InnerFolds(search)
        fitted, *answers = yield [fit, *inner.jobs(chosen, search.place)]
        return fitted, inner.errors(answers)

    return Flow(steps(), search.n_steps + inner_steps(search.problem))


def fit_pipeline(pipeline: Pipeline, X: np.ndarray, y: np.ndarray) -> Pipeline:
    """Fit a pipeline, in a worker."""
    return pipeline.fit(X, y)
