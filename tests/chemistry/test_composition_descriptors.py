from dataclasses import replace

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clusteract.chemistry.descriptors import CompositionDescriptors, add_composition, composition_of
from clusteract.chemistry.descriptors.any_element import element, is_frozen
from clusteract.chemistry.levels import DESCRIPTOR_NAMES
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError

COMPOSITION = [d for d in DESCRIPTOR_NAMES if d[2:].removesuffix("ave") in ("χ", "EA", "IE")]


def test_known_answers():
    found = composition_of("Mo5S2C1¯")
    assert found["3_χ"] == pytest.approx(5 * 2.16 + 2 * 2.58 + 2.55)
    assert found["3_EAave"] == pytest.approx((5 * 0.75 + 2 * 2.08 + 1.26) / 8)
    assert found["IEave_metals"] == pytest.approx(7.092268)
    assert found["χave_ligands"] == pytest.approx((2 * 2.58 + 2.55) / 3)
    assert (found["n_metals"], found["n_ligands"], found["charge"]) == (5, 3, -1)
    assert (found["d_electrons"], found["period_ave"]) == (25, 5)


def test_a_bare_core_has_no_ligands():
    found = composition_of("Rh3-")
    assert found["ligands_per_metal"] == 0
    assert np.isnan(found["EAave_ligands"])


def test_two_metals():
    assert composition_of("Fe2VC-")["d_electrons_ave"] == pytest.approx((6 + 6 + 3) / 3)


def test_they_are_the_tables_own():
    table = make_synthetic_table(40, seed=3)
    made = CompositionDescriptors().fit(table.names)
    names = list(made.get_feature_names_out())
    X = made.transform(table.names)
    for column in COMPOSITION:
        np.testing.assert_allclose(X[:, names.index(column)], table.column(column))


def test_every_spelling_of_a_label_is_the_same_cluster():
    made = CompositionDescriptors().fit(["Mo5S2C-"])
    np.testing.assert_array_equal(made.transform(["Mo5S2C-"]), made.transform(["Mo5S2C1¯"]))


def test_in_a_pipeline():
    labels = ["Mo2S-", "Mo3S-", "Mo3S2-", "Mo4C-"]
    pipeline = make_pipeline(CompositionDescriptors(), StandardScaler())
    X = pipeline.fit_transform(np.array(labels).reshape(-1, 1))
    assert X.shape == (4, len(pipeline[0].get_feature_names_out()))


def test_as_a_frame():
    made = CompositionDescriptors(element_counts=False).set_output(transform="pandas")
    frame = made.fit_transform(["Mo2S-", "Fe3C2-"])
    assert frame["3_EA"].tolist() == pytest.approx([3.58, 2.97])


def test_an_element_that_was_not_there():
    made = CompositionDescriptors().fit(["Mo2S-"])
    with pytest.raises(InputError, match=r"Fe2S- holds Fe, .* element_counts=False"):
        made.transform(["Fe2S-"])
    assert CompositionDescriptors(False).fit(["Mo2S-"]).transform(["Fe2S-"]).shape[0] == 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["Xx2-"], "Could not parse"), ([["a", "b"]], "shape"), ([], "shape")],
)
def test_what_is_no_label(labels, message):
    with pytest.raises(InputError, match=message):
        CompositionDescriptors().fit(labels)


def test_added_to_a_table():
    table = make_synthetic_table(30, seed=2)
    more = add_composition(table)
    assert more.n_rows == 30
    assert more.descriptor_names[:24] == table.descriptor_names
    assert {"n_Mo", "d_electrons", "IEave_metals"} <= set(more.descriptor_names)
    assert len(set(more.descriptor_names)) == more.n_descriptors


def test_added_to_a_table_without_formulas():
    table = make_synthetic_table(5)
    table = replace(table, names=tuple("vwxyz"))
    with pytest.raises(InputError, match=r"row 0: 'v' is no formula"):
        add_composition(table)


def test_unknown_descriptor():
    with pytest.raises(InputError, match="No composition descriptor 'mass'"):
        add_composition(make_synthetic_table(5), names=["mass"])


def test_other_elements_come_from_the_library():
    pytest.importorskip("mendeleev")
    tungsten = element("W")
    assert not is_frozen("W")
    assert tungsten.ionization_energy == pytest.approx(7.864, abs=0.01)
    assert (tungsten.valence, tungsten.d_electrons, tungsten.period) == (6, 4, 6)
    assert CompositionDescriptors().fit(["W2S-"]).outside_ == ("W",)


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mendeleev", None)
    element.cache_clear()
    with pytest.raises(InputError, match=r"no constants of its own for W .* pip install"):
        element("W")
