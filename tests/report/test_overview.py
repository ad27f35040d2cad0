import json
from dataclasses import replace

import numpy as np

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.report import overview, overview_text


def test_it_is_json_and_counts(small_table):
    found = overview(small_table)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["data"]["n_clusters"] == 60
    assert found["target"]["std"] == float(np.std(small_table.target, ddof=1))


def test_strongest_are_sorted_by_absolute_correlation(small_table):
    strongest = overview(small_table)["strongest"]
    sizes = [abs(s["r"]) for s in strongest]
    assert sizes == sorted(sizes, reverse=True)
    r = np.corrcoef(small_table.column(strongest[0]["descriptor"]), small_table.target)[0, 1]
    assert np.isclose(strongest[0]["r"], r)


def test_text_warns_and_names_odd_cells(small_table):
    X = small_table.descriptors.copy()
    X[4, 0], X[5, 1] = -999.0, np.nan
    text = "\n".join(overview_text(overview(replace(small_table, descriptors=X))))
    assert "(SYNTHETIC)" in text
    assert "no measure of skill" in text
    assert f"1 sentinel: 3_VDE/VIE of {small_table.names[4]} (−999)" in text
    assert f"1 missing value: 3_α of {small_table.names[5]}" in text


def test_a_table_without_target_is_described():
    found = overview(make_synthetic_table(20, seed=1, target=False))
    assert found["target"] is None
    assert found["strongest"] == []
    assert "no target" in overview_text(found)


def test_what_says_nothing_is_named():
    table = make_synthetic_table(20, seed=1)
    X = table.descriptors[:, :3].copy()
    X[:, 1], X[4, 1] = 7.0, np.nan
    named = replace(
        table.with_descriptors(X, ("T", "pH", "p")), names=tuple("abcdefghijklmnopqrst")
    )
    lines = overview_text(overview(named))
    assert "the same in every row, nothing to learn from: pH" in lines
    assert lines[0].startswith("synthetic (SYNTHETIC): 20 clusters of 1 metal")
    assert "no level: T, pH, p" in lines
