"""Descriptors made of others and the formula: per atom, per ligand, per metal atom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from clusteract.chemistry.audit.labels import resolve_labels
from clusteract.chemistry.audit.view import ClusterView
from clusteract.chemistry.descriptors.composition import NAMES, add_composition
from clusteract.chemistry.formula import SYMBOLS, formulas_of
from clusteract.chemistry.levels import canonical_name
from clusteract.table.table import Table

Columns = Mapping[str, np.ndarray]
Maker = Callable[[Columns], np.ndarray]

# Bonds that one atom of a ligand usually forms: what it takes from the metal in a formal count.
BONDS = MappingProxyType(
    {"H": 1, "B": 3, "C": 4, "N": 3, "O": 2, "F": 1, "Si": 4, "P": 3, "S": 2, "Cl": 1}
    | {"As": 3, "Se": 2, "Br": 1, "Te": 2, "I": 1}
)

# n_Mo: the number of Mo atoms; x_Mo: their share of all atoms.
COUNT, FRACTION = "n_", "x_"


def _per(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Divide by a number of atoms; a bare core, which has none of them, counts as one."""
    return total / np.maximum(count, 1)


# What is per atom, per bond and so on without a look at any target: sums of descriptors that were
# hunted for by their scores are kept out (docs/accuracy.md says how much chance alone would win).
_MAKERS: dict[str, tuple[tuple[str, ...], Maker]] = {
    "1_Qmax-Qmin": (("1_Qmax", "1_Qmin"), lambda c: c["1_Qmax"] - c["1_Qmin"]),
    "2_σ": (("2_σave",), lambda c: c["2_σave"] * c["nM"]),
    "2_ns": (("2_nsave",), lambda c: c["2_nsave"] * c["nM"]),
    "2_Q/NL": (("2_Q",), lambda c: _per(c["2_Q"], c["NL"])),
    "2_transfer/NL": (("2_Q",), lambda c: _per(c["2_Q"] - c["q"], c["NL"])),
    "2_transfer/nM": (("2_Q",), lambda c: (c["2_Q"] - c["q"]) / c["nM"]),
    "2_transfer/N": (("2_Q",), lambda c: (c["2_Q"] - c["q"]) / c["N"]),
    "2_transfer/bonds": (("2_Q",), lambda c: _per(c["2_Q"] - c["q"], c["bonds"])),
    "3_α/N": (("3_α",), lambda c: c["3_α"] / c["N"]),
    "3_α/nM": (("3_α",), lambda c: c["3_α"] / c["nM"]),
    "3_α/N^(4/3)": (("3_α",), lambda c: c["3_α"] / c["N"] ** (4 / 3)),
    "3_lnα": (("3_α",), lambda c: np.log(np.where(c["3_α"] > 0, c["3_α"], np.nan))),
}

NORMALISED = tuple(_MAKERS)


def add_made(table: Table, names: Sequence[str] | None = None) -> Table:
    """Return a table with what can be made of its labels and descriptors; nothing is replaced.

    Composition descriptors and element counts (`add_composition`), the share of each element
    (``x_Mo``), and `NORMALISED`: charge transfer per ligand, polarizability per atom, and so on.
    No target is used, so it may be done before any split. A label with a stray digit counts as
    the formula that its row's composition descriptors belong to.

    Parameters
    ----------
    table : Table
        Its labels are formulas.
    names : sequence of str, optional
        Only these; all that can be made by default.

    Raises
    ------
    InputError
        Where a label is no formula, or a name is none that can be made of this table.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> table = add_made(make_synthetic_table(20), ["x_S", "2_transfer/NL"])
    >>> table.n_descriptors, table.descriptor_names[-2:]
    (26, ('x_S', '2_transfer/NL'))
    """
    with_counts = add_composition(_with_sound_labels(table))
    # A sentinel such as -999 is no number to divide.
    found = {**_fractions(with_counts), **_normalised(with_counts.mask_sentinels())}
    everything = with_counts.with_descriptors(
        np.column_stack([with_counts.descriptors, *found.values()]),
        (*with_counts.descriptor_names, *found),
    )
    if everything.names != table.names:
        everything = replace(everything, names=table.names)
    if names is None:
        return everything
    wanted = [n for n in names if n not in table.descriptor_names]
    columns = [_column(everything, n) for n in wanted]
    return table.with_descriptors(
        np.column_stack([table.descriptors, *columns]), (*table.descriptor_names, *wanted)
    )


