"""No surroundings of a command are a bug: home, encoding, switches and paths."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

# Runs the command line as a user whom the computer does not know: no HOME, no entry for its id.
HOMELESS = """
import os, pwd, sys

def unknown(uid):
    raise KeyError(uid)

pwd.getpwuid = unknown
os.environ.pop("HOME", None)
from clusteract.cli.main import main
main(sys.argv[1:])
"""
FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")


@pytest.fixture
def folder(tmp_path):
    X = np.random.default_rng(0).normal(size=(30, 3))
    rows = [f"Größe−{i},{a:.4f},{a:.4f},{b:.4f},{c:.4f}" for i, (a, b, c) in enumerate(X)]
    text = "\n".join(["name,μ,x1,x2,x3", *rows])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return tmp_path


def call(folder, *words, program=("-m", "clusteract"), **changes):
    environment = {k: v for k, v in os.environ.items() if k not in FOLDERS} | changes
    command = [sys.executable, *program, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp932", "utf-8"])
def test_output_of_any_encoding_loses_nothing(folder, encoding):
    done = call(folder, "explore", "a.csv", "--json", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    expected = call(folder, "explore", "a.csv", "--json", PYTHONIOENCODING="utf-8").stdout
    written = "utf-8" if encoding == "ascii" else encoding  # click takes ASCII for an oversight
    assert json.loads(done.stdout.decode(written)) == json.loads(expected.decode())
    assert call(folder, "audit", "a.csv", PYTHONIOENCODING=encoding).returncode == 0


@pytest.mark.parametrize(
    "switches",
    [
        {"MPLBACKEND": "module://of_a_notebook.that_is_not_here"},
        {"MPLBACKEND": "nonsense"},
        {"OPENBLAS_NUM_THREADS": "3", "OMP_NUM_THREADS": "3", "NUMBA_DISABLE_JIT": "1"},
    ],
    ids=str,
)
def test_switches_meant_for_others_stop_nothing(folder, switches):
    done = call(folder, "explore", "a.csv", **switches)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="users are known otherwise there")
def test_a_user_without_a_home_draws_figures_and_leaves_no_folder_of_that_name(folder):
    done = call(folder, "explore", "a.csv", program=("-c", HOMELESS))
    assert done.returncode == 0, done.stderr
    assert not (folder / "~").exists()


PATHS = ["~$lock.xlsx", "~sue/x.csv", "x" * 300 + ".csv", "a.csv/x.csv", "/a" * 2100 + ".csv", "~"]
CALLS = [
    ("audit", "PATH"),
    ("explore", "PATH"),
    ("study", "PATH"),
    ("report", "PATH"),
    ("predict", "PATH", "a.csv"),
    ("study", "compare", "--data", "PATH"),
    ("study", "compare", "--data", "a.csv", "--out", "a.csv/run"),
    ("study", "compare", "--data", "a.csv", "--out", "y" * 300),
    ("explore", "a.csv", "--out", "y" * 300),
]


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_path_that_can_not_be_is_one_line(folder, words, capsys, monkeypatch):
    from clusteract.cli.main import run

    monkeypatch.chdir(folder)
    for path in PATHS if "PATH" in words else PATHS[:1]:
        code = run([path if word == "PATH" else word for word in words])
        lines = capsys.readouterr().err.splitlines()
        assert code == 1, (path, lines)
        assert lines[-1].startswith("clusteract: "), path
        assert not any("Traceback" in line for line in lines), path
    assert [p.name for p in folder.iterdir()] == ["a.csv"]
