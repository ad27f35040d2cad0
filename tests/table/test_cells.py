"""From cells to numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteract.table.cells import MISSING_WORDS, is_number, plain_numbers, to_number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_float_comes_back(value):
    assert to_number(repr(value)) == value


@pytest.mark.parametrize(
    "cell", [None, "", "  ", *sorted(MISSING_WORDS), "NA", "N/A", "NaN", math.nan]
)
def test_missing(cell):
    assert math.isnan(to_number(cell))


@pytest.mark.parametrize(("cell", "value"), [("−1.5", -1.5), (" 2 ", 2.0), (".5", 0.5), (3, 3.0)])
def test_numbers_in_other_clothes(cell, value):
    assert to_number(cell) == value


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1 2", "1.2.3", "1e", "２x", "1.5 eV"])
def test_text_is_refused(cell):
    assert not is_number(cell)
    with pytest.raises(ValueError, match="is no number; numbers, or an empty cell"):
        to_number(cell)


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "∞", math.inf, "1e999"])
def test_infinity_is_refused(cell):
    with pytest.raises(ValueError, match="is infinite; finite numbers"):
        to_number(cell)


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "x"],
        ["1", ""],
        ["1", None],
        [1.0],
        ["1_0"],
        ["٣"],
        ["inf"],
        ["1e999"],
        ["1\n2"],
        [" 1"],
        [],
    ],
)
def test_only_plain_text_is_read_at_once(cells):
    assert plain_numbers(cells) is None


def test_read_at_once_or_one_by_one_is_the_same():
    cells = ["1", "-2.5", "+.5", "3.", "1e-3", "-7E+2", "0.1234567890123456789"]
    assert plain_numbers(cells).tolist() == [to_number(c) for c in cells]
