import pytest

from clusteract.audit import audit
from clusteract.chemistry.synthetic import make_synthetic_table


@pytest.mark.parametrize("seed", range(12))
def test_no_errors_in_a_clean_table(seed):
    options = {"bare": seed % 3, "heteronuclear": seed % 4 == 3, "multiplicity": seed % 2 == 1}
    report = audit(make_synthetic_table(seed=seed, **options))
    assert report.of("error") == ()


def test_no_errors_without_some_columns():
    table = make_synthetic_table(60, seed=2)
    kept = [d for d in table.descriptor_names if d not in ("2_Qave", "3_IE", "1_Qmax", "3_EHOMO")]
    part = table.with_descriptors(table.to_frame()[kept].to_numpy(), kept)
    report = audit(part)
    assert report.of("error") == ()
    assert report.skipped["charge-two-atoms"] == "no column 1_Qmax"


def test_no_errors_in_rounded_numbers():
    table = make_synthetic_table(120, seed=4)
    report = audit(table.with_descriptors(table.descriptors.round(3), table.descriptor_names))
    assert report.of("error") == ()


def test_the_same_report_twice():
    table = make_synthetic_table(50, seed=1)
    assert audit(table).to_dict() == audit(table).to_dict()
