"""ClusterView: a table of clusters as the rules see it, with what each label says as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property

import numpy as np

from clusteract.audit.view import View
from clusteract.chemistry.audit.checks import active_checks
from clusteract.chemistry.elements import valence_electrons
from clusteract.chemistry.formula import Formula, formulas_of
from clusteract.chemistry.levels import COMPOSITION
from clusteract.table.table import Table

_OF_NUMBERS = ("values", "_tolerances", "memo")
_valence = cache(valence_electrons)


class ClusterView(View):
    """A table with parsed labels.

    Parameters
    ----------
    table : Table
    formulas : sequence of Formula or None, optional
        In place of the labels' own, where a label was found wrong.
    """

    derived = frozenset(COMPOSITION)
    distinct = True

    def __init__(self, table: Table, formulas: Sequence[Formula | None] | None = None) -> None:
        super().__init__(table)
        self.formulas = tuple(formulas or formulas_of(table))
        self.explained = frozenset(c for check in active_checks(self.values) for c in check.columns)

    def with_values(self, values: Mapping[str, np.ndarray]) -> ClusterView:
        """Return the view with other numbers in some columns; findings still quote the table."""
        other = ClusterView(self.table, self.formulas)
        for name, attribute in self.__dict__.items():  # what labels say is the same
            if name not in _OF_NUMBERS:
                other.__dict__[name] = attribute
        other.values = {**self.values, **values}
        return other

    def label_numbers(self) -> list[np.ndarray]:
        """Return counts of elements and atoms, and the charge."""
        return [*self.counts.T, self.n_metals, self.n_ligands, self.charge]

    def why_missing(self, column: str, rows: Sequence[int]) -> str:
        """Say so where a value per ligand atom belongs to clusters without ligands."""
        bare = column.endswith("/NL") and bool((self.n_ligands[rows] == 0).all())
        return "per ligand atom is undefined without ligands" if bare else ""

    def sources(self, columns: Sequence[str]) -> set[str]:
        """Count what is computed from one another once: all charges, a value and its Δ."""
        charges = ("1_Q", "1_ΔQ", "2_Q")
        return {
            "charge" if c.startswith(charges) else c.replace("Δ", "").split("/NL")[0]
            for c in columns
        }

    @cached_property
    def readable(self) -> np.ndarray:
        """Whether the label is a formula with a metal, (n,)."""
        return np.array([f is not None and bool(f.metals) for f in self.formulas], dtype=bool)

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Elements that occur in labels."""
        elements: dict[str, None] = {}
        for f in self.formulas:
            if f is not None:
                elements.update(dict.fromkeys(f.metals))
                elements.update(dict.fromkeys(f.ligands))
        return tuple(elements)

    @cached_property
    def counts(self) -> np.ndarray:
        """Atoms of each of `elements`, (n, n_elements)."""
        place = {e: j for j, e in enumerate(self.elements)}
        counts = np.zeros((self.n, len(place)))
        for i, f in enumerate(self.formulas):
            if f is not None:
                for part in (f.metals, f.ligands):
                    for element, k in part.items():
                        counts[i, place[element]] = k
        return counts

    def _of_labels(self, number) -> np.ndarray:
        readable = zip(self.formulas, self.readable, strict=True)
        return np.array([number(f) if k else np.nan for f, k in readable], dtype=float)

    @cached_property
    def n_metals(self) -> np.ndarray:
        """Metal atoms, NaN where the label says nothing, (n,)."""
        return self._of_labels(lambda f: f.n_metals)

    @cached_property
    def n_ligands(self) -> np.ndarray:
        """Ligand atoms, (n,)."""
        return self._of_labels(lambda f: f.n_ligands)

    @cached_property
    def n_atoms(self) -> np.ndarray:
        """All atoms, (n,)."""
        return self.n_metals + self.n_ligands

    @cached_property
    def charge(self) -> np.ndarray:
        """Charge in e, NaN where the label does not say, (n,)."""
        return self._of_labels(lambda f: np.nan if f.charge is None else f.charge)

    @cached_property
    def multiplicity(self) -> np.ndarray:
        """Spin multiplicity, NaN where the label does not say, (n,)."""
        return self._of_labels(lambda f: np.nan if f.multiplicity is None else f.multiplicity)

    @cached_property
    def valence(self) -> np.ndarray:
        """Mean number of valence s and d electrons of the neutral metal atoms, (n,)."""
        return self._of_labels(mean_valence)

    @cached_property
    def core_names(self) -> tuple[str, ...]:
        """Each core once, in the order of the table."""
        return tuple(dict.fromkeys(self._cores))

    @cached_property
    def _cores(self) -> list[str]:
        return [f.core if f is not None and f.metals else "" for f in self.formulas]

    @cached_property
    def core(self) -> np.ndarray:
        """Number of each row's core in `core_names`, -1 where there is none, (n,)."""
        place = {name: j for j, name in enumerate(self.core_names)}
        return np.array([place[c] if c else -1 for c in self._cores])


def mean_valence(formula: Formula) -> float:
    """Mean valence electrons of a formula's metal atoms; NaN outside the d block."""
    total = sum((_valence(e) or np.nan) * k for e, k in formula.metals.items())
    return total / formula.n_metals
