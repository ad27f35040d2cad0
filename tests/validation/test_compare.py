import math

import numpy as np
import pytest
from scipy import stats

from clusteract.validation import FoldResult, RecipeResult, compare_recipes, corrected_interval
from clusteract.validation.compare import best_recipe


def recipe_with_errors(name, errors):
    rng = np.random.default_rng(0)
    folds = []
    for i, error in enumerate(errors, start=1):
        y = rng.normal(size=12)
        p = y + error * rng.normal(size=12)
        folds.append(
            FoldResult(
                recipe=name,
                fold=i,
                train=tuple(range(88)),
                test=tuple(range(12)),
                y_train=(0.0,) * 88,
                y_test=tuple(y),
                train_predictions=(0.0,) * 88,
                test_predictions=tuple(p),
                best_params={},
                selected=(),
                inner_score=0.0,
                fits=1,
                fits_naive=1,
            )
        )
    return RecipeResult(name, name, tuple(folds))


def test_without_overlap_it_is_the_plain_t_interval():
    d = np.random.default_rng(0).normal(0.3, 1, 20)
    low, high, p = corrected_interval(d, test_share=0.0)
    plain = stats.ttest_1samp(d, 0)
    expected = plain.confidence_interval(0.95)
    assert (low, high, p) == pytest.approx((expected.low, expected.high, plain.pvalue))


def test_overlap_of_training_sets_widens_it():
    d = np.random.default_rng(0).normal(0.3, 1, 10)
    plain = np.subtract(*corrected_interval(d, 0.0)[:2])
    corrected = np.subtract(*corrected_interval(d, 1 / 9)[:2])
    assert corrected / plain == pytest.approx(math.sqrt((1 / 10 + 1 / 9) * 10))


def test_a_single_fold_has_no_interval():
    assert all(math.isnan(v) for v in corrected_interval(np.array([0.2]), 0.1))


def test_a_clear_difference_is_no_noise():
    good, bad = recipe_with_errors("good", [0.1] * 10), recipe_with_errors("bad", [3.0] * 10)
    found = compare_recipes(good, bad, "rmse")
    assert found.mean < -1
    assert not found.is_noise


def test_equal_recipes_differ_by_noise():
    a, b = recipe_with_errors("a", [1.0] * 10), recipe_with_errors("b", [1.0] * 10)
    found = compare_recipes(a, b)
    assert found.is_noise
    assert found.mean == 0


def test_the_best_recipe_has_the_lowest_rmse():
    found = {n: recipe_with_errors(n, [e] * 3) for n, e in (("a", 2.0), ("b", 0.5), ("c", 1.0))}
    assert best_recipe(found) == "b"
