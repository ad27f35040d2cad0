"""The parts of the reference's work on small simulated tables: right words, honest splits."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.study.chapters_run import run_chapters
from mou2025 import run as run_module
from mou2025.pairwise import pairwise_chapter
from mou2025.pairwise_work import PairwiseWork
from mou2025.regular import match_rows
from mou2025.run import run_paper
from mou2025.transfer import TransferWork, errors, transfer_chapter
from mou2025.transfer_models import (
    get_transfer_model,
    put_together,
    to_fit,
    view_columns,
)


def run_pairwise(table, work, **options):
    return run_chapters(
        "pairwise",
        lambda run: [pairwise_chapter(run, table, work)],
        folder=options.pop("out"),
        settings={},
        synthetic=True,
        **options,
    )


def run_transfer(train, new, work, out):
    return run_chapters(
        "transfer",
        lambda run: [transfer_chapter(run, train, new, work)],
        folder=out,
        settings={},
        synthetic=True,
    )


@pytest.fixture(scope="module")
def table():
    made = make_synthetic_table(50, seed=1)
    return made.with_descriptors(made.descriptors[:, :6], made.descriptor_names[:6])


@pytest.fixture(scope="module")
def pairwise(table, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "pairwise"
    work = PairwiseWork(models=("pair-mlr", "pair-svr"), folds=3)
    return run_pairwise(table, work, out=out)


def test_random_pairs_flatter(pairwise):
    found = pairwise.summary["chapters"]["pairwise"]
    for name in ("pair-svr", "plain-forest"):
        leaky, honest = (found[name][s]["r"]["mean"] for s in ("random", "both-unseen"))
        assert leaky > honest + 0.1
    assert found["plain-forest"]["random"]["r"]["mean"] > 0.95  # it has seen every cluster


def test_settings_are_chosen_in_each_fold(pairwise):
    folds = pairwise.summary["chapters"]["pairwise"]["pair-svr"]["folds"]
    assert len(folds) == 3
    assert all(set(fold["chosen"]) == {"base__C", "base__epsilon"} for fold in folds)


def test_every_cluster_is_new_once(pairwise, table):
    folds = pairwise.summary["chapters"]["pairwise"]["pair-mlr"]["folds"]
    rows = sorted(row for fold in folds for row in fold["new"]["rows"])
    assert rows == list(range(table.n_rows))


def test_references_are_put_together_in_every_way(pairwise):
    folds = pairwise.summary["chapters"]["pairwise"]["pair-svr"]["folds"]
    for fold in folds:
        ways = fold["new"]["ways"]
        assert set(ways) == {"mean", "median", "certainty"}
        assert ways["mean"]["value"] == fold["new"]["value"] != ways["certainty"]["value"]
        assert min(ways["certainty"]["spread"]) > 0


def test_the_diagnostics_tell_a_difference_from_none(pairwise):
    (found,) = (t for t in pairwise.chapters[0].tables if "a difference?" in t.title)
    linear, kernel = dict(zip((r[0] for r in found.rows), found.rows, strict=True)).values()
    assert kernel[2] > 0.01 < kernel[3]  # f(x,x) and f(x,y)+f(y,x) of an SVR trained one way
    assert linear[3] == pytest.approx(2 * linear[2])  # a linear model is off by its intercept alone


def test_a_run_leaves_its_folder_and_is_taken_up_again(pairwise, table):
    page = (pairwise.folder / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in page
    assert "The leaky number and the honest one" in page
    assert (pairwise.folder / "figures" / "leaky-and-honest.png").is_file()
    text = (pairwise.folder / "report.md").read_text(encoding="utf-8")
    assert "| model | random pairs | one unseen | both unseen | new cluster |" in text
    assert "| f(x,y) |" in text
    assert json.loads((pairwise.folder / "summary.json").read_text()) == pairwise.summary
    work = PairwiseWork(models=("pair-mlr", "pair-svr"), folds=3)
    seen = []
    again = run_pairwise(table, work, out=pairwise.folder, progress=seen.append)
    assert seen[-1].resumed == seen[-1].done == seen[-1].total
    assert (again.folder / "report.html").read_text(encoding="utf-8") == page


def test_transfer_chooses_without_the_new_targets(table, tmp_path):
    train, new = table.take(range(35)), table.take(range(35, 50))
    work = TransferWork(models=("additive", "pair-mlr"))
    run = run_transfer(train, new, work, out=tmp_path / "a")
    blind = replace(new, target=None, target_name=None)
    without = run_transfer(train, blind, work, out=tmp_path / "b")
    a, b = (r.summary["chapters"]["transfer"] for r in (run, without))
    assert a["chosen"] == b["chosen"] == "additive"
    assert a["predictions"] == b["predictions"]
    assert b["scores"] == {}
    assert set(a["scores"]["as repaired"]) == {"additive", "pair-mlr"}
    known = a["left_out"]["additive"]
    assert known["rmse"] == pytest.approx((known["cores"]["rmse"] + known["metals"]["rmse"]) / 2)
    naive = np.sqrt(np.mean((np.asarray(new.target) - np.mean(train.target)) ** 2))
    better = a["scores"]["as repaired"]["additive"]["rmse"] < naive
    words = " ".join(run.chapters[0].sentences)
    assert ("the model does better" in words) == better
    assert ("the model does worse" in words) != better


def test_a_model_of_parts_is_the_mean_of_their_predictions(table):
    models = [get_transfer_model(n) for n in ("additive-views", "additive")]
    parts = [m.name for m in to_fit(models)]
    assert parts == ["additive-own", "additive-counts", "additive"]
    found = put_together(models, {n: np.full(3, float(i)) for i, n in enumerate(parts)})
    assert found["additive-views"].tolist() == [1, 1, 1]
    assert found["additive"].tolist() == [2, 2, 2]


def test_new_elements_have_no_column_and_known_ones_do(table):
    train, new = table.take(range(35)), table.take(range(35, 50))
    X, later = view_columns("with-counts", train, new)
    elements = {e for f in formulas_of(train) for e in f.elements}
    assert X.shape[1] == later.shape[1] == train.n_descriptors + len(elements)


def test_errors_count_the_band():
    found = errors(np.zeros(4), np.array([0.0, 0.4, -0.6, 1.0]))
    assert (found["within_band"], found["within_wide"]) == (0.5, 0.75)
    assert found["bias"] == pytest.approx(0.2)
    assert found["rmse_beyond"] == pytest.approx(np.hypot(0.6 - 0.4771, 1 - 0.4771) / 2, abs=1e-3)


def test_rows_are_matched_by_their_numbers(table):
    order = np.random.default_rng(0).permutation(table.n_rows)
    fewer = table.with_descriptors(table.descriptors[:, :3], table.descriptor_names[:3])
    np.testing.assert_array_equal(match_rows(fewer.take(order), table), order)
    with pytest.raises(InputError, match="do not hold the same clusters"):
        match_rows(fewer, table.take(range(20)))


def test_wrong_parts_are_named(tmp_path):
    with pytest.raises(InputError, match="unknown part 'pairwize'; did you mean pairwise"):
        run_paper(["pairwize"], out=tmp_path / "a")


def test_only_public_names_are_used():
    for path in Path(run_module.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"from clusteract[\w.]* import [^\n]*\b_\w", text), path
