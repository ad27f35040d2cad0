"""What each allowed estimator must have learned for its predictions to be safe to ask for.

scikit-learn checks parameters when it fits, not when it predicts; compiled code then takes sizes
on trust. Each check holds the learned arrays of one class against each other. Some of them are
private to scikit-learn (`SVR._dual_coef_`): they are what its `predict` reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor
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
from clusteract.model.allowed import LINK, LOSS, NETWORK, TREE, type_name
from clusteract.validation.applicability.domain import MEASURES
from clusteract.validation.training_memory import TrainingMemory

_FEWEST = 4  # training clusters: two inner folds of two

Check = Callable[[Any, int], int]
_CHECKS: dict[str, Check] = {}


class Unsound(Exception):
    """An estimator's learned state contradicts itself."""


def _learned(*kinds: type | str) -> Callable[[Check], Check]:
    """Register the check of some classes: maps (estimator, columns in) to columns out."""

    def keep(check: Check) -> Check:
        for kind in kinds:
            _CHECKS[kind if isinstance(kind, str) else type_name(kind)] = check
        return check

    return keep


def check_learned(estimator: Any, n_columns: int) -> int:
    """Check an estimator that takes `n_columns` columns; return how many it hands on.

    Raises
    ------
    Unsound
        In words, where its state contradicts itself.
    """
    name = type_name(type(estimator))
    if name not in _CHECKS:
        raise Unsound(f"{name} where an estimator is expected")
    _check_attributes(name, estimator, n_columns)
    try:
        return _CHECKS[name](estimator, n_columns)
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise Unsound(f"{name} is incomplete ({error})") from None


def _check_attributes(name: str, estimator: Any, n_columns: int) -> None:
    """Refuse an estimator with parameters missing, methods replaced, or side effects set."""
    state = vars(estimator)
    lacking = set(inspect.signature(type(estimator)).parameters) - set(state)
    _need(not lacking, f"{name} lacks {', '.join(sorted(lacking))}")
    shadowed = sorted(key for key in state if hasattr(type(estimator), key))
    _need(not shadowed, f"{name} overrides {', '.join(shadowed)}")
    taken = state.get("n_features_in_", n_columns)
    _need(type(taken) is int and taken == n_columns, f"{name} takes other columns")
    for key in ("verbose", "n_jobs", "memory"):
        _need(state.get(key) in (None, False), f"{name} has {key} set")


def _need(sound: Any, why: str) -> None:
    if not sound:
        raise Unsound(why)


def _need_array(array: Any, shape: tuple[int, ...], dtype: type) -> None:
    right = isinstance(array, np.ndarray) and array.shape == shape and array.dtype == dtype
    _need(right, f"an array is not {shape} of {np.dtype(dtype)}")


@_learned(Pipeline)
def _pipeline(pipeline: Pipeline, n_columns: int) -> int:
    _need(type(pipeline.steps) is list and pipeline.steps, "the pipeline has no steps")
    for name, step in pipeline.steps:
        _need(type(name) is str, "a step has no name")
        if not (isinstance(step, str) and step == "passthrough"):
            n_columns = check_learned(step, n_columns)
    _need(n_columns == 0, "the pipeline's last step is no regressor")
    return n_columns


@_learned(SimpleImputer)
def _imputer(imputer: SimpleImputer, n_columns: int) -> int:
    _need_array(imputer.statistics_, (n_columns,), np.float64)
    _need(imputer.indicator_ is None and imputer.keep_empty_features, "the imputer adds or drops")
    return n_columns


@_learned(StandardScaler, MinMaxScaler, RobustScaler)
def _scaler(scaler: Any, n_columns: int) -> int:
    for name in ("scale_", "mean_", "min_", "center_"):
        if hasattr(scaler, name):
            _need_array(getattr(scaler, name), (n_columns,), np.float64)
    return n_columns


@_learned(SelectKBest)
def _k_best(selector: SelectKBest, n_columns: int) -> int:
    _need(selector.score_func is f_regression, "another score function")
    _need_array(selector.scores_, (n_columns,), np.float64)
    return int(selector.get_support().sum())


@_learned(RFE)
def _rfe(selector: RFE, n_columns: int) -> int:
    _need_array(selector.support_, (n_columns,), np.bool_)
    kept = int(selector.support_.sum())
    check_learned(selector.estimator_, kept)
    return kept


@_learned(SVR)
def _svr(model: SVR, n_columns: int) -> int:
    n = len(model.support_)
    _need(model.kernel in ("rbf", "poly", "linear", "sigmoid"), f"kernel {model.kernel!r}")
    _need(model._sparse is False, "a sparse SVR")
    _need_array(model.support_, (n,), np.int32)
    _need_array(model.support_vectors_, (n, n_columns), np.float64)
    _need_array(model._n_support, (2,), np.int32)
    counts = model._n_support
    _need(np.all((counts >= 0) & (counts <= n)), "a count of support vectors is wrong")
    for coefficients in (model._dual_coef_, model.dual_coef_):
        _need_array(coefficients, (1, n), np.float64)
    for intercept in (model._intercept_, model.intercept_):
        _need_array(intercept, (1,), np.float64)
    _need_array(model._probA, (0,), np.float64)
    _need_array(model._probB, (0,), np.float64)
    return 0


@_learned(RandomForestRegressor, ExtraTreesRegressor)
def _forest(forest: Any, n_columns: int) -> int:
    _need(type(forest.estimators_) is list, "a forest without trees")
    _need(forest.n_outputs_ == 1, "a forest with several outputs")
    _check_trees(forest.estimators_, n_columns)
    return 0


