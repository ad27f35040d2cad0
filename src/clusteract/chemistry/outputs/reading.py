"""read_output: one quantum-chemistry output, with its state told before anything is believed."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from clusteract.chemistry.formula import NONMETALS, Formula, parse_formula
from clusteract.chemistry.outputs.nbo import PopulationAnalysis, parse_populations
from clusteract.errors import InputError

_GAUSSIAN_STATE = re.compile(r"Charge\s*=\s*(-?\d+)\s+Multiplicity\s*=\s*(\d+)")
_ORCA_CHARGE = re.compile(r"Total Charge\s+Charge\s+\.+\s*(-?\d+)")
_ORCA_MULTIPLICITY = re.compile(r"Multiplicity\s+Mult\s+\.+\s*(\d+)")
_NEW_STEP = (
    "Entering Gaussian System",
    "Proceeding to internal job step number",
    "* O   R   C   A *",
)
_NORMAL = ("Normal termination of Gaussian", "ORCA TERMINATED NORMALLY")
_FAILED = (
    "Error termination",
    "ORCA finished by error termination",
    "aborting the run",
    "Convergence failure",
)
_SAME_PLACE = 1e-3  # angstrom


@dataclass(frozen=True)
class ClusterOutput:
    """What one output says of a cluster.

    Attributes
    ----------
    name : str
        File name.
    charge, multiplicity : int
    populations : PopulationAnalysis or None
        None only where `read_output` was told that it may be missing.
    homo : float or None
        Energy of the highest occupied orbital of either spin, eV.
    dipole : float or None
        Debye.
    polarizability : float or None
        Isotropic, a0^3.
    energy : float or None
        Total energy, eV.
    atoms : tuple of str
    places : ndarray, (n_atoms, 3), or None
        Angstrom.
    remarks : tuple of str
    """

    name: str
    charge: int
    multiplicity: int
    populations: PopulationAnalysis | None
    homo: float | None
    dipole: float | None
    polarizability: float | None
    energy: float | None
    atoms: tuple[str, ...]
    places: np.ndarray | None
    remarks: tuple[str, ...]

    @property
    def formula(self) -> Formula:
        """The cluster's formula, metals first, with its charge."""
        return parse_formula(self.label)

    @property
    def label(self) -> str:
        """The cluster's label, such as ``Mo2S-``."""
        counts: dict[str, int] = {}
        for symbol in sorted(self.atoms, key=lambda s: (s in NONMETALS, self.atoms.index(s))):
            counts[symbol] = counts.get(symbol, 0) + 1
        body = "".join(f"{s}{n if n > 1 else ''}" for s, n in counts.items())
        size = "" if abs(self.charge) == 1 else f"^{abs(self.charge)}"
        return body + ("" if self.charge == 0 else size + ("-" if self.charge < 0 else "+"))

    def same_place(self, other: ClusterOutput) -> bool:
        """Tell whether two outputs are of the same atoms in the same places."""
        if self.atoms != other.atoms or self.places is None or other.places is None:
            return False
        return bool(np.abs(self.places - other.places).max() < _SAME_PLACE)


@dataclass
class _Step:
    line: int
    state: str = ""
    charge: int | None = None
    multiplicity: int | None = None
    analyses: int = 0
    why: str = field(default="")


