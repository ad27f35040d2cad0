"""Roles of columns where no one names them."""

import pytest

from clusteract.chemistry.domain import CLUSTERS
from clusteract.errors import InputError
from clusteract.table.columns import Columns, choose_columns
from clusteract.table.sheet import Sheet, column_letters


def make_sheet(*rows):
    return Sheet("t.csv", None, [list(row) for row in rows])


def test_first_second_and_the_rest():
    sheet = make_sheet(["c", "y", "a", "b"], ["Fe", 1, 2, 3])
    assert choose_columns(sheet) == Columns((0,), 1, (2, 3))


def test_a_column_that_only_numbers_the_rows_is_passed_over():
    sheet = make_sheet([None, "name", "y", "a"], [0, "Fe", 1, 2], [1, "Co", 3, 4])
    assert choose_columns(sheet) == Columns((1,), 2, (3,))


def test_a_first_column_of_names_needs_no_header():
    sheet = make_sheet([None, "y", "a"], ["Fe", 1, 2], ["Co", 3, 4])
    assert choose_columns(sheet) == Columns((0,), 1, (2,))


def test_an_indented_table_is_found():
    sheet = make_sheet([None, None, None], [None, "c", "y", "a"], [None, "Fe", 1, 2])
    assert choose_columns(sheet) == Columns((1,), 2, (3,))
    assert sheet.header_index == 1


def test_order_of_chosen_descriptors_is_kept():
    sheet = make_sheet(["c", "y", "a", "b", "d"], ["Fe", 1, 2, 3, 4])
    assert choose_columns(sheet, descriptors=["d", "a:b"]).descriptors == (4, 2, 3)
    assert choose_columns(sheet, descriptors="d, a").descriptors == (4, 2)


def test_columns_whose_names_hold_colons_and_commas_can_be_chosen():
    sheet = make_sheet(["c", "y", "a:b", "d,e"], ["Fe", 1, 2, 3])
    assert choose_columns(sheet, descriptors="a:b").descriptors == (2,)
    assert choose_columns(sheet, descriptors="d,e").descriptors == (3,)
    assert choose_columns(sheet, descriptors="d,e,a:b").descriptors == (3, 2)


def test_two_spellings_of_one_descriptor_are_duplicates():
    sheet = make_sheet(["c", "y", "2_σ¯", "2_σave"], ["Fe", 1, 2, 3])
    with pytest.raises(InputError, match=r"C \('2_σ¯'\) and D \('2_σave'\) have the same name"):
        choose_columns(sheet, domain=CLUSTERS)


def test_duplicates_that_are_not_chosen_do_no_harm():
    sheet = make_sheet(["c", "y", "a", "note", "note"], ["Fe", 1, 2, "x", "y"])
    assert choose_columns(sheet, descriptors="a").descriptors == (2,)
    with pytest.raises(InputError, match=r"D \('note'\) and E \('note'\) have the same name"):
        choose_columns(sheet, descriptors=["note"])


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        *((yes, True) for yes in ("lg(k1)", "Expt. lg(k1)", "log10 k", "lg_k1", "logk", "k1")),
        *((no, False) for no in ("3_EHOMO", "1_Q", "1_log", "kind", "analog", "logistic", "")),
    ],
)
def test_what_looks_like_a_target(column, expected):
    assert CLUSTERS.is_target(column) is expected


def test_columns_are_named_as_in_a_spreadsheet():
    assert [column_letters(j) for j in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
