"""The difference between a model's descriptors and a table's columns."""

import pytest

from clusteract.chemistry.domain import CLUSTERS
from clusteract.errors import InputError
from clusteract.model.columns import ColumnMismatch, compare_columns, match_columns


def test_positions_follow_the_model_not_the_table():
    assert match_columns(("3_α", "2_Q"), ("2_Q", "x", "3_alpha"), "t", CLUSTERS) == [2, 0]


def test_each_missing_descriptor_gets_its_nearest_unknown_column():
    diff = compare_columns(("3_EHOMO", "2_Q", "3_μ"), ("3_E_HOMO", "2_Q", "note"))
    assert diff.missing == ("3_EHOMO", "3_μ")
    assert diff.unknown == ("3_E_HOMO", "note")
    assert diff.nearest == ("3_E_HOMO", None)


def test_the_lines_name_every_column_once():
    lines = compare_columns(("3_EHOMO", "2_Q", "3_μ"), ("3_E_HOMO", "2_Q", "note")).lines()
    assert lines == [
        "- 3_EHOMO  missing; nearest: 3_E_HOMO",
        "- 3_μ      missing",
        "+ note     unknown",
    ]


def test_a_long_difference_is_one_short_line():
    needed = [f"d{i}" for i in range(30)]
    with pytest.raises(ColumnMismatch, match=r"30 of the model's 30 .*'d4' and 25 more; ") as error:
        match_columns(needed, ["x"], "t")
    assert "\n" not in str(error.value)
    assert len(error.value.diff.missing) == 30


def test_two_spellings_of_one_descriptor_are_refused():
    with pytest.raises(InputError, match="t: columns '3_μ' and '3_mu' are both 3_μ"):
        match_columns(["3_μ"], ["3_μ", "3_mu"], "t", CLUSTERS)
