"""A unit's search: a plan's pieces out, their results in, until a candidate is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.recipes import Recipe
from clusteract.runs.piece import Piece
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
Steps = Iterator[SearchPlan]


@dataclass(frozen=True)
class Question:
    """What is searched, and on what.

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
    """

    recipe: Recipe
    pipeline: Pipeline
    X: np.ndarray
    y: np.ndarray
    splits: Sequence[Split]
    budget: int | None
    seed: int

    def plan(self, grids: list[dict[str, Any]], splits: Sequence[Split]) -> SearchPlan:
        """Plan a search of some candidates on some inner folds."""
        scoring = self.recipe.scoring
        return plan_search(
            self.pipeline, grids, self.X, self.y, splits=list(splits), scoring=scoring
        )


class Search:
    """One plan after another; the last one's best candidate is chosen.

    A plain search is one plan. A budgeted search of a recipe with `SuccessiveHalving` plans first
    looks, generation by generation, and in the end the finalists.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._steps = self._plans()
        self._answers: dict[str, TaskResult] = {}
        self._fits = 0
        self.chosen: SearchResult | None = None
        self._plan: SearchPlan
        self._found: SearchResult

    @property
    def fits(self) -> int:
        """Models trained so far."""
        return self._fits

    def pieces(self) -> list[Piece]:
        """Return the pieces of the next plan; none when the search has ended."""
        plan = next(self._steps, None)
        if plan is None:
            self.chosen = self._found
            return []
        self._plan, self._answers = plan, {}
        data = (self._question.X, self._question.y)
        return [
            Piece(task.key(), "search", run_task, (task, *data), covers=len(task.indices))
            for task in plan.tasks
        ]

    def accept(self, piece: Piece, answer: dict[str, Any]) -> list[Piece]:
        """Take a piece's result; return the next plan's pieces where it was this one's last."""
        task = piece.args[0]
        # The same candidates may have stood elsewhere in the plan that stored this answer.
        self._answers[piece.key] = replace(
            TaskResult.from_dict(answer), split=task.split, candidates=task.indices.tolist()
        )
        if len(self._answers) < len(self._plan.tasks):
            return []
        self._found = self._plan.assemble(list(self._answers.values()))
        self._fits += self._found.n_models
        return self.pieces()

    def _plans(self) -> Steps:
        asked = self._question
        grid = asked.recipe.grid_for(asked.X.shape[1])
        if asked.recipe.looks is None or is_exhaustive(grid, asked.budget):
            yield asked.plan(draw_candidates(grid, asked.budget, asked.seed), asked.splits)
            return
        yield from self._looked(budgeted_grid(grid, asked.budget, asked.recipe.looks))

    def _looked(self, grid: dict[str, list[Any]]) -> Steps:
        """Plan first looks, then what looked best."""
        asked, looks = self._question, self._question.recipe.looks
        assert looks is not None
        budget = count_candidates(grid, asked.budget)
        first, *generations = looks.generation_sizes(budget)
        drawn = draw_candidates(grid, first, asked.seed)
        tried, scores = [{k: v[0] for k, v in one.items()} for one in drawn], []
        yield self._look(tried)
        scores += self._scores()
        for number, size in enumerate(generations):
            fresh = propose(grid, tried, scores, size, [asked.seed, number])
            if not fresh:
                break
            yield self._look(fresh)
            tried, scores = tried + fresh, scores + self._scores()
        best = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")
        finalists = [tried[i] for i in best[: looks.n_finalists(budget)]]
        yield asked.plan([_only(one) for one in finalists], asked.splits)

    def _look(self, candidates: list[Candidate]) -> SearchPlan:
        asked, looks = self._question, self._question.recipe.looks
        assert looks is not None
        own = asked.pipeline.get_params()[looks.length]
        splits = [asked.splits[i] for i in looks.folds_of(len(asked.splits))]
        return asked.plan([_only(looks.shortened(one, own)) for one in candidates], splits)

    def _scores(self) -> list[float]:
        return self._found.cv_results_["mean_test_score"].tolist()


def _only(candidate: Candidate) -> dict[str, list[Any]]:
    """Return a grid that holds one candidate."""
    return {name: [value] for name, value in candidate.items()}


def run_task(task: Any, X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Run a search's task, in a worker."""
    return task.run(X, y).to_dict()
