"""Groups of clusters by what their formulas hold: metals and ligands."""

from __future__ import annotations

from clusteract.table import Table

UNREAD = "?"  # the group of labels that are no formulas


def main_metal(table: Table) -> tuple[str, ...]:
    """Return each cluster's metals, joined where there are several; "?" without a formula.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> sorted(set(main_metal(make_synthetic_table(80))))
    ['Co', 'Fe', 'Mo', 'Rh', 'Ta', 'V']
    """
    return tuple("-".join(sorted(f.metals)) if f else UNREAD for f in table.formulas)


def main_ligand(table: Table) -> tuple[str, ...]:
    """Return the first ligand of each label, which names its family; "none" for bare cores.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> sorted(set(main_ligand(make_synthetic_table(80, bare=2))))
    ['C', 'H', 'N', 'S', 'none']
    """
    return tuple(next(iter(f.ligands), "none") if f else UNREAD for f in table.formulas)
