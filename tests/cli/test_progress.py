"""Progress: a bar on a terminal, lines in a log, not too many."""

import pytest

from clusteract.cli import progress
from clusteract.runs.progress import Progress

MOMENT = Progress(done=1200, total=3600, label="rfr-rfe", fold=2, n_folds=10, resumed=0)


@pytest.mark.parametrize(("seconds", "lines"), [(0, 2), (1000, 0)])
def test_a_log_gets_a_line_now_and_then(seconds, lines, monkeypatch, capsys):
    monkeypatch.setattr(progress, "_SECONDS_A_LINE", seconds)
    with progress.progress_bar() as report:
        report(MOMENT)
        report(MOMENT)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("1,200 of 3,600 fits, rfr-rfe fold 2/10\n") == lines


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_terminal_gets_a_moving_line_that_keeps_its_numbers(columns, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    for name, value in {"TERM": "xterm", "FORCE_COLOR": "1", "COLUMNS": str(columns)}.items():
        monkeypatch.setenv(name, value)
    with progress.progress_bar() as report:
        report(MOMENT)
    err = capsys.readouterr().err
    assert "planning" in err
    assert "1,200/3,600 fits" in err
