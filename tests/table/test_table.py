"""Table: immutable, consistent, and clear about what does not fit."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest

from clusteract.errors import InputError
from clusteract.table import Source, Table


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "Clusters": ["Nb2S-", "Nb2SC¯", "Nb3", "reference"],
            "lg(k1)": [-12.0, -11.5, -10.0, -9.5],
            "1_Q": [0.1, np.nan, 0.3, 0.4],
            "3_T": [7.0, 7.5, -999.0, 8.0],
        }
    )
    return Table.from_frame(frame, target="lg(k1)")


def test_arrays_and_fields_are_frozen(table):
    with pytest.raises(ValueError, match="read-only"):
        table.descriptors[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        table.target[0] = 1.0
    with pytest.raises(FrozenInstanceError, match="names"):
        table.names = ()


def test_the_makers_array_is_not_frozen_with_it():
    X = np.zeros((2, 1))
    made = Table(("a", "b"), X, ("x",), None, None, Source("t", ""))
    X[0, 0] = 5.0
    assert made.descriptors[0, 0] == 0.0


def test_frame_goes_in_and_out(table):
    again = Table.from_frame(table.to_frame(), target="lg(k1)")
    assert again.content_hash == table.content_hash
    assert again.source.sha256 == table.content_hash
    assert again.name_column == "Clusters"


def test_missing_and_sentinel_cells_are_named(table):
    assert table.missing_cells == ((1, "1_Q"),)
    assert table.sentinel_cells == ((2, "3_T"),)
    assert table.mask_sentinels().missing_cells == ((1, "1_Q"), (2, "3_T"))


def test_a_number_like_its_column_is_no_sentinel(table):
    X = np.array([[900.0], [999.0], [-999.0], [700.0]])
    assert table.with_descriptors(X, ["x"]).sentinel_cells == ()


@pytest.mark.parametrize("rows", [[2, 0], np.array([2, 0]), (2, 0)])
def test_take_keeps_the_order(table, rows):
    taken = table.take(rows)
    assert taken.names == ("Nb3", "Nb2S-")
    assert taken.target.tolist() == [-10.0, -12.0]
    assert taken.column("1_Q").tolist() == [0.3, 0.1]


def test_take_understands_masks_and_nothing(table):
    mask = np.array([False, True, False, True])
    assert table.take(mask).names == table.take([1, 3]).names
    assert table.take([]).n_rows == 0


def test_hash_sees_every_part(table):
    others = [
        table.take([1, 0, 2, 3]),
        table.with_descriptors(table.descriptors + 1e-12, table.descriptor_names),
        table.with_descriptors(table.descriptors, ["1_Q", "3_U"]),
        replace(table, target=None, target_name=None),
    ]
    assert len({t.content_hash for t in (table, *others)}) == 5


def test_label_says_synthetic(table):
    source = replace(table.source, synthetic=True)
    assert table.label == "table"
    assert replace(table, source=source).label == "table (SYNTHETIC)"


def test_tables_travel_between_processes(table):
    again = pickle.loads(pickle.dumps(table))
    assert again.content_hash == table.content_hash
    assert again.domain is table.domain


def test_unknown_descriptor_suggests(table):
    with pytest.raises(InputError, match="No descriptor '3_t' in table; did you mean 3_T"):
        table.column("3_t")


@pytest.mark.parametrize(
    ("columns", "target", "message"),
    [
        ({"c": ["a"], "x": ["z"]}, None, "Column 'x', row 0: 'z' is no number; numbers and NaN"),
        ({"c": ["a"], "y": ["z"], "x": [1]}, "y", "Column 'y', row 0: 'z' is no number"),
        ({"c": ["a"], "x": [1], "z": [1]}, "xx", "No column 'xx' for the target; did you mean"),
        ({"c": ["a"], "x": [np.inf]}, None, "table, row 'a': x is infinite; finite numbers"),
        ({"c": ["a"], "y": [1.0]}, "y", "needs a column of names and at least one descriptor"),
        ({}, None, "needs a column of names and at least one descriptor"),
    ],
)
def test_frames_that_are_no_table(columns, target, message):
    with pytest.raises(InputError, match=message):
        Table.from_frame(pd.DataFrame(columns), target=target)


def test_columns_that_stand_twice():
    frame = pd.DataFrame([["a", 1, 2]], columns=["c", "x", "x"])
    with pytest.raises(InputError, match="Columns stand twice: x; rename or drop one of each"):
        Table.from_frame(frame)


def test_pieces_that_do_not_fit(table):
    with pytest.raises(InputError, match=r"4 names and 2 descriptor names do not fit .*\(4, 1\)"):
        replace(table, descriptors=table.descriptors[:, :1])
    with pytest.raises(InputError, match=r"4 names do not fit a target of shape \(3,\)"):
        replace(table, target=table.target[:3])


def test_integers_and_missing_values_of_pandas_are_read():
    frame = pd.DataFrame({"c": ["a", "b"], "x": pd.array([1, None], dtype="Int64")})
    np.testing.assert_array_equal(Table.from_frame(frame).descriptors, [[1.0], [np.nan]])


def test_a_negative_number_among_positive_ones_is_a_sentinel(table):
    X = np.append(np.linspace(400, 900, 12), -999.0)[:, None]
    wide = table.take([0] * 13).with_descriptors(X, ["x"])
    assert wide.sentinel_cells == ((12, "x"),)
