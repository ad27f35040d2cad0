"""The 24 descriptors of the study: names, levels, units, and the other spellings in use."""

from __future__ import annotations

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

_SPELLINGS = {
    "2_σ¯": "2_σave",
    "2_σˉ": "2_σave",
    "2_nd¯": "2_ndave",
    "2_ndˉ": "2_ndave",
    "2_ns¯": "2_nsave",
    "2_nsˉ": "2_nsave",
    "3_x¯": "3_χave",
    "3_xˉ": "3_χave",
    "3_χ¯": "3_χave",
    "3_χˉ": "3_χave",
    "3_IE¯": "3_IEave",
    "3_IEˉ": "3_IEave",
    "3_EA¯": "3_EAave",
    "3_EAˉ": "3_EAave",
    **{d.alias: d.name for d in DESCRIPTORS},
    **{d.name.replace("Δ", "∆"): d.name for d in DESCRIPTORS},  # U+2206, increment
    **{d.name.replace("μ", "µ"): d.name for d in DESCRIPTORS},  # U+00B5, micro sign
}


def canonical_name(column: str) -> str:
    """Return the 24-descriptor table's name of a column, or the column itself if unknown.

    Examples
    --------
    >>> canonical_name("3_IE¯"), canonical_name("2_sigma_ave"), canonical_name("age")
    ('3_IEave', '2_σave', 'age')
    """
    return _SPELLINGS.get(column.strip(), column)


def level_of(descriptor: str) -> int | None:
    """Return 1, 2 or 3 from the prefix of a descriptor's name, None without one.

    Examples
    --------
    >>> level_of("2_σave"), level_of("n_Mo")
    (2, None)
    """
    return int(descriptor[0]) if descriptor[:2] in ("1_", "2_", "3_") else None
