import tomllib

import pandas as pd
import pytest
import tomli_w

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.study import list_presets, load_study, run_study
from clusteract.study.config import parse_study
from clusteract.validation import OuterFolds


def test_the_presets_load():
    assert {"study", "compare", "networks"} == set(list_presets())
    for name in list_presets():
        assert load_study(name).name == name


def test_the_exact_preset_has_the_papers_grids():
    study = load_study("study")
    sizes = {r.name: r.n_candidates(24) for r in study.recipes}
    assert sizes == {
        "svr-rbf-kbest": 17280,
        "svr-poly-kbest": 4320,
        "svr-rbf-kbest-standard": 4320,
        "rfr-rfe": 180,
        "rfr-kbest": 180,
        "mlp-kbest": 2592,
        "dense-kbest": 8748,
    }
    assert study.with_options().budget["rfr-rfe"] is None


def test_a_resolved_study_reads_back_the_same():
    study = load_study("compare").with_options(seed=7, recipes=["rfr-rfe", "svr-rbf-kbest"])
    again = parse_study(tomllib.loads(tomli_w.dumps(study.to_toml())), "study.toml")
    assert again.to_toml() == study.to_toml()
    assert again.budget == study.budget


def test_own_grids_replace_values():
    document = {"recipes": ["svr-rbf-kbest"], "grids": {"svr-rbf-kbest": {"model__C": [1, 5]}}}
    (recipe,) = parse_study(document, "my.toml").recipes
    assert recipe.grid["model__C"] == [1, 5]


def test_scalers_are_given_by_name():
    document = {"recipes": ["svr-rbf-kbest"], "grids": {"svr-rbf-kbest": {"scaler": ["robust"]}}}
    (recipe,) = parse_study(document, "my.toml").recipes
    assert [type(s).__name__ for s in recipe.grid["scaler"]] == ["RobustScaler"]


GOOD = {"recipes": ["rfr-rfe"]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"recipees": ["rfr-rfe"]}, "unknown key 'recipees'; did you mean recipes?"),
        ({**GOOD, "outer": {"fold": 5}}, "unknown key 'outer.fold'; did you mean folds?"),
        ({**GOOD, "outer": {"folds": "ten"}}, "outer.folds is 'ten'; it must be a whole number"),
        ({**GOOD, "outer": {"folds": 1}}, "outer.folds is 1; it must be at least 2"),
        ({**GOOD, "inner": {"folds": True}}, "inner.folds is True; it must be a whole number"),
        ({"recipes": []}, "no recipe named; name one or more of"),
        ({"recipes": ["rfr-ref"]}, "unknown recipe 'rfr-ref'; did you mean rfr-rfe"),
        ({"recipes": ["rfr-rfe", "rfr-rfe"]}, "recipe 'rfr-rfe' is named twice"),
        ({**GOOD, "data": {"missing": "drop"}}, "data.missing is 'drop'; it must be one of"),
        ({**GOOD, "budget": 0}, "budget of default is 0; it must be a number of candidates"),
        ({**GOOD, "budget": "all"}, "budget of default is 'all'"),
        ({**GOOD, "budget": {"rfr-ref": 3}}, "unknown recipe 'rfr-ref'"),
        ({**GOOD, "seed": -1}, "seed is -1; it must be between 0 and"),
        (
            {**GOOD, "grids": {"rfr-rfe": {"model__n_trees": [5]}}},
            "no parameter 'model__n_trees'; did you mean",
        ),
        ({**GOOD, "grids": {"rfr-rfe": {"model__max_depth": 5}}}, "must be a list of one value"),
        (
            {"recipes": ["svr-rbf-kbest"], "grids": {"svr-rbf-kbest": {"scaler": ["robst"]}}},
            "no scaler 'robst'; did you mean robust",
        ),
    ],
)
def test_wrong_studies_are_refused_in_one_line(document, message):
    with pytest.raises(InputError, match=message) as refusal:
        parse_study(document, "my.toml")
    assert "\n" not in str(refusal.value)


def test_an_unknown_preset_suggests(tmp_path):
    with pytest.raises(InputError, match="unknown preset 'studdy'; did you mean study"):
        load_study("studdy")


def test_a_file_that_is_no_toml_is_told(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("recipes = [")
    with pytest.raises(InputError, match="not a TOML file"):
        load_study(str(path))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="no such study file"):
        load_study(str(tmp_path / "my.toml"))


def test_a_harder_question_makes_its_own_folds(tmp_path):
    table = make_synthetic_table(120, seed=0)
    study = parse_study({"recipes": ["rfr-rfe"], "outer": {"kind": "metal"}}, "s.toml")
    folds = study.design(table).folds
    assert folds.labels == ("Co", "Fe", "Mo", "Rh", "Ta", "V")
    assert parse_study(study.to_toml(), "s.toml").leave_out == "metal"
    assert study.with_options(leave_out="random").design(table).folds == OuterFolds()


@pytest.mark.parametrize("kind", ["metal", "largest", "lowest"])
def test_the_command_line_asks_over_the_presets_own_folds(kind):
    study = load_study("compare").with_options(leave_out=kind)
    assert study.leave_out == kind
    assert study.to_toml()["outer"] == {"kind": kind}


@pytest.mark.parametrize(
    ("outer", "message"),
    [
        ({"kind": 3}, r"outer\.kind is 3; it must be what the outer folds leave out"),
        ({"kind": "metal", "folds": 5}, "makes its own folds"),
    ],
)
def test_a_question_that_is_none_is_refused(outer, message):
    with pytest.raises(InputError, match=message):
        parse_study({"recipes": ["rfr-rfe"], "outer": outer}, "s.toml")


def test_data_of_an_unexpected_type_is_refused_not_dropped(tmp_path):
    with pytest.raises(InputError, match="data is a int; give a file"):
        run_study("compare", data=7, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        run_study("compare", data=tmp_path / "nowhere.csv", out=tmp_path / "run")
    frame = pd.DataFrame({"name": ["a", "b"], "x": [1.0, 2.0], "y": [1.0, 1.0]})
    with pytest.raises(InputError, match="the target 'y' is constant"):
        run_study(frame, read_options={"target": "y"}, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
