"""SharedGridSearchCV stands where GridSearchCV stood."""

import pytest
from sklearn.datasets import make_regression
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVR
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.search import SharedGridSearchCV


@pytest.mark.filterwarnings("default")  # the checks expect warnings, not errors
@parametrize_with_checks(
    [
        SharedGridSearchCV(SVR(), {"C": [0.1, 1.0]}, cv=2),
        SharedGridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 0.1]}, cv=2),
    ]
)
def test_scikit_learns_own_estimator_checks(estimator, check):
    check(estimator)


def test_a_search_with_nothing_to_share_is_left_to_scikit_learn():
    X, y = make_regression(20, 3, random_state=0)
    search = SharedGridSearchCV(Lasso(), {"alpha": [1.0, 2.0]}, cv=2).fit(X, y)
    assert search.unshared_ == ["no two candidates share work; scikit-learn's own search ran"]


def test_shared_time_is_split_by_what_each_candidate_costs_alone():
    X, y = make_regression(60, 3, random_state=0)
    forest = RandomForestRegressor(random_state=0)
    search = SharedGridSearchCV(forest, {"n_estimators": [2, 50]}, cv=2).fit(X, y)
    small, large = search.cv_results_["mean_fit_time"]
    assert small == pytest.approx(large / 25)
    assert (search.cv_results_["mean_score_time"] > 0).all()
