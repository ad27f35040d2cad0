"""The registry of recipes, and the estimators that scikit-learn does not have."""

from clusteract.estimators import (  # noqa: F401 - each registers its recipes
    accuracy_recipes,
    reference_recipes,
    study_recipes,
)
from clusteract.estimators.recipe import SCALERS, Recipe, get_recipe, list_recipes

__all__ = ["SCALERS", "Recipe", "get_recipe", "list_recipes"]
