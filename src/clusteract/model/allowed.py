"""The fixed list of types that a saved pipeline may consist of: those of our recipes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.feature_selection import RFE, SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.estimators.additive.interaction_gp import InteractionGPR
from clusteract.estimators.blend import BlendRegressor
from clusteract.estimators.formula_search import FormulaRegressor
from clusteract.estimators.log_target import LogTargetRegressor
from clusteract.estimators.stacked import StackedRegressor
from clusteract.validation.training_memory import TrainingMemory


def type_name(kind: Any) -> str:
    """Return a class's or a function's full name, as skops writes it.

    Examples
    --------
    >>> type_name(SVR)
    'sklearn.svm._classes.SVR'
    """
    return f"{kind.__module__}.{kind.__qualname__}"


# By name, so that models of other kinds load without importing JAX.
NETWORK = "clusteract.estimators.networks.dense.DenseNetworkRegressor"

# A new recipe's estimators are added here, and what they learn is checked in `learned.py`.
ESTIMATORS = (
    *(
        type_name(cls)
        for cls in (
            Pipeline,
            SimpleImputer,
            StandardScaler,
            MinMaxScaler,
            RobustScaler,
            SelectKBest,
            RFE,
            LinearRegression,
            SVR,
            RandomForestRegressor,
            ExtraTreesRegressor,
            GradientBoostingRegressor,
            DecisionTreeRegressor,
            ExtraTreeRegressor,
            DummyRegressor,
            MLPRegressor,
            AdditiveGPR,
            BlendRegressor,
            InteractionGPR,
            LogTargetRegressor,
            StackedRegressor,
            FormulaRegressor,
            TrainingMemory,
        )
    ),
    NETWORK,
)

# Ours and scikit-learn's that are not stored but fitted again, without asking for trust.
REFITTED = (
    "clusteract.estimators.pairwise.regressor.PairwiseDifferenceRegressor",
    "clusteract.recipes.categories.CategoryEncoder",
    type_name(HistGradientBoostingRegressor),
)

# scikit-learn has no public names for these parts of its estimators.
LOSS = "sklearn._loss.loss.HalfSquaredError"
LINK = "sklearn._loss.link.IdentityLink"
TREE = "sklearn.tree._tree.Tree"

OBJECTS = (*ESTIMATORS, LOSS, LINK)
FUNCTIONS = (type_name(f_regression),)

# What skops is told to trust beyond numbers, text and containers.
TRUSTED = (*OBJECTS, *FUNCTIONS, TREE, "numpy.dtype")

# State that only further training uses: left out, so that the list above is shorter. Random
# generators become None for the same reason.
TRAINING_ONLY = ("_optimizer", "closs", "interval_y_true", "interval_y_pred")


# Our own classes stand in a file by their name alone, so that modules may move.
_OURS = {name.rpartition(".")[2]: name for name in ESTIMATORS if name.startswith("clusteract.")}
_PACKAGE = "clusteract"


def stable_names(state: Any) -> Any:
    """Take the module's path off our own classes in a state, in place."""
    for node in _ours_in(state):
        node["__module__"] = _PACKAGE
    return state


def current_names(state: Any) -> Any:
    """Put the modules where our own classes are now into a state, in place."""
    for node in _ours_in(state):
        node["__module__"] = _OURS[node["__class__"]].rpartition(".")[0]
    return state


def _ours_in(state: Any) -> Iterator[dict[str, Any]]:
    stack = [state]  # no recursion: a hostile state may be deep
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += node
        elif isinstance(node, dict):
            module, kind = node.get("__module__"), node.get("__class__")
            ours = isinstance(module, str) and module.split(".")[0] == _PACKAGE
            if ours and isinstance(kind, str) and kind in _OURS:
                yield node
            stack += node.values()
