"""Tables of other kinds: nothing that is certain is false, and what is wrong is found."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes

from clusteract.audit import audit
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
