from clusteract.data import make_synthetic_table
from clusteract.study import load_study, run_study
from clusteract.study.config import parse_study
from clusteract.study.published import PUBLISHED, published_figures
from clusteract.validation import OuterFolds


def test_what_is_odd_in_the_table_is_named(small_table, tmp_path):
    X = small_table.descriptors.copy()
    X[5, 3] = -999.0
    table = small_table.with_descriptors(X, small_table.descriptor_names)
    said = []
    quick = {
        "recipes": ["svr-rbf-kbest"],
        "budget": 2,
        "outer": {"folds": 3},
        "inner": {"folds": 2},
    }
    run_study(parse_study(quick, "quick"), data=table, out=tmp_path / "run", say=said.append)
    cell = f"{table.descriptor_names[3]} of {table.names[5]}"
    assert said[0].startswith("audit of synthetic: 1 wrong cell")
    assert f"sentinel: {cell}; imputed inside folds" in said


def test_published_figures_stand_beside_a_repeated_study_only(published):
    from clusteract.data import read_table

    table = read_table(published / "homonuclear-159-24features.xlsx")
    assert published_figures(table, load_study("study").outer_for(table)).keys() == PUBLISHED.keys()
    assert published_figures(table, OuterFolds(5, 1, 42)) == {}
    assert published_figures(make_synthetic_table(30), OuterFolds()) == {}
