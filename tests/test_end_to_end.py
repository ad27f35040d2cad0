"""The main job from a user's chair: a spreadsheet in; scores, figures, report and model out."""

import contextlib
import csv
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import run
from clusteract.runs import RunStore

STUDY = """
name = "mine"
recipes = ["rfr-kbest", "svr-rbf-kbest"]
budget = 3
[data]
table = "{table}"
[outer]
folds = 3
[inner]
folds = 3
[grids.rfr-kbest]
model__n_estimators = [10, 20]
"""

# Files that the same study writes byte for byte, but for how long the work took.
SAME = [
    "predictions.csv",
    "report.html",
    "study.toml",
    "figures/recipes.png",
    "figures/recipes.svg",
]


@pytest.fixture(scope="module")
def study_file(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    table = folder / "my clusters.xlsx"
    make_synthetic_table(60, seed=1).to_frame().to_excel(table, index=False, engine="xlsxwriter")
    path = folder / "mine.toml"
    path.write_text(STUDY.format(table=table), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def finished(study_file, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "one"
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 0
    return out


def content(folder: Path) -> dict:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    for recipe in [*summary["recipes"].values(), *summary["baselines"].values()]:
        recipe.pop("seconds")
    (model,) = (folder / "models").iterdir()
    files = {name: (folder / name).read_bytes() for name in SAME}
    return {**files, "summary": summary, model.name: model.read_bytes()}


def test_the_run_folder_is_whole(finished):
    assert sorted(p.name for p in finished.iterdir()) == [
        "figures",
        "models",
        "predictions.csv",
        "report.html",
        "report.md",
        "run.sqlite",
        "study.toml",
        "summary.json",
    ]
    summary = json.loads((finished / "summary.json").read_text(encoding="utf-8"))
    assert summary["data"]["n_clusters"] == 60
    assert list(summary["recipes"]) == ["rfr-kbest", "svr-rbf-kbest"]
    assert [f["fold"] for f in summary["recipes"]["rfr-kbest"]["folds"]] == [1, 2, 3]


def test_every_cluster_is_predicted_once_in_test_by_each_recipe(finished):
    with (finished / "predictions.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["set"] == "test"]
    names = make_synthetic_table(60, seed=1).names
    for recipe in ("rfr-kbest", "svr-rbf-kbest"):
        assert sorted(r["cluster"] for r in rows if r["model"] == recipe) == sorted(names)


def test_the_model_predicts_the_table_it_was_made_from(finished, study_file, tmp_path, capsys):
    (model,) = (finished / "models").iterdir()
    out = tmp_path / "predicted.csv"
    table = study_file.parent / "my clusters.xlsx"
    assert run(["predict", str(model), str(table), "--out", str(out)]) == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 61


def test_two_workers_write_the_same_bytes(finished, study_file, tmp_path):
    out = tmp_path / "two"
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "2"]) == 0
    assert content(out) == content(finished)


def test_a_finished_run_is_not_done_again(finished, study_file):
    before = content(finished)
    start = (finished / "run.sqlite").stat().st_size
    assert run(["study", str(study_file), "--out", str(finished), "--jobs", "1"]) == 0
    assert content(finished) == before
    assert (finished / "run.sqlite").stat().st_size == start


def test_its_own_study_file_repeats_the_run(finished, tmp_path):
    again = tmp_path / "again"
    study = finished / "study.toml"
    assert run(["study", str(study), "--out", str(again), "--jobs", "1"]) == 0
    assert content(again) == content(finished)


def test_json_is_one_document_on_stdout(study_file, finished, capsys):
    code = run(["study", str(study_file), "--out", str(finished), "--jobs", "1", "--json"])
    out = capsys.readouterr().out
    assert code == 0
    assert json.loads(out) == json.loads((finished / "summary.json").read_text(encoding="utf-8"))


def test_synthetic_is_said_everywhere(tmp_path, capsys):
    (tmp_path / "s.toml").write_text(STUDY.format(table="synthetic"), encoding="utf-8")
    out = tmp_path / "run"
    only = ["--recipes", "svr-rbf-kbest", "--jobs", "1"]
    assert run(["study", str(tmp_path / "s.toml"), "--out", str(out), *only]) == 0
    assert "SYNTHETIC" in capsys.readouterr().out
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["data"]["synthetic"]
    assert "SYNTHETIC" in (out / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in (out / "figures" / "recipes.svg").read_text(encoding="utf-8")


# Runs the study 20 times from one warm process; prints, for each kill, the answers it left behind.
CHILD = """
import json, os, shutil, signal, sqlite3, sys, tempfile, time
from pathlib import Path
from clusteract.cli.main import run
import clusteract.study, clusteract.report, clusteract.model, clusteract.report.figures

ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT

def left_behind(folder):
    with tempfile.TemporaryDirectory() as copy:
        for name in ("run.sqlite", "run.sqlite-wal"):
            if (folder / name).exists():
                shutil.copy(folder / name, copy)
        db = sqlite3.connect(Path(copy, "run.sqlite"))
        try:
            return dict(db.execute("SELECT key, value FROM jobs"))
        except sqlite3.OperationalError:  # killed before there was a table
            return {}
        finally:
            db.close()

def size(wal):
    return wal.stat().st_size if wal.exists() else 0

folder, study = Path(sys.argv[1]), sys.argv[2]
wal = folder / "run.sqlite-wal"
for moment in sys.argv[3:]:
    written, seconds = map(float, moment.split(","))
    start = size(wal)
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        os._exit(run(["study", study, "--out", str(folder), "--jobs", "1"]))
    while size(wal) - start < written and os.waitid(os.P_PID, child, ENDED) is None:
        time.sleep(0.001)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(json.dumps(left_behind(folder)))
"""


@pytest.mark.slow
def test_killed_at_twenty_random_moments_it_ends_with_the_same_bytes(
    finished, study_file, tmp_path
):
    random.seed(0)
    # Bytes that the store grows by, then seconds: random moments, but at work on any machine.
    moments = [f"{random.uniform(0, 30_000)},{random.uniform(0, 0.1)}" for _ in range(20)]
    out = tmp_path / "killed"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, str(out), str(study_file), *moments],
        capture_output=True,
        text=True,
        check=True,
    )
    kept = [json.loads(line) for line in done.stdout.splitlines()]
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 0
    assert content(out) == content(finished)
    # An answer says how long it took: what was finished once was never done again.
    everything = [*kept, answers(out)]
    for before, after in itertools.pairwise(everything):
        assert before.items() <= after.items()
    numbers = [len(k) for k in everything]
    print("answers after each kill, and at the end:", *numbers)
    assert (len(kept), numbers[-1]) == (20, len(answers(finished)))
    assert sum(a < b for a, b in itertools.pairwise(numbers)) >= 10  # it was met at work


def answers(folder: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(folder / "run.sqlite")) as db:
        return dict(db.execute("SELECT key, value FROM jobs"))


def test_a_full_disk_is_one_line_and_the_run_resumes(
    finished, study_file, tmp_path, monkeypatch, capsys
):
    out, connect = tmp_path / "full", RunStore._connect

    def on_a_small_disk(store):
        db = connect(store)
        db.execute("PRAGMA max_page_count = 12")
        return db

    with monkeypatch.context() as small:
        small.setattr(RunStore, "_connect", on_a_small_disk)
        assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "the disk is full; what was finished is kept" in last
    before = answers(out)
    assert 0 < len(before) < len(answers(finished))
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 0
    assert content(out) == content(finished)
    assert before.items() <= answers(out).items()


def test_a_damaged_store_is_told_set_aside_and_built_anew(finished, study_file, tmp_path, capsys):
    out = tmp_path / "damaged"
    shutil.copytree(finished, out)
    store = out / "run.sqlite"
    data = bytearray(store.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    store.write_bytes(data)
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 0
    assert "run.sqlite is damaged" in capsys.readouterr().err
    assert (out / "run.sqlite.damaged-1").read_bytes() == data
    assert content(out) == content(finished)
    assert answers(out).keys() == answers(finished).keys()


def test_a_second_process_on_the_same_run_is_one_line(finished, study_file):
    command = ["study", str(study_file), "--out", str(finished), "--jobs", "1"]
    with RunStore(finished / "run.sqlite"):
        code = subprocess.run(
            [sys.executable, "-m", "clusteract", *command], capture_output=True, text=True
        )
    assert code.returncode == 1
    assert code.stderr.strip().splitlines()[-1].startswith(f"clusteract: {finished}: another proc")
    assert "Traceback" not in code.stderr


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_cleanly_and_the_run_resumes(finished, study_file, tmp_path, jobs):
    out = tmp_path / "stopped"
    command = [
        sys.executable,
        "-m",
        "clusteract",
        "study",
        study_file,
        "--out",
        out,
        "--jobs",
        jobs,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    store = out / "run.sqlite-wal"
    while process.poll() is None and not (store.exists() and store.stat().st_size > 30_000):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert "run the same command again to resume" in err
    assert "Traceback" not in err
    assert run(["study", str(study_file), "--out", str(out), "--jobs", "1"]) == 0
    assert content(out) == content(finished)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's sockets are closed after the test is over
def test_a_dask_cluster_that_loses_a_worker_writes_the_same_bytes(finished, study_file, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is an optional dependency")
    out = tmp_path / "cluster"
    wal = out / "run.sqlite-wal"
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        victim = next(iter(cluster.workers.values())).pid

        def kill_at_work():
            while not (wal.exists() and wal.stat().st_size > 30_000):
                time.sleep(0.005)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill_at_work, daemon=True)
        killer.start()
        where = ["--scheduler", cluster.scheduler_address]
        assert run(["study", str(study_file), "--out", str(out), *where]) == 0
        assert not killer.is_alive()
    assert content(out) == content(finished)
