from dataclasses import replace

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.report import render_page, study_page
from clusteract.report.summary import summary_dict
from clusteract.report.trust_words import outside_words, trust_findings
from clusteract.validation import OuterFolds, nested_cross_validate
from clusteract.validation.hard_splits import hard_folds


@pytest.fixture(scope="module")
def study():
    table = make_synthetic_table(90, seed=2)
    return nested_cross_validate(
        table, [get_recipe("gp-descriptors")], outer=OuterFolds(3), inner_folds=2
    )


def border(n_in, n_out, question="outer folds"):
    return {
        "question": question, "n_inside": n_in, "n_outside": n_out, "reasons": {},
        "rmse_inside": 0.5 if n_in else None, "rmse_outside": 1.5 if n_out else None,
        "n_clusters": n_in + n_out, "n_unusual": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            (90, 0),
            "all 90 test rows lie inside its applicability domain with RMSE 0.50.",
        ),
        ((0, 90), "On the outer folds, all 90 test rows lie outside with RMSE 1.50."),
        ((80, 3), "and 3 outside with RMSE 1.50 (too few to tell)."),
        (
            (70, 20),
            "70 test rows lie inside its applicability domain with RMSE 0.50 and 20 outside with",
        ),
    ],
)
def test_the_border_in_words(study, numbers, said):
    trust = {**summary_dict(study)["trust"], "border": [border(*numbers)]}
    assert said in trust_findings(trust)["border"]


def test_over_repeats_predictions_are_counted(study):
    twice = {**border(160, 20), "n_clusters": 90}
    said = trust_findings({**summary_dict(study)["trust"], "border": [twice]})["border"]
    assert "160 test predictions lie inside its applicability domain" in said
    named = {**twice, "reasons": {"composition never seen": 20}}
    assert outside_words(named) == "composition never seen: 20 predictions"


def test_what_is_unusual_and_inside_is_told(study):
    odd = {**border(80, 10), "n_unusual": 4, "rmse_unusual": 0.25}
    said = trust_findings({**summary_dict(study)["trust"], "border": [odd]})["border"]
    assert "Of those inside 4 are unusual, but were not called outside: RMSE 0.25 (too few" in said


def test_a_result_without_trust_has_no_chapters(result):
    assert trust_findings(summary_dict(result)["trust"]) == {}
    assert not {"checks", "intervals", "domain"} & {c.name for c in study_page(result).chapters}


def test_the_report_has_a_chapter_for_each_check(study, tmp_path):
    page = render_page(study_page(study), tmp_path)
    files = {path.stem for path in tmp_path.glob("*.png")}
    assert {"calibration", "applicability-domain"} <= files
    for chapter in ("checks", "intervals", "domain"):
        assert f'<section id="{chapter}">' in page
        assert f'<a href="#{chapter}">' in page
    assert "The formula alone, without any descriptor, reaches r" in page
    assert "“Unseen metals”" in page
    assert page.count("data:image/png") == len(files)


def test_the_report_says_what_was_left_out(tmp_path):
    table = make_synthetic_table(90, seed=2)
    study = nested_cross_validate(
        table,
        [get_recipe("gp-descriptors")],
        outer=hard_folds(table, "largest"),
        inner_folds=2,
    )
    headline = study_page(study).findings[0]
    assert "(1 outer fold, the largest fifth left out of training)." in headline
    assert "Unseen metals" not in render_page(study_page(study), tmp_path)
    one = replace(study, settings={**study.settings, "leave_out": None})
    assert "left out" not in study_page(one).findings[0]


def test_intervals_of_few_clusters_are_without_bounds(tmp_path):
    table = make_synthetic_table(18, seed=1)
    study = nested_cross_validate(
        table, [get_recipe("gp-descriptors")], outer=OuterFolds(3), inner_folds=2
    )
    page = study_page(study)
    assert any(text.endswith("clusters (some without bounds).") for text in page.findings)
    html = render_page(page, tmp_path)
    assert "100 % measured, some without bounds" in html
    assert "∞</td>" in html