def read_output(path: str | PathLike[str], *, populations: bool = True) -> ClusterOutput:
    """Read an output of Gaussian, or of ORCA with NBO.

    Natural populations are read by this package; orbital energies, dipole, polarizability and
    total energy by cclib, where it is installed.

    Parameters
    ----------
    path : path
    populations : bool
        False for an output that is only wanted for its energy.

    Raises
    ------
    InputError
        Where the file is no such output, is truncated, has failed, or holds several clusters.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise InputError(f"Cannot read {path}: {problem.strerror or problem}") from problem
    lines = text.splitlines()
    step, remarks = _check_steps(_steps(lines, path.name), path.name)
    found = parse_populations(lines, path.name) if populations or step.analyses else None
    rest, why = _read_with_cclib(lines, path.name)
    atoms = found.symbols if found is not None else rest.get("atoms", ())
    if not atoms:
        raise InputError(f"{path.name}: no atoms found in it; {why or 'is it a whole output?'}")
    if step.charge is None or step.multiplicity is None:
        raise InputError(f"{path.name}: its charge and multiplicity are not in it")
    return ClusterOutput(
        name=path.name,
        charge=step.charge,
        multiplicity=step.multiplicity,
        populations=found,
        homo=rest.get("homo"),
        dipole=rest.get("dipole"),
        polarizability=rest.get("polarizability"),
        energy=rest.get("energy"),
        atoms=tuple(atoms),
        places=rest.get("places"),
        remarks=(*remarks, *((why,) if why else ())),
    )


# --- the state of the calculation ----------------------------------------------------------


def _steps(lines: Iterable[str], name: str) -> list[_Step]:
    steps: list[_Step] = []
    for number, line in enumerate(lines, start=1):
        if any(mark in line for mark in _NEW_STEP):
            if not steps or steps[-1].state or steps[-1].charge is not None:
                steps.append(_Step(number))
            continue
        if not steps:
            continue
        step = steps[-1]
        if any(mark in line for mark in _NORMAL):
            step.state = "normal"
        elif any(mark in line for mark in _FAILED):
            step.state, step.why = "failed", step.why or line.strip()
        elif "Summary of Natural Population Analysis" in line:
            step.analyses += 1
        else:
            _read_state(step, line)
    if not steps:
        raise InputError(f"{name}: not an output of Gaussian or ORCA; give the program's log file")
    return steps


def _read_state(step: _Step, line: str) -> None:
    gaussian = _GAUSSIAN_STATE.search(line)
    if gaussian:
        step.charge, step.multiplicity = int(gaussian[1]), int(gaussian[2])
    charge, multiplicity = _ORCA_CHARGE.search(line), _ORCA_MULTIPLICITY.search(line)
    if charge:
        step.charge = int(charge[1])
    if multiplicity:
        step.multiplicity = int(multiplicity[1])


def _check_steps(steps: list[_Step], name: str) -> tuple[_Step, list[str]]:
    """Return the step that counts, with remarks; refuse what cannot be believed."""
    for number, step in enumerate(steps, start=1):
        where = f"{name}, step {number} of {len(steps)}" if len(steps) > 1 else name
        if step.state == "failed":
            raise InputError(f"{where}: the calculation failed ({step.why}); repeat it")
        if not step.state:
            raise InputError(
                f"{where}: truncated, it does not say that it ended normally; finish the "
                "calculation or copy the whole file"
            )
    states = {(s.charge, s.multiplicity) for s in steps if s.charge is not None}
    if len(states) > 1:
        found = " and ".join(f"charge {q} multiplicity {m}" for q, m in sorted(states))
        raise InputError(f"{name}: holds several calculations ({found}); split it, one file each")
    last = steps[-1]
    with_analysis = [k for k, s in enumerate(steps, start=1) if s.analyses]
    remarks = []
    if len(steps) > 1 and with_analysis:
        remarks.append(f"populations of step {with_analysis[-1]} of {len(steps)}")
        last.analyses = last.analyses or 1
    if last.charge is None:
        last.charge, last.multiplicity = next(iter(states), (None, None))
    return last, remarks


# --- what cclib reads ------------------------------------------------------------------------


def _read_with_cclib(lines: list[str], name: str) -> tuple[dict[str, Any], str]:
    """Return orbital and total energies and moments, and what stood in the way."""
    try:
        from cclib.io import ccread
    except ImportError:
        return {}, "cclib is not installed: pip install 'clusteract[chemistry]'"
    # cclib reads past the end of open-shell natural population tables: it must not see them.
    kept = "\n".join(s for s in lines if "Natural Population" not in s) + "\n"
    try:
        data = ccread(io.StringIO(kept), loglevel=logging.CRITICAL)
    except Exception as problem:  # cclib raises whatever its line handlers meet
        return {}, f"cclib could not read it ({type(problem).__name__}: {problem})"
    if data is None:
        return {}, "cclib does not know this format"
    return _from_cclib(data), ""


def _from_cclib(data: Any) -> dict[str, Any]:
    from cclib.parser.utils import PeriodicTable

    found: dict[str, Any] = {}
    symbols = PeriodicTable().element
    if hasattr(data, "atomnos"):
        found["atoms"] = tuple(symbols[int(n)] for n in data.atomnos)
    if hasattr(data, "atomcoords"):
        found["places"] = np.asarray(data.atomcoords[-1])
    if hasattr(data, "moenergies") and hasattr(data, "homos"):
        pairs = zip(data.moenergies, data.homos, strict=False)
        found["homo"] = float(max(levels[homo] for levels, homo in pairs if homo >= 0))
    if hasattr(data, "scfenergies"):
        found["energy"] = float(data.scfenergies[-1])
    if hasattr(data, "moments") and len(data.moments) > 1:
        found["dipole"] = float(np.linalg.norm(data.moments[1]))
    if hasattr(data, "polarizabilities"):
        found["polarizability"] = float(np.trace(data.polarizabilities[-1]) / 3)
    return found
