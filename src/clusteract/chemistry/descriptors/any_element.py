"""Constants of any element: the frozen ones, else those of an optional periodic-table library."""

from __future__ import annotations

from functools import cache
from typing import Any

from clusteract.chemistry.elements import ELEMENTS, Element, valence_electrons
from clusteract.chemistry.formula import SYMBOLS
from clusteract.errors import InputError


@cache
def element(symbol: str) -> Element:
    """Return the constants of an element.

    The ten elements of the published tables are frozen with the package. Others come from
    mendeleev, if it is installed: models trained on the published tables have not seen them.

    Raises
    ------
    InputError
        For an unknown symbol, an element without tabulated constants, or a missing library.

    Examples
    --------
    >>> element("Mo").ionization_energy, is_frozen("Mo"), is_frozen("W")
    (7.092268, True, False)
    """
    if symbol in ELEMENTS:
        return ELEMENTS[symbol]
    if symbol not in SYMBOLS:
        raise InputError(f"{symbol!r} is no element symbol")
    return _from_library(symbol)


def is_frozen(symbol: str) -> bool:
    """Tell whether an element's constants are those of the published tables."""
    return symbol in ELEMENTS


def _from_library(symbol: str) -> Element:
    try:
        from mendeleev import element as look_up
    except ImportError as problem:
        raise InputError(
            f"The package has no constants of its own for {symbol} (it has {', '.join(ELEMENTS)}); "
            "install mendeleev for the others: pip install 'clusteract[chemistry]'"
        ) from problem
    found: Any = look_up(symbol)
    values = {
        "electronegativity": found.en_pauling,
        "electron affinity": found.electron_affinity,
        "ionization energy": found.ionenergies.get(1),
    }
    for what, value in values.items():
        if value is None:
            raise InputError(f"No {what} is tabulated for {symbol}; leave its clusters out")
    shells = found.ec.conf
    d_electrons = sum(n for (_, kind), n in shells.items() if kind == "d")
    full = sum(n for (level, kind), n in shells.items() if kind == "d" and level < found.period - 1)
    valence = valence_electrons(symbol) or found.nvalence()
    chi, affinity, ionization = (float(v) for v in values.values())
    return Element(
        symbol, chi, affinity, ionization, int(valence), int(d_electrons - full), found.period
    )
