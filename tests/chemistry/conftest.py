"""Outputs in the layout of Gaussian (NBO 3.1) and of ORCA with NBO 7, written by us."""

from dataclasses import dataclass, field

import pytest

GAUSSIAN_HEAD = """\
 Entering Gaussian System, Link 0=g16
 Copyright (c) 1988-2017, Gaussian, Inc.  All Rights Reserved.
 ******************************************
 Gaussian 16:  ES64L-G16RevA.03 25-Dec-2016
 ******************************************
"""


@dataclass
class Molecule:
    """One structure with made-up but consistent natural populations."""

    atoms: tuple[str, ...]
    charges: tuple[float, ...]
    shells: tuple[str, ...]  # as in a natural electron configuration
    spins: tuple[float, ...] | None = None
    charge: int = -1
    multiplicity: int = 2
    homo: float = -0.01  # hartree
    energy: float = -500.0  # hartree
    shift: float = 0.0  # of all atoms along x
    numbers: dict = field(default_factory=lambda: {"Fe": 26, "S": 16, "Mo": 42, "H": 1})

    def total(self, k):
        return self.numbers[self.atoms[k]] - self.charges[k]


IRON = Molecule(
    ("Fe", "Fe", "S"),
    (-0.10000, 0.12000, -1.02000),
    (
        "[core]4S( 0.90)3d( 7.10)4p( 0.04)5d( 0.01)",
        "[core]4S( 0.80)3d( 7.02)4p( 0.04)",
        "[core]3S( 1.75)3p( 5.26)",
    ),
    spins=(3.5, 3.4, 0.1),
    multiplicity=8,
)
BARE = Molecule(
    ("Fe", "Fe"),
    (-0.50000, -0.50000),
    ("[core]4S( 1.46)3d( 6.91)4p( 0.09)", "[core]4S( 1.46)3d( 6.91)4p( 0.09)"),
    spins=(3.55, 3.45),
    multiplicity=8,
    homo=0.02,
)
CLOSED = Molecule(
    ("Mo", "S"),
    (0.20000, -0.20000),
    ("[core]5S( 0.60)4d( 5.15)5p( 0.03)", "[core]3S( 1.80)3p( 4.38)"),
    charge=0,
    multiplicity=1,
)


def _rows(molecule, charges, totals, spins=None):
    for k, symbol in enumerate(molecule.atoms):
        core = 10.0 * round(totals[k] // 12)
        line = (
            f"     {symbol:>2} {k + 1:4d} {charges[k]:10.5f} {core:12.5f} {totals[k] - core:11.5f}"
        )
        line += f" {0.01:10.5f} {totals[k]:11.5f}"
        yield line + (f" {spins[k]:12.5f}" if spins else "")


def _summary(molecule, charges, totals, spins=None, spin_header=False):
    head = "Natural Population                 Natural" if spin_header else "Natural Population"
    yield " Summary of Natural Population Analysis:"
    yield ""
    yield f"                                       {head}"
    yield "                Natural  -----------------------------------------------"
    yield "    Atom  No    Charge         Core      Valence    Rydberg      Total"
    yield " " + "-" * 71
    yield from _rows(molecule, charges, totals, spins)
    yield " " + "=" * 71
    yield f"   * Total * {sum(charges):10.5f} {0:12.5f} {0:11.5f} {0:10.5f} {sum(totals):11.5f}"
    yield ""


def _configurations(molecule, shells):
    yield "    Atom  No          Natural Electron Configuration"
    yield " " + "-" * 76
    for k, symbol in enumerate(molecule.atoms):
        first, broken, rest = shells[k].partition("5d(")
        yield f"     {symbol:>2} {k + 1:4d}      {first}"
        if broken:  # long configurations go on in the next line
            yield f"                  {broken}{rest}"
    yield ""
    yield ""


def gaussian_populations(molecule):
    totals = [molecule.total(k) for k in range(len(molecule.atoms))]
    yield " ******************************Gaussian NBO Version 3.1******************************"
    yield "             N A T U R A L   A T O M I C   O R B I T A L   A N D"
    yield from _summary(molecule, molecule.charges, totals)
    yield from _configurations(molecule, molecule.shells)
    if molecule.spins is None:
        return
    for word, sign in (("Alpha", 1), ("Beta", -1)):
        yield " " + "*" * 51
        yield f" *******        {word:>6} spin orbitals        *******"
        yield " " + "*" * 51
        half = [(t + sign * s) / 2 for t, s in zip(totals, molecule.spins, strict=True)]
        yield from _summary(molecule, [c / 2 for c in molecule.charges], half)
        yield from _configurations(molecule, ["[core]4S( 0.45)3d( 3.50)"] * len(totals))


def gaussian(molecule, *, end=" Normal termination of Gaussian 16 at Thu Jan  1 00:00:00 2026."):
    numbers = [molecule.numbers[a] for a in molecule.atoms]
    body = [f" Charge = {molecule.charge:2d} Multiplicity = {molecule.multiplicity}"]
    body += ["                         Standard orientation:", " " + "-" * 69]
    body += [" Center     Atomic      Atomic             Coordinates (Angstroms)"]
    body += [" Number     Number       Type             X           Y           Z", " " + "-" * 69]
    for k, number in enumerate(numbers):
        x = 2.1 * k + molecule.shift
        body.append(f"{k + 1:7d}{number:11d}{0:12d}{x:16.6f}{0:12.6f}{0:12.6f}")
    body += [" " + "-" * 69]
    body += [f" SCF Done:  E(UBP86) =  {molecule.energy:.9f}     A.U. after   14 cycles"]
    body += [f" Alpha  occ. eigenvalues -- {molecule.homo - 0.2:10.5f}{molecule.homo - 0.1:10.5f}"]
    body += [f" Alpha virt. eigenvalues -- {molecule.homo + 0.2:10.5f}"]
    if molecule.spins is not None:
        body += [f"  Beta  occ. eigenvalues -- {molecule.homo - 0.2:10.5f}{molecule.homo:10.5f}"]
        body += [f"  Beta virt. eigenvalues -- {molecule.homo + 0.2:10.5f}"]
    body += ["          Condensed to atoms (all electrons):", ""]
    body += [" Dipole moment (field-independent basis, Debye):"]
    body += ["    X=              3.0000    Y=              4.0000    Z=              0.0000  Tot="]
    body += ["  Exact polarizability: 100.000   0.000 200.000   0.000   0.000 300.000"]
    body += gaussian_populations(molecule)
    return GAUSSIAN_HEAD + "\n".join([*body, end, ""])


def orca(molecule, *, end="                             ****ORCA TERMINATED NORMALLY****"):
    totals = [molecule.total(k) for k in range(len(molecule.atoms))]
    body = ["                                 * O   R   C   A *"]
    body += [f" Total Charge           Charge          ....   {molecule.charge:2d}"]
    body += [f" Multiplicity           Mult            ....   {molecule.multiplicity:2d}"]
    body += [" *********************************** NBO 7.0 ***********************************"]
    body += ["             N A T U R A L   A T O M I C   O R B I T A L   A N D"]
    body += _summary(molecule, molecule.charges, totals, molecule.spins, spin_header=True)
    body += _configurations(molecule, molecule.shells)
    return "\n".join([*body, end, ""])


@pytest.fixture
def write(tmp_path):
    def write_output(text, name="cluster.log"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_output


@pytest.fixture(scope="session")
def layouts():
    """The two layouts by name, and the molecules."""
    return {"gaussian": gaussian, "orca": orca}


@pytest.fixture(scope="session")
def molecules():
    return {"iron": IRON, "bare": BARE, "closed": CLOSED}
