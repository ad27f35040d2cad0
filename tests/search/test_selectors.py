"""Selectors: one score vector, one elimination path."""

import numpy as np
import pytest
from sklearn.datasets import make_regression
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE, SelectKBest, SelectPercentile, f_regression
from sklearn.linear_model import Lasso
from sklearn.pipeline import Pipeline
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeRegressor

from clusteract.search import SharedGridSearchCV
from clusteract.search.rules import Training, rule_for
from clusteract.search.rules.rfe import path_sizes

X, Y = make_regression(36, 9, noise=20.0, random_state=0)
TREE = DecisionTreeRegressor(random_state=0)


def pipeline(selector):
    return Pipeline([("select", selector), ("model", SVR())])


def test_one_score_vector_for_every_k(assert_same_search):
    grid = {"select__k": [1, 4, "all", 9, 0], "model__C": [1.0, 2.0]}
    ours = assert_same_search(pipeline(SelectKBest(f_regression)), grid, X, Y, cv=2)
    assert ours.n_fits_["transformer fits"] == 2
    assert ours.n_fits_naive_["transformer fits"] == 2 * 10


def test_one_score_vector_for_every_percentile(assert_same_search):
    grid = {"select__percentile": [0.0, 10, 55, 100]}
    ours = assert_same_search(pipeline(SelectPercentile(f_regression)), grid, X, Y, cv=2)
    assert ours.n_fits_["transformer fits"] == 2


def test_thresholds_out_of_range_warn_or_fail_as_they_do_alone(assert_same_search):
    grid = {"select__k": [3, 99, -1]}
    ours = assert_same_search(pipeline(SelectKBest(f_regression)), grid, X, Y, cv=2)
    assert ours.n_fits_["transformer fits"] == 2 * 3
    with pytest.warns(UserWarning, match="k=99 is greater than n_features=9"):
        SharedGridSearchCV(pipeline(SelectKBest(f_regression)), {"select__k": [99]}).fit(X, Y)


@pytest.mark.parametrize("step", [1, 2, 4, 0.3, 0.01])
def test_one_path_for_every_number_of_features(assert_same_search, step):
    wanted = [2, 3, 6, None, 0.5, 1.0, 9]
    grid = {"select__n_features_to_select": wanted, "model__C": [1.0, 2.0]}
    ours = assert_same_search(pipeline(RFE(TREE, step=step)), grid, X, Y, cv=2)
    longest = path_sizes(RFE(TREE, n_features_to_select=2, step=step), 9)
    assert ours.n_fits_["model fits"] == 2 * len(longest)
    assert ours.n_fits_["transformer fits"] == 2
    paths = [len(path_sizes(RFE(TREE, n_features_to_select=w, step=step), 9)) for w in wanted]
    assert ours.n_fits_naive_["model fits"] == 2 * 2 * sum(n + 1 for n in paths)


def test_different_steps_and_estimators_have_paths_of_their_own(assert_same_search):
    grid = {
        "select__step": [1, 3],
        "select__estimator": [TREE, Lasso()],
        "select__n_features_to_select": [3, 5],
    }
    ours = assert_same_search(pipeline(RFE(TREE)), grid, X, Y, cv=2)
    assert ours.n_fits_["model fits"] == 2 * 2 * (6 + 2)


def test_a_view_of_the_path_has_what_a_fitted_selector_has():
    selectors = [RFE(TREE, n_features_to_select=k, step=2) for k in (4, 7)]
    views = rule_for(selectors[0]).fit_transform(selectors, Training(X, Y))
    for (view, kept), selector in zip(views, selectors, strict=True):
        np.testing.assert_array_equal(view.ranking_, selector.fit(X, Y).ranking_)
        np.testing.assert_array_equal(view.support_, selector.support_)
        np.testing.assert_array_equal(kept, selector.transform(X))
        assert vars(selector).keys() - vars(view).keys() == {"estimator_"}


def test_numbers_of_features_that_are_not_allowed(assert_same_search):
    grid = {"select__n_features_to_select": [3, -2, 12]}
    assert_same_search(pipeline(RFE(TREE)), grid, X, Y, cv=2)


def test_importances_by_name_and_by_function(assert_same_search):
    forest = RandomForestRegressor(12, random_state=0)
    grid = {
        "select__importance_getter": ["auto", "feature_importances_", first_tree],
        "select__n_features_to_select": [2, 4],
    }
    assert_same_search(pipeline(RFE(forest)), grid, X, Y, cv=2)


def first_tree(forest):
    return forest.estimators_[0].feature_importances_
