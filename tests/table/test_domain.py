"""The seam: a second, tiny domain brings words, a grouping, a baseline, a view and a rule."""

import numpy as np
import pandas as pd
import pytest

from clusteract.audit import audit
from clusteract.audit.registry import RULES, rule
from clusteract.chemistry.domain import recognises
from clusteract.errors import InputError
from clusteract.recipes import get_recipe
from clusteract.table import Table, find_domain
from clusteract.table.domain import Baseline, Domain, all_domains, register_domain
from clusteract.validation import OuterFolds, nested_cross_validate


def _year(table):
    return tuple(name.split("-")[1] for name in table.names)


def _doubled(table):
    X = np.hstack([table.descriptors, 2 * table.descriptors[:, :1]])
    return table.with_descriptors(X, (*table.descriptor_names, "doubled"))


def _by_year(table, train, test):
    years, y = np.array(_year(table)), table.target
    means = {year: y[train][years[train] == year].mean() for year in set(years[train])}
    return tuple(
        np.array([means.get(years[i], y[train].mean()) for i in rows]) for rows in (train, test)
    )


WINES = Domain(
    name="wines",
    row="wine",
    recognises=lambda names: all(name.startswith("wine-") for name in names),
    groupings={"year": _year},
    baselines=(Baseline("year-mean", "Mean of the year", "Is the year enough?", _by_year, True),),
    views={"made": _doubled},
)


@pytest.fixture
def wines(monkeypatch):
    monkeypatch.setattr("clusteract.table.domain.all_domains", lambda: domains)
    domains = dict(all_domains())
    register_domain(WINES)
    rng = np.random.default_rng(0)
    names = [f"wine-{1990 + i % 4}-{i}" for i in range(48)]
    X = rng.normal(size=(48, 3))
    y = X @ [1.0, 0.5, 0.0] + 0.1 * rng.normal(size=48)
    frame = pd.DataFrame(X, columns=["acid", "sugar", "age"])
    frame.insert(0, "points", y)
    frame.insert(0, "wine", names)
    return Table.from_frame(frame, target="points", name="wines")


def test_it_is_recognised_and_says_its_words(wines):
    assert wines.domain is WINES
    assert (wines.domain.row, wines.domain.rows) == ("wine", "wines")


def test_its_view_is_what_a_recipe_sees(wines):
    assert get_recipe("gp-additive").see(wines).descriptor_names[-1] == "doubled"


def test_its_grouping_and_baseline_stand_in_a_study(wines):
    recipe = get_recipe("gp-descriptors")
    result = nested_cross_validate(wines, [recipe], outer=OuterFolds(3), inner_folds=2)
    assert "year-mean" in result.baselines
    assert set(result.coverage.groups) == {"1990", "1991", "1992", "1993"}
    assert result.applicability[1].question == "unseen years"


@pytest.fixture
def _forget_rule():
    yield
    RULES.pop("old")


@pytest.mark.usefixtures("_forget_rule")
def test_its_rule_is_for_its_tables_alone(wines, small_table):
    @rule("old", summary="No wine is old", domain="wines")
    def old(view):
        yield view.finding("old", "note", "a wine is old", rows=[0])

    assert "old" in {f.rule for f in audit(wines).findings}
    assert "old" not in {f.rule for f in audit(small_table).findings}


def test_a_table_without_a_domain_has_rows_and_columns():
    frame = pd.DataFrame({"c": ["a", "b"], "y": [1.0, 2.0], "x": [0.5, 1.5]})
    table = Table.from_frame(frame, target="y")
    assert (table.domain_name, table.domain.row) == ("", "row")
    assert get_recipe("gp-additive").see(table) is table
    with pytest.raises(InputError, match="sees the composition of rows, which nothing is known of"):
        get_recipe("gp-composition").see(table)


def test_an_unknown_domain_suggests_one():
    with pytest.raises(InputError, match="no domain 'cluster'; did you mean clusters"):
        find_domain("cluster")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Fe2S-", "Mo3C", "Rh4", "V3H-"], True),
        ([f"C{i}" for i in range(1, 101)], False),
        ([f"V{i}" for i in range(1, 41)], False),
        (["S12", "S13", "S14"], False),
        (["W40", "W41", "W42", "W43"], False),
        (["benzene", "toluene"], False),
        (["1", "2"], False),
        ([], False),
    ],
)
def test_labels_that_are_formulas_of_clusters(names, expected):
    assert recognises(names) is expected