@_learned(GradientBoostingRegressor)
def _boosting(boosting: GradientBoostingRegressor, n_columns: int) -> int:
    trees = boosting.estimators_
    _need_array(trees, (len(trees), 1), np.object_)
    _check_trees(trees[:, 0].tolist(), n_columns)
    _need(type(boosting.learning_rate) is float, "a learning rate that is no number")
    _need(type(boosting.init_) is DummyRegressor, "boosting that starts from something else")
    check_learned(boosting.init_, n_columns)
    loss = boosting._loss
    _need(type_name(type(loss)) == LOSS and type_name(type(loss.link)) == LINK, "another loss")
    return 0


def _check_trees(trees: list[Any], n_columns: int) -> None:
    _need(trees, "no trees")
    for tree in trees:
        kinds = (DecisionTreeRegressor, ExtraTreeRegressor)
        _need(type(tree) in kinds, "something else among its trees")
        check_learned(tree, n_columns)


@_learned(DecisionTreeRegressor, ExtraTreeRegressor)
def _decision_tree(tree: Any, n_columns: int) -> int:
    _need(type_name(type(tree.tree_)) == TREE, "a tree that is none")
    _need(tree.n_outputs_ == 1 and tree.tree_.n_features == n_columns, "a tree of other columns")
    return 0


@_learned(AdditiveGPR)
def _additive_process(model: AdditiveGPR, n_columns: int) -> int:
    n = len(model.y_)
    for values in (model.weights_, model.mean_, model.sd_):
        _need_array(values, (n_columns,), np.float64)
    _need_array(model.y_, (n,), np.float64)
    _need_array(model.standardised_, (n, n_columns), np.float64)
    _need_array(model.inverse_, (n + 1, n + 1), np.float64)
    numbers = (model.roughness, model.scale_, model.noise_variance_)
    _need(all(type(v) is float for v in numbers), "a setting that is no number")
    _need(0 < model.roughness < 2 and np.all(model.weights_ >= 0), "no variogram")
    return 0


@_learned(InteractionGPR)
def _interaction_process(model: InteractionGPR, n_columns: int) -> int:
    _additive_process(model, n_columns)
    _need_array(model.relevance_, (n_columns,), np.float64)
    _need(bool(np.all(model.relevance_ >= 0)), "a length scale that is none")
    _need(type(model.joint_) is float and model.joint_ >= 0, "a variance that is none")
    return 0


@_learned(LogTargetRegressor)
def _log_target(model: LogTargetRegressor, n_columns: int) -> int:
    _need(type(model.logarithmic_) is bool, "a logarithm that may be none")
    _need(type(model.low_) is float and type(model.high_) is float, "limits that are no numbers")
    _need(check_learned(model.regressor_, n_columns) == 0, "a logarithm of no regressor")
    return 0


@_learned(FormulaRegressor)
def _formula(model: FormulaRegressor, n_columns: int) -> int:
    n = len(model.coef_)
    for values in (model.coef_, model.low_, model.high_):
        _need_array(values, (n,), np.float64)
    _need_array(model.powers_, (n, n_columns), np.float64)
    _need(type(model.intercept_) is float, "a constant that is no number")
    return 0


@_learned(TrainingMemory)
def _reliability(known: TrainingMemory, n_columns: int) -> int:
    n = len(known.clusters_)
    _need_array(known.clusters_, (n, n_columns), np.float64)
    _need(n >= _FEWEST, "too few training clusters")
    _need(not np.isinf(known.clusters_).any(), "an infinite descriptor")
    for values in (known.targets_, known.errors_):
        _need_array(values, (n,), np.float64)
        _need(np.isfinite(values).all(), "a target or an error that is no number")
    tested = getattr(known, "tested_", np.ones(len(MEASURES)))  # earlier versions have none
    _need_array(tested, (len(MEASURES),), np.float64)
    _need(np.isfinite(tested).all() and np.all(tested >= 1), "a limit below its own")
    _need(type(known.labels_) is list and len(known.labels_) == n, "clusters without labels")
    _need(all(type(label) is str for label in known.labels_), "a label that is no text")
    return n_columns


@_learned(BlendRegressor, StackedRegressor)
def _blend(blend: Any, n_columns: int) -> int:
    _need(type(blend.members_) is list and blend.members_, "a blend of nothing")
    _need_array(blend.weights_, (len(blend.members_),), np.float64)
    for member in blend.members_:
        _need(check_learned(member, n_columns) == 0, "a member that is no regressor")
    return 0


@_learned(DummyRegressor)
def _dummy(dummy: DummyRegressor, n_columns: int) -> int:
    _need_array(dummy.constant_, (1, 1), np.float64)
    return 0


@_learned(LinearRegression)
def _linear(model: LinearRegression, n_columns: int) -> int:
    _need_array(model.coef_, (n_columns,), np.float64)
    _need(np.shape(model.intercept_) == (), "several intercepts")
    return 0


@_learned(MLPRegressor, NETWORK)
def _network(network: Any, n_columns: int) -> int:
    layers = list(zip(network.coefs_, network.intercepts_, strict=True))
    _need(layers, "a network without layers")
    for weights, biases in layers:
        width = weights.shape[-1]
        _need_array(weights, (n_columns, width), weights.dtype)
        _need_array(biases, (width,), weights.dtype)
        n_columns = width
    _need(n_columns == 1, "a network with several outputs")
    return 0
