"""Forests and boosting: prefixes of the longest, tree for tree."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import RFE
from sklearn.pipeline import Pipeline

from clusteract.search import SharedGridSearchCV
from clusteract.search import sklearn_internals as internals
from clusteract.search.rules import Training, rule_for
from clusteract.search.trees import boosting_stages, growing

X, Y = make_regression(40, 5, noise=20.0, random_state=0)
XC, YC = make_classification(40, 5, n_informative=3, n_redundant=0, n_classes=3, random_state=0)
FOREST = RandomForestRegressor(random_state=7)


@pytest.mark.parametrize(
    "forest",
    [
        FOREST,
        RandomForestRegressor(random_state=7, max_features=0.5, max_samples=0.6),
        RandomForestRegressor(random_state=7, bootstrap=False, min_samples_split=5),
        RandomForestRegressor(random_state=7, criterion="absolute_error"),
        RandomForestRegressor(random_state=7, min_samples_leaf=0.1, ccp_alpha=1.0),
        ExtraTreesRegressor(random_state=7, max_features=2),
        ExtraTreesRegressor(random_state=7, bootstrap=True, min_impurity_decrease=1.0),
    ],
    ids=str,
)
def test_regression_forests(assert_same_search, forest):
    grid = {"n_estimators": [3, 12, 7], "max_depth": [None, 3, 5], "min_samples_leaf": [1, 2]}
    if forest.min_samples_leaf != 1:
        grid.pop("min_samples_leaf")
    ours = assert_same_search(forest, grid, X, Y, cv=2)
    fewest = 2 * 12 * len(grid.get("min_samples_leaf", [1]))
    assert fewest <= ours.n_fits_["trees"] <= 3 * fewest
    assert ours.n_fits_naive_["trees"] == fewest // 12 * 3 * (3 + 12 + 7)


@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesClassifier])
def test_classification_forests(assert_same_search, forest):
    grid = {"n_estimators": [2, 9, 5], "class_weight": [None, "balanced_subsample"][:1]}
    settings = {"scoring": ["accuracy", "neg_log_loss"], "refit": "neg_log_loss", "cv": 2}
    ours = assert_same_search(forest(random_state=3), grid, XC, YC, **settings)
    assert ours.n_fits_["trees"] == 2 * 9


def test_a_grown_forest_is_the_fitted_forest():
    training = Training(X, Y)
    grown = growing.grow(FOREST.set_params(n_estimators=15), training)
    fitted = clone(FOREST).fit(X, Y)
    assert training.tally == {"trees": 15}
    assert vars(grown).keys() == vars(fitted).keys()
    for ours, theirs in zip(grown.estimators_, fitted.estimators_, strict=True):
        assert internals.same_tree(ours.tree_, theirs.tree_)
        assert ours.get_params() == theirs.get_params()
        assert vars(ours).keys() == vars(theirs).keys()
    np.testing.assert_array_equal(grown.feature_importances_, fitted.feature_importances_)
    rule = rule_for(FOREST)
    np.testing.assert_array_equal(
        rule.with_importances(grown).feature_importances_, fitted.feature_importances_
    )


def test_a_deep_tree_serves_a_limit_that_it_never_met():
    deep = Training(X, Y)
    rule = rule_for(FOREST)
    unlimited = clone(FOREST).set_params(n_estimators=20, min_samples_leaf=3)
    beyond = clone(unlimited).set_params(max_depth=30)
    at_limit = clone(unlimited).set_params(max_depth=3)
    free, far, near = rule.fit([unlimited, beyond, at_limit], deep)
    assert all(a.tree_ is b.tree_ for a, b in zip(free, far, strict=True))
    assert 20 < deep.tally["trees"] < 40
    np.testing.assert_array_equal(near.predict(X), at_limit.fit(X, Y).predict(X))


def test_a_forest_behind_its_own_elimination_starts_from_the_same_trees(assert_same_search):
    pipeline = Pipeline([("select", RFE(clone(FOREST).set_params(n_estimators=12))), ("m", FOREST)])
    grid = {"select__n_features_to_select": [2, 3, 4], "m__n_estimators": [12, 20]}
    ours = assert_same_search(pipeline, grid, X, Y, cv=2)
    path, models, known = 3 * 12, 3 * 20, 2 * 12  # sets of 5, 4, 3; the last two return as models
    assert ours.n_fits_["trees"] == 2 * (path + models - known)


def test_an_unseeded_forest_is_not_shared_and_says_why():
    forest = RandomForestRegressor()
    grid = {"n_estimators": [2, 3]}
    ours = SharedGridSearchCV(forest, grid, cv=2).fit(X, Y)
    assert ours.n_fits_ == ours.n_fits_naive_ == {"model fits": 4}
    (reason,) = ours.unshared_
    assert reason.startswith("RandomForestRegressor has random_state=None; give it an integer")


@pytest.mark.parametrize(
    "settings",
    [{}, {"subsample": 0.7}, {"loss": "huber"}, {"max_features": 2}, {"max_leaf_nodes": 4}],
    ids=str,
)
def test_boosted_regression(assert_same_search, settings):
    model = GradientBoostingRegressor(random_state=1, **settings)
    grid = {"n_estimators": [3, 25, 10], "learning_rate": [0.1, 0.5]}
    ours = assert_same_search(model, grid, X, Y, cv=2, return_train_score=True)
    assert ours.n_fits_ == {"boosting stages": 2 * 2 * 25}
    assert ours.n_fits_naive_ == {"boosting stages": 2 * 2 * (3 + 25 + 10)}


def test_boosted_classification(assert_same_search):
    grid = {"n_estimators": [2, 6, 4]}
    scoring = {"scoring": "neg_log_loss", "cv": 2}
    ours = assert_same_search(GradientBoostingClassifier(random_state=1), grid, XC, YC, **scoring)
    assert ours.n_fits_ == {"boosting stages": 2 * 6}


def test_early_stopping_looks_ahead_and_is_not_shared(assert_same_search):
    model = GradientBoostingRegressor(random_state=1, n_iter_no_change=2)
    ours = assert_same_search(model, {"n_estimators": [5, 30]}, X, Y, cv=2)
    assert ours.n_fits_ == ours.n_fits_naive_


def test_grown_stages_are_used_and_can_become_an_estimator():
    model = GradientBoostingRegressor(random_state=1, n_estimators=30)
    found = rule_for(model).fit([model], Training(X, Y, formula=True))[0]
    assert isinstance(found, boosting_stages.Stages)
    fitted = rule_for(model).materialize(found)
    np.testing.assert_array_equal(
        rule_for(model).predict([found], X)[0], fitted.predict(X), strict=True
    )


def test_trees_that_differ_from_scikit_learns_are_not_used(assert_same_search, monkeypatch):
    monkeypatch.setattr(internals, "same_tree", lambda ours, theirs: False)
    training = Training(X, Y, formula=True)
    assert growing.grow(clone(FOREST), training) is None
    assert boosting_stages.fit(GradientBoostingRegressor(random_state=1), training) is None
    assert_same_search(FOREST, {"n_estimators": [10, 12]}, X, Y, cv=2)
