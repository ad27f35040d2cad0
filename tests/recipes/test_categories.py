"""Columns of categories: encoded inside the training set, known or not, missing or not."""

import numpy as np
import pytest

from clusteract.recipes import get_recipe, list_recipes
from clusteract.recipes.categories import CategoryEncoder
from clusteract.validation.fold_search import selected_columns


@pytest.fixture
def codes():
    random = np.random.default_rng(0)
    X = np.column_stack([random.normal(size=60), random.integers(0, 3, 60), random.normal(size=60)])
    return X, 5.0 * (X[:, 1] == 2) + X[:, 0]


@pytest.mark.parametrize("how", ["one-hot", "ordinal", "target"])
def test_unknown_and_missing_categories_are_encoded(codes, how):
    X, y = codes
    encoder = CategoryEncoder([(1, how)], random_state=0).fit(X, y)
    new = X[:3].copy()
    new[0, 1], new[1, 1] = 9, np.nan
    encoded = encoder.transform(new)
    assert np.array_equal(encoded[:, :2], new[:, [0, 2]])
    assert np.isfinite(encoded[2]).all()
    assert encoder.origin_.tolist() == [0, 2] + [1] * (3 if how == "one-hot" else 1)
    if how == "target":
        assert encoded[0, 2] == pytest.approx(y.mean())


def test_targets_of_the_training_set_are_cross_fitted(codes):
    X = codes[0]
    noise = np.random.default_rng(1).normal(size=60)
    X[:, 1] = np.arange(60) // 2  # thirty categories of two rows that say nothing
    inside = CategoryEncoder([(1, "target")], random_state=0).fit_transform(X, noise)[:, 2]
    assert abs(np.corrcoef(inside, noise)[0, 1]) < 0.3


@pytest.mark.parametrize("name", ["svr-rbf-kbest", "rfr-kbest", "gp-descriptors", "auto"])
def test_a_recipe_finds_the_category_that_matters(codes, name):
    X, y = codes
    X[4, 0] = np.nan
    recipe = get_recipe(name)
    pipeline = recipe.pipeline(0, impute=True, categories={1: 3})
    if "feature_select" in pipeline.named_steps:
        pipeline.set_params(feature_select__k=1)
    fitted = pipeline.fit(X, y)
    if "feature_select" in pipeline.named_steps:
        assert selected_columns(fitted, 3) == [1]
    new = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 7.0, np.nan]])
    high, low, unknown = fitted.predict(new)
    assert high > low + 1
    assert np.isfinite(unknown)


@pytest.mark.parametrize("name", list_recipes())
def test_every_recipe_begins_with_the_encoder_and_the_imputer(name):
    steps = get_recipe(name).pipeline(0, impute=True, categories={1: 3}).steps
    assert [step for step, _ in steps[:2]] == ["encode", "impute"]
