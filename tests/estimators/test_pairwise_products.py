import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.estimators.pairwise_products import PairwiseProducts


@parametrize_with_checks([PairwiseProducts(), PairwiseProducts(keep_single=False)])
def test_estimator(estimator, check):
    check(estimator)


def test_fifteen_give_a_hundred_and_twenty():
    X = make_synthetic_table(30).descriptors[:, :15]
    made = PairwiseProducts().fit_transform(X)
    assert made.shape == (30, 120)
    same = PolynomialFeatures(2, interaction_only=True, include_bias=False).fit_transform(X)
    np.testing.assert_array_equal(made, same)


def test_names_are_those_of_the_factors():
    frame = make_synthetic_table(5).to_frame()[["1_Qmin", "2_Q", "3_EA"]]
    made = PairwiseProducts(keep_single=False).set_output(transform="pandas").fit_transform(frame)
    np.testing.assert_allclose(made["1_Qmin × 3_EA"], frame["1_Qmin"] * frame["3_EA"])


def test_missing_values_are_passed_on():
    made = PairwiseProducts().fit_transform([[1.0, np.nan], [2.0, 3.0]])
    assert np.isnan(made[0, 2])
    assert made[1, 2] == pytest.approx(6)
