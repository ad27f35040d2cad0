import json
from dataclasses import replace

import numpy as np
import pytest

from clusteract.audit import audit
from clusteract.chemistry.descriptors import bare_references
from clusteract.chemistry.groups import core
from clusteract.chemistry.outputs import describe_outputs, read_output
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import run
from clusteract.errors import InputError
from clusteract.table import read_table


@pytest.fixture
def iron(write, layouts, molecules):
    return read_output(write(layouts["gaussian"](molecules["iron"]), "iron.log"))


@pytest.fixture
def bare(write, layouts, molecules):
    return read_output(write(layouts["gaussian"](molecules["bare"]), "bare.log"))


def _value(described, descriptor):
    return described.table.column(descriptor)[0]


def test_values_of_the_metal_atoms(iron, bare):
    described = describe_outputs([iron], bare=[bare])
    expected = {
        "1_Qmax": 0.12,
        "1_Qmin": -0.10,
        "1_ΔQmax": 0.62,
        "1_ΔQmin": 0.40,
        "2_Q": 0.02,
        "2_Qave": 0.01,
        "2_σave": 3.45,
        "2_nsave": 0.85,
        "2_Δnsave": 0.85 - 1.46,
        "2_ndave": 7.06,
        "2_Δndave": 7.06 - 6.91,
        "3_EA": 2.38,
    }
    for descriptor, value in expected.items():
        assert _value(described, descriptor) == pytest.approx(value, abs=1e-5)


def test_a_row_breaks_no_rule(iron, bare):
    described = describe_outputs([iron], bare=[bare])
    assert audit(described.table).of("error") == ()


def test_every_cell_has_a_unit_and_a_source(iron):
    described = describe_outputs([iron])
    assert len(described.origins) == 24
    assert all(o.source for o in described.origins)
    units = {o.descriptor: o.unit for o in described.origins}
    assert (units["3_μ"], units["2_nsave"]) == ("Debye", "electrons")


def test_missing_values_are_named(iron):
    why = {o.descriptor: o.source for o in describe_outputs([iron]).missing}
    assert "needs the bare core Fe2-" in why["1_ΔQmax"]
    assert "one electron less" in why["3_VDE/VIE"]


def test_detachment_energy_of_the_same_structure(write, layouts, molecules, iron):
    pytest.importorskip("cclib")
    neutral = replace(molecules["iron"], charge=0, multiplicity=9, energy=-499.9)
    partner = read_output(write(layouts["gaussian"](neutral), "neutral.log"))
    moved = replace(neutral, shift=0.5)
    other = read_output(write(layouts["gaussian"](moved), "moved.log"))
    assert _value(describe_outputs([iron, partner]), "3_VDE/VIE") == pytest.approx(2.72, abs=0.01)
    assert np.isnan(_value(describe_outputs([iron, other]), "3_VDE/VIE"))


def test_references_from_a_table(iron):
    table = make_synthetic_table(300, seed=1)
    references = bare_references(table)
    core = next(r for r in references if (r.core, r.descriptor) == ("Fe2-", "1_Qmax"))
    described = describe_outputs([iron], references=references)
    assert _value(described, "1_ΔQmax") == pytest.approx(0.12 - core.value)


def test_ambiguous_references_are_marked():
    table = make_synthetic_table(300, seed=1)
    rows = [i for i, c in enumerate(core(table)) if c == "Mo5-"]
    X = table.descriptors.copy()
    column = table.descriptor_names.index("2_Δnsave")
    X[rows[: len(rows) // 2], column] += 0.1
    found = bare_references(replace(table, descriptors=X))
    marked = {(r.core, r.descriptor) for r in found if r.ambiguous}
    assert marked == {("Mo5-", "2_nsave")}


def test_an_output_without_a_metal(write, layouts, molecules):
    sulfur = replace(molecules["closed"], atoms=("S", "S"))
    output = read_output(write(layouts["gaussian"](sulfur)))
    with pytest.raises(InputError, match="no metal atom in S2"):
        describe_outputs([output])


def test_command(tmp_path, capsys, write, layouts, molecules):
    iron = write(layouts["gaussian"](molecules["iron"]), "iron.log")
    bare = write(layouts["gaussian"](molecules["bare"]), "bare.log")
    assert run(["descriptors", str(iron), "--bare", str(bare), "--json"]) == 0
    cells = {c["descriptor"]: c for c in json.loads(capsys.readouterr().out)}
    assert cells["1_ΔQmax"]["value"] == pytest.approx(0.62)
    assert cells["3_VDE/VIE"]["value"] is None


def test_command_writes_rows_and_origins(tmp_path, write, layouts, molecules):
    path = write(layouts["orca"](molecules["closed"]), "mos.out")
    assert run(["descriptors", str(path), "--out", str(tmp_path / "rows.csv")]) == 0
    table = read_table(tmp_path / "rows.csv", require_target=False)
    assert (table.names, table.n_descriptors) == (("MoS",), 24)
    assert (tmp_path / "rows-origins.csv").is_file()


def test_command_prints(capsys, write, layouts, molecules):
    path = write(layouts["orca"](molecules["closed"]), "mos.out")
    assert run(["descriptors", str(path)]) == 0
    out = capsys.readouterr().out
    assert "MoS" in out
    assert "missing" in out


@pytest.mark.parametrize("layout", ["gaussian", "orca"])
def test_command_tells_what_is_wrong(capsys, write, layouts, molecules, layout):
    path = write(layouts[layout](molecules["iron"], end=""))
    assert run(["descriptors", str(path)]) == 1
    assert "truncated" in capsys.readouterr().err
