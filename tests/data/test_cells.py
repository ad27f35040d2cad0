"""From cells to numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteract.data.cells import MISSING_WORDS, is_number, to_number


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
