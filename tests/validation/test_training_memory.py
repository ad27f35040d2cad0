"""What a model remembers of its training: intervals that cover, chances and gains that hold."""

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.table import Source, Table
from clusteract.validation.training_memory import (
    STEP,
    IntervalModel,
    TrainingMemory,
    error_folds,
    with_training_memory,
)


@parametrize_with_checks([TrainingMemory()])
def test_it_is_an_ordinary_transformer(estimator, check):
    check(estimator)


def linear_table(n, seed, noise=0.3):
    """Clusters whose target is a plane with normal noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return Table(
        names=tuple(f"no {i}" for i in range(n)),
        descriptors=X,
        descriptor_names=("a", "b", "c"),
        target=X @ [1.0, -2.0, 0.5] + rng.normal(0, noise, n),
        target_name="y",
        source=Source("plane", "0" * 64),
    )


def trusted(table, rows=slice(None)):
    """Fit a plane; return the pipeline and its trust."""
    X, y = table.descriptors[rows], table.target[rows]
    fitted = make_pipeline(LinearRegression()).fit(X, y)
    errors = y - cross_val_predict(fitted, X, y, cv=error_folds(len(y), 10, seed=42))
    model = with_training_memory(fitted, X, y, table.names[: len(y)], errors)
    return model, IntervalModel(model.named_steps[STEP], table)


def judged(trust, model, X):
    return model.predict(X), trust.difficulty.of(X)


def test_the_pipeline_predicts_as_before():
    table = linear_table(50, 1)
    model, _ = trusted(table)
    plain = LinearRegression().fit(table.descriptors, table.target)
    np.testing.assert_allclose(model.predict(table.descriptors), plain.predict(table.descriptors))


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_intervals_cover_what_they_promise(level):
    held = tried = 0
    for seed in range(12):
        table = linear_table(420, seed)
        model, trust = trusted(table, slice(120))
        X, y = table.descriptors[120:], table.target[120:]
        predicted, difficulty = judged(trust, model, X)
        low, high = trust.interval(predicted, difficulty, level)
        held, tried = held + int(np.sum((low <= y) & (y <= high))), tried + len(y)
    # Coverage given one training set varies like a quantile of its 120 errors; twelve of them.
    spread = np.sqrt(level * (1 - level) * (1 / tried + 1 / (12 * 120)))
    assert abs(held / tried - level) < stats.norm.ppf(0.9995) * spread


def test_too_few_clusters_for_a_level_give_no_ends():
    table = linear_table(12, 2)
    model, trust = trusted(table)
    low, high = trust.interval(*judged(trust, model, table.descriptors), 0.95)
    assert np.isinf(low).all()
    assert np.isinf(high).all()


def test_the_interval_holds_its_share_of_the_training_errors():
    table = linear_table(99, 3)
    _, trust = trusted(table)
    low, high = trust.interval(np.zeros(1), np.ones(1), 0.8)
    assert np.sum(np.abs(trust.scores) <= high[0]) == 80
    assert low[0] == -high[0]


def test_the_chance_is_that_of_a_simulation():
    _, trust = trusted(linear_table(80, 4))
    rng = np.random.default_rng(0)
    for predicted, difficulty, threshold in ((0.0, 1.0, 0.2), (1.0, 0.4, 0.9), (-1.0, 2.0, 3.0)):
        drawn = predicted + difficulty * rng.choice(trust.scores, 20_000)
        chance = trust.chance_above(np.array([predicted]), np.array([difficulty]), threshold)
        # Half an error more on either side keeps chances from 0 and 1.
        assert chance[0] == pytest.approx(np.mean(drawn > threshold), abs=0.02 + 0.5 / 81)


def test_a_chance_beyond_all_errors_falls_and_is_not_zero():
    _, trust = trusted(linear_table(80, 4))
    needed = trust.scores[-1] * np.array([1.0, 1.5, 2.0, 3.0])
    chances = trust.chance_above(np.zeros(4), np.ones(4), needed)
    assert np.all(np.diff(chances) < 0)
    assert 0 < chances[-1] < chances[0] <= 1.5 / 81 + 0.01


@pytest.mark.parametrize("best", [-5.0, -0.1, 0.1, 0.3])
def test_the_gain_is_the_mean_of_what_surpasses_the_best(best):
    _, trust = trusted(linear_table(80, 5))
    predicted, difficulty = np.array([0.0, 0.5, -0.7]), np.array([1.0, 0.2, 3.0])
    direct = np.array(
        [
            np.mean(np.maximum(p + d * trust.scores - best, 0.0))
            for p, d in zip(predicted, difficulty, strict=True)
        ]
    )
    few = (best - predicted) / difficulty > np.sort(trust.scores)[-10]  # nine errors carry it
    gain = trust.expected_gain(predicted, difficulty, best)
    np.testing.assert_allclose(gain[~few], direct[~few], atol=1e-12)
    np.testing.assert_allclose(gain[few], direct[few], atol=0.05)


def test_the_gain_beyond_the_largest_error_is_small_and_falls():
    _, trust = trusted(linear_table(80, 5))
    best = trust.scores[-1] * np.array([1.0, 1.5, 2.0, 4.0])
    gains = np.array([trust.expected_gain(np.zeros(1), np.ones(1), b)[0] for b in best])
    assert np.all(np.diff(gains) < 0)
    assert 0 < gains[-1] < gains[0] < 0.1 * trust.scores[-1]


def test_harder_ground_has_wider_intervals():
    rng = np.random.default_rng(6)
    table = linear_table(400, 6, noise=0.0)
    hard = table.descriptors[:, 0] > 0
    noisy = table.target + rng.normal(0, np.where(hard, 1.0, 0.05))
    known = TrainingMemory().fit(table.descriptors, noisy)
    known.errors_, known.labels_ = noisy - table.target, list(table.names)
    trust = IntervalModel(known, table)
    difficulty = trust.difficulty.of(table.descriptors)
    assert difficulty[hard].mean() > 3 * difficulty[~hard].mean()
