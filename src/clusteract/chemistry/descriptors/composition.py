"""Composition descriptors: what a cluster's formula alone says, for formulas and for tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from clusteract.chemistry.descriptors.any_element import element, is_frozen
from clusteract.chemistry.formula import Formula, formulas_of, parse_formula
from clusteract.errors import InputError
from clusteract.table.table import Table

_PROPERTIES = {"χ": "chi", "EA": "electron_affinity", "IE": "ionization_energy"}
_COUNTS = ("n_atoms", "n_metals", "n_ligands", "charge", "ligands_per_metal")
_SHELLS = ("d_electrons", "d_electrons_ave", "period_ave")
_SUMS = tuple(f"3_{p}" for p in _PROPERTIES)
_MEANS = tuple(f"3_{p}ave" for p in _PROPERTIES)
_PARTS = tuple(f"{p}ave_{part}" for p in _PROPERTIES for part in ("metals", "ligands"))
NAMES = (*_COUNTS, *_SHELLS, *_SUMS, *_MEANS, *_PARTS)


def composition_of(cluster: str | Formula) -> dict[str, float]:
    """Return all composition descriptors of one cluster, without the element counts.

    Parameters
    ----------
    cluster : str or Formula
        Such as ``"Mo5S2C1¯"``.

    Returns
    -------
    dict of str to float
        Counts; d electrons of the neutral metal atoms, in all and per metal atom; mean period of
        the metals; the study's sums ``3_χ``, ``3_EA`` and ``3_IE`` (eV) over all atoms and their
        means; means over the metals and over the ligands. What is not defined (the ligands of a
        bare core, an unknown charge) is NaN.

    Examples
    --------
    >>> found = composition_of("Mo2S-")
    >>> round(found["3_IE"], 6), found["d_electrons_ave"], found["ligands_per_metal"]
    (24.544656, 5.0, 0.5)
    """
    formula = parse_formula(cluster) if isinstance(cluster, str) else cluster
    metals, ligands = dict(formula.metals), dict(formula.ligands)
    atoms = {**metals, **ligands}
    d_electrons = float(sum(element(e).d_electrons * n for e, n in metals.items()))
    found = {
        "n_atoms": float(formula.n_atoms),
        "n_metals": float(formula.n_metals),
        "n_ligands": float(formula.n_ligands),
        "charge": np.nan if formula.charge is None else float(formula.charge),
        "ligands_per_metal": _ratio(formula.n_ligands, formula.n_metals),
        "d_electrons": d_electrons,
        "d_electrons_ave": _ratio(d_electrons, formula.n_metals),
        "period_ave": _mean(metals, "period"),
    }
    for name, field in _PROPERTIES.items():
        found[f"3_{name}"] = _sum(atoms, field)
        found[f"3_{name}ave"] = _mean(atoms, field)
        found[f"{name}ave_metals"] = _mean(metals, field)
        found[f"{name}ave_ligands"] = _mean(ligands, field)
    return {name: found[name] for name in NAMES}


def composition_matrix(formulas: Sequence[Formula]) -> np.ndarray:
    """Return `composition_of` of many clusters at once, (n_rows, len(NAMES)).

    Examples
    --------
    >>> found = composition_matrix([parse_formula("Mo2S-")])
    >>> found[0, NAMES.index("n_ligands")].item()
    1.0
    """
    symbols = list(dict.fromkeys(e for f in formulas for e in f.elements))
    counts = element_counts(formulas, symbols)
    metals = counts * np.isin(symbols, list({e for f in formulas for e in f.metals}))
    parts = {"": counts, "_metals": metals, "_ligands": counts - metals}
    constants = {
        field: np.array([getattr(element(s), field) for s in symbols], dtype=float)
        for field in (*_PROPERTIES.values(), "d_electrons", "period")
    }
    atoms = {part: found.sum(axis=1) for part, found in parts.items()}
    d_electrons = metals @ constants["d_electrons"]
    charges = [np.nan if f.charge is None else float(f.charge) for f in formulas]
    columns = {
        "n_atoms": atoms[""],
        "n_metals": atoms["_metals"],
        "n_ligands": atoms["_ligands"],
        "charge": np.array(charges),
        "ligands_per_metal": _ratios(atoms["_ligands"], atoms["_metals"]),
        "d_electrons": d_electrons,
        "d_electrons_ave": _ratios(d_electrons, atoms["_metals"]),
        "period_ave": _ratios(metals @ constants["period"], atoms["_metals"]),
    }
    for name, field in _PROPERTIES.items():
        sums = {part: found @ constants[field] for part, found in parts.items()}
        columns[f"3_{name}"] = sums[""]
        columns[f"3_{name}ave"] = _ratios(sums[""], atoms[""])
        for part in ("_metals", "_ligands"):
            columns[f"{name}ave{part}"] = _ratios(sums[part], atoms[part])
    return np.column_stack([columns[name] for name in NAMES])


def element_counts(formulas: Sequence[Formula], symbols: Sequence[str]) -> np.ndarray:
    """Return the number of atoms of each element, (n_rows, n_symbols)."""
    place = {s: j for j, s in enumerate(symbols)}
    counts = np.zeros((len(formulas), len(symbols)))
    for row, formula in zip(counts, formulas, strict=True):
        for symbol, n in formula.elements.items():
            if symbol in place:
                row[place[symbol]] = n
    return counts


def _ratios(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _sum(atoms: Mapping[str, int], field: str) -> float:
    return float(sum(getattr(element(e), field) * n for e, n in atoms.items()))


def _mean(atoms: Mapping[str, int], field: str) -> float:
    return _ratio(_sum(atoms, field), sum(atoms.values()))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


class CompositionDescriptors(TransformerMixin, BaseEstimator):
    """Turn cluster labels into composition descriptors; it uses no target.

    Parameters
    ----------
    element_counts : bool
        Add the number of atoms of each element that the training labels hold.

    Attributes
    ----------
    elements_ : ndarray of str
        Elements in the training labels, metals first.
    outside_ : tuple of str
        Those without frozen constants: other values than the published tables', taken from a
        periodic-table library.
    n_features_in_ : int
        1.

    Examples
    --------
    >>> labels = ["Mo2S-", "Mo5S2C-"]
    >>> made = CompositionDescriptors().fit(labels)
    >>> made.get_feature_names_out()[-3:].tolist()
    ['n_Mo', 'n_S', 'n_C']
    >>> made.transform(labels)[:, -3:].tolist()
    [[2.0, 1.0, 0.0], [5.0, 2.0, 1.0]]
    """

    def __init__(self, element_counts: bool = True) -> None:
        self.element_counts = element_counts

    def fit(self, X: Any, y: Any = None) -> CompositionDescriptors:
        """Learn which elements there are.

        Parameters
        ----------
        X : array-like of str, (n_rows,) or (n_rows, 1)
        y : ignored
        """
        return self._fit(_formulas(X))

    def _fit(self, formulas: Sequence[Formula]) -> CompositionDescriptors:
        metals = dict.fromkeys(e for f in formulas for e in f.metals)
        ligands = dict.fromkeys(e for f in formulas for e in f.ligands)
        self.elements_ = np.array([*metals, *ligands], dtype=object)
        self.outside_ = tuple(e for e in self.elements_ if not is_frozen(e))
        self.n_features_in_ = 1
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the descriptors, (n_rows, n_descriptors).

        Raises
        ------
        InputError
            For a label that is no formula, or one with an element that `fit` has not seen and
            whose count would be lost.
        """
        check_is_fitted(self)
        formulas = _formulas(X)
        return self._transform(formulas)

    def _transform(self, formulas: Sequence[Formula]) -> np.ndarray:
        values = composition_matrix(formulas)
        if not self.element_counts:
            return values
        known = set(self.elements_)
        for f in formulas:
            self._check_known(f, known)
        return np.hstack([values, element_counts(formulas, list(self.elements_))])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the descriptors' names."""
        check_is_fitted(self)
        counts = [f"n_{e}" for e in self.elements_] if self.element_counts else []
        return np.array([*NAMES, *counts], dtype=object)

    def _check_known(self, formula: Formula, known: set[str]) -> None:
        unseen = [e for e in formula.elements if e not in known]
        if unseen:
            raise InputError(
                f"{formula.label} holds {', '.join(unseen)}, which no training cluster does "
                f"(they hold {', '.join(self.elements_)}); use element_counts=False"
            )

    def __sklearn_tags__(self):
        """Say that the input is text and holds no target."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.requires_fit = True
        return tags


def _formulas(labels: Any) -> list[Formula]:
    array = np.asarray(labels, dtype=object)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or not len(array):
        raise InputError(f"Expected labels of shape (n_rows,), got an array of shape {array.shape}")
    return [parse_formula(str(label)) for label in array]


def add_composition(
    table: Table, *, names: Sequence[str] | None = None, element_counts: bool = True
) -> Table:
    """Return a table with composition descriptors beside its own; its own are never replaced.

    They come from the labels alone, so they may be added before any split.

    Parameters
    ----------
    table : Table
    names : sequence of str, optional
        Which ones; all that the table lacks by default.
    element_counts : bool
        Add the number of atoms of each element.

    Raises
    ------
    InputError
        Where a name is no formula, or a descriptor is asked for that does not exist.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> table = add_composition(make_synthetic_table(20), names=["d_electrons_ave", "n_Mo"])
    >>> table.n_descriptors, table.descriptor_names[-2:]
    (26, ('d_electrons_ave', 'n_Mo'))
    """
    for row, (label, formula) in enumerate(zip(table.names, formulas_of(table), strict=True)):
        if formula is None:
            raise InputError(
                f"{table.source.name}, row {row}: {label!r} is no formula, so it has no "
                "composition; use a table whose first column holds formulas"
            )
    formulas = [f for f in formulas_of(table) if f]
    made = CompositionDescriptors(element_counts)._fit(formulas)
    known = [str(n) for n in made.get_feature_names_out()]
    wanted = [n for n in known if n not in table.descriptor_names] if names is None else list(names)
    unknown = [n for n in wanted if n not in known]
    if unknown:
        raise InputError(f"No composition descriptor {unknown[0]!r}; known: {', '.join(known)}")
    wanted = [n for n in wanted if n not in table.descriptor_names]
    columns = made._transform(formulas)[:, [known.index(n) for n in wanted]]
    return table.with_descriptors(
        np.hstack([table.descriptors, columns]), (*table.descriptor_names, *wanted)
    )
