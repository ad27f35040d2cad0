"""Jobs: kept by what they depend on, taken from the store, the same for any number of workers."""

import numpy as np
import pytest

from clusteract.runs import RunStore
from clusteract.study.chapters.jobs import Job, Workshop

X = np.arange(6.0).reshape(3, 2)


def add(X, k):
    return (X.sum() + k).item()


def fail(X):
    raise ZeroDivisionError("on purpose")


def numbered(n):
    return [Job("add", k, add, (X, k)) for k in range(1, n + 1)]


def test_answers_come_in_order_and_only_once(tmp_path):
    seen = []
    with RunStore(tmp_path / "run.sqlite") as store:
        first = Workshop(store, progress=lambda p: seen.append((p.done, p.total, p.resumed)))
        assert first.run(numbered(2)) == [16, 17]
        assert first.run(numbered(4)) == [16, 17, 18, 19]
    assert seen == [(1, 2, 0), (2, 2, 0), (3, 4, 2), (4, 4, 2)]


def test_two_workers_give_the_same(tmp_path):
    jobs = [Job("sum", k, np.add, (k, 1)) for k in range(3)]
    with pytest.raises(TypeError, match="JSON"), RunStore(tmp_path / "a.sqlite") as store:
        Workshop(store, jobs=2).run(jobs)  # a NumPy integer is nothing that JSON carries
    jobs = [Job("pow", k, pow, (2, k)) for k in range(4)]
    with RunStore(tmp_path / "b.sqlite") as store:
        assert Workshop(store, jobs=2).run(jobs) == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "other",
    [
        Job("add", 1, add, (X + 1e-12, 1)),
        Job("add", 1, add, (X, 2)),
        Job("add", 1, fail, (X, 1)),
    ],
)
def test_the_key_depends_on_function_and_arguments(other):
    job = Job("add", 1, add, (X, 1))
    assert job.key != other.key
    assert job.key == Job("renamed", 7, add, (X.copy(), 1), also=("elsewhere",)).key


def test_what_was_finished_before_a_failure_is_kept(tmp_path):
    with RunStore(tmp_path / "run.sqlite") as store:
        with pytest.raises(ZeroDivisionError, match="on purpose"):
            Workshop(store).run([*numbered(2), Job("fail", 3, fail, (X,))])
        assert len(store) == 2
