"""The shared-computation grid search: scikit-learn's exact answers, each distinct fit done once.

Two ways in. `SharedGridSearchCV` is a drop-in for scikit-learn's `GridSearchCV`. Underneath it
lies a plan, which a study can run anywhere, store piece by piece, and put together later::

    plan = plan_search(
        estimator, param_grid, X, y, *,
        splits,                    # list of (train indices, test indices)
        scoring=None,              # as in GridSearchCV
        error_score=nan,           # a number or "raise"
        return_train_score=False,
        fit_params=None,           # {"sample_weight": ...}, as passed to GridSearchCV.fit
        score_params=None,
        seconds_per_task=4.0,      # tasks are cut to about this size where no sharing is lost
    ) -> SearchPlan

    plan.candidates                # list of parameter dicts, in ParameterGrid order
    plan.tasks                     # list[SearchTask]: one training set x some candidates
    plan.unshared                  # list[str]: what could not be shared, and why
    plan.assemble(results, refit=True) -> SearchResult     # TaskResults in any order

    task.key() -> str              # sha256 of data, split, estimator, candidates, versions
    task.split, task.indices       # which split, which candidates
    task.n_fits_naive              # dict unit -> count, as plain GridSearchCV would fit (estimate)
    task.run(X, y) -> TaskResult   # pickle the task, not the data

    result.to_dict() / TaskResult.from_dict(d)   # plain JSON values; floats round-trip bit for bit
    result.test_scores, result.train_scores      # one per candidate: a number, or a dict of them
    result.fits, result.fits_naive               # dict unit -> count
    result.capped                  # candidates whose solver stopped at max_iter
    result.seconds                 # wall time: the one field that differs between two runs

    search = plan.assemble(results)
    search.cv_results_, search.best_index_, search.best_params_, search.best_score_
    search.n_fits, search.n_fits_naive, search.n_models, search.n_capped, search.multimetric
    search.exact                    # scikit-learn's bits; False where networks take part

Refit is separate: ``clone(estimator).set_params(**search.best_params_).fit(X, y)``, or
`refit.fit_for_predictions` where only predictions and the selection are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusteract.search.gridsearch import SharedGridSearchCV
    from clusteract.search.outcome import SearchResult
    from clusteract.search.plan import SearchPlan, plan_search
    from clusteract.search.task import SearchTask, TaskResult

__all__ = [
    "SearchPlan",
    "SearchResult",
    "SearchTask",
    "SharedGridSearchCV",
    "TaskResult",
    "plan_search",
]

_HOMES = {
    "SharedGridSearchCV": "gridsearch",
    "SearchPlan": "plan",
    "SearchResult": "outcome",
    "SearchTask": "task",
    "TaskResult": "task",
    "plan_search": "plan",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that the room costs nothing until then."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
