import pytest
from sklearn.linear_model import Ridge

from clusteract.errors import InputError
from clusteract.report.figures import draw_all, figure, list_figures, parity, registry
from handmade_study import handmade_study


def drawn_texts(drawing):
    return [text.get_text() for text in drawing.figure.texts]


def all_drawings(result):
    return [d for maker in registry._FIGURES.values() for d in maker(result)]


def test_draw_all_writes_every_figure_twice(result, tmp_path):
    files = draw_all(result, tmp_path)
    names = ["descriptors", "parity-ridge", "parity-knn", "recipes", "selection"]
    assert [f.name for f in files] == names
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"{n}.{kind}" for n in names for kind in ("png", "svg")}


@pytest.fixture(scope="module")
def drawings(result):
    return all_drawings(result)


def test_every_figure_of_a_synthetic_table_says_so(drawings, real_result):
    assert all("SYNTHETIC" in drawn_texts(d) for d in drawings)
    assert not any("SYNTHETIC" in drawn_texts(d) for d in all_drawings(real_result))


def test_captions_have_numbers_and_end_as_sentences(drawings):
    for drawing in drawings:
        assert any(letter.isdigit() for letter in drawing.caption)
        assert drawing.caption.endswith(".")


def test_a_new_figure_is_drawn_with_the_others(result, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_FIGURES", {})

    @figure("mine")
    def mine(result):
        yield parity(result, "knn")

    assert list_figures() == ["mine"]
    assert [f.name for f in draw_all(result, tmp_path)] == ["parity-knn"]


def test_unknown_kind_suggests_a_known_one(result, tmp_path):
    with pytest.raises(InputError, match=r"no figure 'party'; did you mean parity\?"):
        draw_all(result, tmp_path, kinds=["party"])


def test_recipes_whose_names_differ_only_for_people_keep_a_file_each(small_table, tmp_path):
    study = handmade_study(small_table, models={"a b": Ridge(), "A/B": Ridge()}, baselines=False)
    files = draw_all(study, tmp_path, kinds=["parity"])
    assert [f.name for f in files] == ["parity-a-b", "parity-A-B-2"]
