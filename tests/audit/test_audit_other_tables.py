"""Tables of other kinds: nothing that is certain is false, and what is wrong is found."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes

from clusteract.audit import audit, rule_summaries
from clusteract.table import Table


def table_of(frame, **options):
    return Table.from_frame(frame.rename_axis("name").reset_index(), target="y", **options)


@pytest.fixture
def factorial():
    """A designed experiment: every column runs in equal steps."""
    grid = np.stack(np.meshgrid([1, 2, 3, 4], [10, 20, 30], [0.5, 1.0, 1.5]), -1).reshape(-1, 3)
    y = grid @ [1.0, 0.1, 2.0] + np.random.default_rng(0).normal(0, 0.1, len(grid))
    return pd.DataFrame(
        grid, columns=["a", "b", "c"], index=[f"run {i}" for i in range(36)]
    ).assign(y=y)


@pytest.fixture
def properties():
    """Hosts and solutes with properties of elements, which stand in equal steps by nature."""
    rng = np.random.default_rng(1)
    element = pd.DataFrame({"z": np.arange(20, 32.0), "r": 1.3 - 0.025 * np.arange(12)})
    rows = [
        element.iloc[i].tolist() + element.iloc[j].tolist() for i in range(12) for j in range(9)
    ]
    frame = pd.DataFrame(
        rows, columns=["z1", "r1", "z2", "r2"], index=[f"p{i}" for i in range(108)]
    )
    return frame.assign(y=frame.z1 * frame.r2 + rng.normal(0, 0.1, 108))


@pytest.mark.parametrize("name", ["factorial", "properties"])
def test_equal_steps_are_no_errors(request, name):
    report = audit(table_of(request.getfixturevalue(name)))
    assert not report.of("error")
    assert not [f for f in report.findings if f.rule == "arithmetic-run"]


def test_a_real_table_of_another_kind_has_no_errors():
    data = load_diabetes(as_frame=True).frame.rename(columns={"target": "y"})
    data.index = [f"patient {i}" for i in range(len(data))]
    assert not audit(table_of(data)).of("error")


def test_copies_are_told_once_and_repeats_are_not_errors(factorial):
    twice = pd.concat([factorial, factorial.iloc[:3], factorial.iloc[3:5].assign(y=0.0)])
    twice.index = [f"run {i}" for i in range(len(twice))]
    found = [f for f in audit(table_of(twice)).findings if f.rule == "same-row"]
    assert [(f.severity, len(f.rows)) for f in found] == [("warning", 3)]


@pytest.mark.parametrize(
    ("leak", "severity"),
    [
        (lambda y, rng: y, "error"),
        (lambda y, rng: 23.06 * y + 1, "error"),
        (lambda y, rng: np.exp(y / 10), "error"),
        (lambda y, rng: y + rng.normal(0, 0.02, len(y)), "warning"),
    ],
)
def test_a_column_that_gives_the_target_away(factorial, leak, severity):
    column = leak(factorial.y.to_numpy(), np.random.default_rng(2))
    found = [f for f in audit(table_of(factorial.assign(x=column))).findings if f.rule == "leak"]
    assert [(f.severity, f.columns) for f in found] == [(severity, ("x",))]


def test_an_outlier_is_told_in_numbers_that_can_be_read():
    rng = np.random.default_rng(3)
    a = np.repeat([1.0, 2.0], 30)
    frame = pd.DataFrame({"a": a, "b": a.copy(), "y": rng.normal(size=60)})
    frame.loc[7, "b"] = 50.0
    frame.index = [f"s{i}" for i in range(60)]
    found = [f for f in audit(table_of(frame)).findings if f.rule == "outlier"]
    assert all(len(f.message) < 120 for f in found)


@pytest.fixture
def measured():
    """Sixty rows of three correlated, positive measured columns."""
    rng = np.random.default_rng(5)
    base = rng.normal(0, 1, (60, 1))
    columns = np.exp(base + rng.normal(0, 0.3, (60, 3)))
    frame = pd.DataFrame(columns, columns=list("abc"), index=[f"s{i}" for i in range(60)])
    return frame.assign(y=rng.normal(0, 1, 60))


def findings(frame, rule, **options):
    return [f for f in audit(table_of(frame, **options)).findings if f.rule == rule]


@pytest.mark.parametrize("factor", [1000.0, 27.2114, 100.0])
def test_a_block_in_another_unit(measured, factor):
    narrow = 5 + measured.a.rank() / 30  # between 5 and 7
    measured["a"] = narrow.where(np.arange(60) < 40, narrow * factor)
    (finding,) = findings(measured, "unit")
    assert (finding.severity, finding.rows) == ("warning", tuple(range(40, 60)))
    assert f"factor of {factor:g}" in finding.message


def test_kelvin_among_degrees(measured):
    celsius = 20 + measured.a.rank()
    measured["a"] = celsius.where(np.arange(60) < 45, celsius + 273.15)
    (finding,) = findings(measured, "unit")
    assert finding.rows == tuple(range(45, 60))


def test_a_wide_or_two_level_column_is_in_one_unit(measured):
    measured["a"] = np.where(np.arange(60) < 30, 1.0, 1000.0)
    measured["b"] = np.geomspace(1e-6, 1e6, 60)
    assert not findings(measured, "unit")


def test_fractions_turned_into_dates(measured):
    measured["a"] = measured.a.where(np.arange(60) != 7, 45293)
    (finding,) = findings(measured, "date")
    assert (finding.rows, "2024-01-02" in finding.message) == ((7,), True)


def test_names_turned_into_dates(measured):
    (finding,) = findings(measured.rename(index={"s3": "1-Mar", "s9": "2-Sep"}), "date")
    assert (finding.columns, finding.rows) == (("name",), (3, 9))
    measured.index = [f"2024-01-{i % 28 + 1:02d}" for i in range(60)]
    assert not findings(measured, "date")


def test_the_noise_floor_is_the_scatter_of_equal_rows(factorial):
    rng = np.random.default_rng(7)
    repeated = pd.concat([factorial] * 4)
    repeated["y"] += rng.normal(0, 0.5, len(repeated))
    repeated.index = [f"run {i}" for i in range(len(repeated))]
    (note,) = findings(repeated, "noise-floor")
    assert note.severity == "note"
    assert float(note.message.split("deviation of ")[1].split(":")[0]) == pytest.approx(0.5, 0.15)
    assert not audit(table_of(repeated)).of("warning")


def test_nearly_constant_is_a_note_and_many_are_told_together(measured):
    measured["d"] = np.where(np.arange(200)[:60] == 3, 1.0, 2.0)
    assert not findings(measured, "constant")  # one in 60 is more than one in a hundred
    wide = pd.concat([measured.drop(columns="d")] * 2).reset_index(drop=True)
    wide.index = [f"s{i}" for i in range(120)]
    wide["d"] = np.where(np.arange(120) == 3, 1.0, 2.0)
    assert [f.severity for f in findings(wide, "constant")] == ["note"]
    many = measured.assign(**{f"k{i}": 1.0 for i in range(9)})
    (finding,) = findings(many, "constant")
    assert len(finding.columns) == 9


@pytest.mark.parametrize(("value", "severity"), [(-999.0, "error"), (9999.0, "warning")])
def test_sentinels_are_certain_only_where_nothing_is_like_them(measured, value, severity):
    measured["a"] = (measured.a * 400).clip(upper=2000).where(np.arange(60) != 5, value)
    (finding,) = findings(measured, "sentinel") or (None,)
    assert (finding.severity, finding.rows) == (severity, (5,))


def test_an_outlier_shared_by_rows_is_a_property_of_theirs(measured):
    measured["a"] = measured.a.where(np.arange(60) > 2, 500.0)
    assert not findings(measured, "outlier")
    measured["b"] = measured.b.where(np.arange(60) != 9, 500.0)
    assert [f.rows for f in findings(measured, "outlier")] == [(9,)]


def test_a_leak_is_said_in_the_first_line(factorial):
    line = audit(table_of(factorial.assign(x=factorial.y))).summary_line()
    assert "x is y itself: leave it out (--descriptors)" in line


def test_generic_findings_speak_of_rows(factorial):
    table = table_of(pd.concat([factorial, factorial.iloc[:2]]).assign(k=1.0, x=factorial.y))
    words = str(audit(table).to_dict()["causes"]) + str(rule_summaries())
    assert not {"cluster", "metal", "ligand"} & set(words.lower().replace(",", " ").split())
