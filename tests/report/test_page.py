import json
import re
from dataclasses import replace

import pytest

from clusteract.report import render_page, study_page
from clusteract.report.page import script_json

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=hacked=1>'\"&"


def rendered(result, folder, **said):
    return render_page(study_page(result, **said), folder)


@pytest.fixture(scope="module")
def page(result, tmp_path_factory):
    return rendered(result, tmp_path_factory.mktemp("figures"))


@pytest.fixture(scope="module")
def hostile_page(result, tmp_path_factory):
    table = result.table
    names = (HOSTILE, *table.names[1:])
    descriptors = (HOSTILE, *table.descriptor_names[1:])
    source = replace(table.source, name=HOSTILE)
    spoiled = replace(
        table, names=names, descriptor_names=descriptors, source=source, target_name=HOSTILE
    )
    ridge = result.recipes["ridge"]
    folds = tuple(replace(f, selected=(HOSTILE,), best_params={"x": HOSTILE}) for f in ridge.folds)
    recipe = replace(ridge, name=HOSTILE, title=HOSTILE, folds=folds)
    study = replace(
        result, table=spoiled, recipes={HOSTILE: recipe}, settings={HOSTILE: {HOSTILE: HOSTILE}}
    )
    audit = {"summary_line": HOSTILE, "causes": [HOSTILE]}
    return rendered(study, tmp_path_factory.mktemp("hostile"), audit=audit, command=HOSTILE)


def test_the_same_run_gives_the_same_bytes(result, page, tmp_path):
    assert rendered(result, tmp_path) == page


def test_nothing_is_loaded_from_anywhere(page):
    addresses = re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s>)]+)""", page)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "default-src 'none'" in page
    assert "@import" not in page


def test_it_shows_scores_figures_and_findings(result, page):
    ridge = result.recipes["ridge"]
    score = f"{ridge.mean('test', 'rmse'):.3f} ± {ridge.std('test', 'rmse'):.3f}"
    assert score in page.replace("\u00a0", " ")
    assert page.count("data:image/png;base64,") == 5
    assert "160 models fitted" in page
    assert "Mean of the training set" in page


def test_published_figures_and_audit_stand_beside(result, tmp_path):
    published = {"ridge": {"train_r": 0.9, "test_r": 0.7031, "train_rmse": 0.4, "test_rmse": 1.1}}
    audit = {"summary_line": "Two rows are wrong.", "causes": ["Row 3 is shifted."]}
    page = rendered(result, tmp_path, published=published, audit=audit)
    assert "(0.703)" in page
    assert "Two rows are wrong." in page
    assert "Row 3 is shifted." in page
    assert "Rows count from 0" in page


def test_synthetic_is_said_and_only_where_true(page, real_result, tmp_path):
    assert page.count("SYNTHETIC") >= 3
    assert "SYNTHETIC" not in rendered(real_result, tmp_path)


def test_hostile_text_stays_text(hostile_page):
    assert "<img src=x" not in hostile_page
    assert "<script>window" not in hostile_page
    assert hostile_page.count("</script>") == 2
    assert hostile_page.count("<script") == 2


def test_hostile_names_survive_in_the_data(hostile_page):
    data = re.search(r'id="points">(.*?)</script>', hostile_page, re.S)
    assert json.loads(data[1])["names"][0] == HOSTILE


def test_script_json_is_the_same_json():
    value = {"a": HOSTILE + "\u2028\u0000", "b": [1.5, None, True]}
    assert json.loads(script_json(value)) == value


def test_missing_values_and_sentinels_are_named(real_result, tmp_path):
    X = real_result.table.descriptors.copy()
    X[0, 2], X[1, 3] = float("nan"), -999.0
    table = replace(real_result.table, descriptors=X)
    page = rendered(replace(real_result, table=table), tmp_path)
    assert f"3_μ of {table.names[0]}" in page
    assert f"1_Qmax of {table.names[1]} (−999)" in page


def test_very_many_missing_values_are_not_all_listed(real_result, tmp_path):
    X = real_result.table.descriptors.copy()
    X[:, 2] = float("nan")
    table = replace(real_result.table, descriptors=X)
    page = rendered(replace(real_result, table=table), tmp_path)
    assert "60 missing values" in page
    assert "and 20 more" in page
