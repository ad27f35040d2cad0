from dataclasses import replace

import numpy as np
import pytest

from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.validation.applicability import ApplicabilityDomain
from clusteract.validation.applicability.domain import MEASURES
from clusteract.validation.applicability.left_out_blocks import (
    BLOCKS,
    left_out_blocks,
    raised_limits,
)
from clusteract.validation.hard_splits import hard_folds, list_hard_splits


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(160, seed=4)


def moved(table, column, value):
    X = table.descriptors[:1].copy()
    X[0, table.descriptor_names.index(column)] = value
    return replace(table.take([0]), descriptors=X)


def test_training_clusters_are_inside(table):
    assert ApplicabilityDomain(table).judge(table).inside.mean() > 0.9


def test_an_element_that_was_never_seen_is_named(table):
    stranger = replace(table.take([0]), names=("Fe2O3-",))
    assert ApplicabilityDomain(table).judge(stranger).reasons[0] == ("no training cluster holds O",)


def test_metals_never_seen_together_are_named(table):
    pair = replace(table.take([0]), names=("Fe2V1S-",))
    assert (
        "no training cluster holds Fe and V together"
        in ApplicabilityDomain(table).judge(pair).reasons[0]
    )


def test_a_descriptor_out_of_range_is_named_with_its_limit(table):
    highest = table.column("3_α").max()
    found = ApplicabilityDomain(table).judge(moved(table, "3_α", 3 * highest))
    assert f"3_α {3 * highest:.3g} is above {highest:.3g}" in found.reasons[0]
    assert found.words()[0].startswith("outside: ")


def test_a_little_beyond_the_range_is_no_reason(table):
    slightly = table.column("2_Q").max() + 0.05 * np.ptp(table.column("2_Q"))
    reasons = ApplicabilityDomain(table).judge(moved(table, "2_Q", slightly)).reasons[0]
    assert not any("2_Q" in r for r in reasons)


def test_far_away_in_many_descriptors_at_once(table):
    X = table.descriptors[:1] + 2.5 * table.descriptors.std(axis=0)
    found = ApplicabilityDomain(table).judge(replace(table.take([0]), descriptors=X))
    assert found.distance[0] > 1
    assert any("far from all training rows" in r for r in found.reasons[0])


def test_an_unusual_mixture_has_leverage():
    rng = np.random.default_rng(0)
    table = make_synthetic_table(100).take(np.arange(100))
    line = rng.normal(size=100)
    X = np.column_stack([line, line + 0.05 * rng.normal(size=100), rng.normal(size=100)])
    made = table.with_descriptors(X, ("a", "b", "c"))
    odd = replace(made.take([0]), descriptors=np.array([[1.5, -1.5, 0.0]]))
    ordinary = replace(made.take([0]), descriptors=np.array([[1.5, 1.5, 0.0]]))
    border = ApplicabilityDomain(made)
    leverage = MEASURES.index("leverage")
    unusual, usual = (border.judge(t).measures[0] for t in (odd, ordinary))
    assert unusual[leverage] > usual[leverage] or unusual[0] > usual[0]


def test_missing_values_and_labels_without_formula(table):
    X = table.descriptors.copy()
    X[:, 3] = np.nan
    nameless = replace(table, descriptors=X, names=tuple(f"row {i}" for i in range(160)))
    assert ApplicabilityDomain(nameless).judge(nameless).inside.mean() > 0.9


def test_other_columns_are_refused(table):
    other = table.with_descriptors(table.descriptors[:, :3], table.descriptor_names[:3])
    with pytest.raises(InputError, match="columns are not those"):
        ApplicabilityDomain(table).judge(other)


def test_blocks_leave_out_neighbours(table):
    blocks = left_out_blocks(table.descriptors)
    assert len(blocks) <= BLOCKS
    for train, test in blocks:
        assert not set(train) & set(test)
        assert len(train) + len(test) == table.n_rows
        assert len(test) <= table.n_rows / 2
    assert left_out_blocks(table.descriptors[:19]) == []


