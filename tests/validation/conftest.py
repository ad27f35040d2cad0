"""A small nested cross-validation, a store in memory, and what two results are compared by."""

import pytest

from clusteract.runs import Runner
from clusteract.runs.executors import open_workers
from clusteract.validation import OuterFolds
from clusteract.validation.nested import nested_cross_validate


class MemoryStore(dict):
    """Keeps answers; stops the work as Ctrl-C does, when it has kept so many."""

    def __init__(self, answers=(), stop_at=None):
        super().__init__(answers)
        self.stop_at = stop_at

    def put(self, key, value, **labels):
        self[key] = value
        if len(self) == self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture(scope="session")
def memory_store():
    return MemoryStore


@pytest.fixture(scope="session")
def nested():
    """Cross-validate recipes on three folds; `moments` gets what is reported."""

    def run(table, recipes, *, store=None, moments=None, jobs=1, **options):
        settings = {"outer": OuterFolds(3, 1, 7), "inner_folds": 3, "seed": 7, "baselines": False}
        report = [].append if moments is None else moments.append
        with open_workers(jobs) as workers:
            runner = Runner(workers, store, report)
            return nested_cross_validate(table, recipes, runner=runner, **{**settings, **options})

    return run


@pytest.fixture(scope="session")
def predictions():
    """Return what a result predicts and has chosen, recipe by recipe."""

    def of(result):
        everything = {**result.recipes, **result.baselines}
        return {
            name: [(f.train_predictions, f.test_predictions, f.best_params) for f in r.folds]
            for name, r in everything.items()
        }

    return of
