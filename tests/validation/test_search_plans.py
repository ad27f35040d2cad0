"""A budgeted search of networks: first looks, proposals, finalists."""

import pytest

from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds
from clusteract.validation.design import Design

DENSE = {f"model__units_{i}": [4, 6, 8] for i in (1, 2, 3)} | {"model__epochs": [60]}
PERCEPTRON = {"model__hidden_layer_sizes": [[6, 4], [8, 4]], "model__max_iter": [190]}


@pytest.fixture(scope="module")
def networks():
    return [
        get_recipe("dense-kbest").with_grid(DENSE),
        get_recipe("mlp-kbest").with_grid(PERCEPTRON),
    ]


BUDGET = {"budget": {"dense-kbest": 8, "mlp-kbest": 5}, "outer": OuterFolds(2, 1, 7)}


def fold(table, recipe, budget):
    budgets = {recipe.name: budget}
    return Design(table, (recipe,), OuterFolds(3), 5, budgets, seed=7).searches(recipe)[0]


def settings(jobs):
    """Return the candidates that jobs of a search train."""
    tables = [job.args[0].problem.table for job in jobs]
    return [candidate for t in tables for candidate in map(t.params, range(len(t)))]


def searched(fold):
    """Run a fold here; return its jobs in their order, and what they came to."""
    done, steps, answers = [], fold.flow().steps, None
    while True:
        try:
            jobs = steps.send(answers)
        except StopIteration as end:
            return done, end.value.result
        answers = [job.function(*job.args) for job in jobs]
        done += jobs


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_looks_are_short_and_few_are_trained_to_the_end(small_table, networks):
    dense = fold(small_table, networks[0], 16)
    jobs, result = searched(dense)
    epochs = [candidate["model__epochs"] for candidate in settings(jobs[:-1])]
    assert epochs.count(40) == 16 * 3  # each candidate on three of the five inner folds
    assert epochs.count(60) == 2 * 5  # an eighth of them on all
    assert len(epochs) + 1 == dense.n_steps
    assert result.best_params["model__epochs"] == 60
    assert result.fits == 48 + 10 + 1
    assert result.fits_naive == 16 * 5 + 1


def test_rates_that_never_train_cost_no_budget_but_are_in_the_whole_grid(small_table, networks):
    def rates(budget):
        jobs = next(fold(small_table, networks[0], budget).flow().steps)
        return {candidate["model__learning_rate"] for candidate in settings(jobs)}

    assert 1e-6 not in rates(100)
    assert rates(None) == {1e-6, 1e-4, 1e-2}


def test_networks_are_the_same_for_any_number_of_workers(
    small_table, networks, nested, predictions
):
    one, two = (nested(small_table, networks, jobs=jobs, **BUDGET) for jobs in (1, 2))
    assert predictions(one) == predictions(two)


def test_an_interrupted_search_of_looks_resumes_with_the_same_result(
    small_table, networks, nested, predictions, memory_store
):
    store = memory_store(stop_at=20)
    with pytest.raises(KeyboardInterrupt):
        nested(small_table, networks, store=store, **BUDGET)
    moments = []
    resumed = nested(small_table, networks, store=memory_store(store), moments=moments, **BUDGET)
    assert moments[-1].resumed >= 20
    assert moments[-1].done == moments[-1].total
    assert predictions(resumed) == predictions(nested(small_table, networks, **BUDGET))


def test_the_refit_tells_how_the_chosen_network_learned(small_table, networks, nested):
    result = nested(small_table, networks, **BUDGET)
    for name, judged in {"dense-kbest": "validation_loss", "mlp-kbest": "validation_error"}.items():
        for fold in result.recipes[name].folds:
            assert len(fold.curves["loss"]) == len(fold.curves[judged]) > 0
