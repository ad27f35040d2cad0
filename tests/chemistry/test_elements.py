import pytest

from clusteract.chemistry.elements import ATOMIC_NUMBERS, ELEMENTS, valence_electrons
from clusteract.chemistry.formula import parse_formula


def test_sums_of_a_known_cluster():
    # Mo2S: published composition descriptors are 6.90, 3.58 and 24.544656
    atoms = parse_formula("Mo2S1¯").elements
    sums = [sum(n * ELEMENTS[e][i] for e, n in atoms.items()) for i in (1, 2, 3)]
    assert sums == pytest.approx([6.90, 3.58, 24.544656], abs=1e-9)


@pytest.mark.parametrize(("symbol", "number"), [("H", 1), ("Fe", 26), ("Ta", 73), ("Og", 118)])
def test_atomic_numbers(symbol, number):
    assert ATOMIC_NUMBERS[symbol] == number


@pytest.mark.parametrize(
    ("symbol", "valence"), [("Mo", 6), ("Rh", 9), ("W", 6), ("Ag", 11), ("Sc", 3), ("Xe", None)]
)
def test_valence_electrons(symbol, valence):
    assert valence_electrons(symbol) == valence


def test_frozen_valences_agree_with_the_d_block():
    for element in ELEMENTS.values():
        if element.d_electrons:
            core = {4: 18, 5: 36, 6: 68}[element.period]
            assert element.valence == ATOMIC_NUMBERS[element.symbol] - core
