"""What a study reports while it runs adds up to what it said it would do."""

import itertools

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.model.fitting import fit_best
from clusteract.recipes import get_recipe
from clusteract.runs import Flow, Job, Place, Runner
from clusteract.runs.executors import open_workers
from clusteract.study import run_study
from clusteract.validation import OuterFolds, nested_cross_validate

FEW = {"model__n_estimators": [2], "model__max_depth": [3], "model__min_samples_leaf": [1, 2]}
CHECKS = {"shuffled", "inner errors", "unseen groups"}


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(60, seed=1)


@pytest.fixture(scope="module")
def recipes():
    """A recipe with a large search and one with next to none: either may be the best."""
    forest = get_recipe("rfr-kbest").with_grid(FEW)
    return [forest, get_recipe("svr-rbf-kbest").with_grid({"model__C": [1], "model__epsilon": [1]})]


def reported(table, recipes, **options):
    seen = []
    settings = {"outer": OuterFolds(3), "inner_folds": 3, "budget": {"svr-rbf-kbest": 30}}
    with open_workers() as workers:
        runner = Runner(workers, progress=seen.append)
        found = nested_cross_validate(table, recipes, **{**settings, **options}, runner=runner)
    return found, seen


def ends_at_its_total(seen):
    steps = [b.done - a.done for a, b in itertools.pairwise(seen)]
    return (
        seen[-1].done == seen[-1].total == seen[0].done + sum(steps)
        and min(steps) > 0
        and all(p.done < p.total for p in seen[:-1])
    )


def test_the_steps_of_a_study_with_its_checks_add_up_to_the_total(table, recipes):
    found, seen = reported(table, recipes)
    assert len(found.applicability) == 2
    assert {p.label for p in seen} == {*found.recipes, *CHECKS}
    assert ends_at_its_total(seen)
    # Once the best recipe is known, the total is no guess any more.
    assert len({p.total for p in seen if p.label in CHECKS}) == 1
    assert {p.n_folds for p in seen if p.label == "unseen groups"} == {6}
    assert {p.n_folds for p in seen if p.label != "unseen groups"} == {3}


def test_the_total_is_right_from_the_start_where_there_is_one_recipe(table, recipes):
    _, seen = reported(table, recipes[:1])
    assert ends_at_its_total(seen)
    assert len({p.total for p in seen}) == 1


@pytest.mark.parametrize("options", [{"baselines": False}, {"outer": "metal"}])
def test_checks_that_are_not_made_are_not_counted(table, recipes, options):
    if "outer" in options:
        options = {"outer": "metal", "inner_folds": 2}
    _, seen = reported(table, recipes, **options)
    assert ends_at_its_total(seen)
    assert "unseen groups" not in {p.label for p in seen}


def short():
    """Plan five steps and need three: a search may run out of candidates."""

    def steps():
        place = Place("short")
        yield [Job(place, abs, (-1,)), Job(place, abs, (-2,))]
        yield [Job(place, abs, (-3,))]

    return Flow(steps(), 5)


def test_a_flow_that_ends_early_takes_its_steps_off_the_total():
    seen = []
    with open_workers() as workers:
        runner = Runner(workers, progress=seen.append)
        runner.expect("later", 7)
        runner.run([short(), short()], "now")
        assert [(p.done, p.total) for p in seen[:2]] == [(1, 17), (2, 17)]
        assert (seen[-1].done, seen[-1].total) == (6, 13)
        runner.run([short()], "later")
    assert (seen[-1].done, seen[-1].total) == (9, 9)


def test_a_part_may_be_run_twice():
    seen = []
    with open_workers() as workers:
        runner = Runner(workers, progress=seen.append)
        for _ in range(2):
            runner.run([short()], "again")
    assert [(p.done, p.total) for p in seen[2:4]] == [(3, 3), (4, 8)]
    assert (seen[-1].done, seen[-1].total) == (6, 6)


def test_one_runner_counts_the_study_and_its_model(table, recipes):
    seen = []
    with open_workers() as workers:
        runner = Runner(workers, progress=seen.append)
        found = nested_cross_validate(
            table, recipes, outer=OuterFolds(3), inner_folds=3, baselines=False, runner=runner
        )
        first = seen[-1].done
        fit_best(found, recipes, runner=runner)
    assert first < seen[-1].done == seen[-1].total
    assert seen[-1].label == "saved model"


def test_a_whole_study_is_one_bar(table, tmp_path):
    study = tmp_path / "s.toml"
    study.write_text(
        'recipes = ["gp-descriptors", "svr-rbf-kbest"]\nbudget = 2\n'
        "[outer]\nfolds = 3\n[inner]\nfolds = 3\n",
        encoding="utf-8",
    )
    seen = []
    run_study(str(study), data=table, out=tmp_path / "run", progress=seen.append)
    assert ends_at_its_total(seen)
    assert {"saved model", *CHECKS} < {p.label for p in seen}
