"""The 24 descriptors of the study: names, levels, units, and the other spellings in use."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import NamedTuple

LEVELS = MappingProxyType({1: "site", 2: "local environment", 3: "cluster"})


class Descriptor(NamedTuple):
    """One descriptor: its column name, unit, meaning and an ASCII alias."""

    name: str
    unit: str
    meaning: str
    alias: str


DESCRIPTORS = (
    Descriptor("3_VDE/VIE", "eV", "vertical detachment or ionization energy", "3_VDE/VIE"),
    Descriptor("3_α", "a0^3", "isotropic polarizability", "3_alpha"),
    Descriptor("3_μ", "Debye", "dipole moment", "3_mu"),
    Descriptor("1_Qmax", "e", "largest natural charge on a metal atom", "1_Qmax"),
    Descriptor("1_ΔQmax", "e", "largest metal charge minus bare core", "1_dQmax"),
    Descriptor("1_ΔQmin", "e", "smallest metal charge minus bare core", "1_dQmin"),
    Descriptor("1_Qmin", "e", "smallest natural charge on a metal atom", "1_Qmin"),
    Descriptor("2_Qave", "e", "mean natural charge of metal atoms", "2_Qave"),
    Descriptor("2_Q", "e", "sum of natural charge of metal atoms", "2_Q"),
    Descriptor("2_σave", "", "mean natural spin density of metal atoms", "2_sigma_ave"),
    Descriptor("2_nsave", "electrons", "mean natural valence s population", "2_nsave"),
    Descriptor("2_Δnsave", "electrons", "mean s population minus bare core", "2_dnsave"),
    Descriptor("2_Δndave", "electrons", "mean d population minus bare core", "2_dndave"),
    Descriptor("2_ndave", "electrons", "mean natural valence d population", "2_ndave"),
    Descriptor("3_EHOMO", "eV", "energy of the highest occupied orbital", "3_EHOMO"),
    Descriptor("3_EHOMO/NL", "eV", "HOMO energy per ligand atom", "3_EHOMO/NL"),
    Descriptor("3_ΔEHOMO", "eV", "HOMO energy minus bare core", "3_dEHOMO"),
    Descriptor("3_ΔEHOMO/NL", "eV", "HOMO energy minus bare core per ligand atom", "3_dEHOMO/NL"),
    Descriptor("3_χ", "", "sum of Pauling electronegativity", "3_chi"),
    Descriptor("3_EA", "eV", "sum of electron affinity", "3_EA"),
    Descriptor("3_IE", "eV", "sum of first ionization energy", "3_IE"),
    Descriptor("3_χave", "", "mean Pauling electronegativity", "3_chi_ave"),
    Descriptor("3_EAave", "eV", "mean electron affinity", "3_EAave"),
    Descriptor("3_IEave", "eV", "mean first ionization energy", "3_IEave"),
)

DESCRIPTOR_NAMES = tuple(d.name for d in DESCRIPTORS)
# What the formula alone decides.
COMPOSITION = ("3_χ", "3_EA", "3_IE", "3_χave", "3_EAave", "3_IEave")

_ALIASES = {d.alias: d.name for d in DESCRIPTORS}
_LETTERS = str.maketrans({"∆": "Δ", "µ": "μ"})  # increment, micro sign
_BAR = re.compile("[¯ˉ\u0304\u0305]$")  # a bar over the last letter means the average


def canonical_name(column: str) -> str:
    """Return the 24-descriptor table's name of a column, or the column itself if unknown.

    Examples
    --------
    >>> canonical_name("3_IE¯"), canonical_name("2_sigma_ave"), canonical_name("age")
    ('3_IEave', '2_σave', 'age')
    """
    name = _BAR.sub("ave", column.strip().translate(_LETTERS))
    name = "3_χave" if name == "3_xave" else _ALIASES.get(name, name)
    return name if name in DESCRIPTOR_NAMES else column


def level_of(descriptor: str) -> int | None:
    """Return 1, 2 or 3 from the prefix of a descriptor's name, None without one.

    Examples
    --------
    >>> level_of("2_σave"), level_of("n_Mo")
    (2, None)
    """
    return int(descriptor[0]) if descriptor[:2] in ("1_", "2_", "3_") else None
