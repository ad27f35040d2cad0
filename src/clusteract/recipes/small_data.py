"""Recipes made for small tables: additive processes, trees on made descriptors, blend, auto.

How they were found, what failed and which seeds were looked at: docs/accuracy.md.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor

from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.estimators.additive.interaction_gp import InteractionGPR
from clusteract.estimators.blend import BlendRegressor
from clusteract.estimators.formula_search import FormulaRegressor
from clusteract.estimators.stacked import StackedRegressor
from clusteract.recipes.registry import recipe

# Nothing to search: weights and noise are learned by restricted likelihood inside `fit`.
NO_SEARCH = {"model__roughness": (0.5,)}


def _boosted(seed: int) -> GradientBoostingRegressor:
    return GradientBoostingRegressor(
        n_estimators=200,
        learning_rate=0.1,
        max_depth=3,
        min_samples_leaf=2,
        subsample=0.5,
        max_features=0.1,
        random_state=seed,
    )


def _deep_boosted(seed: int) -> GradientBoostingRegressor:
    return GradientBoostingRegressor(
        n_estimators=500,
        learning_rate=0.05,
        max_depth=5,
        min_samples_leaf=3,
        subsample=0.7,
        max_features=0.5,
        random_state=seed,
    )


def _extra_trees(seed: int) -> ExtraTreesRegressor:
    return ExtraTreesRegressor(n_estimators=100, max_features=0.5, random_state=seed)


@recipe("gp-additive", "Additive Gaussian process", NO_SEARCH, columns="made")
def gp_additive(seed: int) -> list[tuple[str, Any]]:
    """Build the additive process on own, made and composition descriptors."""
    return [("model", AdditiveGPR())]


@recipe("gp-descriptors", "Additive process, own descriptors", NO_SEARCH)
def gp_descriptors(seed: int) -> list[tuple[str, Any]]:
    """Build the additive process on the table's own descriptors: no formula is read."""
    return [("model", AdditiveGPR())]


@recipe(
    "gp-composition",
    "Additive process, formula alone",
    {"model__roughness": (0.5, 1.0)},
    columns="composition",
)
def gp_composition(seed: int) -> list[tuple[str, Any]]:
    """Build the additive process on the formula: what quantum chemistry must beat."""
    return [("model", AdditiveGPR())]


@recipe(
    "boosted-made", "Boosted trees, made descriptors", {"model__max_depth": (3,)}, columns="made"
)
def boosted_made(seed: int) -> list[tuple[str, Any]]:
    """Build slow boosted trees on few columns each."""
    return [("model", _boosted(seed))]


@recipe(
    "extra-trees-made",
    "Extra trees, made descriptors",
    {"model__max_features": (0.5,)},
    columns="made",
)
def extra_trees_made(seed: int) -> list[tuple[str, Any]]:
    """Build extremely randomised trees."""
    return [("model", _extra_trees(seed))]


@recipe("formula", "Formula of three descriptors", {"model__max_terms": (3,)})
def formula(seed: int) -> list[tuple[str, Any]]:
    """Search a formula of at most three own descriptors: what fits on a board."""
    return [("model", FormulaRegressor())]


@recipe("blend", "Blend of process and trees", {"model__folds": (5,)}, columns="made")
def blend(seed: int) -> list[tuple[str, Any]]:
    """Average the additive process, rough and less rough, and trees; weights from inner folds."""
    members = [AdditiveGPR(), AdditiveGPR(roughness=1.0, noise=0.3), _extra_trees(seed)]
    return [("model", BlendRegressor(members, random_state=seed))]


@recipe("auto", "Auto (stacked processes and trees)", {"model__folds": (5,)}, columns="made")
def auto(seed: int) -> list[tuple[str, Any]]:
    """Stack processes that know interactions and trees; weights from inner folds."""
    process, trees = InteractionGPR(), _deep_boosted(seed)
    local = InteractionGPR(roughness=1.0, noise=0.02, length=1.0, length_spread=2.0)
    members = [process, local, trees, ExtraTreesRegressor(n_estimators=150, random_state=seed)]
    return [("model", StackedRegressor(members, [process, trees], random_state=seed))]
