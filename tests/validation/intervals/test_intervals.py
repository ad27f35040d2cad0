import json

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds
from clusteract.validation.intervals import (
    Coverage,
    CrossConformal,
    LocalDifficulty,
    measure_coverage,
)
from clusteract.validation.serialize import from_record, to_record


@parametrize_with_checks([CrossConformal(LinearRegression(), folds=3)])
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


def uneven(n, seed):
    """A line whose noise is four times larger on the right."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(size=(n, 1))
    sd = np.where(X[:, 0] > 0.5, 1.0, 0.25)
    return X, 3 * X[:, 0] + rng.normal(0, sd), X[:, 0] > 0.5


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("adaptive", [True, False])
def test_intervals_cover_what_they_promise(level, adaptive):
    X, y, _ = uneven(300, 0)
    fresh, truth, _ = uneven(1000, 1)
    model = CrossConformal(LinearRegression(), adaptive=adaptive).fit(X, y)
    low, high = model.predict_interval(fresh, level)
    # Coverage of one calibration set varies with sd sqrt(p q / n), 0.02 here.
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(level, abs=0.05)


def test_adaptive_intervals_cover_both_sides_and_are_narrow_where_it_is_easy():
    X, y, _ = uneven(300, 0)
    fresh, truth, hard = uneven(1000, 1)
    covered, width = {}, {}
    for adaptive in (True, False):
        model = CrossConformal(LinearRegression(), adaptive=adaptive).fit(X, y)
        low, high = model.predict_interval(fresh, 0.9)
        covered[adaptive] = ((low <= truth) & (truth <= high))[hard].mean()
        width[adaptive] = (high - low)[~hard].mean()
    assert covered[True] > covered[False]
    assert width[True] < 0.7 * width[False]


def test_without_adaptation_it_is_the_cv_plus_interval():
    X, y, _ = uneven(12, 3)
    model = CrossConformal(DummyRegressor(), folds=12, adaptive=False, random_state=0).fit(X, y)
    centres = (y.sum() - y) / 11
    ends = np.sort(centres + np.abs(y - centres))
    _, high = model.predict_interval(X[:1], 0.75)
    assert high[0] == pytest.approx(ends[int(np.ceil(0.75 * 13)) - 1])


def test_too_few_clusters_for_a_level_say_so_by_infinite_ends():
    X, y, _ = uneven(10, 0)
    low, high = CrossConformal(LinearRegression()).fit(X, y).predict_interval(X, 0.95)
    assert np.all(np.isinf(low) & np.isinf(high))


def test_a_level_that_is_none():
    model = CrossConformal(LinearRegression()).fit(*uneven(20, 0)[:2])
    with pytest.raises(ValueError, match="level is 90"):
        model.predict_interval(np.zeros((1, 1)), 90)


def test_difficulty_grows_with_distance():
    X = np.linspace(0, 1, 50)[:, None]
    hard = LocalDifficulty(X, np.ones(50))
    near, far = hard.of(np.array([[0.5], [5.0]]))
    assert far > 2 * near
    assert np.all(hard.own > 0)


def test_coverage_on_outer_folds_and_its_json():
    table = make_synthetic_table(90, seed=1)
    found = measure_coverage(
        table, get_recipe("gp-descriptors"), outer=OuterFolds(3), inner_folds=4
    )
    assert np.mean(found.covered(0.9)) > 0.75
    assert np.all(found.width(0.95) >= found.width(0.8))
    rows = found.table()
    assert rows[0]["n"] == 90 == sum(r["n"] for r in rows[1:])
    assert from_record(json.loads(json.dumps(to_record(found))), Coverage) == found
