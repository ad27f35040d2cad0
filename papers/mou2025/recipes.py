"""The reference's regular recipes with its grids (Mou et al., ACS Catal. 2025, 15 (8), 6618).

Each is there twice: on the descriptors as they come, and, named ``-rfe``, with the selection of 8
descriptors nested inside the training set. The reference selected once, on all clusters.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.feature_selection import RFE
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from clusteract.recipes import recipe

KEPT = 8  # descriptors that the reference's elimination kept
SEED = 2  # the reference's random_state

FOREST = {"model__n_estimators": tuple(range(200, 341, 10))}
BOOSTED = {
    "model__n_estimators": tuple(range(100, 191, 10)),
    "model__learning_rate": (0.08, 0.10, 0.12),
}
LINEAR = {"model__fit_intercept": (True,)}  # nothing to search
KERNEL = {
    "model__kernel": ("rbf", "linear"),
    "model__C": (0.5, 1, 1.5),
    "model__gamma": ("scale", "auto"),
    "model__epsilon": (0.05, 0.1, 0.15, 0.2),
}


def _selected(seed: int) -> tuple[str, RFE]:
    return "feature_select", RFE(
        RandomForestRegressor(random_state=seed), n_features_to_select=KEPT
    )


def _register_both(name: str, title: str, grid: dict[str, tuple[Any, ...]]):
    def keep(steps):
        recipe(name, title, grid, scoring="r2")(steps)
        recipe(f"{name}-rfe", f"{title} + RFE", grid, scoring="r2")(
            lambda seed: [_selected(seed), *steps(seed)]
        )
        return steps

    return keep


@_register_both("ref-rfr", "Random forest (reference)", FOREST)
def ref_rfr(seed: int) -> list:
    """Build a random forest."""
    return [("model", RandomForestRegressor(random_state=seed))]


@_register_both("ref-gbr", "Gradient boosting (reference)", BOOSTED)
def ref_gbr(seed: int) -> list:
    """Build gradient-boosted trees."""
    return [("model", GradientBoostingRegressor(random_state=seed))]


@_register_both("ref-mlr", "Linear regression (reference)", LINEAR)
def ref_mlr(seed: int) -> list:
    """Build multiple linear regression on standardized descriptors."""
    return [("scaler", StandardScaler()), ("model", LinearRegression())]


@_register_both("ref-svr", "SVR (reference)", KERNEL)
def ref_svr(seed: int) -> list:
    """Build support vector regression on descriptors as they are: the reference did not scale."""
    return [("model", SVR())]
