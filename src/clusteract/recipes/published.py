"""The study's recipes with its exact grids (settings: the study's scripts and its report)."""

from __future__ import annotations

from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE, SelectKBest, f_regression
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from clusteract.recipes.definition import SCALERS
from clusteract.recipes.registry import recipe
from clusteract.recipes.successive_halving import SuccessiveHalving

K = (7, 8, 9)
FOUR_SCALERS = tuple(SCALERS[s]() for s in ("standard", "minmax", "minmax-symmetric", "robust"))

# A polynomial fit at gamma 1 and C 100 runs to millions of solver steps (seconds each). A
# capped candidate is kept, scored as it stands, and counted in the run's output.
POLY_MAX_ITER = 10_000

SVR_GRID = {
    "scaler": FOUR_SCALERS,
    "feature_select__k": K,
    "model__kernel": ("rbf",),
    "model__C": (0.1, 1, 10, 100),
    "model__epsilon": (0.01, 0.1, 0.5, 1),
    "model__degree": (2, 3, 4),
    "model__gamma": ("scale", "auto", 0.01, 0.1, 1),
    "model__tol": (1e-4, 1e-3, 1e-2),
    "model__shrinking": (True, False),
}
STANDARD_ONLY = {"scaler": FOUR_SCALERS[:1]}

FOREST_GRID = {
    "model__n_estimators": tuple(range(200, 341, 10)),
    "model__max_depth": (None, 10),
    "model__min_samples_leaf": (1, 2),
}

DENSE_GRID = {
    "scaler": FOUR_SCALERS[:1],
    "feature_select__k": K,
    "model__units_1": (64, 288, 512),
    "model__units_2": (64, 288, 512),
    "model__units_3": (64, 288, 512),
    "model__dropout_rate": (0.05, 0.2, 0.4),
    "model__alpha": (1e-6, 1e-4, 1e-2),
    "model__learning_rate": (1e-6, 1e-4, 1e-2),
    "model__epochs": (500, 1000),
    "model__batch_size": (64, 128),
}

# What of that grid a standardized target leaves: at 1e-6 nothing is learned, and hardly a training
# lasts for more than 500 epochs (docs/networks.md).
TRAINABLE = {"model__learning_rate": (1e-4, 1e-2), "model__epochs": (1000,)}

# How the networks spend a budget; docs/networks.md holds it against other ways, which are better
# for the dense network in some searches. A first look is long enough for the slow learners that
# are worth finishing to show.
MLP_HALVING = SuccessiveHalving("model__max_iter", steps=180, folds=5)

# 1,000 epochs of two steps of 1e-6 move no weight by more than about 0.002, where weights begin
# at about 0.1: such a network predicts nearly what it did untrained.
DENSE_HALVING = SuccessiveHalving(
    "model__epochs", steps=40, folds=3, skip={"model__learning_rate": (1e-6,)}
)


def _kbest(model) -> list:
    selector = SelectKBest(f_regression)
    return [("scaler", StandardScaler()), ("feature_select", selector), ("model", model)]


@recipe("svr-rbf-kbest", "SVR (rbf) + SelectKBest", SVR_GRID)
def svr_rbf_kbest(seed: int) -> list:
    """Support vector regression with an rbf kernel."""
    return _kbest(SVR())


@recipe(
    "svr-poly-kbest",
    "SVR (poly) + SelectKBest",
    {**SVR_GRID, **STANDARD_ONLY, "model__kernel": ("poly",)},
)
def svr_poly_kbest(seed: int) -> list:
    """Support vector regression with the polynomial kernel that the study meant to use."""
    return _kbest(SVR(max_iter=POLY_MAX_ITER))


@recipe(
    "svr-rbf-kbest-standard", "SVR (rbf, Standard) + SelectKBest", {**SVR_GRID, **STANDARD_ONLY}
)
def svr_rbf_kbest_standard(seed: int) -> list:
    """Repeat the study's published "polynomial" row: its script asks for kernel rbf."""
    return _kbest(SVR())


@recipe(
    "rfr-rfe", "Random forest + RFE", {"feature_select__n_features_to_select": K, **FOREST_GRID}
)
def rfr_rfe(seed: int) -> list:
    """Build a random forest behind recursive elimination by a forest of 100 trees."""
    selector = RFE(RandomForestRegressor(random_state=seed), step=1)
    return [("feature_select", selector), ("model", RandomForestRegressor(random_state=seed))]


@recipe("rfr-kbest", "Random forest + SelectKBest", {"feature_select__k": K, **FOREST_GRID})
def rfr_kbest(seed: int) -> list:
    """Build a random forest on the k best descriptors."""
    selector = SelectKBest(f_regression)
    return [("feature_select", selector), ("model", RandomForestRegressor(random_state=seed))]


@recipe(
    "mlp-kbest",
    "MLP (scikit-learn) + SelectKBest",
    {
        "scaler": FOUR_SCALERS,
        "feature_select__k": K,
        "model__hidden_layer_sizes": ((100, 50, 25), (120, 60, 30), (150, 75, 35)),
        "model__activation": ("relu", "tanh"),
        "model__solver": ("adam", "sgd"),
        "model__validation_fraction": (0.1, 0.2),
        "model__alpha": (1e-4, 1e-3, 1e-2),
        "model__learning_rate_init": (1e-4, 1e-3, 1e-2),
    },
    halving=MLP_HALVING,
)
def mlp_kbest(seed: int) -> list:
    """Build scikit-learn's multilayer perceptron."""
    return _kbest(MLPRegressor(early_stopping=True, random_state=seed, max_iter=10_000))


@recipe("dense-kbest", "Dense network + SelectKBest", DENSE_GRID, halving=DENSE_HALVING)
def dense_kbest(seed: int) -> list:
    """Build the study's self-compiled network, which its authors never finished training."""
    from clusteract.estimators.networks import DenseNetworkRegressor

    return _kbest(DenseNetworkRegressor(random_state=seed))


@recipe(
    "dense-standardized",
    "Dense network (standardized target) + SelectKBest",
    {**DENSE_GRID, **TRAINABLE},
    halving=DENSE_HALVING,
)
def dense_standardized(seed: int) -> list:
    """Build the same network for a target less its mean, in units of its spread.

    Not of the study: its network starts near 0, spends its training on reaching the mean of
    lg(k1), about -12, and stops by the table's last rows, which are all of a kind.
    """
    from clusteract.estimators.networks import DenseNetworkRegressor

    return _kbest(
        DenseNetworkRegressor(random_state=seed, standardize_target=True, shuffle_validation=True)
    )
