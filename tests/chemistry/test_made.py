from dataclasses import replace

import numpy as np
import pytest

from clusteract.chemistry.descriptors import NORMALISED, add_made, composition_only
from clusteract.chemistry.descriptors.made import complete, made_where_possible
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.table import Table


@pytest.fixture
def table():
    return Table(
        names=("Mo2S2C-", "Fe3-"),
        descriptors=np.array([[1.2, 90.0, 2.0, -0.4], [-1.0, 60.0, 1.5, -0.3]]),
        descriptor_names=("2_Q", "3_α", "3_VDE/VIE", "3_EHOMO"),
        target=None,
        target_name=None,
        source=make_synthetic_table(5).source,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2_Q/NL", [0.4, -1.0]),
        ("2_transfer/NL", [2.2 / 3, 0.0]),
        ("2_transfer/nM", [1.1, 0.0]),
        ("2_transfer/bonds", [2.2 / 8, 0.0]),
        ("3_α/N", [18.0, 20.0]),
        ("x_S", [0.4, 0.0]),
        ("n_Fe", [0.0, 3.0]),
    ],
)
def test_values_by_hand(table, name, expected):
    assert add_made(table).column(name).tolist() == pytest.approx(expected)


def test_a_sentinel_makes_nothing(table):
    cells = np.where(table.descriptors == 60.0, -999.0, table.descriptors)
    made = add_made(table.with_descriptors(cells, table.descriptor_names)).column("3_α/N")
    assert made[0] == pytest.approx(18.0)
    assert np.isnan(made[1])


def test_what_needs_other_columns_is_left_out(table):
    names = add_made(table).descriptor_names
    assert "2_σ" not in names
    assert set(NORMALISED) - set(names) == {"1_Qmax-Qmin", "2_σ", "2_ns"}


def test_own_columns_and_target_stay_as_they_are():
    table = make_synthetic_table(20)
    made = add_made(table)
    assert np.array_equal(made.descriptors[:, :24], table.descriptors)
    assert made.names == table.names
    assert add_made(made).descriptor_names == made.descriptor_names


def test_a_stray_digit_is_seen_through():
    table = make_synthetic_table(60, seed=2)
    row = next(i for i, n in enumerate(table.names) if "C4" in n)
    wrong = list(table.names)
    wrong[row] = wrong[row].replace("C4", "C41")
    made = add_made(replace(table, names=tuple(wrong)))
    assert made.column("n_C")[row] == 4
    assert made.names[row] == wrong[row]


def test_a_model_finds_elements_that_a_new_table_lacks(table):
    completed = complete(table, ["2_Q", "n_Ta", "x_Ta", "3_lnα"])
    assert completed.descriptor_names[4:] == ("n_Ta", "x_Ta", "3_lnα")
    assert completed.column("n_Ta").tolist() == [0, 0]
    assert complete(table, ["2_Q"]) is table


def test_labels_that_are_no_formulas(table):
    numbered = replace(table, names=("one", "two"))
    assert made_where_possible(numbered) is numbered
    with pytest.raises(InputError, match="'one' is no formula"):
        add_made(numbered)


def test_composition_knows_nothing_of_the_descriptors():
    table = make_synthetic_table(30)
    other = replace(table, descriptors=table.descriptors + 1)
    kept = [n for n in composition_only(table).descriptor_names if not n.startswith("3_")]
    for name in kept:
        same = composition_only(table).column(name), composition_only(other).column(name)
        assert np.array_equal(*same, equal_nan=True)
