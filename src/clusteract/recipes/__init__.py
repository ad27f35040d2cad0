"""Recipes: named pipelines with their search spaces, and the one registry they live in."""

from clusteract.recipes import (  # noqa: F401 - each registers its recipes
    published,
    reference_recipes,
    small_data,
)
from clusteract.recipes.recipe import SCALERS, Recipe, get_recipe, list_recipes

__all__ = ["SCALERS", "Recipe", "get_recipe", "list_recipes"]
