import json
import re
from dataclasses import replace

import pytest

from clusteract.report import render_html, summarize
from clusteract.report.figures import draw_all
from clusteract.report.render import script_json

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=hacked=1>'\"&"


@pytest.fixture(scope="module")
def figures(result, tmp_path_factory):
    return draw_all(result, tmp_path_factory.mktemp("figures"), kinds=["parity", "recipes"])


@pytest.fixture(scope="module")
def page(result, figures):
    return render_html(summarize(result), figures)


@pytest.fixture(scope="module")
def hostile_page(result):
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
    audit = {"summary_line": HOSTILE, "stories": [HOSTILE]}
    return render_html(summarize(study, audit=audit, command=HOSTILE), [])


def test_the_same_run_gives_the_same_bytes(result, figures, page):
    assert render_html(summarize(result), figures) == page


def test_nothing_is_loaded_from_anywhere(page):
    addresses = re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s>)]+)""", page)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "default-src 'none'" in page
    assert "@import" not in page


def test_it_shows_scores_figures_and_findings(result, page):
    summary = summarize(result)
    scores = summary["recipes"]["ridge"]["test"]
    assert f"{scores['rmse_mean']:.3f} ± {scores['rmse_std']:.3f}" in page
    assert page.count("data:image/png;base64,") == 3
    assert summary["findings"]["cost"] in page
    assert "Mean of the training set" in page


def test_published_figures_and_audit_stand_beside(result):
    published = {"ridge": {"train_r": 0.9, "test_r": 0.7031, "train_rmse": 0.4, "test_rmse": 1.1}}
    audit = {"summary_line": "Two rows are wrong.", "stories": ["Row 3 is shifted."]}
    page = render_html(summarize(result, published=published, audit=audit), [])
    assert "(0.703)" in page
    assert "Two rows are wrong." in page
    assert "Row 3 is shifted." in page
    assert "Rows count from 0" in page


def test_synthetic_is_said_and_only_where_true(page, real_result):
    assert page.count("SYNTHETIC") >= 3
    assert "SYNTHETIC" not in render_html(summarize(real_result), [])


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


def test_missing_values_and_sentinels_are_named(real_result):
    X = real_result.table.descriptors.copy()
    X[0, 2], X[1, 3] = float("nan"), -999.0
    table = replace(real_result.table, descriptors=X)
    page = render_html(summarize(replace(real_result, table=table)), [])
    assert f"3_μ of {table.names[0]}" in page
    assert f"1_Qmax of {table.names[1]} is −999" in page


def test_very_many_missing_values_are_not_all_listed(real_result):
    X = real_result.table.descriptors.copy()
    X[:, 2] = float("nan")
    table = replace(real_result.table, descriptors=X)
    page = render_html(summarize(replace(real_result, table=table)), [])
    assert "60 values missing" in page
    assert "and 20 more" in page
