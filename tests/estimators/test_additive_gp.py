import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.estimators.additive.interaction_gp import InteractionGPR
from clusteract.estimators.additive.joint_likelihood import JointPrior, _JointLikelihood
from clusteract.estimators.additive.restricted_likelihood import _RestrictedLikelihood
from clusteract.estimators.additive.variogram import variogram_cube, weighted_variogram
from clusteract.estimators.blend import BlendRegressor


@parametrize_with_checks(
    [
        AdditiveGPR(spread=0.0, max_learning_rows=50),
        InteractionGPR(max_learning_rows=50),
        BlendRegressor([LinearRegression(), DummyRegressor()], folds=3),
    ]
)
def test_scikit_learn_accepts_them(estimator, check):
    check(estimator)


def additive_data(n=80, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 4))
    return X, np.abs(X[:, 0]) + (X[:, 1] > 0.2) + rng.normal(0, noise, n)


def test_the_weighted_variogram_is_the_cube_summed():
    rng = np.random.default_rng(0)
    Z, w = rng.normal(size=(7, 3)), np.array([0.2, 0.0, 1.7])
    for roughness in (0.5, 1.0, 1.4):
        expected = np.tensordot(w, variogram_cube(Z, roughness), 1)
        assert np.allclose(weighted_variogram(Z, Z, w, roughness), expected, atol=1e-12)


def test_the_gradient_is_the_derivative_of_the_likelihood():
    X, y = additive_data(25)
    cube = variogram_cube(X, 0.5)
    f = _RestrictedLikelihood(cube / cube.sum(axis=0).mean(), y, 0.7, 0.1)
    theta = np.random.default_rng(1).normal(0, 0.5, 5)
    assert check_grad(lambda t: f(t)[0], lambda t: f(t)[1], theta) < 1e-4


def test_it_learns_which_descriptors_matter():
    model = AdditiveGPR(spread=2.0).fit(*additive_data())
    assert model.weights_[:2].sum() > 0.9
    assert model.weights_.sum() == pytest.approx(1)


def test_the_noise_is_found():
    X, y = additive_data(200, noise=0.4)
    assert AdditiveGPR().fit(X, y).noise_variance_ ** 0.5 == pytest.approx(0.4, rel=0.3)


def test_leaving_one_out_is_what_refitting_without_it_predicts():
    X, y = additive_data(30)
    model = AdditiveGPR(spread=0.0).fit(X, y)
    found = model.leave_one_out()
    for i in (0, 17):
        rest = np.arange(30) != i
        n = rest.sum()
        left = AdditiveGPR(spread=0.0).fit(X, y)
        left.standardised_, left.y_ = model.standardised_[rest], y[rest]
        left._solve(model.noise_variance_ / model.scale_)
        assert left.predict(X[[i]])[0] == pytest.approx(found.mean[i], abs=1e-9)
        assert n == 29


def test_standard_deviations_grow_away_from_the_data_and_hold_there():
    X, y = additive_data(100, noise=0.2)
    model = AdditiveGPR().fit(X, y)
    _, near = model.predict(X[:5], return_std=True)
    _, far = model.predict(X[:5] + 20, return_std=True)
    assert np.all(far > 1.5 * near)
    fresh, truth = additive_data(100, noise=0.2, seed=1)
    mean, sd = model.predict(fresh, return_std=True)
    assert 0.6 < np.std((truth - mean) / sd) < 1.4


def test_shifted_targets_shift_predictions():
    X, y = additive_data(40)
    first, second = AdditiveGPR().fit(X, y), AdditiveGPR().fit(X, y - 1000)
    assert np.allclose(first.predict(X), second.predict(X) + 1000, atol=1e-6)


def test_constant_targets_and_columns_are_no_trouble():
    X = np.column_stack([np.ones(6), np.arange(6.0)])
    assert AdditiveGPR().fit(X, np.full(6, 3.0)).predict(X).tolist() == pytest.approx([3.0] * 6)
    assert AdditiveGPR().fit(X, np.arange(6.0)).weights_.tolist() == [0.0, 1.0]


def test_learning_on_some_rows_still_fits_all():
    X, y = additive_data(90, noise=0.01)
    model = AdditiveGPR(max_learning_rows=40).fit(X, y)
    assert model.standardised_.shape == (90, 4)
    assert np.std(model.predict(X) - y) < 0.1


@pytest.mark.parametrize("wrong", [{"roughness": 2.0}, {"spread": -1.0}, {"noise": 0.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        AdditiveGPR(**wrong).fit(*additive_data(10))


def test_a_blend_weighs_what_serves_best():
    X, y = additive_data(60)
    blend = BlendRegressor([AdditiveGPR(), AdditiveGPR(noise=100.0, spread=0.0)], folds=5).fit(X, y)
    assert blend.weights_.sum() == pytest.approx(1)
    assert blend.weights_[0] > 0.7
    with pytest.raises(ValueError, match="at least one"):
        BlendRegressor([]).fit(X, y)


def test_the_gradient_of_the_joint_likelihood_is_its_slope():
    X, y = additive_data(n=25)
    cube = variogram_cube(X, 0.5)
    cube /= cube.sum(axis=0).mean()
    objective = _JointLikelihood(X, cube, y, JointPrior(0.7, 2.0, 1.0, 0.08))
    theta = objective.start + np.random.default_rng(1).normal(0, 0.3, len(objective.start))
    assert check_grad(lambda t: objective(t)[0], lambda t: objective(t)[1], theta) < 1e-4


def test_a_product_is_told_from_a_sum():
    X = np.random.default_rng(2).uniform(-1, 1, (120, 3))
    y = X[:, 0] * X[:, 1]
    sum_alone, both = (m.fit(X[:90], y[:90]) for m in (AdditiveGPR(), InteractionGPR()))
    errors = [np.std(m.predict(X[90:]) - y[90:]) for m in (sum_alone, both)]
    assert errors[1] < 0.2 * errors[0]
    assert both.relevance_[2] < 0.2 * both.relevance_[:2].min()


def test_a_sum_is_predicted_no_worse_by_the_process_that_knows_products():
    X, y = additive_data(n=120)
    errors = [
        np.std(m.fit(X[:90], y[:90]).predict(X[90:]) - y[90:])
        for m in (AdditiveGPR(), InteractionGPR())
    ]
    assert errors[1] < 1.1 * errors[0]


def test_the_joint_process_knows_how_far_it_can_be_wrong():
    X, y = additive_data(n=150, noise=0.1)
    model = InteractionGPR().fit(X[:100], y[:100])
    mean, sd = model.predict(X[100:], return_std=True)
    assert np.mean(np.abs(mean - y[100:]) < 2 * sd) >= 0.85
    assert model.predict(X[:1] + 1e3, return_std=True)[1] > 2 * sd.max()


def test_above_a_size_a_subset_is_fitted():
    X, y = additive_data(n=80)
    assert len(InteractionGPR(max_rows=30).fit(X, y).y_) == 30
