"""Rows of the study's table from outputs: every value with its unit and where it came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clusteract.chemistry.audit.core_references import PAIRS
from clusteract.chemistry.descriptors.any_element import is_frozen
from clusteract.chemistry.descriptors.bare import BareReference
from clusteract.chemistry.descriptors.composition import composition_of
from clusteract.chemistry.elements import ATOMIC_NUMBERS
from clusteract.chemistry.formula import NONMETALS, Formula
from clusteract.chemistry.levels import COMPOSITION, DESCRIPTORS
from clusteract.chemistry.outputs.reading import ClusterOutput
from clusteract.errors import InputError
from clusteract.table.table import Source, Table

_NOBLE = (2, 10, 18, 36, 54, 86)


@dataclass(frozen=True)
class Origin:
    """Where one value came from, or why it is missing.

    Attributes
    ----------
    cluster, descriptor, unit : str
    value : float
        NaN where missing.
    source : str
    """

    cluster: str
    descriptor: str
    value: float
    unit: str
    source: str

    @property
    def missing(self) -> bool:
        """Whether there is no value."""
        return bool(np.isnan(self.value))


@dataclass(frozen=True)
class DescribedOutputs:
    """Rows made from outputs.

    Attributes
    ----------
    table : Table
        Without a target; NaN where a value is missing.
    origins : tuple of Origin
        One for each cell, row by row.
    """

    table: Table
    origins: tuple[Origin, ...]

    @property
    def missing(self) -> tuple[Origin, ...]:
        """The cells without a value, and why."""
        return tuple(o for o in self.origins if o.missing)


@dataclass
class _Row:
    """Values of one cluster with their sources, while they are gathered."""

    values: dict[str, float] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def put(self, descriptor: str, value: float | None, source: str) -> None:
        self.values[descriptor] = float("nan") if value is None else float(value)
        self.sources[descriptor] = source

    def has(self, *descriptors: str) -> bool:
        return all(not np.isnan(self.values.get(d, np.nan)) for d in descriptors)


def describe_outputs(
    outputs: Sequence[ClusterOutput],
    *,
    bare: Iterable[ClusterOutput] = (),
    references: Iterable[BareReference] = (),
) -> DescribedOutputs:
    """Make one row of the 24 descriptors for each cluster.

    An output of the same atoms in the same places with one electron less serves for the vertical
    detachment or ionization energy of another; without populations it makes no row of its own.

    Parameters
    ----------
    outputs : sequence of ClusterOutput
    bare : iterable of ClusterOutput
        Bare cores, for the Δ-descriptors.
    references : iterable of BareReference
        Recovered from a table; used where no output of the bare core is given.

    Raises
    ------
    InputError
        Where an output has no metal atom, or none has populations.
    """
    cores = {b.formula.core: _site_values(b)[0] | _orbital(b) for b in bare}
    recovered = {(r.core, r.descriptor): r for r in references}
    rows = [
        (output, _describe(output, outputs, cores, recovered))
        for output in outputs
        if output.populations is not None
    ]
    if not rows:
        raise InputError("None of the outputs has a natural population analysis; use pop=nbo")
    origins = tuple(
        Origin(o.label, d.name, row.values[d.name], d.unit, row.sources[d.name])
        for o, row in rows
        for d in DESCRIPTORS
    )
    table = Table(
        names=tuple(o.label for o, _ in rows),
        descriptors=np.array([[row.values[d.name] for d in DESCRIPTORS] for _, row in rows]),
        descriptor_names=tuple(d.name for d in DESCRIPTORS),
        target=None,
        target_name=None,
        source=Source(name="outputs", sha256=""),
        name_column="Clusters",
        domain_name="clusters",
    )
    return DescribedOutputs(table, origins)


def _describe(
    output: ClusterOutput,
    outputs: Sequence[ClusterOutput],
    cores: Mapping[str, Mapping[str, float]],
    recovered: Mapping[tuple[str, str], BareReference],
) -> _Row:
    row, formula = _Row(), output.formula
    values, source = _site_values(output)
    for descriptor, value in values.items():
        row.put(descriptor, value, source)
    unread = "; ".join(output.remarks) or "not in the output"
    for descriptor, found in (
        ("3_EHOMO", output.homo),
        ("3_α", output.polarizability),
        ("3_μ", output.dipole),
    ):
        row.put(descriptor, found, f"{output.name}, by cclib" if found is not None else unread)
    row.put("3_VDE/VIE", *_vertical_energy(output, outputs))
    for pair in PAIRS:
        _put_delta(row, formula, pair, cores, recovered)
    for total in ("3_EHOMO", "3_ΔEHOMO"):
        _put_per_ligand(row, formula, total)
    _put_composition(row, formula)
    return row


def _site_values(output: ClusterOutput) -> tuple[dict[str, float], str]:
    """Return the descriptors of the metal atoms, and their source."""
    found = output.populations
    if found is None:
        raise InputError(f"{output.name}: no natural population analysis; use pop=nbo")
    metals = [k for k, s in enumerate(found.symbols) if s not in NONMETALS]
    if not metals:
        raise InputError(f"{output.name}: no metal atom in {output.label}")
    charges = found.charges[metals]
    if found.spins is not None:
        spin = float(found.spins[metals].mean())
    else:
        spin = 0.0 if output.multiplicity == 1 else float("nan")
    values = {
        "1_Qmax": float(charges.max()),
        "1_Qmin": float(charges.min()),
        "2_Qave": float(charges.mean()),
        "2_Q": float(charges.sum()),
        "2_σave": spin,
        "2_nsave": _population(output, metals, "s"),
        "2_ndave": _population(output, metals, "d"),
    }
    place = f"line {found.line}" + (f", analysis {found.number} of {found.of}" * (found.of > 1))
    return values, f"{output.name}, natural populations, {place}"


def _orbital(output: ClusterOutput) -> dict[str, float]:
    return {} if output.homo is None else {"3_EHOMO": output.homo}


def _population(output: ClusterOutput, metals: list[int], kind: str) -> float:
    """Mean population of the metals' valence s or d shell; shells below 0.005 are not printed."""
    found = output.populations
    if found is None or not all(found.configurations[k] for k in metals):
        return float("nan")
    shells = [found.configurations[k] for k in metals]
    levels = [_period(found.symbols[k]) - (kind == "d") for k in metals]
    values = [s.get(f"{level}{kind}", 0.0) for s, level in zip(shells, levels, strict=True)]
    return float(np.mean(values))


