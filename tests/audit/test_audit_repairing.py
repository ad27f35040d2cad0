import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clusteract.audit import audit, repair, write_repaired
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError


@pytest.fixture
def spoiled(clean, put):
    """One cell of each fate: recomputed, dropped, doubtful; and a wrong label."""
    cells = {(4, "3_EA"): 88.0, (9, "3_μ"): -999.0}
    row = next(i for i, f in enumerate(formulas_of(clean)) if f.n_metals > 3 and i > 20)
    cells |= {(row, c): clean.column(c)[row] + 3 for c in ("1_Qmin", "1_ΔQmin")}
    table = put(clean, cells)
    names = list(table.names)
    names[60] = names[60].rstrip("-")
    return replace(table, names=tuple(names)), row


def test_only_unambiguous_cells_change(clean, spoiled):
    table, row = spoiled
    mended, changes = repair(table, audit(table))
    assert {(c.row, c.column) for c in changes} == {
        (4, "3_EA"),
        (9, "3_μ"),
        (60, table.name_column),
    }
    assert mended.names == clean.names
    assert mended.column("3_EA")[4] == pytest.approx(clean.column("3_EA")[4])
    assert np.isnan(mended.column("3_μ")[9])
    assert mended.column("1_Qmin")[row] == table.column("1_Qmin")[row]
    assert mended.source.sha256 != table.source.sha256


def test_doubtful_cells_set_missing_on_request(spoiled):
    table, row = spoiled
    mended, changes = repair(table, audit(table), doubtful="missing")
    assert np.isnan(mended.column("1_Qmin")[row])
    assert {c.new for c in changes if c.row == row} == {None}


def test_the_input_stays_as_it_is(spoiled):
    table, _ = spoiled
    before = table.content_hash
    repair(table, audit(table), doubtful="missing")
    assert table.content_hash == before


def test_a_repaired_table_has_no_repairable_errors_left(spoiled):
    table, _ = spoiled
    mended, _ = repair(table, audit(table))
    assert not [f for f in audit(mended).of("error") if f.repair]


def test_nothing_to_repair_gives_the_table_itself(clean):
    assert repair(clean, audit(clean)) == (clean, ())


def test_a_repeated_row_is_dropped(clean):
    twice = clean.take([*range(clean.n_rows), 3])
    mended, changes = repair(twice, audit(twice))
    assert mended.n_rows == clean.n_rows
    assert (changes[-1].row, changes[-1].new) == (clean.n_rows, None)


def test_a_report_of_another_table_is_refused(clean):
    with pytest.raises(InputError, match=r"The report is of .* audit this table first"):
        repair(clean.take(range(20)), audit(clean))


def test_workbook_with_its_log(tmp_path, spoiled):
    table, _ = spoiled
    report = audit(table)
    mended, changes = repair(table, report)
    path = write_repaired(tmp_path / "mended.xlsx", mended, changes, report)
    sheets = pd.read_excel(path, sheet_name=None, engine="calamine")
    assert list(sheets) == ["SYNTHETIC", "Changes", "Audit"]
    assert len(sheets["SYNTHETIC"]) == table.n_rows
    log = sheets["Changes"]
    assert list(log["row"]) == [6, 11, 62]  # as the spreadsheet numbers them
    assert log["old"][0] == 88.0
    assert sheets["SYNTHETIC"]["3_EA"][4] == pytest.approx(log["new"][0])
    assert len(sheets["Audit"]) == len(report.causes)


def test_csv_with_its_log_beside_it(tmp_path, spoiled):
    table, _ = spoiled
    report = audit(table)
    mended, changes = repair(table, report)
    write_repaired(tmp_path / "mended.csv", mended, changes, report)
    assert len(pd.read_csv(tmp_path / "mended.csv")) == table.n_rows
    with (tmp_path / "mended-changes.csv").open(encoding="utf-8", newline="") as stream:
        assert [r["column"] for r in csv.DictReader(stream)] == ["3_EA", "3_μ", "Clusters"]


def test_names_are_never_formulas(tmp_path):
    table = make_synthetic_table(12)
    table = replace(table, names=("=1+1", *table.names[1:]))
    path = write_repaired(tmp_path / "t.xlsx", table, (), audit(table))
    assert pd.read_excel(path, engine="calamine").iloc[0, 0] == "=1+1"


def test_the_original_is_never_written_over(tmp_path, clean):
    path = tmp_path / "t.csv"
    path.write_text("x")
    with pytest.raises(InputError, match=r"t\.csv is the audited table; name another file"):
        write_repaired(path, clean, (), audit(clean), original=path)
    assert path.read_text() == "x"


@pytest.mark.parametrize(
    ("name", "message"),
    [("t.ods", r"must end in \.xlsx or \.csv"), ("no/t.xlsx", "Cannot write"), ("no/t.csv", "no")],
)
def test_where_it_cannot_be_written(tmp_path, clean, name, message):
    with pytest.raises(InputError, match=message):
        write_repaired(tmp_path / name, clean, (), audit(clean))
