"""SharedGridSearchCV stands where GridSearchCV stood."""

import pytest
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
