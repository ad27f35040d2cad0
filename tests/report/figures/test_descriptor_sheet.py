from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.report.figures import correlations, descriptor_sheet
from clusteract.table import Table


def wide_table(n_descriptors, n_rows=8):
    rng = np.random.default_rng(0)
    columns = {f"d{i}": rng.normal(size=n_rows) for i in range(n_descriptors)}
    frame = pd.DataFrame({"c": [f"c{i}" for i in range(n_rows)], "y": rng.normal(size=8)})
    return Table.from_frame(frame.assign(**columns), target="y")


def spoil(table, value, row=0, column=3):
    X = table.descriptors.copy()
    X[row, column] = value
    return replace(table, descriptors=X)


def test_sheet_of_24_is_4_by_6(small_table):
    figure = descriptor_sheet(small_table).figure
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == list(small_table.descriptor_names)
    corners = {(round(a.get_position().x0, 3), round(a.get_position().y0, 3)) for a in figure.axes}
    assert len({x for x, _ in corners}) == 6
    assert len({y for _, y in corners}) == 4


@pytest.mark.parametrize("wild", [-999.0, 1e300])
def test_a_wild_value_is_marked_and_does_not_stretch_the_axis(small_table, wild):
    limits = descriptor_sheet(small_table).figure.axes[3].get_xlim()
    drawing = descriptor_sheet(spoil(small_table, wild))
    found = drawing.figure.axes[3].get_xlim()
    assert np.ptp(found) <= 1.1 * np.ptp(limits)
    assert "1 value far outside the rest" in drawing.caption


@pytest.mark.parametrize("n", [1, 5, 7])
def test_any_number_of_descriptors(n):
    assert len(descriptor_sheet(wide_table(n)).figure.axes) == n


def test_of_very_many_the_strongest_are_drawn(monkeypatch):
    # The package's name of this module is the function in it.
    monkeypatch.setattr(import_module("clusteract.report.figures.descriptor_sheet"), "MOST", 4)
    table = wide_table(9)
    drawing = descriptor_sheet(table)
    strongest = np.argsort(-np.abs(correlations(table)))[:4]
    titles = {axes.get_title(loc="left") for axes in drawing.figure.axes}
    assert titles == {table.descriptor_names[j] for j in strongest}
    assert "Of 9, those of the largest absolute r are shown." in drawing.caption


def test_without_a_target_distributions_are_drawn():
    table = make_synthetic_table(30, seed=1, target=False)
    axes = descriptor_sheet(table).figure.axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == 30


def test_correlations_leave_out_sentinels_and_missing_values(small_table):
    known = np.corrcoef(small_table.column("1_Qmin")[1:], small_table.target[1:])[0, 1]
    place = small_table.descriptor_names.index("1_Qmin")
    for value in (-999.0, np.nan):
        r = correlations(spoil(small_table, value, column=place))[place]
        assert r == pytest.approx(known, abs=1e-12)


def test_constant_and_empty_columns_have_no_correlation(small_table):
    X = small_table.descriptors.copy()
    X[:, 0], X[:, 1] = 1.0, np.nan
    spoiled = replace(small_table, descriptors=X)
    assert np.isnan(correlations(spoiled)[:2]).all()
    assert "r undefined" in [t.get_text() for t in descriptor_sheet(spoiled).figure.axes[0].texts]
