"""Recipes: named pipelines with their search spaces, and the one registry they live in."""

from clusteract.recipes import (  # noqa: F401 - each registers its recipes
    pairs,
    published,
    small_data,
)
from clusteract.recipes.checking import check_recipe
from clusteract.recipes.definition import SCALERS, Recipe
from clusteract.recipes.foreign import read_sections
from clusteract.recipes.registry import find_recipes, get_recipe, list_recipes, recipe

__all__ = [
    "SCALERS",
    "Recipe",
    "check_recipe",
    "find_recipes",
    "get_recipe",
    "list_recipes",
    "read_sections",
    "recipe",
]
