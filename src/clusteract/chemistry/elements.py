"""Elemental constants that the published tables were made with, frozen with the package."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from clusteract.chemistry.formula import PERIODIC_TABLE


class Element(NamedTuple):
    """Constants of one element.

    Attributes
    ----------
    symbol : str
    chi : float
        Pauling electronegativity.
    electron_affinity, ionization_energy : float
        Electron affinity and first ionization energy, eV.
    valence : int
        Valence electrons of the neutral atom: s and d for a transition metal, s and p else.
    d_electrons : int
        d electrons of the neutral atom's ground state.
    period : int
    """

    symbol: str
    chi: float
    electron_affinity: float
    ionization_energy: float
    valence: int
    d_electrons: int
    period: int


# Values differ between periodic-table libraries and between their revisions: these are the ones
# that reproduce the sums of the published tables to the last digit.
ELEMENTS: Mapping[str, Element] = MappingProxyType(
    {
        row[0]: Element(*row)
        for row in (
            ("Mo", 2.16, 0.75, 7.092268, 6, 5, 5),
            ("Fe", 1.83, 0.15, 7.902754, 8, 6, 4),
            ("V", 1.63, 0.53, 6.746101, 5, 3, 4),
            ("Ta", 1.50, 0.32, 7.887207, 5, 3, 6),
            ("Co", 1.88, 0.66, 7.880989, 9, 7, 4),
            ("Rh", 2.28, 1.14, 7.459163, 9, 8, 5),
            ("S", 2.58, 2.08, 10.360120, 6, 0, 3),
            ("C", 2.55, 1.26, 11.260770, 4, 0, 2),
            ("H", 2.20, 0.75, 13.597900, 1, 0, 1),
            ("N", 3.04, -0.07, 14.533810, 5, 0, 2),
        )
    }
)

ATOMIC_NUMBERS: Mapping[str, int] = MappingProxyType(
    {symbol: number for number, symbol in enumerate(PERIODIC_TABLE, start=1)}
)


def valence_electrons(symbol: str) -> int | None:
    """Return the s and d valence electrons of a transition metal, s and p of the frozen others.

    Returns
    -------
    int or None
        None for elements that are neither frozen here nor of the d block.

    Examples
    --------
    >>> valence_electrons("Fe"), valence_electrons("W"), valence_electrons("Na")
    (8, 6, None)
    """
    if symbol in ELEMENTS:
        return ELEMENTS[symbol].valence
    number = ATOMIC_NUMBERS.get(symbol, 0)
    for first, last, closed_shells in ((21, 30, 18), (39, 48, 36), (72, 80, 68)):
        if first <= number <= last:
            return number - closed_shells
    return None
