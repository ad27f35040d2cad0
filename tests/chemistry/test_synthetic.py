import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.feature_selection import RFE
from sklearn.model_selection import KFold, cross_val_predict

from clusteract.chemistry.elements import ATOMIC_NUMBERS
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core
from clusteract.chemistry.levels import DESCRIPTOR_NAMES
from clusteract.chemistry.synthetic import PLANTED, make_synthetic_table, synthetic_truth
from clusteract.errors import InputError


def _honest_predictions(table, target):
    forest = ExtraTreesRegressor(60, random_state=0)
    folds = KFold(5, shuffle=True, random_state=0)
    return cross_val_predict(forest, table.descriptors, target, cv=folds)


def test_schema_and_marking():
    table = make_synthetic_table()
    assert table.descriptor_names == DESCRIPTOR_NAMES
    assert (table.n_rows, table.target_name) == (159, "lg(k1)")
    assert table.source.synthetic
    assert "SYNTHETIC" in table.label
    assert len(set(table.names)) == 159
    assert not table.missing_cells


def test_same_seed_same_table():
    first, again, other = (make_synthetic_table(40, seed=s).content_hash for s in (3, 3, 4))
    assert first == again != other


def test_target_range():
    target = make_synthetic_table(2000).target
    low, high = np.quantile(target, [0.01, 0.99])
    assert -15.5 < low < -13
    assert -10.5 < high < -8


@pytest.mark.parametrize("heteronuclear", [False, True])
def test_sums_bounds_and_references(heteronuclear):
    table = make_synthetic_table(300, seed=2, heteronuclear=heteronuclear)
    c = table.column
    n_m = np.array([f.n_metals for f in formulas_of(table)])
    assert {len(f.metals) for f in formulas_of(table)} == {2 if heteronuclear else 1}
    np.testing.assert_allclose(c("2_Q"), n_m * c("2_Qave"), atol=1e-9)
    assert (c("1_Qmin") <= c("2_Qave") + 1e-5).all()
    assert (c("2_Qave") <= c("1_Qmax") + 1e-5).all()
    for value, delta in (("1_Qmax", "1_ΔQmax"), ("2_ndave", "2_Δndave"), ("3_EHOMO", "3_ΔEHOMO")):
        bare = np.round(c(value) - c(delta), 6)
        assert len(set(zip(core(table), bare, strict=True))) == len(set(core(table)))


def test_electron_parity_fits_the_multiplicity():
    table = make_synthetic_table(100, seed=5, multiplicity=True)
    for name, f, spin in zip(table.names, formulas_of(table), table.column("2_σave"), strict=True):
        charge = -1 if "--M" in name else 0
        electrons = sum(ATOMIC_NUMBERS[e] * n for e, n in f.elements.items()) - charge
        assert (electrons + f.multiplicity) % 2 == 1
        assert (spin == 0) == (f.multiplicity == 1)


def test_bare_clusters_have_no_energy_per_ligand():
    table = make_synthetic_table(20, bare=2)
    assert [d for _, d in table.missing_cells] == ["3_EHOMO/NL"] * 2
    assert [f.n_ligands for f in formulas_of(table)].count(0) == 2


def test_planted_descriptors_are_selected():
    table = make_synthetic_table(seed=1)
    forest = ExtraTreesRegressor(60, random_state=0)
    kept = RFE(forest, n_features_to_select=8, step=4).fit(table.descriptors, table.target)
    assert set(PLANTED) <= {d for d, s in zip(DESCRIPTOR_NAMES, kept.support_, strict=True) if s}


def test_honest_score_reaches_but_does_not_pass_the_ceiling():
    table = make_synthetic_table(600, seed=1)
    truth, guess = synthetic_truth(table), _honest_predictions(table, table.target)
    r, rmse = np.corrcoef(guess, table.target)[0, 1], np.std(guess - table.target)
    assert truth.ceiling_r - 0.1 < r < truth.ceiling_r
    assert truth.ceiling_rmse < rmse < 1.4 * truth.ceiling_rmse


def test_shuffled_target_scores_zero():
    table = make_synthetic_table(seed=1)
    shuffled = np.random.default_rng(0).permutation(table.target)
    r = np.corrcoef(_honest_predictions(table, shuffled), shuffled)[0, 1]
    assert abs(r) < 3 / np.sqrt(table.n_rows)


def test_truth_of_a_part_of_a_table():
    table = make_synthetic_table(200, seed=9, noise=0.3)
    part = synthetic_truth(table.take(range(50)))
    np.testing.assert_array_equal(part.signal, synthetic_truth(table).signal[:50])
    assert part.noise_sd == pytest.approx(0.3, rel=0.25)


def test_only_synthetic_tables_have_a_truth():
    with pytest.raises(InputError, match="not a synthetic table with a target"):
        synthetic_truth(make_synthetic_table(10, target=False))


@pytest.mark.parametrize(("n", "bare"), [(0, 0), (5, 6), (10**6, 0), (200, 150)])
def test_impossible_sizes(n, bare):
    with pytest.raises(InputError, match="Cannot simulate"):
        make_synthetic_table(n, bare=bare)
