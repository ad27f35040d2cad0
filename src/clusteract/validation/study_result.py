"""StudyResult: every recipe and baseline of one study on one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clusteract.table import Table
from clusteract.validation.applicability.check import ApplicabilityCheck
from clusteract.validation.compare import Difference, best_recipe, compare_recipes
from clusteract.validation.intervals.coverage import Coverage
from clusteract.validation.records import RecipeResult


@dataclass(frozen=True)
class StudyResult:
    """What a nested cross-validation found.

    Attributes
    ----------
    table : Table
        As the recipes saw it (sentinels masked where they were imputed).
    recipes : mapping of str to RecipeResult
        In the order asked for.
    baselines : mapping of str to RecipeResult
        ``mean`` (always predicts the training mean) and ``shuffled`` (the best recipe's whole
        search on targets shuffled within the table): what no skill looks like here.
    shuffled_recipe : str or None
        The recipe that the shuffled run repeats.
    settings : mapping
        Seed, outer and inner folds, budget, treatment of missing values.
    coverage : Coverage or None
        Intervals of the best recipe's outer test clusters.
    applicability : tuple of ApplicabilityCheck
        What the best recipe's domain said of them, in the same order; then of clusters of a
        metal that was left out of training.
    random_split : RecipeResult or None
        Where rows have groups, which the outer folds part nowhere: what the best recipe's
        settings reach on random folds, which part them.
    """

    table: Table
    recipes: Mapping[str, RecipeResult]
    baselines: Mapping[str, RecipeResult] = field(default_factory=dict)
    shuffled_recipe: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    coverage: Coverage | None = None
    applicability: tuple[ApplicabilityCheck, ...] = ()
    random_split: RecipeResult | None = None

    @property
    def best(self) -> RecipeResult:
        """The recipe of the lowest mean test RMSE."""
        return self.recipes[best_recipe(dict(self.recipes))]

    def differences(self, metric: str = "r") -> dict[str, Difference]:
        """Compare the best recipe with each other recipe and baseline, best minus other.

        Parameters
        ----------
        metric : {"r", "rmse"}
        """
        best = self.best
        others = {**self.recipes, **self.baselines}
        return {
            name: compare_recipes(best, other, metric)
            for name, other in others.items()
            if name != best.name
        }