def made_where_possible(table: Table) -> Table:
    """Return `add_made` of a table, or the table itself where its labels are no formulas."""
    return table if None in formulas_of(table) else add_made(table)


def with_counts(table: Table) -> Table:
    """Return a table with the number of atoms of each element beside its own columns."""
    return _with(table, lambda name: name.startswith(COUNT) and _element_of(name) is not None)


def with_composition(table: Table) -> Table:
    """Return a table with what its formulas say, element counts included."""
    return _with(
        table,
        lambda name: name in NAMES or (name.startswith(COUNT) and _element_of(name) is not None),
    )


def _with(table: Table, wanted: Callable[[str], bool]) -> Table:
    made = made_where_possible(table)
    own = table.descriptor_names
    names = [n for n in made.descriptor_names if n in own or wanted(n)]
    return made.with_descriptors(np.column_stack([made.column(n) for n in names]), names)


def complete(table: Table, needed: Sequence[str]) -> Table:
    """Return a table with those of the needed columns that it lacks and that can be made.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> table = complete(make_synthetic_table(20), ["3_α", "3_α/N", "age"])
    >>> table.descriptor_names[24:]
    ('3_α/N',)
    """
    have = {canonical_name(n) for n in table.descriptor_names}
    lacking = [n for n in needed if n not in have and can_be_made(n)]
    if not lacking or None in formulas_of(table):
        return table
    made = add_made(table)
    found = [n for n in lacking if n in made.descriptor_names or _element_of(n)]
    columns = [_column(made, n) for n in found]
    return table.with_descriptors(
        np.column_stack([table.descriptors, *columns]), (*table.descriptor_names, *found)
    )


def _with_sound_labels(table: Table) -> Table:
    findings, view = resolve_labels(ClusterView(table))
    if not findings:
        return table
    pairs = zip(view.formulas, table.names, strict=True)
    return replace(table, names=tuple(f.label if f else name for f, name in pairs))


def composition_only(table: Table) -> Table:
    """Return a table with nothing but what its labels say, from composition to fractions.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> kept = composition_only(make_synthetic_table(20)).descriptor_names
    >>> "2_Q" in kept, "n_Mo" in kept, "x_S" in kept, "3_EA" in kept
    (False, True, True, True)
    """
    made = add_made(table)
    kept = [n for n in made.descriptor_names if n in NAMES or _element_of(n)]
    return made.with_descriptors(np.column_stack([made.column(n) for n in kept]), kept)


def can_be_made(name: str) -> bool:
    """Tell whether a column's name is one that `add_made` makes.

    Examples
    --------
    >>> can_be_made("n_Fe"), can_be_made("3_α/N"), can_be_made("3_α")
    (True, True, False)
    """
    return name in NAMES or name in NORMALISED or _element_of(name) is not None


def is_count(name: str) -> bool:
    """Tell whether a column counts the atoms of an element, or holds its share."""
    return _element_of(name) is not None


def _element_of(name: str) -> str | None:
    """Return the element whose number or share a column holds, if it is such a column."""
    return name[2:] if name[:2] in (COUNT, FRACTION) and name[2:] in SYMBOLS else None


def _column(table: Table, name: str) -> np.ndarray:
    """Return a column; an element that no cluster of the table holds is there zero times."""
    if name not in table.descriptor_names and _element_of(name):
        return np.zeros(table.n_rows)
    return table.column(name)


def _fractions(table: Table) -> dict[str, np.ndarray]:
    elements = dict.fromkeys(e for f in formulas_of(table) if f for e in f.elements)
    n_atoms = table.column("n_atoms")
    shares = {FRACTION + e: table.column(COUNT + e) / n_atoms for e in elements}
    return {n: values for n, values in shares.items() if n not in table.descriptor_names}


def _normalised(table: Table) -> dict[str, np.ndarray]:
    own = dict(zip(map(canonical_name, table.descriptor_names), table.descriptors.T, strict=True))
    columns = {
        **own,
        "nM": own["n_metals"],
        "NL": own["n_ligands"],
        "N": own["n_atoms"],
        "q": own["charge"],
        "bonds": _bonds(table),
    }
    return {
        name: make(columns)
        for name, (needed, make) in _MAKERS.items()
        if name not in own and all(n in own for n in needed)
    }


def _bonds(table: Table) -> np.ndarray:
    """Formal number of bonds of each cluster's ligands; NaN where one is not listed."""
    return np.array(
        [
            sum(BONDS.get(e, np.nan) * n for e, n in f.ligands.items()) if f else np.nan
            for f in formulas_of(table)
        ]
    )
