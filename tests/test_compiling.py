"""Compiled loops work where nothing can be kept, and whatever switches Numba was given."""

import os
import subprocess
import sys

import pytest

LOOPS = """
from clusteract.compiling import compiling

@compiling(error_model="numpy")
def total(n):
    sum_of_squares = 0
    for i in range(n):
        sum_of_squares += i * i
    return sum_of_squares

@compiling(error_model="numpy")
def twice(n):
    return 2 * total(n)

print(twice(4), len(twice.signatures))
"""


@pytest.fixture
def run_loops(tmp_path):
    (tmp_path / "loops.py").write_text(LOOPS, encoding="utf-8")

    def run(**changes):
        environment = {**os.environ, **changes}
        command = [sys.executable, str(tmp_path / "loops.py")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    return run


def test_without_a_folder_to_keep_it_in_code_is_compiled_and_that_is_said_once(run_loops, tmp_path):
    (tmp_path / "__pycache__").write_text("a file, so no folder can stand here", encoding="utf-8")
    nowhere = str(tmp_path / "__pycache__" / "home")
    done = run_loops(HOME=nowhere, XDG_CACHE_HOME=nowhere, LOCALAPPDATA=nowhere, NUMBA_CACHE_DIR="")
    assert done.stdout.split() == ["28", "1"]
    assert done.stderr.count("each process compiles anew") == 1


def test_code_is_kept_and_nothing_said_where_a_folder_is_writable(run_loops, tmp_path):
    done = run_loops(NUMBA_CACHE_DIR=str(tmp_path / "kept"))
    assert done.stdout.split() == ["28", "1"]
    assert not done.stderr
    assert list((tmp_path / "kept").rglob("*.nbi"))


def test_a_switch_that_turns_the_compiler_off_is_passed_over(run_loops, tmp_path):
    done = run_loops(NUMBA_DISABLE_JIT="1", NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout.split() == ["28", "1"]


@pytest.mark.skipif(os.name == "nt", reason="users are known otherwise there")
def test_a_user_without_a_home_gets_no_folder_of_that_name(tmp_path, run_loops):
    (tmp_path / "__pycache__").write_text("a file, so no folder can stand here", encoding="utf-8")
    unknown = "import pwd\ndef unknown(uid): raise KeyError(uid)\npwd.getpwuid = unknown\n"
    (tmp_path / "loops.py").write_text(unknown + LOOPS, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "loops.py"], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"28", b"1"]
    assert not (tmp_path / "~").exists()
