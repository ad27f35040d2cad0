"""Intervals and applicability domain of a study, measured on its own outer folds."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import KFold

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.model import fit_model
from clusteract.recipes import get_recipe
from clusteract.report.trust_summary import trust_summary
from clusteract.runs import Place, Runner
from clusteract.runs.executors import open_workers
from clusteract.validation import OuterFolds, StudyResult, nested_cross_validate
from clusteract.validation.design import Design
from clusteract.validation.fold_search import FoldSearch
from clusteract.validation.fold_trust import inner_errors
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.serialize import from_record, to_record
from clusteract.validation.training_memory import STEP, IntervalModel

RECIPE = get_recipe("gp-descriptors")


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(150, seed=2, noise=0.3)


@pytest.fixture(scope="module")
def study(table):
    return nested_cross_validate(table, [RECIPE], outer=OuterFolds(5), inner_folds=3)


def test_inner_errors_are_of_clusters_that_the_model_had_not_seen(table):
    problem = Design(table, (RECIPE,), inner_folds=3, seed=7).problem(RECIPE)
    train, test = np.arange(0, 100), np.arange(100, 150)
    pipeline = RECIPE.pipeline(7, impute=True)
    fold = FoldSearch(problem, RECIPE, (train, test), None, Place(RECIPE.name))
    with open_workers() as workers:
        [inner] = Runner(workers).run([inner_errors(fold, pipeline)])
    seen, unseen = next(KFold(3, shuffle=True, random_state=7).split(train))
    predicted = pipeline.fit(problem.X[seen], problem.y[seen]).predict(problem.X[unseen])
    np.testing.assert_allclose(inner.errors[unseen], problem.y[unseen] - predicted)


def test_intervals_of_a_study_hold_about_what_they_promise(study):
    found = study.coverage
    assert len(found.rows) == 150
    for level in (0.8, 0.9, 0.95):
        assert abs(found.covered(level).mean() - level) < 4 * np.sqrt(level * (1 - level) / 150)


def test_no_test_target_moves_its_own_interval(table, study):
    fold = study.best.folds[0]
    y = np.array(table.target)
    y[list(fold.test)] += 5.0
    moved = nested_cross_validate(
        replace(table, target=y), [RECIPE], outer=OuterFolds(5), inner_folds=3
    )
    first = slice(0, len(fold.test))
    low, high = study.coverage.ends[0.9]
    assert moved.coverage.ends[0.9][0][first] == low[first]
    assert moved.coverage.ends[0.9][1][first] == high[first]
    assert not moved.coverage.covered(0.9)[first].any()


def test_unseen_groups_lie_outside_and_are_harder(study):
    own, unseen = study.applicability
    assert unseen.question == "unseen metals"
    assert not unseen.inside.any()
    assert own.inside.mean() > 0.7
    assert unseen.summary()["rmse_outside"] > own.summary()["rmse_inside"]


def test_a_study_that_leaves_out_metals_asks_it_once(table):
    found = nested_cross_validate(table, [RECIPE], outer=hard_folds(table, "metal"), inner_folds=3)
    assert found.settings["leave_out"] == "metal"
    assert found.settings["left_out"] == ["Co", "Fe", "Mo", "Rh", "Ta", "V"]
    assert len(found.applicability) == 1


def test_labels_without_formula_have_no_metals(table):
    numbered = replace(table, names=tuple(f"no {i}" for i in range(150)))
    found = nested_cross_validate(numbered, [RECIPE], outer=OuterFolds(3), inner_folds=2)
    assert len(found.applicability) == 1
    assert set(found.coverage.groups) == {"?"}


def test_it_survives_the_store(study):
    again = from_record(to_record(study), StudyResult)
    assert trust_summary(again) == trust_summary(study)
    assert again.applicability[1].reasons == study.applicability[1].reasons


def test_over_repeats_a_cluster_counts_once(table):
    outer = OuterFolds(3, repeats=2)
    found = nested_cross_validate(table, [RECIPE], outer=outer, inner_folds=2)
    border = trust_summary(found)["border"][0]
    assert border["n_inside"] + border["n_outside"] == 300
    assert border["n_clusters"] == 150
    assert found.coverage.table()[0]["n"] == 150


def test_a_study_asks_its_saved_model_s_border(table, study):
    fold = study.best.folds[0]
    model = fit_model(table.take(fold.train), RECIPE, inner_folds=3)
    known = model.pipeline.named_steps[STEP]
    judged = IntervalModel(known, table).applicability_domain.judge(table.take(fold.test))
    n = len(fold.test)
    assert study.applicability[0].reasons[:n] == judged.reasons
    assert study.applicability[0].remarks[:n] == judged.remarks
    np.testing.assert_allclose(study.applicability[0].distance[:n], judged.distance)


def test_the_summary_counts_what_it_says(study):
    trust = trust_summary(study)
    assert sum(g["n"] for g in trust["intervals"]["groups"].values()) == 150
    assert trust["border"][1]["reasons"]["what was never seen in training"] == 150
    assert trust["intervals"]["curve"][4] == [0.9, study.coverage.covered(0.9).mean()]
