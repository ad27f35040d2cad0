"""Recipe: a named pipeline with its search space, and the registry that recipes live in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.impute import SimpleImputer
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from clusteract.errors import InputError, close_matches
from clusteract.recipes.successive_halving import SuccessiveHalving
from clusteract.table import Table

Grid = Mapping[str, Sequence[Any]]

# Scalers by the names that a study file uses.
SCALERS: dict[str, Callable[[], BaseEstimator | str]] = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "minmax-symmetric": lambda: MinMaxScaler(feature_range=(-1, 1)),
    "robust": RobustScaler,
    "none": lambda: "passthrough",
}

OWN, MADE = "own", "made"

# Parameters that count descriptors: never more than the table has.
_COUNTS = ("feature_select__k", "feature_select__n_features_to_select")


@dataclass(frozen=True)
class Recipe:
    """A named pipeline with its search space.

    Attributes
    ----------
    name : str
        As on the command line, such as ``rfr-rfe``.
    title : str
        As in a figure's legend.
    steps : callable
        Maps a seed to the list of (name, estimator) steps; usually `scaler` (where used),
        `feature_select`, `model`.
    grid : mapping of str to sequence
        The exhaustive search space; values may be estimators.
    scoring : str
        scikit-learn's name of the score that the inner folds choose by.
    columns : str
        What it sees: ``own`` is the table's own descriptors; ``made`` those and all that the
        table's domain can make of them and of the labels; else one of the domain's views.
    looks : SuccessiveHalving or None
        How a budget is spent, where its candidates need not all be trained to the end.

    Examples
    --------
    >>> recipe = get_recipe("rfr-kbest")
    >>> recipe.n_candidates(n_descriptors=24)
    180
    >>> [name for name, _ in recipe.pipeline(seed=42, impute=True).steps]
    ['impute', 'feature_select', 'model']
    """

    name: str
    title: str
    steps: Callable[[int], list[tuple[str, Any]]]
    grid: Grid
    scoring: str = "neg_root_mean_squared_error"
    columns: str = "own"
    looks: SuccessiveHalving | None = None

    def see(self, table: Table) -> Table:
        """Return the table with the columns that the recipe is made for.

        Raises
        ------
        InputError
            Where the table's domain has no such view.
        """
        if self.columns == OWN or (self.columns == MADE and MADE not in table.domain.views):
            return table
        if self.columns not in table.domain.views:
            raise InputError(
                f"recipe {self.name!r} sees the {self.columns} of rows, which nothing is known of "
                f"in {table.source.name}; choose another recipe, or name the table's domain"
            )
        return table.domain.views[self.columns](table)

    def pipeline(self, seed: int, *, impute: bool = False) -> Pipeline:
        """Build the unfitted pipeline; `impute` adds a median imputer as its first step."""
        first = [("impute", SimpleImputer(strategy="median", keep_empty_features=True))]
        # What is made of a formula is missing where it has no meaning (ligands of a bare core).
        impute = impute or self.columns != OWN
        return Pipeline((first if impute else []) + self.steps(seed))

    def grid_for(self, n_descriptors: int) -> dict[str, list[Any]]:
        """Return the search space for a table with that many descriptors.

        A selector can't keep more descriptors than there are: larger counts become all of them.
        """
        grid = {key: list(values) for key, values in self.grid.items()}
        for key in set(_COUNTS) & set(grid):
            grid[key] = list(dict.fromkeys(min(k, n_descriptors) for k in grid[key]))
        return grid

    def n_candidates(self, n_descriptors: int) -> int:
        """Count the settings of the exhaustive search."""
        return len(ParameterGrid(self.grid_for(n_descriptors)))

    def with_grid(self, grid: Grid) -> Recipe:
        """Return the recipe with some parameters' values replaced; unknown ones are refused.

        Raises
        ------
        InputError
            Where a parameter is not one of the pipeline's or its list is empty.
        """
        known = self.pipeline(seed=0).get_params()
        for key, values in grid.items():
            if key not in known:
                raise InputError(
                    f"grid of recipe {self.name!r}: no parameter {key!r}; "
                    f"{close_matches(key, (k for k in known if '__' in k or k == 'scaler'))}"
                )
            if not isinstance(values, (list, tuple)) or not values:
                raise InputError(
                    f"grid of recipe {self.name!r}: {key!r} is {values!r}; it must be a list of "
                    "one value or more"
                )
        return replace(self, grid={**self.grid, **{k: _values(k, v) for k, v in grid.items()}})


def _values(key: str, values: Sequence[Any]) -> list[Any]:
    if key != "scaler":
        return [tuple(v) if isinstance(v, list) else v for v in values]
    for name in values:
        if name not in SCALERS:
            raise InputError(f"no scaler {name!r}; {close_matches(str(name), SCALERS)}")
    return [SCALERS[name]() for name in values]


_REGISTRY: dict[str, Recipe] = {}


def register(name: str, title: str, grid: Grid, **settings: Any):
    """Register a recipe: decorates the function that maps a seed to the pipeline's steps."""

    def keep(steps: Callable[[int], list[tuple[str, Any]]]):
        _REGISTRY[name] = Recipe(name=name, title=title, steps=steps, grid=grid, **settings)
        return steps

    return keep


def get_recipe(name: str) -> Recipe:
    """Return a recipe by name.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.
    """
    if name not in _REGISTRY:
        raise InputError(f"unknown recipe {name!r}; {close_matches(name, _REGISTRY)}")
    return _REGISTRY[name]


def list_recipes() -> list[str]:
    """Return the names of all recipes, in the order of registration."""
    return list(_REGISTRY)
