"""The published tables: what is known to be wrong in them is found, unaided."""

import pytest

from clusteract.audit import audit, repair
from clusteract.table import read_table

pytestmark = pytest.mark.published


def _cells(report, severity="error"):
    return {c for f in report.of(severity) for c in f.cells}


def _audit(folder, name, **options):
    (path,) = folder.rglob(name)
    return audit(read_table(path, allow_duplicates=True, **options))


def test_the_table_of_the_study(published):
    report = _audit(published, "homonuclear-159-24features.xlsx")
    deltas = ("1_ΔQmax", "1_ΔQmin", "2_Δnsave", "2_Δndave")
    known = {(91, "Clusters"), (133, "2_Qave"), (155, "3_EHOMO/NL")}
    known |= {(r, "3_EAave") for r in (156, 157, 158)}
    known |= {(121, d) for d in deltas} | {(r, "1_ΔQmin") for r in (136, 137, 138)}
    known |= {(r, "2_Δndave") for r in (76, 98, 128, 129, 130)}
    known |= {(r, c) for r in (9, 17, 43, 156) for c in ("3_ΔEHOMO", "3_ΔEHOMO/NL")}
    assert _cells(report) == known


def test_composition_of_other_clusters_in_the_transfer_set(published):
    report = _audit(published, "heteronuclear-57-15features.xlsx")
    composition = {"3_EA", "3_IE", "3_χave", "3_IEave"}
    rows = {r for r, c in _cells(report) if c in composition}
    assert rows == {*range(18), *range(29, 52)}
    assert {(r, c) for r in (36, 37, 39) for c in ("1_Qmin", "1_ΔQmin")} <= _cells(report)
    assert len([s for s in report.causes if s.severity == "error"]) <= 6


@pytest.mark.parametrize("name", ["159-15features", "159-8features"])
def test_stray_isomer_digits(published, name):
    report = _audit(published, f"homonuclear-{name}.xlsx")
    labels = [f for f in report.of("error") if f.rule == "label"]
    assert [f.rows for f in labels] == [(92,), (94,), (96,), (99,)]
    assert all(f.repair for f in labels)


@pytest.mark.parametrize("fold", [1, 10])
def test_folds_have_no_errors(published, fold):
    report = _audit(published, f"homonuclear-159-fold{fold}-train-test.xlsx", sheet="Train")
    assert report.of("error") == ()


def test_repairs_leave_only_doubtful_errors(published):
    (path,) = published.rglob("heteronuclear-57-15features.xlsx")
    table = read_table(path)
    mended, changes = repair(table, audit(table))
    left = _cells(audit(mended))
    assert len(changes) == 18 * 4 + 17 * 4 + 6 * 2
    assert {c for _, c in left} == {"1_Qmin", "1_ΔQmin"}
