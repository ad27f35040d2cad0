import math
import os
import sqlite3
import subprocess
import sys

import pytest

from clusteract.errors import ClusteractError, InputError
from clusteract.runs import RunStore
from clusteract.runs.store import StoreInUse


def put(store, key, value):
    store.put(key, value, label="r", fold=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.sqlite"


def test_floats_return_bit_for_bit(path):
    values = [0.1, 1 / 3, 5e-324, 1e308, -0.0]
    with RunStore(path) as store:
        put(store, "k", values)
    with RunStore(path) as store:
        kept = store.get("k")
    assert [v.hex() for v in kept] == [v.hex() for v in values]


def test_nan_and_infinity_return(path):
    with RunStore(path) as store:
        put(store, "k", [math.nan, math.inf])
        nan, inf = store.get("k")
    assert math.isnan(nan)
    assert inf == math.inf


def test_a_fresh_start_forgets_answers_and_documents(path):
    with RunStore(path) as store:
        put(store, "k", 1)
        store.put_document("result", {"a": 1})
    with RunStore(path, fresh=True) as store:
        assert store.get("k") is None
        assert store.get_document("result") is None
        assert len(store) == 0


def test_a_second_process_is_refused(path):
    code = (
        "import sys; from clusteract.runs import RunStore\n"
        "s = RunStore(sys.argv[1]); s.put('k', 1, label='r', fold=1)\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreInUse, match="another process works on this run"):
            RunStore(path)
    finally:
        other.kill()
        other.communicate()
    with RunStore(path) as store:
        assert store.get("k") == 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, os.urandom(4096)])
def test_a_file_that_is_no_database_is_moved_aside(path, content):
    path.write_bytes(content)
    said = []
    with RunStore(path, said.append) as store:
        assert len(store) == 0
    assert path.with_name("run.sqlite.damaged-1").read_bytes() == content
    assert "run.sqlite is damaged" in said[0]


def test_a_damaged_page_is_found_when_opening(path):
    with RunStore(path) as store:
        for i in range(300):
            put(store, f"key{i}", list(range(50)))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    said = []
    with RunStore(path, said.append) as store:
        assert len(store) == 0
    assert "computed anew" in said[0]


def test_a_changed_value_is_not_trusted(path):
    with RunStore(path) as store:
        put(store, "k", {"r": 0.5})
    db = sqlite3.connect(path)
    db.execute("UPDATE jobs SET value = '{\"r\": 0.9}'")
    db.commit()
    db.close()
    said = []
    with RunStore(path, said.append) as store:
        assert store.get("k") is None
    assert "entry k is damaged" in said[0]


@pytest.mark.parametrize("version", [1, 99])
def test_a_store_of_another_version_is_refused_and_left_alone(path, version):
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {version}")
    db.execute("CREATE TABLE pieces (a)")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"another version of clusteract .* with --fresh"):
        RunStore(path)
    assert path.read_bytes()[100:] == before[100:]
    with RunStore(path, fresh=True) as store:
        assert store.get("k") is None


def test_a_full_disk_is_one_clear_line(path):
    with RunStore(path) as store:
        store._db.execute("PRAGMA max_page_count = 8")
        put(store, "small", 1)
        with pytest.raises(ClusteractError, match="the disk is full; what was finished is kept"):
            put(store, "large", list(range(100_000)))
    with RunStore(path) as store:
        assert store.get("small") == 1


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(ClusteractError, match="cannot be used"):
        RunStore(tmp_path / "nowhere" / "run.sqlite")
