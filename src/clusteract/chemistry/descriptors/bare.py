"""Bare-core references: what Δ-descriptors are measured from, recovered from a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusteract.chemistry.audit.core_references import PAIRS, References, recover_references
from clusteract.chemistry.audit.labels import resolve_labels
from clusteract.chemistry.audit.view import ClusterView
from clusteract.table.table import Table


@dataclass(frozen=True)
class BareReference:
    """One descriptor of one bare core.

    Attributes
    ----------
    core : str
        Such as ``"Mo5-"``.
    descriptor : str
        The value column, such as ``"3_EHOMO"``.
    value : float
        NaN where no constant has a majority.
    rows : int
        Rows of the table that have it.
    of : int
        Rows of the core.
    others : tuple of float
        Constants of the core's other rows.
    """

    core: str
    descriptor: str
    value: float
    rows: int
    of: int
    others: tuple[float, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether the core's rows were measured from more than one reference."""
        return bool(self.others)


def bare_references(table: Table) -> tuple[BareReference, ...]:
    """Recover the bare cores' values from a table with values and Δ-values.

    Value minus Δ-value is one constant per core; where the rows disagree, the constant of more
    than half of them is taken and the others are listed.

    Parameters
    ----------
    table : Table

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> found = bare_references(make_synthetic_table(60))
    >>> found[0].core, found[0].descriptor, any(r.ambiguous for r in found)
    ('Mo-', '1_Qmax', False)
    """
    _, view = resolve_labels(ClusterView(table))
    found = {v: recover_references(view, v, d) for v, d in PAIRS if view.has(v, d)}
    out = []
    for core, name in enumerate(view.core_names):
        rows = np.flatnonzero(view.core == core)
        for value, references in found.items():
            reference = _of_core(name, value, references, rows) if len(rows) else None
            if reference is not None:
                out.append(reference)
    return tuple(out)


def _of_core(core: str, value: str, found: References, rows: np.ndarray) -> BareReference | None:
    groups = [g for g in dict.fromkeys(found.group[rows]) if g >= 0]
    if not groups:
        return None
    constants = {g: float(np.median(found.constant[found.group == g])) for g in groups}
    sizes = {g: int((found.group[rows] == g).sum()) for g in groups}
    best = max(groups, key=lambda g: sizes[g])
    majority = found.majority[rows[0]]
    total = sum(sizes.values())
    if np.isnan(majority) and total > 1:
        return BareReference(core, value, float("nan"), 0, total, tuple(constants.values()))
    chosen = best if np.isnan(majority) else _nearest(constants, majority)
    others = tuple(c for g, c in constants.items() if g != chosen)
    return BareReference(core, value, round(constants[chosen], 6), sizes[chosen], total, others)


def _nearest(constants: dict[int, float], value: float) -> int:
    return min(constants, key=lambda g: abs(constants[g] - value))
