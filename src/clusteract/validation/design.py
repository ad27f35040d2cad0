"""Design: what is asked of a table and some recipes, and how they are searched and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from clusteract.errors import InputError, close_matches
from clusteract.recipes import Recipe, check_recipe
from clusteract.recipes.checking import category_columns
from clusteract.runs import Place
from clusteract.search.budget import is_exhaustive
from clusteract.table import Table
from clusteract.validation.fold_search import FoldSearch, Problem
from clusteract.validation.fold_trust import inner_steps
from clusteract.validation.hard_splits import group_folds, hard_folds, list_hard_splits
from clusteract.validation.splits import GivenFolds, OuterFolds, Split, apart, check_folds

FINAL = "saved model"


@dataclass(frozen=True)
class Design:
    """A table, recipes, and how they are searched and judged.

    Attributes
    ----------
    source : Table
        As it was read.
    recipes : tuple of Recipe
    outer : splitter, str or None
        `OuterFolds`, or any of scikit-learn's; a kind of `list_hard_splits`, or the column whose
        values are left out; 10 folds shuffled with `seed` where None.
    inner_folds : int
        Contiguous folds of a training set, as scikit-learn's ``cv=inner_folds``.
    budget : mapping of str to int or None
        Candidates drawn at random for a recipe, None (or no entry) for all of them.
    missing : {"impute", "as-published"}
        Impute missing values and sentinels inside folds, or take the numbers as they stand.
    seed : int
        Of outer shuffling, of the recipes' own randomness and of drawn candidates.
    """

    source: Table
    recipes: tuple[Recipe, ...]
    outer: BaseCrossValidator | str | None = None
    inner_folds: int = 10
    budget: Mapping[str, int | None] = field(default_factory=dict)
    missing: str = "impute"
    seed: int = 42

    @cached_property
    def table(self) -> Table:
        """The table as recipes see it: sentinels masked where they are imputed."""
        return self.source.mask_sentinels() if self.missing == "impute" else self.source

    @cached_property
    def folds(self) -> BaseCrossValidator:
        """The outer folds."""
        if isinstance(self.outer, str):
            is_kind = self.outer in list_hard_splits(self.table)
            return hard_folds(self.table, self.outer) if is_kind else self._column_folds(self.outer)
        return self.outer or OuterFolds(seed=self.seed)

    def _column_folds(self, column: str) -> GivenFolds:
        """Leave out one value of a column after the other; it may be the one of the groups."""
        table = self.table
        if column in table.descriptor_names:
            labels = [f"{value:g}" for value in table.column(column)]
        elif table.groups is not None:
            labels = list(table.groups)
        else:
            raise InputError(
                f"{table.source.name}: {column!r} can't be left out: it is no descriptor and not "
                f"the column of the groups; {close_matches(column, list_hard_splits(table))}"
            )
        return group_folds(table, column, labels)

    @cached_property
    def groups(self) -> tuple[str, ...] | None:
        """Groups that no fold parts; those of a column that is left out are parted inside."""
        leaves_column = isinstance(self.outer, str) and self.outer not in list_hard_splits(
            self.table
        )
        labels_are_left_out = leaves_column and self.outer not in self.table.descriptor_names
        return None if labels_are_left_out else self.table.groups

    @cached_property
    def splits(self) -> list[Split]:
        """(Training rows, test rows) of every outer fold."""
        table = self.table
        splits = self.folds.split(table.descriptors, table.target, self.groups)
        return [apart(split, self.groups) for split in splits]

    @cached_property
    def random_splits(self) -> list[Split]:
        """As many outer folds that part groups; none where there are no groups to part."""
        if self.groups is None or not isinstance(self.folds, OuterFolds):
            return []
        return list(self.folds.split(self.table.descriptors))

    @property
    def leaves_out(self) -> bool:
        """Whether the outer folds leave out what a random split never does."""
        return bool(isinstance(self.folds, GivenFolds) and self.folds.kind)

    @property
    def settings(self) -> dict[str, Any]:
        """What a result says of how it was found."""
        repeats = getattr(self.folds, "repeats", 1)
        settings = {
            "seed": self.seed,
            "outer_folds": len(self.splits) // repeats,
            "outer_repeats": repeats,
            "inner_folds": self.inner_folds,
            "missing": self.missing,
            "budget": {r.name: self.budget.get(r.name) for r in self.recipes},
        }
        if self.groups is not None:
            settings["groups"] = len(set(self.groups))
        if self.leaves_out:
            settings |= {"leave_out": self.folds.kind, "left_out": list(self.folds.labels)}
        return settings

    def check(self, *, outer: bool = True) -> list[str]:
        """Refuse what can't be answered, before any work; return what is worth saying.

        Raises
        ------
        InputError
            Where the table has no target, too few rows, or missing values as published, or a
            foreign recipe can't be fitted.
        """
        table = self.table
        if table.target is None:
            raise InputError(f"{table.source.name} has no target; name its column (target=...)")
        if np.ptp(table.target) == 0:
            raise InputError(
                f"{table.source.name}: the target {table.target_name!r} is constant; there is "
                "nothing to model"
            )
        if self.missing != "impute" and table.missing_cells:
            row, descriptor = table.missing_cells[0]
            raise InputError(
                f"{table.source.name}: {descriptor!r} of {table.names[row]} is missing "
                f"({len(table.missing_cells)} such cells); fill it, or use missing = 'impute'"
            )
        everything = np.arange(table.n_rows)
        for train in [train for train, _ in self.splits] if outer else [everything]:
            groups = None if self.groups is None else [self.groups[i] for i in train]
            check_folds(self.inner_folds, len(train), "inner", groups)
        impute, seed = self.missing == "impute", self.seed
        return [w for r in self.recipes for w in check_recipe(r, table, impute=impute, seed=seed)]

    def recipe(self, name: str) -> Recipe:
        """Return one of the recipes."""
        return next(r for r in self.recipes if r.name == name)

    def candidates(self, recipe: Recipe) -> int | None:
        """Return how many candidates are drawn for a recipe; None for its whole grid."""
        return self._budget(recipe, recipe.see(self.table).n_descriptors)

    def _budget(self, recipe: Recipe, n_descriptors: int) -> int | None:
        budget = self.budget.get(recipe.name)
        return None if is_exhaustive(recipe.grid_for(n_descriptors), budget) else budget

    def problem(self, recipe: Recipe) -> Problem:
        """Return what a recipe sees of the table, and how it is searched."""
        view = recipe.see(self.table)
        return Problem(
            X=view.descriptors,
            y=np.asarray(view.target),
            descriptors=view.descriptor_names,
            inner_folds=self.inner_folds,
            seed=self.seed,
            impute=self.missing == "impute",
            groups=self.groups,
            categories=category_columns(view),
        )

    def searches(self, recipe: Recipe) -> list[FoldSearch]:
        """Return a recipe's search of every outer fold."""
        problem, n = self.problem(recipe), len(self.splits)
        budget = self._budget(recipe, len(problem.descriptors))
        return [
            FoldSearch(problem, recipe, split, budget, Place(recipe.name, fold, n))
            for fold, split in enumerate(self.splits, start=1)
        ]

    def final_search(self, recipe: Recipe) -> FoldSearch:
        """Return a recipe's search of all rows, which are training set and test set at once."""
        rows, problem = np.arange(self.table.n_rows), self.problem(recipe)
        budget = self._budget(recipe, len(problem.descriptors))
        return FoldSearch(problem, recipe, (rows, rows), budget, Place(FINAL))

    @property
    def final_steps(self) -> int:
        """The most steps that fitting one of the recipes on all rows takes, for progress."""
        plans = [self.final_search(recipe) for recipe in self.recipes]
        return max(plan.n_steps + inner_steps(plan.problem) for plan in plans)
