from dataclasses import replace

import numpy as np
import pytest

from clusteract.audit import audit
from clusteract.chemistry.elements import ELEMENTS
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.levels import COMPOSITION
from clusteract.chemistry.synthetic import make_synthetic_table


def _cause_text(table):
    cause = audit(table).causes[0]
    assert cause.severity == "error"
    return cause


def test_one_wrong_cell_and_what_it_should_be(clean, put):
    finding = audit(put(clean, {(7, "3_EA"): 99.5})).of("error")[0]
    assert (finding.rows, finding.columns) == ((7,), ("3_EA",))
    assert finding.expected == pytest.approx((clean.column("3_EA")[7],))


def test_a_block_that_belongs_to_other_clusters(clean, put):
    rows, sources = range(10, 20), range(50, 60)
    cells = {
        (r, c): clean.column(c)[s] for r, s in zip(rows, sources, strict=True) for c in COMPOSITION
    }
    cause = _cause_text(put(clean, cells))
    assert cause.text.startswith("rows 10 to 19: ")
    assert "belong to other clusters" in cause.text
    assert f"has those of {clean.names[50]}" in cause.text
    changed = {(r, c) for (r, c), v in cells.items() if abs(v - clean.column(c)[r]) > 1e-6}
    assert cause.cells == changed


def test_an_element_taken_for_another(clean, put):
    rows = [i for i, f in enumerate(formulas_of(clean)) if "Mo" in f.metals][:3]
    step = ELEMENTS["Fe"].ionization_energy - ELEMENTS["Mo"].ionization_energy
    cells = {
        (r, "3_IE"): clean.column("3_IE")[r] + formulas_of(clean)[r].n_metals * step for r in rows
    }
    assert "Mo as if it were Fe" in _cause_text(put(clean, cells)).text


def test_a_mean_over_metal_atoms_only(clean, put):
    value = clean.column("3_EA")[5] / formulas_of(clean)[5].n_metals
    assert (
        "divided by the number of metal atoms"
        in _cause_text(put(clean, {(5, "3_EAave"): value})).text
    )


def test_a_slipped_composition_column(clean, put):
    values = clean.column("3_IE")
    cause = _cause_text(put(clean, {(r, "3_IE"): values[r - 1] for r in range(40, 50)}))
    assert "-1 further down" in cause.text


def test_last_digits_are_only_suspicious(clean, put):
    report = audit(put(clean, {(3, "3_IE"): clean.column("3_IE")[3] + 1e-5}))
    assert report.of("error") == ()
    assert report.of("warning")[0].columns == ("3_IE",)


def test_a_table_with_its_own_elemental_constants():
    table = make_synthetic_table(100, seed=6)
    sulfur = np.array([f.ligands.get("S", 0) for f in formulas_of(table)])
    atoms = np.array([f.n_atoms for f in formulas_of(table)])
    X = table.descriptors.copy()
    for column, shift in (("3_EA", 0.01 * sulfur), ("3_EAave", 0.01 * sulfur / atoms)):
        X[:, table.descriptor_names.index(column)] += shift
    # all rows must hold sulfur for most of them to be off
    rows = np.flatnonzero(sulfur > 0)
    report = audit(replace(table, descriptors=X).take(rows))
    assert report.of("error") == ()
    assert any("other elemental constants" in f.message for f in report.of("warning"))
