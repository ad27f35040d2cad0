"""The registry of recipes, and the estimators that scikit-learn does not have."""

from clusteract.estimators import study_recipes  # noqa: F401 - registers its recipes
from clusteract.estimators.recipe import SCALERS, Recipe, get_recipe, list_recipes

__all__ = ["SCALERS", "Recipe", "get_recipe", "list_recipes"]
