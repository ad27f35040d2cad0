import numpy as np
import pytest

from clusteract.chemistry.outputs.nbo import parse_populations
from clusteract.chemistry.outputs.reading import read_output
from clusteract.errors import InputError


@pytest.mark.parametrize("layout", ["gaussian", "orca"])
@pytest.mark.parametrize("name", ["iron", "bare", "closed"])
def test_what_was_written_is_read(layouts, molecules, layout, name):
    molecule = molecules[name]
    found = parse_populations(layouts[layout](molecule).splitlines())
    assert found.symbols == molecule.atoms
    np.testing.assert_allclose(found.charges, molecule.charges)
    if molecule.spins is None:
        assert found.spins is None
    else:
        np.testing.assert_allclose(found.spins, molecule.spins, atol=2e-5)
    assert found.configurations[0]["3d" if "Fe" in molecule.atoms else "4d"] > 5


def test_configurations_are_summed_over_spins_and_may_wrap(layouts, molecules):
    found = parse_populations(layouts["gaussian"](molecules["iron"]).splitlines())
    assert found.configurations[0] == {"4s": 0.90, "3d": 7.10, "4p": 0.04, "5d": 0.01}
    assert found.configurations[2] == {"3s": 1.75, "3p": 5.26}


def test_the_last_analysis_counts(layouts, molecules):
    text = layouts["gaussian"](molecules["iron"])
    later = text.replace("-0.10000", "-0.20000")
    found = parse_populations((text + later).splitlines())
    assert found.charges[0] == pytest.approx(-0.2)
    assert (found.number, found.of) == (2, 2)


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        ("Summary of Natural", "no natural population analysis"),
        ("* Total *", "the natural population analysis breaks off"),
    ],
)
def test_truncated_tables(layouts, molecules, cut, message):
    text = layouts["gaussian"](molecules["closed"])
    with pytest.raises(InputError, match=message):
        parse_populations(text[: text.index(cut)].splitlines())


@pytest.mark.parametrize("layout", ["gaussian", "orca"])
def test_charge_and_label(write, layouts, molecules, layout):
    found = read_output(write(layouts[layout](molecules["iron"])))
    assert (found.charge, found.multiplicity, found.label) == (-1, 8, "Fe2S-")


def test_the_rest_comes_from_cclib(write, layouts, molecules):
    pytest.importorskip("cclib")
    found = read_output(write(layouts["gaussian"](molecules["iron"])))
    assert found.remarks == ()
    assert found.homo == pytest.approx(-0.01 * 27.2114, abs=1e-4)
    assert found.dipole == pytest.approx(5.0)
    assert found.polarizability == pytest.approx(200.0)
    assert found.energy == pytest.approx(-500 * 27.2114, rel=1e-5)


def test_without_cclib(write, layouts, molecules, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cclib.io", None)
    found = read_output(write(layouts["gaussian"](molecules["iron"])))
    assert found.homo is None
    assert "pip install" in found.remarks[0]


@pytest.mark.parametrize("layout", ["gaussian", "orca"])
def test_truncated_file(write, layouts, molecules, layout):
    path = write(layouts[layout](molecules["iron"], end=""))
    with pytest.raises(InputError, match=r"cluster\.log: truncated"):
        read_output(path)


@pytest.mark.parametrize(
    ("layout", "end"),
    [
        ("gaussian", " Error termination via Lnk1e in /g16/l502.exe"),
        ("orca", "ORCA finished by error termination in SCF"),
    ],
)
def test_failed_calculation(write, layouts, molecules, layout, end):
    with pytest.raises(InputError, match=r"cluster\.log: the calculation failed \(.*erminat"):
        read_output(write(layouts[layout](molecules["iron"], end=end)))


def test_two_steps_of_one_cluster(write, layouts, molecules):
    text = layouts["gaussian"](molecules["iron"])
    found = read_output(write(text + text))
    assert found.remarks[0] == "populations of step 2 of 2"


def test_two_clusters_in_one_file(write, layouts, molecules):
    make = layouts["gaussian"]
    with pytest.raises(InputError, match=r"holds several calculations .* split it"):
        read_output(write(make(molecules["iron"]) + make(molecules["closed"])))


def test_a_later_step_that_broke_off(write, layouts, molecules):
    text = layouts["gaussian"](molecules["iron"])
    with pytest.raises(InputError, match="step 2 of 2: truncated"):
        read_output(write(text + text[: len(text) // 2]))


@pytest.mark.parametrize("content", ["", "name,lg(k1)\nMo2S-,-13\n", "\x00\x01" * 50])
def test_what_is_no_output(write, content):
    with pytest.raises(InputError, match="not an output of Gaussian or ORCA"):
        read_output(write(content))


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="Cannot read"):
        read_output(tmp_path / "none.log")
