"""Chapters over any table: selection, explanation, pairs, transfer."""

import numpy as np
import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.recipes import Recipe
from clusteract.study.chapters.explanation import ExplainWork
from clusteract.study.chapters.pairs import PairsWork
from clusteract.study.chapters.transfer import TransferWork
from clusteract.study.verbs import run_explain, run_pairs, run_selection, run_transfer
from clusteract.table import Source, Table


@pytest.fixture(scope="module")
def table():
    made = make_synthetic_table(50, seed=1)
    return made.with_descriptors(made.descriptors[:, :6], made.descriptor_names[:6])


@pytest.fixture(scope="module")
def plain():
    """Rows without names that mean anything, linear in two columns."""
    X = np.random.default_rng(0).normal(size=(40, 5))
    y = 3 * X[:, 1] + 2 * X[:, 4]
    return Table(tuple(map(str, range(40))), X, tuple("abcde"), y, "y", Source("planted", ""))


LINEAR = Recipe.of("sklearn.linear_model:LinearRegression", name="linear")


@pytest.fixture(scope="module")
def pairs(plain, tmp_path_factory):
    work = PairsWork(("pair-linear", "pair-svr", LINEAR), folds=3)
    return run_pairs(plain, work, out=tmp_path_factory.mktemp("runs") / "pairs")


def test_pairs_of_new_rows_are_scored_honestly(pairs):
    numbers = pairs.summary["chapters"]["pairwise"]
    for name in ("pair-linear", "linear"):
        assert numbers[name]["both-unseen"]["rmse"] == pytest.approx(0, abs=1e-6)
        assert numbers[name]["new"]["r"] == pytest.approx(1)
    assert numbers["pair-svr"]["one-seen"]["rmse"] > 0.01


def test_a_model_of_both_ways_is_a_difference_and_one_of_one_way_need_not_be(pairs):
    (found,) = (t for t in pairs.chapters[0].tables if "a difference?" in t.title)
    assert [row[0] for row in found.rows] == ["Linear regression on pairs", "SVR on pairs"]
    assert found.rows[1][2] == pytest.approx(0, abs=1e-9)
    assert found.rows[1][3] == pytest.approx(0, abs=1e-9)
    assert found.rows[1][1] > 1


def test_selection_finds_the_planted_columns(tmp_path):
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 5))
    names = tuple("abcde")
    table = Table(
        tuple(map(str, range(40))), X, names, 3 * X[:, 1] + 2 * X[:, 4], "y", Source("planted", "")
    )
    run = run_selection(
        table, keep=2, repeats=2, repeats_inside=1, folds=3, out=tmp_path / "select"
    )
    found = run.summary["chapters"]["selection"]["inside"]["descriptors"]
    assert [name for name in names if found[name]["share"] == 1] == ["b", "e"]


def test_transfer_chooses_without_the_new_targets(table, tmp_path):
    train, new = table.take(range(35)), table.take(range(35, 50))
    work = TransferWork(("gp-descriptors", "pair-linear"))
    run = run_transfer(train, new, work, out=tmp_path / "a")
    blind = Table(new.names, new.descriptors, new.descriptor_names, None, None, new.source)
    without = run_transfer(train, blind, work, out=tmp_path / "b")
    a, b = (r.summary["chapters"]["transfer"] for r in (run, without))
    assert a["chosen"] == b["chosen"]
    assert a["predictions"] == b["predictions"]
    assert b["scores"] == {}
    assert set(a["scores"]) == {"gp-descriptors", "pair-linear"}
    left_out = a["left_out"]["pair-linear"]
    assert {"metal", "core"} <= set(left_out)
    questions = [scores["rmse"] for key, scores in left_out.items() if key != "rmse"]
    assert left_out["rmse"] == pytest.approx(np.mean(questions))


def test_a_table_without_groups_says_what_its_choice_is_worth(plain, tmp_path):
    work = TransferWork((LINEAR,))
    run = run_transfer(plain.take(range(30)), plain.take(range(30, 40)), work, out=tmp_path / "a")
    numbers = run.summary["chapters"]["transfer"]
    assert set(numbers["left_out"]["linear"]) == {"rows at random", "rmse"}
    assert numbers["scores"]["linear"]["rmse"] == pytest.approx(0, abs=1e-9)
    assert "names no groups" in " ".join(run.chapters[0].sentences)


def test_explanations_are_of_clusters_outside(table, tmp_path):
    work = ExplainWork(recipes=("gp-descriptors",), folds=3, inner_folds=3, draws=8)
    run = run_explain(table, work, out=tmp_path / "explain")
    found = run.summary["chapters"]["explain"]["recipes"]["gp-descriptors"]
    assert set(found["shapley"]) == set(table.descriptor_names)
    assert all(value >= 0 for value in found["shapley"].values())
    assert sum(found["levels"].values()) == pytest.approx(1)


def test_a_recipe_of_ones_own_is_explained(plain, tmp_path):
    work = ExplainWork((LINEAR,), folds=3, inner_folds=3, draws=8)
    run = run_explain(plain, work, out=tmp_path / "explain")
    shapley = run.summary["chapters"]["explain"]["recipes"]["linear"]["shapley"]
    assert shapley["b"] > shapley["e"] > 10 * max(shapley[name] for name in "acd")


def test_wrong_requests_are_named(table, tmp_path):
    with pytest.raises(InputError, match=r"keep: 9; .* has 6 descriptors"):
        run_selection(table, keep=9, out=tmp_path / "b")
    other = table.with_descriptors(table.descriptors, tuple("abcdef"))
    with pytest.raises(InputError, match="lacks descriptors of"):
        run_transfer(table, other, TransferWork(("gp-descriptors",)), out=tmp_path / "c")
