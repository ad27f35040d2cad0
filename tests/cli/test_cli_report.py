import pytest

from clusteract.cli.main import run
from clusteract.runs import RunStore
from clusteract.runs.folder import STORE
from clusteract.study.results import keep_result


@pytest.fixture
def run_folder(handmade_study, small_table, tmp_path):
    with RunStore(tmp_path / STORE) as store:
        keep_result(store, handmade_study(small_table), {"command": "clusteract study again"})
    return tmp_path


def test_figures_and_report_are_drawn_again_the_same(run_folder, capsys):
    assert run(["report", str(run_folder)]) == 0
    first = (run_folder / "report.html").read_bytes()
    assert b"clusteract study again" in first
    assert "report.html" in capsys.readouterr().out
    assert run(["report", str(run_folder)]) == 0
    assert (run_folder / "report.html").read_bytes() == first


def test_a_folder_without_a_run_is_refused(tmp_path, capsys):
    assert run(["report", str(tmp_path)]) == 1
    assert "no run in this folder" in capsys.readouterr().err