def _period(symbol: str) -> int:
    return bisect_left(_NOBLE, ATOMIC_NUMBERS[symbol]) + 1


def _vertical_energy(
    output: ClusterOutput, outputs: Sequence[ClusterOutput]
) -> tuple[float | None, str]:
    for other in outputs:
        if other.charge == output.charge + 1 and output.same_place(other):
            if output.energy is None or other.energy is None:
                return None, "no total energy in the outputs"
            return other.energy - output.energy, f"{other.name} minus {output.name}"
    return None, "needs an output of the same structure with one electron less"


def _put_delta(
    row: _Row,
    formula: Formula,
    pair: tuple[str, str],
    cores: Mapping[str, Mapping[str, float]],
    recovered: Mapping[tuple[str, str], BareReference],
) -> None:
    (descriptor, delta), core = pair, formula.core
    reference = recovered.get((core, descriptor))
    if not row.has(descriptor):
        row.put(delta, None, f"needs {descriptor}")
    elif descriptor in cores.get(core, {}):
        row.put(delta, row.values[descriptor] - cores[core][descriptor], f"output of bare {core}")
    elif reference is None:
        row.put(delta, None, f"needs the bare core {core}: give its output or a table that has it")
    elif np.isnan(reference.value):
        known = " or ".join(f"{c:.6g}" for c in reference.others)
        row.put(delta, None, f"the table's reference for {core} is ambiguous ({known})")
    else:
        doubt = f"; other rows: {reference.others}" if reference.ambiguous else ""
        source = f"bare {core} from {reference.rows} of {reference.of} rows of the table{doubt}"
        row.put(delta, row.values[descriptor] - reference.value, source)


def _put_per_ligand(row: _Row, formula: Formula, total: str) -> None:
    if not formula.n_ligands:
        row.put(f"{total}/NL", None, "undefined without ligands")
    elif not row.has(total):
        row.put(f"{total}/NL", None, f"needs {total}")
    else:
        row.put(f"{total}/NL", row.values[total] / formula.n_ligands, f"{total} per ligand atom")


def _put_composition(row: _Row, formula: Formula) -> None:
    outside = [e for e in formula.elements if not is_frozen(e)]
    source = "the formula" + (f"; other constants for {', '.join(outside)}" if outside else "")
    try:
        found = composition_of(formula)
    except InputError as problem:
        found, source = {}, str(problem)
    for descriptor in COMPOSITION:
        row.put(descriptor, found.get(descriptor), source)
