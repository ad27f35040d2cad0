"""Rules that hold for any table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clusteract.audit import audit
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.table import Table


def _plain(n=60, seed=0, **columns):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"id": [f"sample {i}" for i in range(n)], "y": rng.normal(size=n)})
    for name in "abc":
        frame[name] = rng.normal(size=n)
    for name, make in columns.items():
        frame[name] = make(frame)
    return Table.from_frame(frame, target="y")


def _rules(table, severity):
    return {(f.rule, *f.columns) for f in audit(table).of(severity)}


def test_a_plain_table_has_nothing_wrong():
    report = audit(_plain())
    assert report.of("error") == report.of("warning") == ()
    assert report.summary_line() == "audit of table: no errors in 60 rows"


@pytest.mark.parametrize(
    ("make", "severity", "rule"),
    [
        (lambda t: np.full(60, 3.0), "warning", "constant"),
        (lambda t: t["a"], "warning", "same-column"),
        (lambda t: t["a"] - 2 * t["b"], "note", "linear"),
        (lambda t: 10 ** t["y"], "error", "leak"),
        (lambda t: t["y"] - t["a"], "error", "leak"),
        (lambda t: t["y"] + 0.1 * t["a"], "warning", "leak"),
        (lambda t: np.where(t.index == 4, -999.0, t["a"] + 1), "error", "sentinel"),
        (lambda t: np.where(t.index == 4, np.nan, t["a"] ** 2), "note", "missing"),
        (lambda t: np.where(t.index == 4, 50.0, t["a"] + t["b"] ** 3 / 9), "warning", "outlier"),
    ],
)
def test_columns(make, severity, rule):
    assert rule in {r for r, *_ in _rules(_plain(z=make), severity)}


def test_a_row_twice_and_a_label_twice():
    table = _plain()
    twice = table.take([*range(60), 7])
    assert ("same-row", "id") in _rules(twice, "error")
    assert ("same-name", "id") in _rules(twice, "warning")


def test_two_names_with_the_same_values():
    table = _plain()
    spoiled = table.take([*range(60), 7])
    spoiled = replace(spoiled, names=(*table.names, "another"))
    assert ("same-row", "id") in _rules(spoiled, "warning")


def test_cells_dragged_down(put):
    table = _plain()
    spoiled = put(table, {(10 + k, "b"): table.column("b")[10] + k * 0.25 for k in range(1, 6)})
    finding = next(f for f in audit(spoiled).findings if f.rule == "arithmetic-run")
    assert (finding.severity, finding.rows) == ("warning", tuple(range(11, 16)))


def test_values_copied_between_clusters(clean, put):
    columns = ("3_VDE/VIE", "3_α", "3_μ")
    report = audit(put(clean, {(80, c): clean.column(c)[4] for c in columns}))
    finding = next(f for f in report.findings if f.rule == "copied")
    assert (finding.rows, set(finding.columns)) == ((4, 80), set(columns))


def test_noise_floor_of_near_twins():
    table = _plain(40)
    rng = np.random.default_rng(1)
    twins = table.take([*range(40), *range(40)])
    X = twins.descriptors + rng.normal(0, 0.01, (80, 3))
    twins = replace(twins, descriptors=X, target=rng.normal(0, 0.5, 80), names=tuple("x" * 80))
    note = next(f for f in audit(twins).findings if f.rule == "noise-floor")
    assert 0.3 < float(note.message.split("deviation of ")[1].split(":")[0]) < 0.8


def test_spin(put):
    table = make_synthetic_table(80, seed=8, multiplicity=True)
    singlet = next(i for i, n in enumerate(table.names) if n.endswith("-M1"))
    doublet = next(i for i, n in enumerate(table.names) if n.endswith("-M2"))
    spoiled = put(table, {(singlet, "2_σave"): 0.4, (doublet, "2_σave"): 0.0})
    names = list(table.names)
    triple = next(i for i, n in enumerate(names) if n.endswith("--M3"))
    names[triple] = names[triple].replace("--M3", "--M4")
    report = audit(replace(spoiled, names=tuple(names)))
    found = {(f.rule, f.rows) for f in report.of("error")}
    assert found == {
        ("spin-singlet", (singlet,)),
        ("spin-singlet", (doublet,)),
        ("spin-parity", (triple,)),
    }


def test_impossible_values(clean, put):
    report = audit(put(clean, {(1, "3_α"): -5.0, (2, "2_σave"): 40.0}))
    assert {(f.rule, f.rows) for f in report.of("error")} == {
        ("impossible", (1,)),
        ("spin-range", (2,)),
    }


def test_thousands_of_repeated_rows_are_told_one_by_one():
    table = make_synthetic_table(2000, seed=1)
    report = audit(table.take(np.repeat(np.arange(2000), 2)))
    repeated = [s for s in report.causes if s.severity == "error"]
    assert len(repeated) == 2000
    assert all(s.repairable for s in repeated)
