"""On a table without a domain nothing that a person reads speaks of clusters."""

import re

import numpy as np
import pandas as pd
import pytest

from clusteract.cli.main import VERBS, run
from clusteract.model import fit_model, predict, screen
from clusteract.recipes import get_recipe
from clusteract.report import render_page, study_page
from clusteract.table import Table
from clusteract.validation import OuterFolds, nested_cross_validate

CHEMISTRY = re.compile(r"(?i)\b(clusters?|metals?|ligands?|cores?|lg\(k1\)|k1)\b")
# Dask's clusters of computers, and the names of domains, are no chemistry.
ALLOWED = re.compile(r"Dask cluster|such as clusters, or\s+none|one per core")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    frame = pd.DataFrame(X, columns=["temperature", "pressure", "time"])
    frame.insert(0, "yield", X @ [1.0, 0.5, 0.1] + 0.1 * rng.normal(size=60))
    frame.insert(0, "run", [f"run {i}" for i in range(60)])
    return Table.from_frame(frame, target="yield", name="runs")


def visible(page: str) -> str:
    page = re.sub(r"<style.*?</style>", "", page, flags=re.S)
    page = re.sub(r'src="data:[^"]*"', "", page)
    return re.sub(r"<[^>]+>", " ", page)


def words_of_chemistry(text: str) -> list[str]:
    text = ALLOWED.sub("", text)
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in CHEMISTRY.finditer(text)]


def test_the_report(table, tmp_path):
    recipe = get_recipe("gp-descriptors")
    result = nested_cross_validate(table, [recipe], outer=OuterFolds(3), inner_folds=2)
    page = render_page(study_page(result), tmp_path)
    assert words_of_chemistry(visible(page)) == []


def test_predictions_and_screenings(table):
    model = fit_model(table, get_recipe("gp-descriptors"), inner_folds=3)
    predictions, ranked = predict(model, table), screen(model, table)
    text = "\n".join(
        [
            model.label,
            predictions.to_csv(),
            *predictions.remarks,
            ranked.to_csv(),
            repr(predictions),
        ]
    )
    assert words_of_chemistry(text) == []
    assert predictions.to_csv().startswith("row,")


@pytest.mark.parametrize("verb", [v for v in VERBS if v != "data"])
def test_help(verb, capsys):
    run([verb, "--help"])
    out = capsys.readouterr().out
    recipes = out.find("Recipes:")
    assert words_of_chemistry(out if recipes < 0 else out[:recipes]) == []
