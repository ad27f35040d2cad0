"""What a cluster's label says: metals, ligands, charge, and what looks wrong in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusteract.errors import InputError

if TYPE_CHECKING:
    from clusteract.table import Table

# Every sign that published tables use for the charge of an anion or a cation.
MINUS_SIGNS = "-¯ˉ⁻−–‐‑﹣－"
PLUS_SIGNS = "+⁺＋"

_BY_ATOMIC_NUMBER = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As
Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd
Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am
Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
PERIODIC_TABLE = tuple(_BY_ATOMIC_NUMBER.split())
SYMBOLS = frozenset(PERIODIC_TABLE)
_NONMETALS = "H He B C N O F Ne Si P S Cl Ar As Se Br Kr Te I Xe At Rn"
NONMETALS = frozenset(_NONMETALS.split())

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_TOKEN = re.compile(r"([A-Z][a-z]?)(\d*)")
# A charge that stands apart: in superscripts, after a blank or ^, or in brackets; digit and sign in
# either order.
_SUPER_CHARGE = re.compile(f"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)([{MINUS_SIGNS}{PLUS_SIGNS}])$")
_APART = re.compile(
    r"(?:\s+|\s*\^\s*|\s*[(\[{]\s*)"
    rf"(?:(?P<size>\d+)?\s*(?P<sign>[{MINUS_SIGNS}{PLUS_SIGNS}])"
    rf"|(?P<sign2>[{MINUS_SIGNS}{PLUS_SIGNS}])\s*(?P<size2>\d+))\s*[)\]}}]?$"
)
_BRACKETED = re.compile(rf"[\[({{](.+)[\])}}]\s*(\d*)([{MINUS_SIGNS}{PLUS_SIGNS}]?)(\d*)$")
_ROW_NUMBER = re.compile(r"\s#\d+$")  # tells apart rows of one label
_DASH = f"[{MINUS_SIGNS}_]"
_SIGN = f"[{MINUS_SIGNS}{PLUS_SIGNS}]"
_LABEL = re.compile(
    r"(?P<body>(?:[A-Z][a-z]?\d{0,9})+?)"
    rf"(?:(?P<sign>{_SIGN}+)|\^(?P<size>\d{{1,2}})(?P<one>{_SIGN}))?"
    rf"(?:{_DASH}(?P<isomer>\d{{1,9}}){_DASH}M(?P<mult>\d{{1,9}})"
    rf"|{_DASH}M(?P<mult2>\d{{1,9}})(?:{_DASH}(?P<isomer2>\d{{1,9}}))?)?"
)


@dataclass(frozen=True)
class Formula:
    """A parsed cluster label.

    Attributes
    ----------
    label : str
        The label as the table has it.
    metals, ligands : mapping of str to int
        Atoms of each element, in the order of the label.
    charge : int or None
        In units of e; None where the label carries isomer and multiplicity but no charge sign.
    isomer, multiplicity : int or None
        From labels such as ``Fe3C4-11-M10`` and ``Fe3C4-M10-11``.
    remarks : tuple of str
        What looks wrong in the label, in words (stray digits and the like).
    """

    label: str
    metals: Mapping[str, int]
    ligands: Mapping[str, int]
    charge: int | None = 0
    isomer: int | None = None
    multiplicity: int | None = None
    remarks: tuple[str, ...] = field(default=())

    @property
    def n_metals(self) -> int:
        """Number of metal atoms, nM."""
        return sum(self.metals.values())

    @property
    def n_ligands(self) -> int:
        """Number of ligand atoms, NL."""
        return sum(self.ligands.values())

    @property
    def n_atoms(self) -> int:
        """Number of atoms, N = nM + NL."""
        return self.n_metals + self.n_ligands

    @cached_property
    def elements(self) -> dict[str, int]:
        """Atoms of each element, metals first."""
        return {**self.metals, **self.ligands}

    @property
    def core(self) -> str:
        """The metal part with its charge, the same text for every spelling of it.

        Examples
        --------
        >>> parse_formula("Fe2V1C1¯").core, parse_formula("VFe2").core
        ('Fe2V-', 'Fe2V')
        """
        return _spell(self.metals) + _spell_charge(self.charge)

    @property
    def canonical(self) -> str:
        """The formula in one spelling: metals and ligands by symbol, no 1s, ASCII charge."""
        return _spell(self.metals) + _spell(self.ligands) + _spell_charge(self.charge)

    def __reduce__(self):  # a MappingProxyType has no pickle of its own
        """Rebuild from plain dicts, so that tables travel to worker processes."""
        fields = (self.charge, self.isomer, self.multiplicity, self.remarks)
        return _rebuild, (self.label, dict(self.metals), dict(self.ligands), *fields)


def _rebuild(label, metals, ligands, *rest) -> Formula:
    return Formula(label, MappingProxyType(metals), MappingProxyType(ligands), *rest)


def _spell(elements: Mapping[str, int]) -> str:
    return "".join(f"{e}{n if n > 1 else ''}" for e, n in sorted(elements.items()))


def _spell_charge(charge: int | None) -> str:
    if charge is None:
        return "?"
    if charge == 0:
        return ""
    size = "" if abs(charge) == 1 else f"^{abs(charge)}"
    return size + ("-" if charge < 0 else "+")


def _with_charge_at_end(label: str) -> str:
    """Return a label with its charge as ^2-, wherever and however it stands apart.

    Examples
    --------
    >>> [_with_charge_at_end(x) for x in ("Fe2O 2-", "[Fe2S2]2-", "V3C4 1−", "Fe2S2¹⁻", "Fe2S-")]
    ['Fe2O^2-', 'Fe2S2^2-', 'V3C4^1−', 'Fe2S2^1⁻', 'Fe2S-']
    """
    text = _ROW_NUMBER.sub("", label)
    whole = _BRACKETED.fullmatch(text)
    if whole:
        size = whole[2] or whole[4]
        return whole[1] + (f"^{size or 1}{whole[3]}" if whole[3] else "")
    text = _SUPER_CHARGE.sub(lambda m: f"^{m[1].translate(_SUPERSCRIPTS)}{m[2]}", text)
    apart = _APART.search(text)
    if apart is None:
        return text
    size, sign = apart["size"] or apart["size2"] or "1", apart["sign"] or apart["sign2"]
    return f"{text[: apart.start()]}^{size}{sign}"


def _parse_charge(found: re.Match[str]) -> int:
    if found["one"]:
        return int(found["size"]) * (-1 if found["one"] in MINUS_SIGNS else 1)
    sign = found["sign"] or ""
    return sum(-1 if s in MINUS_SIGNS else 1 for s in sign)


def _count_elements(label: str, body: str) -> tuple[dict[str, int], list[str]]:
    counts: dict[str, int] = {}
    remarks = []
    for symbol, digits in _TOKEN.findall(body):
        if symbol not in SYMBOLS:
            raise InputError(f"Could not parse cluster {label!r}: {symbol!r} is no element")
        n = int(digits) if digits else 1
        if n == 0 or digits.startswith("0"):
            remarks.append(f"count {digits!r} of {symbol}")
        if n > 20 and symbol in NONMETALS:
            remarks.append(f"stray digit? {symbol}{digits} reads as {n} atoms of {symbol}")
        if symbol in counts:
            remarks.append(f"{symbol} is named twice")
        counts[symbol] = counts.get(symbol, 0) + n
    return counts, remarks


def parse_formula(label: str) -> Formula:
    """Read a cluster label.

    Understands every minus sign in use, sub- and superscripts, `C1` for `C`, and the suffix
    ``-ISOMER-M2`` or ``-M2-ISOMER``; a charge of several units is ``--``, ``^2-`` or ``²⁻``.
    A label is not judged here beyond `remarks`: whether its counts agree with the table's
    descriptors is for the audit.

    Parameters
    ----------
    label : str
        Such as ``"Mo5S2C1¯"``, ``"Ta3S4"`` or ``"Fe3C4-11-M10"``.

    Returns
    -------
    Formula

    Raises
    ------
    InputError
        Where the label is no formula.

    Examples
    --------
    >>> f = parse_formula("Mo5S2C1¯")
    >>> dict(f.metals), dict(f.ligands), f.charge, f.core
    ({'Mo': 5}, {'S': 2, 'C': 1}, -1, 'Mo5-')
    >>> f = parse_formula("Fe3C4-11-M10")
    >>> f.isomer, f.multiplicity, f.charge is None
    (11, 10, True)
    """
    text = "".join(_with_charge_at_end(str(label).strip()).split())
    text = text.translate(_SUBSCRIPTS).translate(_SUPERSCRIPTS)
    found = _LABEL.fullmatch(text)
    if found is None:
        raise InputError(
            f"Could not parse cluster {str(label)[:60]!r}: expected element symbols and counts "
            "with an optional charge, such as Mo5S2C1- or Ta3S4"
        )
    counts, remarks = _count_elements(label, found["body"])
    isomer, multiplicity = found["isomer"] or found["isomer2"], found["mult"] or found["mult2"]
    unsigned = multiplicity is not None and not (found["sign"] or found["one"])
    return Formula(
        label=str(label),
        metals=MappingProxyType({e: n for e, n in counts.items() if e not in NONMETALS}),
        ligands=MappingProxyType({e: n for e, n in counts.items() if e in NONMETALS}),
        charge=None if unsigned else _parse_charge(found),
        isomer=int(isomer) if isomer else None,
        multiplicity=int(multiplicity) if multiplicity else None,
        remarks=tuple(remarks),
    )


@lru_cache(maxsize=200_000)
def try_parse_formula(label: str) -> Formula | None:
    """Read a cluster label, or None where it is no formula."""
    try:
        return parse_formula(label)
    except InputError:
        return None


def formulas_of(table: Table) -> tuple[Formula | None, ...]:
    """Return the parsed names of a table; None where a name is no formula."""
    return tuple(map(try_parse_formula, table.names))
