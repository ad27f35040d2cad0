import pytest
from sklearn.linear_model import Ridge

from clusteract.report import render_page, study_page
from clusteract.report.figures import drawings_by_chapter, figure, list_figures, parity, registry


def drawn_texts(drawing):
    return [text.get_text() for text in drawing.figure.texts]


def all_drawings(result):
    return [d for drawings in drawings_by_chapter(result).values() for d in drawings]


def test_a_page_writes_every_figure_twice(result, tmp_path):
    render_page(study_page(result), tmp_path)
    names = ["descriptors", "parity-ridge", "parity-knn", "recipes", "selection"]
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


def test_a_new_figure_is_drawn_in_its_chapter(result, monkeypatch):
    monkeypatch.setattr(registry, "FIGURES", {})

    @figure("mine", chapter="mine")
    def mine(result):
        yield parity(result, "knn")

    assert list_figures() == ["mine"]
    assert [d.name for d in drawings_by_chapter(result)["mine"]] == ["parity-knn"]


def test_recipes_whose_names_differ_only_for_people_keep_a_file_each(
    handmade_study, small_table, tmp_path
):
    study = handmade_study(small_table, models={"a b": Ridge(), "A/B": Ridge()}, baselines=False)
    render_page(study_page(study), tmp_path)
    assert {"parity-a-b.png", "parity-A-B-2.png"} <= {path.name for path in tmp_path.iterdir()}
