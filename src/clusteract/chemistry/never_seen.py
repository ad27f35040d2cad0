"""Why a cluster's composition is none that training clusters have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from clusteract.chemistry.formula import Formula, formulas_of
from clusteract.table import Table


def never_seen(training: Table) -> Callable[[Table], list[tuple[str, ...]]]:
    """Return a function that tells, cluster by cluster, what no training cluster holds.

    An element, metals together, ligands together, or a metal with a ligand.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> tell = never_seen(make_synthetic_table(150, seed=1))
    >>> tell(make_synthetic_table(5, seed=2, heteronuclear=True))[0][0]
    'no training cluster holds ... together'
    """
    seen = _Composition([f for f in formulas_of(training) if f])
    return lambda table: [tuple(seen.missing(f)) for f in formulas_of(table)]


class _Composition:
    """What some formulas hold."""

    def __init__(self, formulas: list[Formula]) -> None:
        self.elements = {e for f in formulas for e in f.elements}
        self.metals = {frozenset(f.metals) for f in formulas}
        self.ligands = {frozenset(f.ligands) for f in formulas}
        self.bonds = {pair for f in formulas for pair in product(f.metals, f.ligands)}

    def missing(self, formula: Formula | None) -> Iterator[str]:
        """Say what of a formula is not among them."""
        if formula is None or not self.elements:
            return
        new = sorted(set(formula.elements) - self.elements)
        if new:
            yield f"no training cluster holds {', '.join(new)}"
            return
        if len(formula.metals) > 1 and frozenset(formula.metals) not in self.metals:
            yield f"no training cluster holds {_listed(formula.metals)} together"
        if frozenset(formula.ligands) not in self.ligands:
            yield f"no training cluster has {_listed(formula.ligands) or 'no atom'} as its ligands"
        bonds = [p for p in product(formula.metals, formula.ligands) if p not in self.bonds]
        if bonds:
            yield f"no training cluster holds {bonds[0][0]} with {bonds[0][1]}"


def _listed(elements: Iterable[str]) -> str:
    return " and ".join(sorted(elements))
