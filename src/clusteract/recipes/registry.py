"""The one registry of recipes: ours, a user's, and those that other packages bring."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from clusteract.errors import InputError, close_matches
from clusteract.recipes.definition import Grid, Recipe

GROUP = "clusteract.recipes"

_REGISTRY: dict[str, Recipe] = {}


def recipe(name: str, title: str = "", grid: Grid | None = None, **settings: Any):
    """Register a recipe: decorates the function that maps a seed to the pipeline's steps.

    Parameters
    ----------
    name, title, grid, **settings
        Of `Recipe`.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> @recipe("my-ridge", "My ridge", {"model__alpha": (0.1, 1.0)})
    ... def my_ridge(seed):
    ...     return [("model", Ridge())]
    >>> get_recipe("my-ridge").n_candidates(n_descriptors=3)
    2
    """

    def keep(steps: Callable[[int], list[tuple[str, Any]]]):
        register(Recipe(name, title or name, steps, grid or {}, **settings))
        return steps

    return keep


def register(made: Recipe) -> Recipe:
    """Put a recipe into the registry, in the place of one of its name."""
    _REGISTRY[made.name] = made
    return made


@cache
def _load_entry_points() -> None:
    """Import what other packages bring: recipes, lists of them, or modules that register some."""
    for entry in entry_points(group=GROUP):
        try:
            brought = entry.load()
        except Exception as error:  # another package's fault must not stop this one
            warnings.warn(f"recipes of {entry.value} are left out: {error}", stacklevel=2)
            continue
        several = brought if isinstance(brought, (list, tuple)) else [brought]
        for one in several:
            if isinstance(one, Recipe):
                register(one)


def get_recipe(name: str) -> Recipe:
    """Return a recipe by name.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.
    """
    if name not in _REGISTRY:
        _load_entry_points()
    if name not in _REGISTRY:
        raise InputError(f"unknown recipe {name!r}; {close_matches(str(name), _REGISTRY)}")
    return _REGISTRY[name]


def list_recipes() -> list[str]:
    """Return the names of all recipes, in the order of registration."""
    _load_entry_points()
    return list(_REGISTRY)


def find_recipes(given: Any, own: Mapping[str, Recipe] | None = None) -> tuple[Recipe, ...]:
    """Return recipes, whatever they are named by.

    Parameters
    ----------
    given : str, Recipe, estimator, or list of them
        Names (one, or several with commas between them), ``"module:Class"``, recipes, regressors.
    own : mapping of str to Recipe, optional
        Recipes that go before the registry's.

    Raises
    ------
    InputError
        Where one is none of these, or two have one name.

    Examples
    --------
    >>> [one.name for one in find_recipes("rfr-rfe")]
    ['rfr-rfe']
    """
    found = tuple(one for item in _listed(given) for one in _find(item, own or {}))
    names = [one.name for one in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"recipe {twice[0]!r} is named twice")
    if not found:
        raise InputError(f"no recipe named; name one or more of: {', '.join(list_recipes())}")
    return found


def _listed(given: Any) -> Iterable[Any]:
    return given if isinstance(given, (list, tuple, set, frozenset)) else [given]


def _find(item: Any, own: Mapping[str, Recipe]) -> list[Recipe]:
    if isinstance(item, Recipe):
        return [item]
    if isinstance(item, str):
        names = [part.strip() for part in item.split(",") if part.strip()]
        return [own[n] if n in own else Recipe.of(n) if ":" in n else get_recipe(n) for n in names]
    if hasattr(item, "fit") and hasattr(item, "predict"):
        return [Recipe.of(item)]
    raise InputError(
        f"recipes: {item!r} is none; give a recipe's name, module:Class, a Recipe, a regressor, or "
        "a list of these"
    )
