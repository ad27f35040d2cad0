"""Recipe: a named pipeline with its search space."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from clusteract.errors import InputError, close_matches
from clusteract.recipes.categories import CategoryEncoder, encoding_for
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
    halving : SuccessiveHalving or None
        How a budget is spent, where its candidates need not all be trained to the end.
    budget : int or None
        Candidates that a study draws where it says nothing else; None for the study's default.
    section : mapping or None
        What a study's file says of it, for a recipe that is not registered.
    foreign : bool
        Whether somebody else's estimator is in it, which is tried before a search.

    Examples
    --------
    >>> from clusteract.recipes import get_recipe
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
    halving: SuccessiveHalving | None = None
    budget: int | None = None
    section: Mapping[str, Any] | None = None
    foreign: bool = False

    @staticmethod
    def of(estimator: Any, grid: Grid | None = None, *, name: str = "", **settings: Any) -> Recipe:
        """Make a recipe of any scikit-learn regressor or pipeline.

        Parameters
        ----------
        estimator : estimator, Pipeline, class or str
            A string is ``"module:Class"``. A whole pipeline is taken as it is.
        grid : mapping, optional
            Search space: ``model__alpha`` is a parameter of the estimator, ``feature_select__k``
            of the selector; of a pipeline, its own steps' names. Nothing is searched without one.
        name : str
            The class's name by default.
        **settings
            ``params`` of a class; ``scaler``: a name of `SCALERS` or a list of them to search;
            ``select``: "kbest", "rfe", "from-model", "none" or ``"module:Class"``; ``budget``,
            ``title``, ``scoring``, ``columns`` of `Recipe`.

        Raises
        ------
        InputError
            Where it can't be imported, is no regressor, or the grid names an unknown parameter.

        Examples
        --------
        >>> grid = {"model__alpha": [1, 10]}
        >>> ridge = Recipe.of("sklearn.linear_model:Ridge", grid, select="kbest")
        >>> ridge.name, ridge.n_candidates(24), [n for n, _ in ridge.pipeline(seed=1).steps]
        ('Ridge', 2, ['feature_select', 'model'])
        """
        from clusteract.recipes.foreign import make_recipe

        return make_recipe(estimator, grid or {}, name, **settings)

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

    def pipeline(
        self, seed: int, *, impute: bool = False, categories: Mapping[int, int] | None = None
    ) -> Pipeline:
        """Build the unfitted pipeline.

        Parameters
        ----------
        seed : int
        impute : bool
            Begin with a median imputer.
        categories : mapping of int to int, optional
            Columns that hold codes of categories, and how many each has: encoded first of all.
        """
        steps = self.steps(seed)
        # What is made of a formula is missing where it has no meaning (ligands of a bare core).
        if impute or self.columns != OWN:
            median = SimpleImputer(strategy="median", keep_empty_features=True)
            steps = [("impute", median), *steps]
        if categories:
            how = [(j, encoding_for(steps[-1][1], n)) for j, n in categories.items()]
            steps = [("encode", CategoryEncoder(how, random_state=seed)), *steps]
        return Pipeline(steps)

    def check_saveable(self) -> list[str]:
        """Say what is to be known of how the recipe is saved; nothing where all of it is stored.

        Raises
        ------
        InputError
            Where it can't be saved at all.
        """
        from clusteract.recipes.checking import ask_saving

        return ask_saving(self, self.pipeline(seed=0))

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
        if not isinstance(grid, Mapping):
            raise InputError(
                f"grid of recipe {self.name!r} is {grid!r}; it must say parameter = [values]"
            )
        known = _parameters(self.pipeline(seed=0))
        for key, values in grid.items():
            if key not in known:
                raise InputError(
                    f"grid of recipe {self.name!r}: no parameter {key!r}; "
                    f"{close_matches(str(key), (k for k in known if '__' in k or k == 'scaler'))}"
                )
            if not isinstance(values, (list, tuple)) or not values:
                raise InputError(
                    f"grid of recipe {self.name!r}: {key!r} is {values!r}; it must be a list of "
                    "one value or more"
                )
        return replace(self, grid={**self.grid, **{k: _values(k, v) for k, v in grid.items()}})


def _parameters(pipeline: Pipeline) -> set[str]:
    """Return the names of all parameters; some estimators list only those that were set."""
    names = set(pipeline.get_params())
    for step, estimator in pipeline.steps:
        signature = inspect.signature(type(estimator).__init__).parameters.values()
        named = [p.name for p in signature if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        names |= {f"{step}__{name}" for name in named if name != "self"}
    return names


def _values(key: str, values: Sequence[Any]) -> list[Any]:
    if key != "scaler":
        return [tuple(v) if isinstance(v, list) else v for v in values]
    return [scaler_of(name) for name in values]


def scaler_of(name: Any) -> Any:
    """Return a scaler by its name in a study's file; one that is given is returned.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.
    """
    if isinstance(name, BaseEstimator):
        return clone(name)
    if name not in SCALERS:
        raise InputError(f"no scaler {name!r}; {close_matches(str(name), SCALERS)}")
    return SCALERS[name]()
