import math

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from clusteract.validation import pearson_r, score_predictions


@pytest.fixture
def noisy():
    rng = np.random.default_rng(0)
    y = rng.normal(size=40)
    return y, y + rng.normal(size=40)


def test_scores_agree_with_scikit_learn_and_numpy(noisy):
    y, p = noisy
    found = score_predictions(y, p)
    assert found.r == pytest.approx(np.corrcoef(y, p)[0, 1], abs=1e-12)
    assert found.rmse == pytest.approx(root_mean_squared_error(y, p), rel=1e-12)
    assert found.mae == pytest.approx(mean_absolute_error(y, p), rel=1e-12)
    assert found.r2 == pytest.approx(r2_score(y, p), rel=1e-12)


def test_r_never_leaves_its_bounds():
    y = np.array([0.1, 0.2, 0.3]) * 1e-9
    assert -1 <= pearson_r(y, -3 * y) <= 1


@pytest.mark.parametrize("p", [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
def test_r_of_a_constant_is_undefined(p):
    assert math.isnan(pearson_r(np.array([1.0, 2, 3]), np.array(p)))


def test_r2_of_a_constant_target_is_undefined():
    assert math.isnan(score_predictions(np.ones(3), np.arange(3.0)).r2)
