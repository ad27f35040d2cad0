"""Predictions match columns by name and say what speaks against them."""

import csv
import io
from copy import copy
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.model import ColumnMismatch, load_model, predict, save_model
from clusteract.model.reading import read_new_rows
from clusteract.model.saved_model import rate_name
from clusteract.table import Table


@pytest.fixture
def model(tiny_model):
    return tiny_model("svr-rbf-kbest")


@pytest.fixture(scope="module")
def new():
    return make_synthetic_table(20, seed=8, target=False)


def with_cell(table, row, descriptor, value):
    X = table.descriptors.copy()
    X[row, table.descriptor_names.index(descriptor)] = value
    return table.with_descriptors(X, table.descriptor_names)


def test_k1_is_ten_to_the_predicted_logarithm(model, new):
    found = predict(model, new)
    np.testing.assert_array_equal(found.values, model.pipeline.predict(new.descriptors))
    np.testing.assert_array_equal(found.rate, 10.0**found.values)
    assert found.names == new.names


def test_printed_predictions_are_a_table(model, new):
    lines = repr(predict(model, new)).splitlines()
    assert lines[0].split()[:3] == ["cluster", "lg(k1)", "predicted"]
    assert len(lines) == 1 + len(new.names)
    assert lines[1].split()[0] == new.names[0]


def test_the_order_of_columns_does_not_matter(model, new):
    order = np.random.default_rng(0).permutation(new.n_descriptors)
    names = [new.descriptor_names[i] for i in order]
    shuffled = new.with_descriptors(new.descriptors[:, order], names)
    np.testing.assert_array_equal(predict(model, shuffled).values, predict(model, new).values)


def test_other_spellings_are_read(model, new):
    spelled = {"3_IEave": "3_IE¯", "3_α": "3_alpha", "1_ΔQmax": "1_dQmax"}
    names = [spelled.get(n, n) for n in new.descriptor_names]
    other = new.with_descriptors(new.descriptors, names)
    np.testing.assert_array_equal(predict(model, other).values, predict(model, new).values)


def test_more_columns_are_ignored_and_named(model, new):
    more = np.column_stack([new.descriptors, np.arange(20)])
    found = predict(model, new.with_descriptors(more, [*new.descriptor_names, "age"]))
    assert found.remarks == ("columns ignored: age",)
    np.testing.assert_array_equal(found.values, predict(model, new).values)


def test_missing_columns_are_named_with_what_resembles_them(model, new):
    names = ["HOMO" if n == "3_EHOMO" else n for n in new.descriptor_names]
    with pytest.raises(ColumnMismatch, match=r"1 of the model's 24 .*'3_EHOMO' \(is it 'HOMO'\?\)"):
        predict(model, new.with_descriptors(new.descriptors, names))


def test_one_descriptor_in_two_spellings_is_refused(model, new):
    more = np.column_stack([new.descriptors, np.arange(20)])
    with pytest.raises(InputError, match="'3_α' and '3_alpha' are both 3_α; delete one"):
        predict(model, new.with_descriptors(more, [*new.descriptor_names, "3_alpha"]))


def test_what_lies_outside_the_training_range_is_named(model, new):
    inside = new.with_descriptors(np.tile(model.ranges.mean(axis=1), (20, 1)), new.descriptor_names)
    assert not any(predict(model, inside).outside)
    found = predict(model, with_cell(inside, 2, "3_α", model.ranges[1, 1] * 1.01))
    assert found.outside[2] == ("3_α",)
    assert sum(map(len, found.outside)) == 1
    assert "slightly beyond the training range: 3_α" in found.notes[2]


def with_tested(model, tested):
    """The same model, had left-out blocks raised its limits that far; None as if never asked."""
    first, *others = model.pipeline.steps
    known = copy(first[1])
    if tested is None:
        del known.tested_
    else:
        known.tested_ = np.full(3, tested)
    return replace(model, pipeline=Pipeline([(first[0], known), *others]))


def test_what_is_unusual_within_raised_limits_is_told_and_inside(model, new):
    inside = new.with_descriptors(np.tile(model.ranges.mean(axis=1), (20, 1)), new.descriptor_names)
    low, high = model.ranges[1]
    odd = with_cell(inside, 2, "3_α", high + 0.5 * (high - low))
    strict, raised = (predict(with_tested(model, t), odd) for t in (1.0, 100.0))
    assert any(r.startswith("3_α") for r in strict.reasons[2])
    assert raised.domain[2] == "inside"
    assert "training rows like that were predicted no worse: 3_α" in raised.notes[2]
    assert "; beyond the training range: 3_α" in raised.notes[2]
    assert raised.records()[2]["unusual"] == list(raised.unusual[2])
    assert raised.novelty[2] == pytest.approx(strict.novelty[2] / 100)


