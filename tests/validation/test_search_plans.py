"""A budgeted search of networks: first looks, proposals, finalists."""

import pytest
from test_nested import DictStore, predictions, run

from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds
from clusteract.validation.fold_search import FoldSearch, inner_splits
from clusteract.validation.nested import make_problem

DENSE = {f"model__units_{i}": [4, 6, 8] for i in (1, 2, 3)} | {"model__epochs": [60]}
PERCEPTRON = {"model__hidden_layer_sizes": [[6, 4], [8, 4]], "model__max_iter": [190]}


@pytest.fixture(scope="module")
def networks():
    return [
        get_recipe("dense-kbest").with_grid(DENSE),
        get_recipe("mlp-kbest").with_grid(PERCEPTRON),
    ]


BUDGET = {"budget": {"dense-kbest": 8, "mlp-kbest": 5}, "outer": OuterFolds(2, 1, 7)}


def unit(table, recipe, budget):
    problem = make_problem(table, inner_folds=5, seed=7, missing="impute")
    return FoldSearch(problem, recipe, 1, inner_splits(3, table.n_rows)[0], budget)


def searched(unit):
    """Run a unit here; return the pieces in their order."""
    done, waiting = [], unit.first_pieces()
    while waiting:
        piece = waiting.pop(0)
        done.append(piece)
        waiting += unit.accept(piece, piece.function(*piece.args), 0.0)
    return done


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_looks_are_short_and_few_are_trained_to_the_end(small_table, networks):
    dense = unit(small_table, networks[0], 16)
    tables = [p.args[0].problem.table for p in searched(dense) if p.kind == "search"]
    epochs = [params["model__epochs"] for t in tables for params in map(t.params, range(len(t)))]
    assert epochs.count(40) == 16 * 3  # each candidate on three of the five inner folds
    assert epochs.count(60) == 2 * 5  # an eighth of them on all
    assert len(epochs) + 1 == dense.n_steps
    assert dense.result.best_params["model__epochs"] == 60
    assert dense.result.fits == 48 + 10 + 1
    assert dense.result.fits_naive == 16 * 5 + 1


def test_rates_that_never_train_cost_no_budget_but_are_in_the_whole_grid(small_table, networks):
    def rates(budget):
        tasks = [p.args[0] for p in unit(small_table, networks[0], budget).first_pieces()]
        tables = [task.problem.table for task in tasks]
        return {t.params(i)["model__learning_rate"] for t in tables for i in range(len(t))}

    assert 1e-6 not in rates(100)
    assert rates(None) == {1e-6, 1e-4, 1e-2}


def test_networks_are_the_same_for_any_number_of_workers(small_table, networks):
    one, two = (run(small_table, networks, jobs=jobs, **BUDGET) for jobs in (1, 2))
    assert predictions(one) == predictions(two)


def test_an_interrupted_search_of_looks_resumes_with_the_same_result(small_table, networks):
    class Stops(DictStore):
        def put(self, key, value, **labels):
            super().put(key, value)
            if len(self) == 20:
                raise KeyboardInterrupt

    store = Stops()
    with pytest.raises(KeyboardInterrupt):
        run(small_table, networks, store=store, **BUDGET)
    moments = []
    resumed = run(small_table, networks, store=DictStore(store), progress=moments.append, **BUDGET)
    assert moments[-1].resumed >= 20
    assert moments[-1].done == moments[-1].total
    assert predictions(resumed) == predictions(run(small_table, networks, **BUDGET))


def test_the_refit_tells_how_the_chosen_network_learned(small_table, networks):
    result = run(small_table, networks, **BUDGET)
    for name, judged in {"dense-kbest": "validation_loss", "mlp-kbest": "validation_error"}.items():
        for fold in result.recipes[name].folds:
            assert len(fold.curves["loss"]) == len(fold.curves[judged]) > 0