@pytest.fixture(scope="module")
def line():
    """A hundred clusters on a line: a fifth at each end, out of range where it is left out."""
    x = np.concatenate([np.linspace(c, c + 1, 20) for c in (0, 10, 11, 12, 22)])
    table = make_synthetic_table(100, seed=1).with_descriptors(x[:, None], ("x",))
    return replace(table, names=tuple(f"no {i}" for i in range(100)))


def test_limits_are_raised_where_far_clusters_were_predicted_as_well(line):
    errors = np.random.default_rng(0).normal(size=100)
    tested = raised_limits(line, left_out_blocks(line.descriptors), errors)
    tested = np.array([100.0, 100.0, tested[MEASURES.index("range")]])
    assert tested[2] > 2
    odd, farther = (moved(line, "x", 23 * (1 + 0.25 * t)) for t in (2, tested[2] + 1))
    assert ApplicabilityDomain(line).judge(odd).reasons[0]
    found = ApplicabilityDomain(line, tested).judge(odd)
    assert found.inside[0]
    assert found.remarks[0][0] == "x 34.5 is above 23"
    assert ApplicabilityDomain(line, tested).judge(farther).reasons[0][0].endswith("is above 23")


def test_limits_stand_where_far_clusters_were_predicted_worse(line):
    x = line.descriptors[:, 0]
    errors = np.random.default_rng(0).normal(size=100) * np.where((x < 5) | (x > 20), 4.0, 1.0)
    tested = raised_limits(line, left_out_blocks(line.descriptors), errors)
    assert tested[MEASURES.index("range")] == 1


def test_few_far_clusters_raise_no_limit(line):
    few = line.take(np.r_[0:4, 20:80, 96:100])
    blocks = [(np.arange(4, 68), np.arange(4)), (np.arange(64), np.arange(64, 68))]
    assert raised_limits(few, blocks, np.zeros(68)).tolist() == [1, 1, 1]
    assert raised_limits(few, [], np.zeros(68)).tolist() == [1, 1, 1]


def test_hard_splits_leave_out_what_they_say(table):
    kinds = ["metal", "ligand", "core", "largest", "highest", "lowest"]
    assert list_hard_splits(table) == kinds
    metals = hard_folds(table, "metal")
    for label, (train, test) in zip(metals.labels, metals.splits, strict=True):
        assert all(set(formulas_of(table)[i].metals) == {label} for i in test)
        assert not any(label in formulas_of(table)[i].metals for i in train)
    train, test = hard_folds(table, "highest").splits[0]
    assert table.target[train].max() <= table.target[test].min()
    assert len(test) == 32
    train, test = hard_folds(table, "largest").splits[0]
    assert max(formulas_of(table)[i].n_atoms for i in train) <= min(
        formulas_of(table)[i].n_atoms for i in test
    )


def test_an_unknown_hard_split(table):
    with pytest.raises(InputError, match="did you mean metal"):
        hard_folds(table, "metals")


def test_one_metal_alone_cannot_be_left_out(table):
    one = table.take([i for i, f in enumerate(formulas_of(table)) if "Mo" in f.metals])
    with pytest.raises(InputError, match="no two groups by metal"):
        hard_folds(one, "metal")


def test_the_largest_of_labels_without_formula_are_not_known(table):
    named = replace(table, names=("first", *table.names[1:]))
    with pytest.raises(InputError, match=r"'first' is no formula \(1 such labels\)"):
        hard_folds(named, "largest")


def test_labels_without_formula_are_no_metal(table):
    named = replace(table, names=("a", "b", "c", "d", *table.names[4:]))
    assert hard_folds(named, "metal").labels == ("Co", "Fe", "Mo", "Rh", "Ta", "V")


def test_a_metal_that_is_left_out_is_in_no_mixture_either(table):
    pairs = tuple(name.replace("Fe", "FeV") for name in table.names[:60])
    mixed = replace(table, names=(*pairs, *table.names[60:]))
    found = hard_folds(mixed, "metal")
    assert "Fe-V" in found.labels
    for label, (train, test) in zip(found.labels, found.splits, strict=True):
        held = {metal for i in train for metal in formulas_of(mixed)[i].metals}
        assert held.isdisjoint(label.split("-"))
        assert {"-".join(sorted(formulas_of(mixed)[i].metals)) for i in test} == {label}
