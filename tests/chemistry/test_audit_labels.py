from dataclasses import replace

import pytest

from clusteract.audit import audit
from clusteract.chemistry.formula import formulas_of


def _rename(table, row, label):
    names = list(table.names)
    names[row] = label
    return replace(table, names=tuple(names))


def _label_finding(table):
    (finding,) = [f for f in audit(table).of("error") if f.columns == (table.name_column,)]
    return finding


def test_stray_digit(clean):
    row = next(i for i, n in enumerate(clean.names) if n[-2:-1].isdigit() and n.endswith("-"))
    label = clean.names[row]
    finding = _label_finding(_rename(clean, row, f"{label[:-1]}1-"))
    assert finding.rows == (row,)
    assert finding.expected == (label,)
    assert finding.repair == "recomputed"


def test_label_of_another_cluster(clean):
    row = next(i for i, f in enumerate(formulas_of(clean)) if f.ligands.get("S", 0) == 2)
    spoiled = _rename(clean, row, clean.names[row].replace("S2", "S4"))
    finding = _label_finding(spoiled)
    assert (finding.rows, finding.expected) == ((row,), (clean.names[row],))


@pytest.mark.parametrize("row", [0, 25, 60])
def test_lost_minus_sign(clean, row):
    finding = _label_finding(_rename(clean, row, clean.names[row].rstrip("-")))
    assert finding.rule == "label-charge"
    assert finding.expected == (clean.names[row],)


def test_label_that_is_no_formula(clean):
    report = audit(_rename(clean, 3, "cluster three"))
    finding = next(f for f in report.findings if f.rule == "label-parse")
    assert (finding.severity, finding.rows) == ("warning", (3,))
    assert report.of("error") == ()
