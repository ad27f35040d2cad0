import json
from dataclasses import replace

import numpy as np
import pytest

from clusteract.report.summary import plain, summary_dict
from clusteract.validation import compare_recipes


@pytest.fixture(scope="module")
def summary(result):
    return summary_dict(result)


def test_it_is_strict_json(summary):
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_contract_of_summary_json(summary):
    data = {"name", "sha256", "n_clusters", "n_descriptors", "synthetic"}
    assert data <= set(summary["data"])
    recipe = summary["recipes"]["ridge"]
    scores = {"r_mean", "r_std", "rmse_mean", "rmse_std", "mae_mean", "r2_mean"}
    assert set(recipe["train"]) == set(recipe["test"]) == scores
    assert set(recipe["pooled"]) == {"r", "rmse", "mae", "r2"}
    fold = {"fold", "best_params", "selected", "train_r", "test_r", "train_rmse", "test_rmse"}
    assert set(recipe["folds"][0]) == fold
    assert {"best_fold", "fits", "fits_naive", "seconds"} <= set(recipe)


def test_figures_are_the_means_over_folds(result, summary):
    rmse = [
        np.sqrt(np.mean((np.array(f.y_test) - f.test_predictions) ** 2))
        for f in result.recipes["ridge"].folds
    ]
    test = summary["recipes"]["ridge"]["test"]
    assert test["rmse_mean"] == pytest.approx(np.mean(rmse))
    assert test["rmse_std"] == pytest.approx(np.std(rmse, ddof=1))
    assert [f["fold"] for f in summary["recipes"]["ridge"]["folds"]] == [1, 2, 3, 4]
    assert summary["recipes"]["ridge"]["fits"] == 40


def test_undefined_figures_are_null(summary):
    mean = summary["baselines"]["mean"]
    assert mean["test"]["r_mean"] is None
    assert mean["folds"][0]["test_r"] is None


def test_comparisons_are_best_minus_other(result, summary):
    assert summary["best_recipe"] == result.best.name
    assert summary["best_recipe"] not in summary["comparisons"]
    known = compare_recipes(result.best, result.baselines["mean"], "rmse")
    found = summary["comparisons"]["mean"]["rmse"]
    assert found == plain({"mean": known.mean, "low": known.low, "high": known.high,
                           "p": known.p, "noise": known.is_noise})  # fmt: skip


def test_odd_values_of_parameters_become_plain(result):
    fold = replace(
        result.recipes["ridge"].folds[0],
        best_params={"a": np.int64(3), "b": (1, np.nan), "c": object, "d": np.array([1.5])},
    )
    recipe = replace(result.recipes["ridge"], folds=(fold, *result.recipes["ridge"].folds[1:]))
    found = summary_dict(replace(result, recipes={"ridge": recipe}))["recipes"]["ridge"]
    params = found["folds"][0]["best_params"]
    assert params == {"a": 3, "b": [1, None], "c": "<class 'object'>", "d": [1.5]}


def test_versions_are_those_given_or_those_of_this_process(result, summary):
    assert {"python", "clusteract", "scikit-learn", "numpy"} <= set(summary["versions"])
    assert summary_dict(result, versions={"python": "1"})["versions"] == {"python": "1"}
