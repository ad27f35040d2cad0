"""The search inside one training set: plan after plan, until a candidate is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.runs import Job, Place, Steps
from clusteract.search import SearchPlan, SearchResult, TaskResult, plan_search
from clusteract.search.budget import (
    budgeted_grid,
    count_candidates,
    draw_candidates,
    is_exhaustive,
)
from clusteract.search.tpe import propose
from clusteract.validation.splits import Split

Candidate = dict[str, Any]


class Searched(NamedTuple):
    """How a search ended.

    Attributes
    ----------
    best : SearchResult
        Of the last plan, whose best candidate is chosen.
    fits : int
        Models trained by all plans.
    """

    best: SearchResult
    fits: int


@dataclass(frozen=True)
class Search:
    """What is searched, and on what.

    A plain search is one plan. A budgeted one of a recipe with `SuccessiveHalving` plans first
    looks, generation by generation, and in the end the finalists.

    Attributes
    ----------
    recipe : Recipe
    pipeline : Pipeline
        Unfitted.
    X : ndarray, (n_rows, n_descriptors)
    y : ndarray, (n_rows,)
    splits : list of (train, test)
        The inner folds.
    budget : int or None
    seed : int
    place : Place
    """

    recipe: Recipe
    pipeline: Pipeline
    X: np.ndarray
    y: np.ndarray
    splits: Sequence[Split]
    budget: int | None
    seed: int
    place: Place

    def steps(self) -> Steps[Searched]:
        """Yield the jobs of one plan after another; return what was chosen."""
        halving, grid = self.recipe.halving, self.recipe.grid_for(self.X.shape[1])
        if halving is None or is_exhaustive(grid, self.budget):
            drawn = draw_candidates(grid, self.budget, self.seed)
            best = yield from self._answered(drawn, self.splits)
            return Searched(best, best.n_models)
        return (yield from self._looked(budgeted_grid(grid, self.budget, halving)))

    def _answered(
        self, grids: list[dict[str, Any]], splits: Sequence[Split]
    ) -> Steps[SearchResult]:
        """Plan a search of some candidates on some inner folds; return its result."""
        plan: SearchPlan = plan_search(
            self.pipeline,
            grids,
            self.X,
            self.y,
            splits=list(splits),
            scoring=self.recipe.scoring,
        )
        answers = yield [
            Job(
                self.place,
                run_task,
                (task, self.X, self.y),
                covers=len(task.indices),
                content=task.key(),
            )
            for task in plan.tasks
        ]
        # The same candidates may have stood elsewhere in the plan that stored an answer.
        return plan.assemble(
            replace(
                TaskResult.from_dict(answer), split=task.split, candidates=task.indices.tolist()
            )
            for task, answer in zip(plan.tasks, answers, strict=True)
        )

    def _looked(self, grid: dict[str, list[Any]]) -> Steps[Searched]:
        """Take first looks, then train what looked best to the end."""
        halving = self.recipe.halving
        assert halving is not None
        budget = count_candidates(grid, self.budget)
        first, *generations = halving.generation_sizes(budget)
        drawn = draw_candidates(grid, first, self.seed)
        fresh = [{k: v[0] for k, v in one.items()} for one in drawn]
        tried, scores, fits = list(fresh), *(yield from self._look(fresh))
        for number, size in enumerate(generations):
            fresh = propose(grid, tried, scores, size, [self.seed, number])
            if not fresh:
                break
            more, trained = yield from self._look(fresh)
            tried, scores, fits = tried + fresh, scores + more, fits + trained
        order = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")
        finalists = [_only(tried[i]) for i in order[: halving.n_finalists(budget)]]
        best = yield from self._answered(finalists, self.splits)
        return Searched(best, fits + best.n_models)

    def _look(self, candidates: list[Candidate]) -> Steps[tuple[list[float], int]]:
        """Return the candidates' scores after a short training, and the models trained."""
        halving = self.recipe.halving
        assert halving is not None
        own = self.pipeline.get_params()[halving.length]
        splits = [self.splits[i] for i in halving.folds_of(len(self.splits))]
        shortened = [_only(halving.shortened(one, own)) for one in candidates]
        looked = yield from self._answered(shortened, splits)
        return looked.cv_results_["mean_test_score"].tolist(), looked.n_models


def _only(candidate: Candidate) -> dict[str, list[Any]]:
    """Return a grid that holds one candidate."""
    return {name: [value] for name, value in candidate.items()}


def run_task(task: Any, X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Run a search's task, in a worker."""
    return task.run(X, y).to_dict()
