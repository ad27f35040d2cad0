"""Recipes that learn differences of rows: pairwise models, scored and saved like any other."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.svm import SVR

from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.recipes.registry import recipe


@recipe("pair-linear", "Linear regression on pairs", {"model__direction": ("one",)})
def pair_linear(seed: int) -> list[tuple[str, Any]]:
    """Build least squares, in closed form on all pairs of a training set."""
    return [("model", PairwiseDifferenceRegressor(LinearRegression(), random_state=seed))]


@recipe(
    "pair-svr",
    "SVR on pairs",
    {"model__base__C": (1, 5), "model__base__epsilon": (0.05, 0.5)},
    budget=2,
)
def pair_svr(seed: int) -> list[tuple[str, Any]]:
    """Build an rbf kernel on some pairs, used both ways: f(x, y) = -f(y, x)."""
    return [("model", _both_ways(SVR(cache_size=1000), seed, max_pairs=5_000))]


@recipe("pair-boosted", "Boosted trees on pairs", {"model__base__max_depth": (4,)})
def pair_boosted(seed: int) -> list[tuple[str, Any]]:
    """Build boosted trees on pairs in both directions: f(x, y) = -f(y, x)."""
    return [("model", _both_ways(_trees(seed), seed))]


@recipe(
    "pair-boosted-made",
    "Boosted trees on pairs, made descriptors",
    {"model__base__max_depth": (4,)},
    columns="made",
)
def pair_boosted_made(seed: int) -> list[tuple[str, Any]]:
    """Build the same on own, made and composition descriptors."""
    return [("model", _both_ways(_trees(seed), seed))]


def _trees(seed: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        max_iter=100, max_depth=4, early_stopping=False, random_state=seed
    )


def _both_ways(base: Any, seed: int, **settings: Any) -> PairwiseDifferenceRegressor:
    return PairwiseDifferenceRegressor(
        base, direction="antisymmetric", random_state=seed, **settings
    )
