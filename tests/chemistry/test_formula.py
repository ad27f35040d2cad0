"""Labels of clusters: every spelling, and what is refused."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteract.chemistry.formula import (
    MINUS_SIGNS,
    NONMETALS,
    PLUS_SIGNS,
    SYMBOLS,
    parse_formula,
    try_parse_formula,
)
from clusteract.errors import InputError


def test_periodic_table_is_whole():
    assert len(SYMBOLS) == 118
    assert NONMETALS < SYMBOLS
    assert not NONMETALS & {"Fe", "Mo", "V", "Ta", "Co", "Rh", "Al"}


@pytest.mark.parametrize("sign", MINUS_SIGNS)
def test_every_minus_is_an_anion(sign):
    formula = parse_formula(f"Nb4S3C1{sign}")
    assert (formula.charge, formula.core, formula.canonical) == (-1, "Nb4-", "Nb4CS3-")


@pytest.mark.parametrize("sign", PLUS_SIGNS)
def test_every_plus_is_a_cation(sign):
    assert parse_formula(f"Nb4S3{sign}").charge == 1


@pytest.mark.parametrize("label", ["Nb2S--", "Nb2S^2-", "Nb2S²⁻", "Nb2S ²¯", "Nb₂S²−"])
def test_charges_of_two(label):
    formula = parse_formula(label)
    assert (formula.charge, dict(formula.elements)) == (-2, {"Nb": 2, "S": 1})
    assert formula.core == "Nb2^2-"


@pytest.mark.parametrize("label", ["Nb2S1C1⁻", "Nb2SC-", "NbNbCS-", "Nb₂SC¯", " Nb2 S C - "])
def test_one_cluster_has_one_canonical_spelling(label):
    assert parse_formula(label).canonical == "Nb2CS-"


@pytest.mark.parametrize(
    ("label", "isomer", "multiplicity", "charge"),
    [
        ("Nb3C4-11-M10", 11, 10, None),
        ("Nb3C4-M10-11", 11, 10, None),
        ("Nb3C4_2_M1", 2, 1, None),
        ("Nb3C4-M3", None, 3, None),
        ("Nb3C4⁻-1-M2", 1, 2, -1),
        ("Nb3C4-", None, None, -1),
        ("Nb3C4", None, None, 0),
    ],
)
def test_isomer_and_multiplicity(label, isomer, multiplicity, charge):
    formula = parse_formula(label)
    assert (formula.isomer, formula.multiplicity, formula.charge) == (isomer, multiplicity, charge)
    assert dict(formula.elements) == {"Nb": 3, "C": 4}


def test_counts_of_metals_and_ligands():
    formula = parse_formula("Nb2VS3C-")
    assert (formula.n_metals, formula.n_ligands, formula.n_atoms) == (3, 4, 7)
    assert formula.core == parse_formula("VNb2⁻").core == "Nb2V-"


@pytest.mark.parametrize(
    ("label", "remark"),
    [
        ("Nb3C41-", "stray digit? C41 reads as 41 atoms of C"),
        ("Nb3C0-", "count '0' of C"),
        ("Nb3C02-", "count '02' of C"),
        ("Nb3CS2C-", "C is named twice"),
    ],
)
def test_what_looks_wrong_is_remarked(label, remark):
    assert remark in parse_formula(label).remarks


def test_metal_clusters_may_be_large():
    assert parse_formula("Au55").remarks == ()


@pytest.mark.parametrize(
    "label", ["", "-", "fe2", "Fe2S-1", "Fe2(CO)3", "cluster 7", "Fe2S-+x", "Fe" + "1" * 5000]
)
def test_what_is_no_formula(label):
    with pytest.raises(InputError, match=r"Could not parse cluster .*expected element symbols"):
        parse_formula(label)
    assert try_parse_formula(label) is None


def test_unknown_element_is_named():
    with pytest.raises(InputError, match="Could not parse cluster 'Xx2S': 'Xx' is no element"):
        parse_formula("Xx2S")


def test_formulas_travel_between_processes():
    formula = parse_formula("Nb3C4-11-M10")
    assert pickle.loads(pickle.dumps(formula)) == formula


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_none(label):
    formula = try_parse_formula(label)
    assert formula is None or formula.n_atoms >= 0


@given(
    st.dictionaries(st.sampled_from(sorted(SYMBOLS)), st.integers(1, 20), min_size=1, max_size=4),
    st.sampled_from(["", "-", "+", "^3-"]),
)
def test_a_canonical_spelling_reads_back(elements, charge):
    label = "".join(f"{e}{n}" for e, n in elements.items()) + charge
    canonical = parse_formula(label).canonical
    assert parse_formula(canonical).canonical == canonical
    assert parse_formula(canonical).elements == parse_formula(label).elements
