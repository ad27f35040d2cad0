"""Jobs and flows: kept by what they depend on, resumed, the same for any number of workers."""

import os
import signal

import numpy as np
import pytest

from clusteract.errors import ClusteractError, InputError, Interrupted
from clusteract.runs import Flow, Job, Place, Run, Runner, executors
from clusteract.runs.executors import count_jobs, open_workers

X = np.arange(6.0).reshape(3, 2)
HERE = Place("here")


def add(X, k):
    return (X.sum() + k).item()


def fail(X, k):
    raise ZeroDivisionError("on purpose")


def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)


def numbered(n):
    return [Job(Place("add", k, n), add, (X, k)) for k in range(1, n + 1)]


def test_answers_come_in_order_and_only_once(tmp_path):
    seen = []
    for _ in range(2):
        with Run(tmp_path / "run", progress=seen.append) as run:
            assert run.runner.answers(numbered(2)) == [16, 17]
            assert run.runner.answers(numbered(4)) == [16, 17, 18, 19]
    first = [(1, 2, 0), (2, 2, 0), (3, 6, 1), (4, 6, 2), (5, 6, 2), (6, 6, 2)]
    again = [(k, 2 if k < 3 else 6, k) for k in range(1, 7)]
    assert [(p.done, p.total, p.resumed) for p in seen] == first + again


def test_a_flow_is_sent_what_its_jobs_answer():
    def halving(n):
        steps = 0
        while n > 1:
            [n] = yield [Job(HERE, divmod, (n, 2))]
            n, steps = n[0], steps + 1
        yield []
        return steps

    with open_workers() as workers:
        flows = [Flow(halving(n), 4) for n in (16, 5)]
        assert Runner(workers).run(flows) == [4, 2]


def test_two_workers_give_the_same(tmp_path):
    jobs = [Job(HERE, np.add, (k, 1)) for k in range(3)]
    with pytest.raises(TypeError, match="JSON"), Run(tmp_path / "a", jobs=2) as run:
        run.runner.answers(jobs)  # a NumPy integer is nothing that JSON carries
    jobs = [Job(HERE, pow, (2, k)) for k in range(4)]
    with Run(tmp_path / "b", jobs=2) as run:
        assert run.runner.answers(jobs) == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "other",
    [Job(HERE, add, (X + 1e-12, 1)), Job(HERE, add, (X, 2)), Job(HERE, fail, (X, 1))],
)
def test_the_key_depends_on_function_and_arguments(other):
    job = Job(HERE, add, (X, 1))
    assert job.key != other.key
    assert job.key == Job(Place("renamed", 7, 9), add, (X.copy(), 1), also=("elsewhere",)).key


@pytest.mark.parametrize("changed", ["numpy", "numba", "clusteract", "scikit-learn", "scipy"])
def test_another_version_computes_anew(changed, monkeypatch):
    from clusteract import versions

    def key():
        versions.arithmetic.cache_clear()
        return Job(HERE, add, (X, 1)).key

    before, real = key(), versions.library_versions()
    with monkeypatch.context() as other:
        other.setattr(versions, "library_versions", lambda: {**real, changed: "9.9"})
        assert key() != before
    assert key() == before


def test_a_run_of_other_versions_is_told_and_computed_anew(tmp_path, monkeypatch):
    from clusteract.runs import job
    from clusteract.runs import run as module

    said = []

    def compute():
        with Run(tmp_path / "run", say=said.append) as run:
            assert run.runner.answers(numbered(2)) == [16, 17]
            return len(run.store)

    assert (compute(), compute(), said) == (2, 2, [])
    for place in (job, module):
        monkeypatch.setattr(place, "arithmetic", lambda: "another")
    assert compute() == 4
    assert compute() == 4
    (line,) = said
    assert "was computed by other versions of clusteract, numba, numpy" in line


def test_the_source_of_this_package_is_in_the_key_and_pages_are_not(tmp_path, monkeypatch):
    from clusteract import versions

    monkeypatch.setattr(versions.clusteract, "__file__", str(tmp_path / "__init__.py"))

    def stamp(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        versions.arithmetic.cache_clear()
        return versions.arithmetic()

    assert stamp("report/page.py", "a = 1") == stamp("report/page.py", "a = 2")
    assert stamp("estimators/gp.py", "a = 1") != stamp("estimators/gp.py", "a = 2")
    monkeypatch.undo()
    versions.arithmetic.cache_clear()


def test_what_was_finished_before_a_failure_is_kept(tmp_path):
    with pytest.raises(ZeroDivisionError, match="on purpose"), Run(tmp_path / "run") as run:
        run.runner.answers([*numbered(2), Job(HERE, fail, (X, 3))])
    with Run(tmp_path / "run") as run:
        assert len(run.store) == 2


def test_an_interrupt_says_how_to_resume(tmp_path):
    def stop(moment):
        raise KeyboardInterrupt

    with (
        pytest.raises(Interrupted, match=r"1 finished jobs are kept in .*: run the same command"),
        Run(tmp_path / "run", progress=stop) as run,
    ):
        run.runner.answers(numbered(3))


@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_is_one_line_and_finished_jobs_are_kept(tmp_path):
    with (
        pytest.raises(ClusteractError, match="a worker was killed"),
        Run(tmp_path / "run", jobs=2) as run,
    ):
        run.runner.answers([*numbered(1), *[Job(HERE, die, (k,)) for k in range(9)]])
    with Run(tmp_path / "run") as run:
        assert len(run.store) == 1


def test_a_folder_made_for_nothing_is_taken_away(tmp_path):
    with pytest.raises(InputError, match="wrong"), Run(tmp_path / "a" / "b"):
        raise InputError("wrong")
    assert not list(tmp_path.iterdir())


def test_workers_are_counted_as_they_may_be_used(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # what joblib asks beside affinity and limits
    assert count_jobs(-1) == 1
    with pytest.raises(InputError, match="jobs: 0; must be a positive number"):
        count_jobs(0)


@pytest.mark.filterwarnings("ignore")  # Dask's own event loops and sockets are closed later
def test_a_scheduler_that_does_not_answer_is_told_before_anything_is_written(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="Dask is an optional dependency")
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.5)
    with (
        pytest.raises(InputError, match="no Dask scheduler answers at 'tcp://"),
        Run(tmp_path / "run", scheduler="tcp://127.0.0.1:1"),
    ):
        pass
    assert not list(tmp_path.iterdir())
