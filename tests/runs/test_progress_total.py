"""What a study reports while it runs adds up to what it said it would do."""

import itertools

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.model.fitting import fit_best
from clusteract.recipes import get_recipe
from clusteract.runs.executors import make_executor
from clusteract.runs.runner import Runner
from clusteract.study import run_study
from clusteract.validation import OuterFolds, nested_cross_validate
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.search_plans import Piece

FEW = {"model__n_estimators": [2], "model__max_depth": [3], "model__min_samples_leaf": [1, 2]}
CHECKS = {"shuffled", "inner errors", "unseen metals"}


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
    found = nested_cross_validate(table, recipes, **{**settings, **options}, progress=seen.append)
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
    assert len(found.borders) == 2
    assert {p.recipe for p in seen} == {*found.recipes, *CHECKS}
    assert ends_at_its_total(seen)
    # Once the best recipe is known, the total is no guess any more.
    assert len({p.total for p in seen if p.recipe in CHECKS}) == 1
    assert {p.n_folds for p in seen if p.recipe == "unseen metals"} == {6}
    assert {p.n_folds for p in seen if p.recipe != "unseen metals"} == {3}


def test_the_total_is_right_from_the_start_where_there_is_one_recipe(table, recipes):
    _, seen = reported(table, recipes[:1])
    assert ends_at_its_total(seen)
    assert len({p.total for p in seen}) == 1


@pytest.mark.parametrize("options", [{"baselines": False}, {"outer": "metal"}])
def test_checks_that_are_not_made_are_not_counted(table, recipes, options):
    if "outer" in options:
        options = {"outer": hard_folds(table, "metal"), "inner_folds": 2}
    _, seen = reported(table, recipes, **options)
    assert ends_at_its_total(seen)
    assert "unseen metals" not in {p.recipe for p in seen}


class Short:
    """A unit that plans five steps and needs three: a search may run out of candidates."""

    label, fold, n_steps = "short", 1, 5

    def first_pieces(self):
        return [Piece(key, "search", abs, (-1,), covers=1) for key in "ab"]

    def accept(self, piece, answer, seconds):
        return [Piece("c", "refit", abs, (-1,), covers=1)] if piece.key == "b" else []


def test_a_unit_that_ends_early_takes_its_steps_off_the_total():
    seen = []
    with Runner(make_executor(1), report=seen.append) as runner:
        runner.expect("later", 7)
        runner.run([Short(), Short()], "now")
        assert [(p.done, p.total) for p in seen[:2]] == [(1, 17), (2, 17)]
        assert (seen[-1].done, seen[-1].total) == (6, 13)
        runner.run([Short()], "later")
    assert (seen[-1].done, seen[-1].total) == (9, 9)


def test_one_runner_counts_the_study_and_its_model(table, recipes):
    seen = []
    with Runner(make_executor(1), report=seen.append) as runner:
        found = nested_cross_validate(
            table, recipes, outer=OuterFolds(3), inner_folds=3, baselines=False, runner=runner
        )
        first = seen[-1].done
        fit_best(found, recipes, runner=runner)
    assert first < seen[-1].done == seen[-1].total
    assert seen[-1].recipe == "saved model"


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
    assert {"saved model", *CHECKS} < {p.recipe for p in seen}
