"""Explanations: folds in the table's order, levels, and where two importances disagree."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from clusteract.explain import Explanation, explain_fold, find_threshold, gather

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 3))
Y = 2 * X[:, 0] + X[:, 1]
NAMES = ("1_Q", "2_n", "3_E")


def explained():
    tests = [np.arange(0, 40, 2), np.arange(1, 40, 2)]
    folds = []
    for test in tests:
        train = np.setdiff1d(np.arange(40), test)
        model = LinearRegression().fit(X[train], Y[train])
        folds.append(explain_fold(model, X[train], X[test], Y[test], draws=400, seed=0))
    return gather("linear", NAMES, X, tests, folds)


def test_values_stand_at_their_clusters():
    found = explained()
    expected = X[:, 0] * 2
    assert np.corrcoef(found.values[:, 0], expected)[0, 1] > 0.95  # each fold has its own base
    assert np.isfinite(found.values).all()


def test_both_importances_find_the_planted_order():
    found = explained()
    assert found.top(2) == [0, 1]
    assert np.argsort(-found.permutation_mean).tolist()[:2] == [0, 1]
    assert found.agreement() > 0.4
    assert found.by_level([1, 2, None])[1] == pytest.approx(2 / 3, abs=0.1)


def test_disagreements_name_both_ranks():
    found = explained()
    odd = Explanation("x", NAMES, X, found.values, found.errors, -found.permutation)
    assert ("1_Q", 1, 3) in odd.disagreements(places=2)


def test_a_planted_step_is_found_inside_its_interval():
    x = RANDOM.uniform(size=150)
    found = find_threshold(x, np.where(x > 0.35, 0.5, -0.2) + 0.1 * RANDOM.normal(size=150))
    assert found.low <= found.at <= found.high
    assert found.at == pytest.approx(0.35, abs=0.02)
    assert found.above - found.below == pytest.approx(0.7, abs=0.05)
    assert found.kind == "step"


def test_a_straight_line_is_no_step():
    x = RANDOM.uniform(size=150)
    assert find_threshold(x, 2 * x).kind == "slope"


def test_noise_about_a_straight_line_is_hardly_ever_a_step_or_ramp():
    random, kinds = np.random.default_rng(1), []
    for _ in range(100):
        x, noise = random.normal(size=(2, 40))
        kinds.append(find_threshold(x, x + noise, resamples=1).kind)
    assert kinds.count("slope") >= 93  # of 100; by `BETTER` alone it was some 80


def test_a_planted_ramp_is_found_where_it_begins_and_ends():
    x = RANDOM.uniform(0, 4, size=200)
    found = find_threshold(x, -np.clip(x, 1, 2) + 0.05 * RANDOM.normal(size=200))
    assert found.kind == "ramp"
    assert (found.ramp_from, found.ramp_to) == pytest.approx((1, 2), abs=0.15)
    assert (found.ramp_below, found.ramp_above) == pytest.approx((-1, -2), abs=0.05)
    assert found.ramp_r2 > 0.95 > found.step_r2


def test_descriptors_without_importance_do_not_disagree():
    values = np.tile([1.0, 0.5, 0, 0, 0, 0, 0, 0], (4, 1))
    shuffled = np.array([[1.0, 0.5, -0.1, -0.1, -0.1, -0.1, -0.1, 0.001]])
    names = tuple("abcdefgh")
    found = Explanation("x", names, values, values, 0 * values, shuffled)
    assert found.disagreements(places=4) == []


def test_two_values_far_apart_are_a_step_and_one_is_none():
    assert find_threshold(np.ones(20), RANDOM.normal(size=20)) is None
