"""Files that are no saved model, or a damaged one, end in one clear line."""

import io
import os
import pickle
import zipfile
from zipfile import ZipFile

import numpy as np
import pytest
import skops.io
from model_tampering import npy, repack

from clusteract.errors import ClusteractError, InputError
from clusteract.model import load_model
from clusteract.model.archive import parse_array
from clusteract.model.saving import dump_model


class Touch:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def pickled_array(path) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Touch(path)], dtype=object), allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no saved model, or damaged"),
        (b"cluster,lg(k1)\nFeS,-12\n", "no saved model, or damaged"),
        (pickle.dumps({"a": 1}), "no saved model, or damaged"),
        (b"PK\x05\x06" + b"\0" * 18, "found no schema.json in it"),
        (b"PK\x03\x04" + b"\xff" * 200, "no saved model, or damaged"),
    ],
    ids=["empty", "table", "pickle", "empty zip", "broken zip"],
)
def test_what_is_no_model_is_refused(content, message, read):
    with pytest.raises(InputError, match=message):
        read(content)


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such model file; make one with `clusteract fit`"):
        load_model(tmp_path / "none.clusteract")
    with pytest.raises(InputError, match="is a folder"):
        load_model(tmp_path)
    with pytest.raises(InputError, match=r"is no path"):
        load_model("a\0b")


def test_a_skops_file_of_another_program_is_refused(tiny_model, read):
    with pytest.raises(InputError, match="no saved model"):
        read(skops.io.dumps(tiny_model("svr-rbf-kbest").pipeline))


def test_the_pickle_would_run_where_pickles_are_allowed(tmp_path):
    canary = tmp_path / "canary"
    np.load(io.BytesIO(pickled_array(canary)), allow_pickle=True)
    assert canary.exists()


@pytest.mark.parametrize("name", ["model.pkl", "pipeline/../x.npy", "arrays/../../x", "/etc/x"])
def test_an_entry_that_no_model_has_is_refused(name, unpacked, read, tmp_path):
    canary = tmp_path / "canary"
    with pytest.raises(InputError, match="no saved model of clusteract"):
        read(unpacked("svr-rbf-kbest"), **{name: pickle.dumps(Touch(canary))})
    assert not canary.exists()


def test_a_pickle_in_an_array_is_refused_and_not_run(unpacked, read, tmp_path):
    canary = tmp_path / "canary"
    parts = unpacked("svr-rbf-kbest")
    for name in parts.arrays:
        parts.arrays[name] = pickled_array(canary)
    with pytest.raises(InputError, match="an array of type object; only numbers are allowed"):
        read(parts)
    assert not canary.exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (npy(np.zeros(9))[:-8], "which is not what it holds"),
        (npy(np.zeros(9)).replace(b"(9,)", b"(9**99,)"), "no array"),
        (npy(np.zeros(9)).replace(b"(9,), }", b"(-9,), "), "no array|not what it holds"),
        (npy(np.array(["a"])), "only numbers"),
        (npy(np.zeros(3, [("a", "U3")])), "only numbers"),
        (npy(np.zeros(3, [("a", "f8", 2)])), "only numbers"),
        (b"\x93NUMPY\x09\x00", "no array"),
        (b"", "no array"),
    ],
)
def test_an_array_that_is_not_what_it_says_is_refused(array, message):
    with pytest.raises(InputError, match=message):
        parse_array(array, "here")


def test_an_array_of_terabytes_is_refused_before_it_is_allocated():
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    text = header.ljust(117).encode() + b"\n"
    data = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\0" * 8
    with pytest.raises(InputError, match="which is not what it holds"):
        parse_array(data, "here")


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("MAX_UNPACKED_BYTES", "unpacks to .* bytes, more than 10"),
        ("MAX_TEXT_BYTES", "schema.json unpacks to"),
        ("MAX_ENTRIES", "more than 10 entries"),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(limit, message, tiny_model, read, monkeypatch):
    data = dump_model(tiny_model("svr-rbf-kbest"))
    monkeypatch.setattr(f"clusteract.model.archive.{limit}", 10)
    monkeypatch.setattr(ZipFile, "read", lambda *a: pytest.fail("an entry was unpacked"))
    with pytest.raises(InputError, match=message):
        read(data)


def test_a_file_that_is_too_large_is_not_read(tiny_model, tmp_path, monkeypatch):
    path = tmp_path / "a.clusteract"
    path.write_bytes(dump_model(tiny_model("svr-rbf-kbest")))
    monkeypatch.setattr("clusteract.model.archive.MAX_FILE_BYTES", 100)
    with pytest.raises(InputError, match="larger than 0 MiB"):
        load_model(path)