def test_a_model_of_an_earlier_version_keeps_its_limits(model, new, tmp_path):
    old = with_tested(model, None)
    loaded = load_model(save_model(old, tmp_path / "old.clusteract"))
    found, strict = predict(loaded, new), predict(with_tested(model, 1.0), new)
    assert found.reasons == strict.reasons
    np.testing.assert_array_equal(found.novelty, strict.novelty)


def test_the_training_table_itself_lies_inside(model, small_table):
    found = predict(model, small_table)
    assert not any(found.outside)
    assert found.remarks[0].startswith("the model was trained on all clusters: how well it fits")


def test_training_clusters_among_others_are_counted_in_any_spelling(model, small_table, new):
    fresh = new.take([i for i, n in enumerate(new.names) if n not in small_table.names])
    assert not any("was trained on" in remark for remark in predict(model, fresh).remarks)
    names = (small_table.names[0].replace("-", "¯"), *fresh.names[1:])
    measured = replace(fresh, names=names, target=np.zeros(fresh.n_rows), target_name="lg(k1)")
    said = f"the model was trained on 1 of the {fresh.n_rows} clusters: how well it fits them"
    assert predict(model, measured).remarks[0].startswith(said)
    assert not predict(model, replace(measured, target=None)).remarks


@pytest.mark.parametrize("value", [np.nan, -999.0])
def test_missing_values_and_sentinels_are_imputed_and_named(value, model, new):
    found = predict(model, with_cell(new, 4, "3_μ", value))
    assert found.imputed[4] == ("3_μ",)
    assert "missing, imputed: 3_μ" in found.notes[4]
    assert np.isfinite(found.values).all()


def test_an_ordinary_999_in_a_small_table_is_no_sentinel(model, new):
    wide = replace(
        model, ranges=np.where(model.ranges == model.ranges[1], [40, 1200], model.ranges)
    )
    one = with_cell(new, 0, "3_α", 999.0).take([0])
    assert "3_α" not in predict(wide, one).imputed[0]
    assert "3_α" in predict(model, one).imputed[0]


def test_a_model_that_does_not_impute_refuses_gaps(model, new):
    published = replace(model, missing="as-published")
    with pytest.raises(InputError, match=r"3_μ of .* is missing \(1 such cells\)"):
        predict(published, with_cell(new, 4, "3_μ", np.nan))
    assert not any(predict(published, with_cell(new, 4, "3_μ", -999)).imputed)


def test_elements_that_training_lacks_are_named(model, new):
    odd = replace(new, names=("Pt2S-", *new.names[1:]))
    found = predict(model, odd)
    assert "no training cluster holds Pt" in found.domain[0]
    assert "Pt" not in " ".join(found.domain[1:])


def test_a_table_with_the_target_is_scored(model):
    table = make_synthetic_table(40, seed=9)
    found = predict(model, table)
    assert found.scores.rmse == pytest.approx(np.sqrt(np.mean((found.values - table.target) ** 2)))
    np.testing.assert_array_equal(found.measured, table.target)


@pytest.mark.parametrize(
    ("name", "scored"), [("lg(k1)", True), ("Expt. lg(k1)", True), ("barrier", False)]
)
def test_only_the_models_own_target_is_compared(name, scored, model):
    table = replace(make_synthetic_table(20, seed=3), target_name=name)
    found = predict(model, table)
    assert (found.scores is not None) is scored
    assert found.remarks == (() if scored else ("columns ignored: barrier",))


def test_a_target_with_gaps_is_not_compared(model):
    table = make_synthetic_table(20, seed=9)
    gaps = np.where(np.arange(20) == 3, np.nan, table.target)
    found = predict(model, replace(table, target=gaps))
    assert found.scores is None
    assert found.remarks == ("lg(k1) has gaps: not compared",)


def test_a_frame_whose_target_was_not_named_is_compared_too(model):
    table = make_synthetic_table(20, seed=3)
    found = predict(model, Table.from_frame(table.to_frame()))
    assert found.scores is not None
    assert found.remarks == ()


def test_an_empty_table_is_refused(model, new):
    with pytest.raises(InputError, match="has no rows"):
        predict(model, new.take([]))


def test_csv_holds_every_digit(model, new):
    found = predict(model, with_cell(new, 1, "3_α", 1e6))
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert [float(r["lg(k1) predicted"]) for r in rows] == found.values.tolist()
    assert [float(r["k1 predicted"]) for r in rows] == found.rate.tolist()
    assert [float(r["low 90 %"]) for r in rows] == found.low.tolist()
    assert "3_α 1e+06 is above" in rows[1]["domain"]


