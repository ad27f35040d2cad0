"""Screening finds planted optima, keeps its suggestions apart, and knows what it was trained on."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from clusteract import make_synthetic_table
from clusteract.errors import InputError
from clusteract.model import predict, screen


@pytest.fixture
def model(tiny_model):
    return tiny_model("gp-additive")


@pytest.fixture(scope="module")
def candidates():
    return make_synthetic_table(150, seed=8, target=False)


def test_it_says_what_predict_says(model, candidates):
    found, known = screen(model, candidates, level=0.8), predict(model, candidates, level=0.8)
    np.testing.assert_array_equal(found.predicted, known.values)
    np.testing.assert_array_equal(found.low, known.low)
    assert found.reasons == known.reasons


def test_blocks_do_not_change_what_is_said(model, candidates, monkeypatch):
    whole = screen(model, candidates)
    monkeypatch.setattr("clusteract.model.uncertainty._BLOCK", 7)
    np.testing.assert_allclose(screen(model, candidates).predicted, whole.predicted, rtol=1e-12)
    assert screen(model, candidates).suggestions == whole.suggestions


def test_training_clusters_are_known_and_not_suggested(model, small_table, candidates):
    again = replace(
        candidates,
        names=(*small_table.names[:50], *candidates.names[50:]),
        descriptors=np.vstack([small_table.descriptors[:50], candidates.descriptors[50:]]),
    )
    found = screen(model, again, pick=20)
    assert found.measured[:50].all()
    assert not set(found.suggestions) & set(range(50))


def test_another_isomer_of_a_training_cluster_is_not_measured(model, small_table, candidates):
    isomer = replace(small_table.take([0]), names=(small_table.names[0].rstrip("-+") + "-2-M4",))
    assert not screen(model, isomer).measured[0]


def test_the_first_suggestion_has_the_largest_gain(model, candidates):
    found = screen(model, candidates, pick=1)
    free = np.flatnonzero(~found.measured)
    assert found.suggestions == (free[np.argmax(found.gain[free])],)


@pytest.mark.parametrize("shift", [0.0, -4.0, -400.0])
@pytest.mark.parametrize("recipe", ["gp-additive", "rfr-kbest"])
def test_the_order_of_the_rows_changes_no_suggestion(tiny_model, candidates, recipe, shift):
    model = shifted(tiny_model(recipe), shift)
    names = [candidates.names[i] for i in screen(model, candidates).suggestions]
    for seed in range(3):
        mixed = candidates.take(np.random.default_rng(seed).permutation(150))
        assert [mixed.names[i] for i in screen(model, mixed).suggestions] == names


def shifted(model, shift):
    """Move the best measured target away from what the model predicts."""
    memory = copy(model.pipeline.steps[0][1])
    memory.targets_ = memory.targets_ - shift
    return replace(model, pipeline=Pipeline([("reliability", memory), *model.pipeline.steps[1:]]))


def test_without_any_gain_the_prediction_ranks_and_it_is_told(model, candidates):
    hopeless = screen(shifted(model, -400.0), candidates, pick=1)
    assert hopeless.by_prediction
    free = np.flatnonzero(~hopeless.measured)
    assert hopeless.suggestions == (free[np.argmax(hopeless.predicted[free])],)
    assert not screen(model, candidates).by_prediction


def test_a_level_near_one_is_not_headed_by_a_hundred(model, candidates):
    frame = screen(model, candidates, level=0.9999999).to_frame()
    assert "low 99.99999 %" in frame


def test_a_copy_of_a_suggestion_is_not_suggested(model, candidates):
    best = screen(model, candidates, pick=1).suggestions[0]
    twins = candidates.take([best, best, *range(100)])
    assert len({0, 1, best + 2} & set(screen(model, twins, pick=5).suggestions)) == 1


def test_only_what_lies_inside_is_suggested_where_asked(model, candidates):
    found = screen(model, candidates, pick=8, only_inside=True)
    assert len(found.suggestions) == 8
    assert found.inside[list(found.suggestions)].all()


def test_a_higher_threshold_has_a_lower_chance(model, candidates):
    low, high = (screen(model, candidates, threshold=t).chance for t in (-13.0, -9.0))
    assert np.all(low >= high)
    assert 0 < high.min() < low.max() < 1


def test_it_asks_for_more_candidates_than_there_are(model, candidates):
    few = candidates.take(range(4))
    assert sorted(screen(model, few, pick=10).suggestions) == [0, 1, 2, 3]
    assert screen(model, few, pick=0).suggestions == ()


def test_labels_that_are_no_formulas_are_screened_too(tiny_model, candidates):
    numbered = replace(candidates, names=tuple(f"no {i}" for i in range(150)))
    assert len(screen(tiny_model("svr-rbf-kbest"), numbered).suggestions) == 10


def test_a_model_without_training_errors_is_refused(model, candidates):
    old = replace(model, pipeline=Pipeline(model.pipeline.steps[1:]))
    with pytest.raises(InputError, match="holds no training errors, so it has no intervals"):
        screen(old, candidates)


def test_an_empty_table_is_refused(model, candidates):
    with pytest.raises(InputError, match="has no rows"):
        screen(model, candidates.take([]))
