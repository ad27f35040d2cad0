from dataclasses import replace

import numpy as np
import pytest

from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core as core_of
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds, nested_cross_validate
from clusteract.validation.records import RecipeResult
from clusteract.validation.study_result import StudyResult
from clusteract.validation.trust import trust_baselines, what_descriptors_add

FOLDS = list(OuterFolds(3).split(range(90)))


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(90, seed=2, noise=0.1)


def test_the_core_mean_is_the_mean_of_the_same_core(table):
    splits = FOLDS
    found = trust_baselines(table, splits)["core"]
    train, test = splits[0]
    for row, predicted in zip(test, found.folds[0].test_predictions, strict=True):
        same = [i for i in train if core_of(table)[i] == core_of(table)[row]]
        if same:
            assert predicted == pytest.approx(table.target[same].mean())


def test_the_nearest_cluster_of_a_duplicate_is_its_twin(table):
    twice = table.take(np.repeat(np.arange(45), 2))
    splits = [(np.arange(0, 90, 2), np.arange(1, 90, 2))]
    found = trust_baselines(twice, splits)["nearest"]
    assert found.folds[0].test_predictions == found.folds[0].y_test


def test_a_response_of_descriptors_needs_descriptors(table):
    found = trust_baselines(table, FOLDS)
    assert found["formula-alone"].pooled.r < 0.7


def test_a_response_of_the_formula_needs_none(table):
    sizes = np.array([f.n_atoms for f in formulas_of(table)], dtype=float)
    by_size = replace(table, target=sizes)
    found = trust_baselines(by_size, FOLDS)
    assert found["formula-alone"].pooled.r > 0.95


def test_labels_without_formula_leave_the_nearest(table):
    numbered = replace(table, names=tuple(f"no {i}" for i in range(90)))
    assert list(trust_baselines(numbered, FOLDS)) == ["nearest"]


@pytest.mark.parametrize(("target", "said"), [("planted", "add 0"), ("noise", "may be noise")])
def test_the_sentence_says_what_descriptors_add(table, target, said):
    if target == "noise":
        table = replace(table, target=np.random.default_rng(0).normal(size=90))
    found = nested_cross_validate(
        table, [get_recipe("gp-descriptors")], outer=OuterFolds(5), inner_folds=2
    )
    sentence = what_descriptors_add(found)
    assert sentence.startswith("The formula alone, without any descriptor, reaches r")
    assert said in sentence


def best_and_formula(table, splits, sign):
    """A study whose best recipe predicts the target, turned round where the sign is -1."""
    found = trust_baselines(table, splits)["formula-alone"]
    mean = table.target.mean()
    folds = tuple(
        replace(f, test_predictions=tuple(mean + sign * 0.1 * (y - mean) for y in f.y_test))
        for f in found.folds
    )
    best = RecipeResult("best", "Best", folds)
    return StudyResult(
        table=table, recipes={"best": best}, baselines={"formula-alone": found}, settings={}
    )


def test_a_single_fold_says_nothing_of_noise(table):
    sentence = what_descriptors_add(best_and_formula(table, FOLDS[:1], 1))
    assert sentence.endswith("on a single fold noise can't be told from what the descriptors add.")


def test_a_negative_correlation_has_a_minus_sign(table):
    sentence = what_descriptors_add(best_and_formula(table, FOLDS, -1))
    assert "Best r \N{MINUS SIGN}1.00 and RMSE" in sentence
