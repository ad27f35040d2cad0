import os
import signal

import pytest

from clusteract.errors import InputError
from clusteract.estimators import get_recipe
from clusteract.validation import OuterFolds
from clusteract.validation.dask_executor import DaskExecutor
from clusteract.validation.nested import nested_cross_validate

distributed = pytest.importorskip("distributed", reason="Dask is an optional dependency")

pytestmark = [
    pytest.mark.slow,
    # Dask's own event loops and sockets are closed after the test is over.
    pytest.mark.filterwarnings("ignore"),
]


def run(table, **where):
    forest = get_recipe("rfr-kbest").with_grid({"model__n_estimators": [20, 40]})
    return nested_cross_validate(
        table, [forest], outer=OuterFolds(3, 1, 7), inner_folds=4, seed=7, **where
    )


def predictions(result):
    everything = {**result.recipes, **result.baselines}
    return {n: [f.test_predictions for f in r.folds] for n, r in everything.items()}


def test_a_cluster_that_loses_a_worker_gives_the_serial_result(small_table):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        executor = DaskExecutor(cluster.scheduler_address)
        assert executor.jobs == 2
        victim = next(iter(cluster.workers.values())).pid
        moments = []

        def kill_one_worker_once(moment):
            moments.append(moment)
            if len(moments) == 3:
                os.kill(victim, signal.SIGKILL)

        found = run(small_table, executor=executor, progress=kill_one_worker_once)
    assert len(moments) > 3
    assert predictions(found) == predictions(run(small_table))


def test_an_address_where_nothing_answers_is_told(monkeypatch):
    monkeypatch.setattr("clusteract.validation.dask_executor.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers at 'tcp://"):
        DaskExecutor("tcp://127.0.0.1:1")