def test_an_entry_that_unpacks_to_more_than_declared_is_refused(unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * 100_000)
        archive.getinfo("schema.json").file_size = 10  # only in the directory, written at the end
    assert parts is not None
    with pytest.raises(InputError, match="damaged"):
        read(buffer.getvalue())


def test_an_entry_twice_is_refused(unpacked, read):
    buffer = io.BytesIO(repack(unpacked("svr-rbf-kbest")))
    with ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("schema.json", "{}")
    with pytest.raises(InputError, match="an entry stands twice"):
        read(buffer.getvalue())


def test_an_encrypted_or_oddly_packed_entry_is_refused(read):
    for method, flag, message in [(zipfile.ZIP_BZIP2, 0, "unknown way"), (0, 1, "is encrypted")]:
        buffer = io.BytesIO()
        with ZipFile(buffer, "w", method) as archive:
            archive.writestr("schema.json", "{}")
            archive.getinfo("schema.json").flag_bits |= flag
        with pytest.raises(InputError, match=message):
            read(buffer.getvalue())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda s: s.update(protocol=3), r"newer clusteract \(protocol 3; .*\); update clusteract"),
        (lambda s: s.update(protocol=0), "protocol 0 is unknown"),
        (lambda s: s.update(protocol="1"), "protocol '1' is unknown"),
        (lambda s: s.update(format="other"), "its format is not 'clusteract model'"),
        (lambda s: s.pop("recipe"), "its schema's recipe is"),
        (lambda s: s["recipe"].update(name="\x1b[2J"), r"name is .*x1b"),
        (lambda s: s["data"].update(n_rows=True), "n_rows is 'True'"),
        (lambda s: s["data"].update(domain="xx"), "no domain 'xx'"),
        (lambda s: s.update(protocol=1), "make it anew with `clusteract fit"),
        (lambda s: s.update(missing="no"), "missing is 'no'"),
        (lambda s: s.update(descriptors=[]), "descriptors is"),
        (lambda s: s.update(honest={}), "r_mean is|outer_folds is"),
        (lambda s: s["descriptors"].pop(), "not sound"),
        (lambda s: s["probe"].update(y=[0.0, 0.0, 0.0]), "predicts otherwise than when saved"),
        (lambda s: s["probe"].update(X=[[1.0]]), "can't predict"),
        (lambda s: s["probe"].update(X="x"), "X is 'x'"),
    ],
)
def test_a_schema_that_does_not_fit_is_refused(edit, message, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    edit(parts.schema)
    with pytest.raises(InputError, match=message):
        read(parts)


@pytest.mark.parametrize("missing", ["arrays/1.npy", "arrays/5.npy"])
def test_a_missing_array_is_named(missing, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    del parts.arrays[missing]
    with pytest.raises(InputError, match=f"{missing} is missing"):
        read(parts)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99, 0.9999])
def test_a_truncated_file_is_refused(share, tiny_model, read):
    data = dump_model(tiny_model("rfr-kbest"))
    with pytest.raises(InputError, match="damaged"):
        read(data[: int(len(data) * share)])


def outcome(read, *args, **more):
    """Return the model that a damaged file holds, or the line that refuses it."""
    try:
        return read(*args, **more)
    except ClusteractError as error:
        return str(error)


@pytest.mark.parametrize("recipe", ["svr-rbf-kbest", "rfr-kbest"])
def test_flipped_bytes_are_refused_or_harmless(recipe, tiny_model, small_table, read):
    data, X = dump_model(tiny_model(recipe)), small_table.descriptors
    expected = tiny_model(recipe).pipeline.predict(X)
    rng = np.random.default_rng(0)
    found = []
    for _ in range(50):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] ^= rng.integers(1, 256)
        found.append(outcome(read, bytes(damaged)))
    lines = [f for f in found if isinstance(f, str)]
    assert len(lines) > 25
    assert not any("\n" in line for line in lines)
    for model in found:
        if not isinstance(model, str):
            np.testing.assert_array_equal(model.pipeline.predict(X), expected)


@pytest.mark.parametrize("recipe", ["svr-rbf-kbest", "rfr-kbest", "mlp-kbest"])
def test_flipped_numbers_with_a_right_checksum_end_in_one_line(recipe, unpacked, small_table, read):
    parts = unpacked(recipe)
    rng = np.random.default_rng(1)
    names = list(parts.arrays)
    found = []
    for _ in range(30):
        name = names[rng.integers(len(names))]
        broken = bytearray(parts.arrays[name])
        broken[rng.integers(len(broken))] ^= rng.integers(1, 256)
        found.append(outcome(read, parts, **{name: bytes(broken)}))
    assert any(isinstance(f, str) for f in found)
    assert not any("\n" in f for f in found if isinstance(f, str))
    for model in found:
        if not isinstance(model, str):
            assert model.pipeline.predict(small_table.descriptors).shape == (60,)
