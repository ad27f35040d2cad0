"""Formulas have the bits of scikit-learn's scorers."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.svm import SVC, SVR

from clusteract.estimators.networks import pearson_scorer
from clusteract.search import plan_search
from clusteract.search.scoring import GroupScorer, resolve_scorer

NAMES = [
    "neg_mean_absolute_error",
    "neg_mean_squared_error",
    "neg_root_mean_squared_error",
    "r2",
]


class Replay(DummyRegressor):
    def predict(self, X):
        return X


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_rows(name):
    rng = np.random.default_rng(0)
    formula, scorer = GroupScorer(get_scorer(name), SVR()), get_scorer(name)
    for n_rows in [*range(2, 140), 257, 1000, 2049]:
        y, *predictions = rng.normal(size=(4, n_rows)) * 10.0 ** rng.integers(-3, 4)
        expected = [scorer(Replay(), prediction, y) for prediction in predictions]
        assert formula.score(y, predictions) == {"score": expected}


def test_the_models_own_score_is_known_for_regressors_only():
    assert GroupScorer(resolve_scorer(SVR(), None, np.nan), SVR()).complete
    assert not GroupScorer(resolve_scorer(SVC(), None, np.nan), SVC()).complete
    assert not GroupScorer(get_scorer("neg_median_absolute_error"), SVR()).complete
    assert not GroupScorer(lambda estimator, X, y: 0.0, SVR()).complete


def test_edge_cases_are_left_to_the_scorer():
    r2 = GroupScorer(get_scorer("r2"), SVR())
    assert r2.score(np.ones(3), [np.zeros(3)]) is None
    assert r2.score(np.arange(3.0), [np.array([0.0, np.inf, 1.0])]) is None
    assert r2.score(np.arange(3.0), [np.arange(3)]) is None


@pytest.mark.parametrize("scoring", ["pearson_r", ["pearson_r", "r2"], {"pearson_r": "pearson_r"}])
def test_pearson_r_is_there_by_name_for_any_estimator(scoring):
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = X[:, 0] + 0.3 * X[:, 1]
    grid, splits = {"C": [0.01, 10.0]}, list(KFold(3).split(X))
    plan = plan_search(SVR(), grid, X, y, splits=splits, scoring=scoring)
    found = plan.assemble([task.run(X, y) for task in plan.tasks], refit="pearson_r")
    plain = GridSearchCV(SVR(), grid, cv=3, scoring=pearson_scorer).fit(X, y)
    name = "mean_test_score" if scoring == "pearson_r" else "mean_test_pearson_r"
    np.testing.assert_array_equal(found.cv_results_[name], plain.cv_results_["mean_test_score"])
