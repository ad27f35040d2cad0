import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score

from clusteract.estimators.networks import pearson_r, pearson_scorer
from clusteract.estimators.networks.scoring import ranking_r


def test_agrees_with_numpy_on_random_numbers():
    truth, guess = np.random.default_rng(0).normal(size=(2, 50))
    assert pearson_r(truth, guess) == pytest.approx(np.corrcoef(truth, guess)[0, 1], abs=1e-14)


@pytest.mark.parametrize(
    ("truth", "guess"), [([1.0, 2.0], [3.0, 3.0]), ([4.0, 4.0], [1.0, 2.0]), ([1.0], [1.0])]
)
def test_constants_and_single_rows_have_no_r_and_rank_as_zero(truth, guess):
    assert np.isnan(pearson_r(truth, guess))
    assert ranking_r(truth, guess) == 0.0


def test_constant_up_to_rounding_does_not_divide_by_zero():
    almost = 0.1 + 1e-17 * np.arange(3)
    assert np.isnan(pearson_r([1.0, 2.0, 3.0], almost))


def test_a_prediction_that_is_not_finite_scores_nan():
    assert np.isnan(ranking_r([1.0, 2.0], [np.nan, 1.0]))


def test_huge_values_do_not_overflow():
    assert pearson_r([1.0, 2.0, 3.0], [1e300, 2e300, 3e300]) == pytest.approx(1.0)


def test_scores_any_estimator():
    X = np.arange(40.0).reshape(-1, 1)
    assert cross_val_score(LinearRegression(), X, 3 - X[:, 0], scoring=pearson_scorer).min() > 0.999
