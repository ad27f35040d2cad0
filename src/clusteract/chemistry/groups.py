"""Groups of clusters by what their labels say: metals, ligands, cores, size."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusteract.chemistry.formula import formulas_of
from clusteract.errors import InputError
from clusteract.table import Table
from clusteract.table.domain import UNREAD


def main_metal(table: Table) -> tuple[str, ...]:
    """Return each cluster's metals, joined where there are several; "?" without a formula.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> sorted(set(main_metal(make_synthetic_table(80))))
    ['Co', 'Fe', 'Mo', 'Rh', 'Ta', 'V']
    """
    return tuple("-".join(sorted(f.metals)) if f else UNREAD for f in formulas_of(table))


def main_ligand(table: Table) -> tuple[str, ...]:
    """Return the first ligand of each label, which names its family; "none" for bare cores.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> sorted(set(main_ligand(make_synthetic_table(80, bare=2))))
    ['C', 'H', 'N', 'S', 'none']
    """
    return tuple(next(iter(f.ligands), "none") if f else UNREAD for f in formulas_of(table))


def core(table: Table) -> tuple[str, ...]:
    """Return the core of each cluster; the name itself where it is no formula."""
    return tuple(f.core if f else n for f, n in zip(formulas_of(table), table.names, strict=True))


def n_atoms(table: Table) -> np.ndarray:
    """Return the number of atoms of each cluster, (n_rows,).

    Raises
    ------
    InputError
        Where a label is no formula.
    """
    formulas = formulas_of(table)
    unread = [n for n, f in zip(table.names, formulas, strict=True) if f is None]
    if unread:
        raise InputError(
            f"{table.source.name}: {unread[0]!r} is no formula ({len(unread)} such labels), so "
            "which clusters have most atoms is not known"
        )
    return np.array([f.n_atoms for f in formulas if f], dtype=float)


def identity(table: Table) -> list[Any]:
    """Return what makes a cluster the same as another one, however its label is spelled."""
    keys: list[Any] = []
    for formula, name in zip(formulas_of(table), table.names, strict=True):
        if formula is None:
            keys.append(name)
        else:
            atoms = frozenset(formula.elements.items())
            keys.append((atoms, formula.charge, formula.isomer, formula.multiplicity))
    return keys
