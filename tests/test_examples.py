"""The examples run, in learning order, and print what they promise."""

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
PROMISED = {
    "01_table_and_audit": "no errors",
    "02_honest_scores": "noise",
    "03_shared_search": "that GridSearchCV would fit",
    "04_model_and_predict": "lg(k1)",
    "05_pairs": "new cluster",
    "06_many_networks": "trainings",
    "07_screening": "measure next",
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_runs(path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert PROMISED[path.stem] in capsys.readouterr().out