def test_a_target_that_is_no_logarithm_has_no_rate(model, new):
    found = predict(replace(model, target="barrier"), new)
    assert found.rate is None
    assert "k1 predicted" not in found.to_frame()


@pytest.mark.parametrize(
    ("target", "rate"), [("lg(k1)", "k1"), ("log10( k )", "k"), ("logP", None), ("ΔG", None)]
)
def test_the_rate_behind_a_logarithm(target, rate):
    assert rate_name(target) == rate


def test_a_column_of_text_that_the_model_does_not_need_is_no_obstacle(model, new, tmp_path):
    frame = new.to_frame()
    frame["note"] = "fine"
    frame.to_csv(tmp_path / "new.csv", index=False)
    table = read_new_rows(model, str(tmp_path / "new.csv"))
    np.testing.assert_allclose(predict(model, table).values, predict(model, new).values)


def test_a_descriptor_that_reads_like_a_target_stays_one(tiny_model, new, tmp_path):
    names = ("log P", *new.descriptor_names[1:])
    model = replace(tiny_model("svr-rbf-kbest"), descriptors=names)
    new.with_descriptors(new.descriptors, names).to_frame().to_csv(tmp_path / "a.csv", index=False)
    found = predict(model, read_new_rows(model, str(tmp_path / "a.csv")))
    assert found.scores is None
    assert len(found.values) == 20


def test_a_missing_column_in_a_file_is_named(model, new, tmp_path):
    new.to_frame().drop(columns="3_μ").to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ColumnMismatch, match=r"a: 1 of the model's 24 descriptors missing: '3_μ'"):
        predict(model, read_new_rows(model, str(tmp_path / "a.csv")))


def test_a_word_in_a_needed_cell_is_named(model, new, tmp_path):
    frame = new.to_frame().astype({"3_μ": object})
    frame.loc[2, "3_μ"] = "two"
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=r"row 4 .*column '3_μ': 'two' is no number"):
        read_new_rows(model, str(tmp_path / "a.csv"))


def test_predictions_as_a_frame(model, new):
    frame = predict(model, new).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [
        "cluster", "lg(k1) predicted", "low 90 %", "high 90 %", "k1 predicted", "domain", "notes",
    ]  # fmt: skip


def without_reliability(model):
    """The model as versions without intervals saved it."""
    return replace(model, pipeline=Pipeline(model.pipeline.steps[1:]))


def test_a_model_of_an_earlier_version_predicts_and_says_what_it_lacks(model, new):
    old = without_reliability(model)
    found = predict(old, with_cell(new, 1, "3_α", 1e6))
    np.testing.assert_array_equal(found.values[2:], predict(model, new).values[2:])
    assert found.low is found.domain is None
    assert "no intervals and no domain" in found.remarks[0]
    assert found.notes[1] == "outside the training range: 3_α"
    assert list(found.to_frame()) == ["cluster", "lg(k1) predicted", "k1 predicted", "notes"]
    assert found.records()[1]["low"] is None


def test_a_wider_level_holds_the_narrower_one(model, new):
    ends = [predict(model, new, level=level) for level in (0.8, 0.9, 0.95)]
    for narrow, wide in pairwise(ends):
        assert np.all(wide.low <= narrow.low)
        assert np.all(narrow.high <= wide.high)
    assert np.all(ends[0].low < ends[0].values)


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0, float("nan")])
def test_a_level_that_is_none_is_refused(level, model, new):
    with pytest.raises(InputError, match="it must be between 0 and 1"):
        predict(model, new, level=level)


def test_measured_targets_in_their_interval_are_counted(model):
    table = make_synthetic_table(40, seed=9)
    found = predict(model, table, level=0.8)
    held = (found.low <= table.target) & (table.target <= found.high)
    assert found.covered == held.sum() > 20


def test_a_dataset_is_asked_for_once(model, monkeypatch):
    asked = []

    def offline(table, **options):
        asked.append(table)
        raise InputError("offline")

    monkeypatch.setattr("clusteract.model.reading.load_table", offline)
    with pytest.raises(InputError, match="offline"):
        read_new_rows(model, "homonuclear-159-24")
    assert asked == ["homonuclear-159-24"]


def test_the_synthetic_table_can_be_predicted(model):
    assert len(predict(model, read_new_rows(model, "synthetic")).values) == 159


def test_intervals_without_bounds_say_why(model, new):
    (remark,) = predict(model, new, level=0.999).remarks
    assert remark.startswith("99.9 % intervals are without bounds: 60 training rows allow")
    assert np.isinf(predict(model, new, level=0.999).low).all()
