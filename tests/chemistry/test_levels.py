"""Names of the 24 descriptors."""

import pytest

from clusteract.chemistry.levels import (
    DESCRIPTOR_NAMES,
    DESCRIPTORS,
    LEVELS,
    canonical_name,
    level_of,
)


def test_there_are_24_on_three_levels():
    assert len(set(DESCRIPTOR_NAMES)) == 24
    assert [sum(level_of(n) == level for n in DESCRIPTOR_NAMES) for level in LEVELS] == [4, 7, 13]


@pytest.mark.parametrize("descriptor", DESCRIPTORS, ids=lambda d: d.alias)
def test_name_and_alias_lead_to_the_name(descriptor):
    assert descriptor.alias.isascii()
    assert canonical_name(descriptor.name) == descriptor.name
    assert canonical_name(f" {descriptor.alias} ") == descriptor.name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("2_σ¯", "2_σave"),
        ("2_nd¯", "2_ndave"),
        ("2_nsˉ", "2_nsave"),
        ("2_Q¯", "2_Qave"),
        ("2_∆nd¯", "2_Δndave"),
        ("3_x¯", "3_χave"),
        ("3_χ\u0304", "3_χave"),
        ("3_IE¯", "3_IEave"),
        ("3_EAˉ", "3_EAave"),
        ("3_µ", "3_μ"),
        ("3_∆EHOMO/NL", "3_ΔEHOMO/NL"),
    ],
)
def test_other_spellings(written, name):
    assert canonical_name(written) == name


@pytest.mark.parametrize("column", ["age", "lg(k1)", "3_x", "x¯", "", "3_IE"])
def test_other_columns_keep_their_names(column):
    assert canonical_name(column) == column


@pytest.mark.parametrize(("column", "level"), [("1_x", 1), ("4_x", None), ("1", None), ("", None)])
def test_level_is_the_prefix(column, level):
    assert level_of(column) == level
