import pytest

from clusteract.audit import audit
from clusteract.audit.finding import spell_rows
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core as core_of


def _errors(table):
    return {cell for f in audit(table).of("error") for cell in f.cells}


def _expected(table, row, column):
    for f in audit(table).of("error"):
        if (row, column) in f.cells and f.expected is not None:
            return f.expected[f.rows.index(row)]
    return None


def test_wrong_mean_charge_is_told_from_the_sum(clean, put, row_of):
    row = row_of(clean, 2)
    spoiled = put(clean, {(row, "2_Qave"): clean.column("2_Qave")[row] + 0.3})
    assert _errors(spoiled) == {(row, "2_Qave")}
    assert _expected(spoiled, row, "2_Qave") == pytest.approx(clean.column("2_Qave")[row])


def test_wrong_sum_of_charges(clean, put, row_of):
    row = row_of(clean, 2)
    spoiled = put(clean, {(row, "2_Q"): clean.column("2_Q")[row] - 0.5})
    assert _errors(spoiled) == {(row, "2_Q")}


@pytest.mark.parametrize("column", ["3_EHOMO", "3_ΔEHOMO", "3_EHOMO/NL", "3_ΔEHOMO/NL"])
def test_wrong_orbital_energy(clean, put, column):
    row = 30
    spoiled = put(clean, {(row, column): clean.column(column)[row] + 0.4321})
    assert _errors(spoiled) == {(row, column)}
    assert _expected(spoiled, row, column) == pytest.approx(clean.column(column)[row], abs=1e-5)


@pytest.mark.parametrize("column", ["2_nsave", "2_Δnsave", "2_ndave", "2_Δndave"])
def test_wrong_population(clean, put, column):
    row = 40
    spoiled = put(clean, {(row, column): clean.column(column)[row] + 0.31234})
    assert _errors(spoiled) == {(row, column)}


def test_charge_beyond_the_mean(clean, put, row_of):
    row = row_of(clean, 5)
    spoiled = put(clean, {(row, "1_Qmin"): clean.column("2_Qave")[row] + 1})
    assert _errors(spoiled) == {(row, "1_Qmin")}


def test_delta_from_another_core(clean, put):
    row = 50
    other = next(i for i, c in enumerate(core_of(clean)) if c != core_of(clean)[row])
    deltas = {"1_Qmax": "1_ΔQmax", "1_Qmin": "1_ΔQmin", "2_nsave": "2_Δnsave"}
    cells = {}
    for value, delta in deltas.items():
        bare = clean.column(value)[other] - clean.column(delta)[other]
        cells[row, delta] = clean.column(value)[row] - bare
    report = audit(put(clean, cells))
    cause = report.causes[0]
    assert cause.cells == set(cells)
    assert f"taken from the bare core {core_of(clean)[other]}" in cause.text
    assert cause.repairable


def test_two_references_in_one_core_are_suspicious(clean, put):
    core = max(set(core_of(clean)), key=core_of(clean).count)
    rows = [i for i, c in enumerate(core_of(clean)) if c == core][:2]
    # 27.2114 eV / 1e5 is a step that energies printed in hartree can differ by
    shift = round(1000 * 27.2114e-5, 6)
    cells = {(r, "3_ΔEHOMO"): clean.column("3_ΔEHOMO")[r] + shift for r in rows}
    ligands = [formulas_of(clean)[r].n_ligands for r in rows]
    cells |= {
        (r, "3_ΔEHOMO/NL"): cells[r, "3_ΔEHOMO"] / n for r, n in zip(rows, ligands, strict=True)
    }
    report = audit(put(clean, cells))
    assert report.of("error") == ()
    assert {c for f in report.of("warning") for c in f.cells} >= set(cells)
    assert not report.causes[0].repairable


def test_dragged_charges(clean, put):
    row = next(i for i in range(119) if core_of(clean)[i] == core_of(clean)[i + 1])
    cells = {(row + 1, c): clean.column(c)[row] + 1 for c in ("1_Qmin", "1_ΔQmin")}
    report = audit(put(clean, cells))
    assert set(cells) <= {c for f in report.findings for c in f.cells}
    assert any("dragged down" in s.text for s in report.causes)


def test_slipped_column(clean, put):
    values = clean.column("3_EHOMO")
    rows = range(20, 60)
    report = audit(put(clean, {(r, "3_EHOMO"): values[r - 1] for r in rows}))
    found = next(f for f in report.findings if f.rule == "shifted")
    assert found.columns == ("3_EHOMO",)
    assert "slipped down by 1" in found.message
    assert len(set(found.rows) & set(rows)) > 35


@pytest.mark.parametrize(
    ("rows", "words"),
    [([4], "row 4"), ([1, 2], "rows 1, 2"), ([7, 5, 6, 1], "rows 1, 5 to 7")],
)
def test_rows_in_words(rows, words):
    assert spell_rows(rows) == words
